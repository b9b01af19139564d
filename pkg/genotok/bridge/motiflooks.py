"""Operations that look at bins of motifs: windows of sequence, coverage, rows of the table, one bin, logos."""

from typing import Any

import numpy as np

from genotok.analysis.motiflook import NOBODY, cover_stretches, features_in, in_sight
from genotok.bridge.desk import Room
from genotok.bridge.limits import MAX_ROWS
from genotok.bridge.motifresult import HUES, MotifResult
from genotok.bridge.motifwork import Cut
from genotok.bridge.reply import Answer, operation, structured, whole
from genotok.errors import InputError
from genotok.values.motifencoding import average_clusters

MAX_WINDOW = 2**16  # bases drawn at once
_SHOWN = 40  # motifs of one bin
_LOGOS = 16


class MotifLooksRoom(Room):
    """Looks at one sequence of a result: handle, then the sequence's number."""

    def _cut(self, handle: Any, number: Any) -> tuple[MotifResult, Cut, int]:
        result = self.desk.get(handle, MotifResult, "result of motifs")
        at = whole("the number of a sequence", number, 0, max(len(result.cuts) - 1, 0))
        if not result.cuts:
            raise InputError("there is no sequence")
        return result, result.cuts[at], at

    @operation
    def motif_legend(self, handle: int, number: int) -> Answer:
        """Name the members that have a hue of their own: texts, names, bins that they lead."""
        result, _, at = self._cut(handle, number)
        leads = result.leads_of(at)
        listed = leads.ranked[:HUES].tolist()
        many = [int(np.count_nonzero(leads.members == each)) for each in listed]
        return {
            "texts": [result.members.cluster_texts[each] for each in listed],
            "names": [result.name_of(each) for each in listed],
            "bins": many,
            "leaders": len(leads.ranked),
            "led": int(np.count_nonzero(leads.members != NOBODY)),
        }, {}

    @operation
    def motif_window(self, handle: int, number: int, first: int, last: int) -> Answer:
        """Return bases first to last, and the bins that lie there: letters, cover | edges, hues, gaps of bins."""
        result, cut, at = self._cut(handle, number)
        size = len(cut.sequence)
        begin = whole("first", first, 0, size)
        end = min(whole("last", last, begin, 2**31), size, begin + MAX_WINDOW)
        bins = cut.encoding.bins
        seen = in_sight(bins.boundaries, begin, end)
        leads = result.leads_of(at)
        own = leads.members[seen]
        hues = leads.hues[seen]
        texts = {int(each): result.members.cluster_texts[each] for each in np.unique(own[own != NOBODY])}
        return {"first": begin, "last": end, "bin": seen.start, "size": size, "texts": texts}, {
            "letters": cut.sequence.codes[begin:end],
            "cover": cut.cover[begin:end],
            "edges": bins.boundaries[seen.start : seen.stop + 1].astype(np.int32),
            "hues": hues,
            "gaps": bins.is_gap[seen].astype(np.uint8),
            "leads": own,
        }

    @operation
    def motif_cover(self, handle: int, number: int, most: int) -> Answer:
        """Sum up the coverage of a sequence in at most so many stretches: starts, means, peaks."""
        _, cut, _ = self._cut(handle, number)
        found = cover_stretches(cut.cover, whole("most", most, 1, MAX_ROWS))
        return {"size": len(cut.sequence), "width": int(np.diff(found.starts[:2]).sum(dtype=np.int64))}, {
            "starts": found.starts,
            "means": found.means,
            "peaks": found.peaks,
        }

    @operation
    def motif_rows(self, handle: int, number: int, first: int, count: int) -> Answer:
        """Return bins by number: texts of ids and leaders | starts, ends, ids (-1: none), leads, active, gaps."""
        result, cut, at = self._cut(handle, number)
        total = len(cut.encoding)
        begin = min(whole("first", first, 0, 2**31), total)
        end = min(begin + whole("count", count, 1, MAX_ROWS), total)
        spans, leads, ids = cut.encoding.offsets[begin:end], result.leads_of(at), cut.encoding.ids
        own = np.full(end - begin, -1, dtype=np.int32) if ids is None else ids[begin:end]
        told = np.unique(own[own >= 0])
        texts = result.tokenizer.vocabulary.texts_of(told) if len(told) else []
        leaders = np.unique(leads.members[begin:end])
        names = {str(each): result.members.cluster_texts[each] for each in leaders.tolist() if each != NOBODY}
        named = dict(zip(map(str, told.tolist()), texts, strict=True))
        return {"total": total, "first": begin, "texts": named, "leaders": names}, {
            "starts": spans[:, 0].astype(np.int32),
            "ends": spans[:, 1].astype(np.int32),
            "ids": own,
            "leads": leads.members[begin:end],
            "active": leads.active[begin:end],
            "gaps": cut.encoding.bins.is_gap[begin:end].astype(np.uint8),
        }

    @operation
    def motif_locate(self, handle: int, number: int, position: int) -> Answer:
        """Say which bin holds a base, counted from 0."""
        _, cut, _ = self._cut(handle, number)
        place = whole("position", position, 0, max(len(cut.sequence) - 1, 0))
        if not len(cut.sequence):
            raise InputError("the sequence has no bases")
        return {"bin": int(cut.encoding.bins.locate(place))}, {}

    @operation
    def motif_bin(self, handle: int, number: int, bin: int) -> Answer:  # noqa: A002  # the word of the page
        """Say all of one bin: its place, token, members, and its motifs, the fullest first (shares may exceed 1)."""
        result, cut, at = self._cut(handle, number)
        row = whole("bin", bin, 0, max(len(cut.encoding) - 1, 0))
        start, end = cut.encoding.offsets[row].tolist()
        tokenizer = result.tokenizer
        motifs = tokenizer.motifs
        present = features_in(cut.encoding.counts, row, result.members.lengths)
        inside = present.features < 2 * len(motifs)
        shown = np.flatnonzero(inside)[:_SHOWN]
        listed = [
            {"row": each // 2, "strand": "+-"[each % 2], "id": motifs.ids[each // 2], "name": motifs.names[each // 2]}
            for each in present.features[shown].tolist()
        ]
        outside = present.bases[~inside]
        values = average_clusters(cut.encoding.counts.rows(slice(row, row + 1)), result.members)
        order = np.argsort(-values.data, kind="stable")[:_SHOWN]
        members = [
            {
                "member": each,
                "text": result.members.cluster_texts[each],
                "name": result.name_of(each),
                "value": float(value),
            }
            for each, value in zip(values.indices[order].tolist(), values.data[order].tolist(), strict=True)
            if not result.features_of(each)[0].startswith("CpG")
        ]
        said: dict[str, Any] = {
            "bin": row,
            "start": start,
            "end": end,
            "gap": bool(cut.encoding.bins.is_gap[row]),
            "lead": int(result.leads_of(at).members[row]),
            "motifs": listed,
            "total": int(np.count_nonzero(inside)),
            "cpg": int(outside[0]) if len(outside) else 0,
            "members": members,
            "threshold": tokenizer.config.vocabulary.active,
            "token": None,
        }
        if cut.encoding.ids is not None:
            told = tokenizer.describe(int(cut.encoding.ids[row]))
            said["token"] = {"id": told.id, "text": told.text, "count": told.count}
        return said, {"bases": present.bases[shown], "shares": present.shares[shown]}

    @operation
    def motif_logos(self, handle: int, rows: str) -> Answer:
        """Return the counts of some motifs, by number: ids, names, columns of each | counts (columns x A, C, G, T)."""
        motifs = self.desk.get(handle, MotifResult, "result of motifs").tokenizer.motifs
        listed = structured(rows)
        if not isinstance(listed, list) or not 0 < len(listed) <= _LOGOS:
            raise InputError("motifs are no list, or too many", hint=f"1 to {_LOGOS} numbers")
        chosen = [whole("a motif", each, 0, len(motifs) - 1) for each in listed]
        counts = [motifs.counts_of(each) for each in chosen]
        words = {"ids": [motifs.ids[each] for each in chosen], "names": [motifs.names[each] for each in chosen]}
        joined = np.concatenate(counts).astype(np.float32).ravel()
        return {**words, "columns": [len(each) for each in counts]}, {"counts": joined}
