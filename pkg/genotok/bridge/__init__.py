"""The browser's front: one `Session` that a page's worker holds, and the table of what it can be asked.

Arguments are positional. Scalars cross as they are, everything structured (options, view, meta, handles) as JSON text;
null, undefined and "" are an empty mapping. Every operation but ``staging`` returns ``(text, arrays)``: ``text`` is a
JSON object whose key ``arrays`` names the arrays in order, ``arrays`` are C-contiguous int32, float32 or uint8, views
of what the session holds (copy them before the next call). ``starts`` and ``ends`` are the bits of uint32 in int32.
No exception leaves; a failure is ``{"error": {code, message, where, line, hint, action}, "detail", "arrays": []}``:
``code`` a class name of `genotok.errors`, ``OSError``, ``memory`` or ``engine``; ``action`` a list of buttons, each
``{label, options}`` for running the same file again; ``detail`` the traceback for a bug report.

=============================== ====================================================== ===============================
operation                       JSON                                                   arrays
=============================== ====================================================== ===============================
hello()                         protocol, versions, abi, limits, formats
staging(n)                      (no reply: the reusable uint8 buffer, n bytes or more)
open_asset(n, name)             universe summary; a staged ``.gtu`` comes into use
open_universe(name, size,       handle; options ``invalid, rename``
options)
feed(handle, n)                 lines, rows, of a file also hit, tokens, so far
close_universe(handle)          universe summary; it comes into use
universe_arrays()               meta                                                   codes, starts, ends
set_universe(meta, codes,       universe summary; it comes into use
starts, ends)
classes(ids)                    names                                                  codes u8 (255: none)
configure(options)              options, vocab_size, special_ids, special_tokens
open_file(name, size, options)  handle; options ``invalid, unmatched, sort, rename,
                                allow_empty`` over those of configure
close_file(handle)              result; the handle now names it                        ids, offsets, codes, starts,
                                                                                       ends, lines
encode_text(text, options)      as close_file                                          as close_file
load_result(meta, ids, offsets, result, with a new handle
codes, starts, ends, lines)
forget(handle)                  (nothing; frees)
summary(handle, bins)           regions, regions_hit, hit_rate, tokens, distinct, unk, chrom_regions, chrom_hits,
                                vocab_size, coverage, chrom_names, zipf                chrom_tokens, width_edges f32,
                                                                                       width_regions, width_hits,
                                                                                       ranks, frequencies
overview(handle, bins)          chrom_names, bin_width, elsewhere                      first_bin, bin_starts, regions,
                                                                                       tokens, misses
rows(handle, view, first,       total, first                                           rows, lines, codes, starts,
count)                                                                                 ends, counts, ids, id_offsets,
                                                                                       id_codes, id_starts, id_ends
tokens(handle, first, count)    total, first, n_regions                                ids, rows, codes, starts, ends,
                                                                                       shared, distances, occurrences
find(handle, view, text)        found, position, row, note
texts(ids)                      texts
begin_export(handles, format,   name, mime, documents, needs_input; options
options)                        ``rows, format`` (of the files in a zip)
feed_export(handle, n)          (nothing; n = -1: the input ends)
next_part(limit)                done, waiting, bytes                                   part u8
end_export()                    (nothing; frees)
recipe(handle, format[,         cli, python, universe
options])
=============================== ====================================================== ===============================
"""

from genotok.bridge.session import Session

__all__ = ["Session"]
