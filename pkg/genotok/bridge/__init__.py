"""The browser's front: one `Session` that a page's worker holds, and the table of what it can be asked.

Arguments are positional. Scalars cross as they are, everything structured (options, view, meta, handles) as JSON text;
null, undefined and "" are an empty mapping. Every operation but ``staging`` returns ``(text, arrays)``: ``text`` is a
JSON object whose key ``arrays`` names the arrays in order, ``arrays`` are C-contiguous int32, float32 or uint8, views
of what the session holds (copy them before the next call). ``starts`` and ``ends`` are the bits of uint32 in int32.
No exception leaves; a failure is ``{"error": {code, message, where, line, hint, action}, "detail", "arrays": []}``:
``code`` a class name of `genotok.errors`, ``OSError``, ``memory`` or ``engine``; ``action`` a list of buttons, each
``{label, options}`` for running the same file again; ``detail`` the traceback for a bug report.

Each line: the call, the keys of its JSON, and behind the bar the names of its arrays (int32 unless said otherwise).
A *universe* is {name, n, digest, chrom_names, chroms, widths, assembly, licence, source, report, warnings, classes,
vocab_size, special_ids}; a *result* {handle, name, crc32, rows, hit, tokens, distinct, flat, flat_unk, chrom_names,
unknown_rows, options, universe, beyond, load, encode, renamed, renames, pasted}.

    hello() -> protocol, versions, abi, limits, formats, streamed
    prepare() -> nothing; imports what the first file will need
    staging(n) -> no reply: the reusable uint8 buffer, n bytes or more
    open_asset(n, name) -> universe; a staged .gtu comes into use
    open_universe(name, size, options) -> handle; options: invalid, rename
    feed(handle, n) -> lines, rows, and of a file hit, tokens; so far
    close_universe(handle) -> universe; it comes into use
    universe_arrays() -> meta | codes, starts, ends
    set_universe(meta, codes, starts, ends) -> universe; it comes into use
    classes(ids) -> names | codes (uint8, 255: none)
    configure(options) -> options, vocab_size, special_ids, special_tokens; options: engine, unmatched, sort, invalid,
        special_tokens_pattern, special_tokens
    open_file(name, size, options) -> handle; options: invalid, unmatched, sort, rename, allow_empty, budget (bytes
        that the result may take; CapacityError while the file is read, with buttons {stream: format})
    close_file(handle) -> result, whose handle it is from now on | ids, offsets, codes, starts, ends, lines
    encode_text(pasted, options) -> as close_file
    open_stream(name, size, format, options) -> handle; format: gtok, jsonl, tsv, bed; options as of open_file
    take_stream(handle, limit) -> more | part (uint8); between two calls of feed, and after close_stream until no more
    close_stream(handle) -> a result's keys without arrays, streamed (true), recipe
    end_stream(handle) -> name, mime | head (uint8, stands before all parts); frees
    load_result(meta, ids, offsets, codes, starts, ends, lines) -> result
    forget(handle) -> nothing; frees
    summary(handle, bins) -> regions, regions_hit, hit_rate, tokens, distinct, unk, vocab_size, coverage, chrom_names,
        zipf | chrom_regions, chrom_hits, chrom_tokens, width_edges (float32), width_regions, width_hits, ranks,
        frequencies
    overview(handle, bins) -> chrom_names, bin_width, elsewhere | first_bin, bin_starts, regions, tokens, misses
    rows(handle, view, first, count, most) -> total, first; view: sort [[column, descending]], filter {chrom, hit, text,
        regexp, id, width, range} | rows, lines, codes, starts, ends, counts, ids, id_offsets,
        id_codes, id_starts, id_ends
    tokens(handle, first, count) -> total, first, n_regions | ids, rows, codes, starts, ends, shared, distances,
        occurrences
    find(handle, view, wanted) -> found, position, row, note, chip
    texts(ids) -> texts
    compare(a, b) -> handle, universe {name, digest}, a {name, tokens, distinct}, b, shared, only_a, only_b, jaccard,
        weighted_jaccard, containment_a, containment_b, cosine; of results; null where there is nothing to compare
    compared_rows(handle, view, first, count) -> total, first | ids, counts_a, counts_b, codes, starts, ends; view:
        which (all, both, only_a, only_b), sort [[column, descending]] by id, chrom, start, end, count_a, count_b,
        difference
    compare_many(handles) -> names, universe | jaccard (float32, NaN where both are empty), shared, distinct; n x n
    lay_asset(n, name) -> universe, handle; a staged .gtu beside the one in use
    lay_universe(meta, codes, starts, ends) -> universe, handle; beside the one in use
    compare_universes(a, b, result) -> a {name, digest, n, bases, median_width, assembly}, b, same, touched_a,
        touched_b, shared_bases, jaccard_bases, chrom_names, result {name, regions, a {hit, tokens, distinct}, b} |
        chrom_rows_a, chrom_rows_b, width_edges (float32), widths_a, widths_b; universe 0 is the one in use, result 0
        none; touched counts rows that overlap a row of the other, bases those that a row covers
    decode(pasted) -> kind (ids, json, texts), total, unknown [[first, last, text]], unknown_total | ids, codes (-1: a
        special token), starts, ends, places; places, first and last count UTF-16 units, as JavaScript's strings do
    begin_export(handles, format, options) -> name, mime, documents, needs_input; options: rows, format (in a zip),
        tokenizer_json (hf), which and sort (comparison), ids (decoded)
    feed_export(handle, n) -> nothing; n = -1: the input ends
    next_part(limit) -> done, waiting, bytes | part (uint8)
    end_export() -> nothing; frees
    recipe(handle, format, options) -> cli, python, universe, notes; options (may be left out): rows
    recipe_of(handles, format, options) -> cli, python, universe, notes; of one file for all, of the folder
        (zip), a report or a tokenizer (hf); options (may be left out): rows, format (in a zip)

DNA is taken in before a room works on it:

    dna_open(name, size) -> handle; of a file, which may be gzipped
    dna_feed(handle, n) -> bytes so far

Motifs have results of their own, told apart by a handle and the number of a sequence in it. A *motif result* is {name,
settings, sequences [{name, bases, known, hits, bins, gaps, empty, missed, backed_off, unk_share, backoff_share,
covered, peak, mean_width, entries, tokens}], letters {lower, uracil, unknown}, notes, model (null, or the name of a
saved tokenizer, of which the ids are), fitted (null, or {clusters, vocab_size, sets, unk_share})}; options of the work:
preset (paper, strict), relative, pvalue; or model (a handle).

    motif_close(handle, options) -> handle, bases, sequences; of a FASTA file that was taken in; the handle is the
        work's from now on
    motif_text(pasted, options) -> as motif_close; DNA alone, or FASTA
    motif_step(handle, milliseconds) -> phase (motifs, scan, bins), done, total, finished; once it is, result
    motif_model(handles, name) -> handle, name, motifs, credit, relative, pvalue, clusters, vocab_size, contigs, bases,
        bins, unk_share; of a saved tokenizer, whose files were taken in: its two, or a zip
    motif_fit(handle, options, tell) -> result, with ids; options: min_count; tell(phase, done, total), maybe null
    motif_legend(handle, number) -> texts, names, bins of who leads most, whose hues are 1 and on; led, leaders
    motif_window(handle, number, first, last) -> first, last, bin, size, texts | letters (uint8: A, C, G, T, other),
        cover, edges, hues (uint8, 0: none), gaps (uint8), leads (-1: none)
    motif_cover(handle, number, most) -> size, width | starts, means (float32), peaks (float32)
    motif_rows(handle, number, first, count) -> total, first, texts, leaders | starts, ends, ids (-1: none), leads,
        active, gaps (uint8)
    motif_locate(handle, number, position) -> bin
    motif_bin(handle, number, bin) -> bin, start, end, gap, lead, motifs [{row, strand, id, name}], total, cpg, members
        [{member, text, name, value}], threshold, token (null, or {id, text, count}) | bases, shares (float32)
    motif_logos(handle, rows) -> ids, names, columns | counts (float32)
    motif_token(handle, token) -> id, text, count, example (null, or [contig, start, end]), members [{member, text,
        name}], total; by id or text
    motif_member(handle, member) -> member, text, name, features [{row, strand, id, name}], total, cpg
    motif_ranks(handle) -> curves [{name, types, tokens, points, records}] | ranks, frequencies; curves end to end
    motif_likeness(handle) -> rows [{name, tokens, mean_length, mean, median, q10, good_share, gain}], motifs |
        scores (float32; motifs for each row); each vocabulary is followed by its random cuts
    motif_save(handle, format) -> name, mime; format: bed, jsonl, tsv, npz, gtok, counts, continuous, ranks, likeness
    motif_part(limit) -> as next_part
    motif_end() -> as end_export
    motif_recipe(handle, format) -> cli (maybe null), python (null for ranks and likeness), notes

Learned codes likewise. A *codes result* is {name, model, sequences [{name, bases, known, tokens, first (base of the
first token), unknown, distinct [by level], bits (entropy of its tokens), told (bases that tokens tell of, null if not
decoded), wrong}], letters, notes}; a *model* {name, bundled, learnt (null, or the options of genotok vq train),
quantizer, levels, layout, vocab_size, window, stride, span (bases that a token sees), symmetric, network, nominal_bits,
used_bits, corpus [[file, known bases]], digest}. Levels go from coarse to fine, arrays of codes level by level, -1 for
unknown; hues are 1 to 8, 0 for none. A *code* is {level, code, size, hue, consensus, columns (of its logo), learnt (the
logo is the table's, not the sequence's), windows, usage, rank (null without a corpus), here, parents [[level, code]],
children, n_children, reverse (null, or the code of the other strand)}; levels there count from 1. Options of the work:
model (vq-fine, vq-compact, vq-hrq, or a handle).

    vq_models() -> models, those of the wheel
    vq_model(handles, name) -> handle, and a model; as motif_model
    vq_close(handle, options) -> as motif_close
    vq_text(pasted, options) -> as motif_close
    vq_step(handle, milliseconds) -> as motif_step; phases encode, decode
    vq_fit(handle, options, tell) -> result, of codes learnt from its sequences; options: codes, stride; as motif_fit
    vq_legend(handle, number) -> levels, hues | tokens, shares (float32; of A, C, G, T under each level and hue)
    vq_window(handle, number, first, last) -> first, last, token, size | letters (uint8), decoded (uint8, maybe empty),
        starts, ends, codes, hues (uint8)
    vq_rows(handle, number, first, count) -> total, first, width (ids of a token) | starts, ends, ids, codes, wrong
    vq_locate(handle, number, position) -> token (-1: there are none)
    vq_wrong(handle, number, count) -> total | places, letters (uint8), decoded (uint8)
    vq_token(handle, number, token) -> token, start, end, ids, text, unknown, levels [code], joint (null, or
        {consensus, columns, here}) | logos (float32; columns x A, C, G, T, of the levels, then of joint)
    vq_describe(handle, number, wanted) -> id (null for a code of one level), text, levels, joint | logos; by id, text,
        or a code as v1:17
    vq_usage(handle, number, level, first, count) -> total, first, size, bits, consensus | codes, here, ranks (-1:
        without a corpus)
    vq_mutate(handle, number, position, base) -> position, old, new, levels [codes changed] | tokens, starts, ends, old,
        new, hues (uint8, of the new)
    vq_compare(handle, number, position, base) -> rows [{name, level (null: another tokenizer; 0: all), tokens,
        distinct, size, bits, bits_per_base, lost (tokens that a changed base takes away; null if position is -1)}]
    vq_cuts(handle, number, first, last) -> first, last, names, counts | starts, ends, ids (-1: unknown), letters
        (uint8); of others that tile the sequence
    vq_save(handle, format) -> name, mime; format: jsonl, tsv, bed, npz, gtok, fa (decoded)
    vq_part(limit) -> as next_part
    vq_end() -> as end_export
    vq_recipe(handle, format) -> cli, python, notes
"""

from genotok.bridge.session import Session

__all__ = ["Session"]
