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

    hello() -> protocol, versions, abi, limits, formats
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
    open_file(name, size, options) -> handle; options: invalid, unmatched, sort, rename, allow_empty
    close_file(handle) -> result, whose handle it is from now on | ids, offsets, codes, starts, ends, lines
    encode_text(pasted, options) -> as close_file
    load_result(meta, ids, offsets, codes, starts, ends, lines) -> result
    forget(handle) -> nothing; frees
    summary(handle, bins) -> regions, regions_hit, hit_rate, tokens, distinct, unk, vocab_size, coverage, chrom_names,
        zipf | chrom_regions, chrom_hits, chrom_tokens, width_edges (float32), width_regions, width_hits, ranks,
        frequencies
    overview(handle, bins) -> chrom_names, bin_width, elsewhere | first_bin, bin_starts, regions, tokens, misses
    rows(handle, view, first, count) -> total, first | rows, lines, codes, starts, ends, counts, ids, id_offsets,
        id_codes, id_starts, id_ends
    tokens(handle, first, count) -> total, first, n_regions | ids, rows, codes, starts, ends, shared, distances,
        occurrences
    find(handle, view, wanted) -> found, position, row, note
    texts(ids) -> texts
    begin_export(handles, format, options) -> name, mime, documents, needs_input; options: rows, format (in a zip)
    feed_export(handle, n) -> nothing; n = -1: the input ends
    next_part(limit) -> done, waiting, bytes | part (uint8)
    end_export() -> nothing; frees
    recipe(handle, format, options) -> cli, python, universe; options (may be left out): rows
"""

from genotok.bridge.session import Session

__all__ = ["Session"]
