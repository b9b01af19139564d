"""Operations that say what codes stand for: one token, one code, the codes of a sequence by use."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.codelook import letters_under
from genotok.bridge.limits import MAX_ROWS
from genotok.bridge.reply import Answer, operation, text, whole
from genotok.bridge.vqlooks import VQLooker
from genotok.bridge.vqresult import Coded, VQResult
from genotok.errors import VocabularyError
from genotok.kernels.nearest import entropy
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.kernels.vqdecode import consensus_letters

_CHILDREN = 24  # that are named
_BESIDE = 3  # bases before and after a core, where letters of the sequence itself are shown
_LOOKED_AT = 5_000  # places of a code on a sequence

Logo = NDArray[np.float32]


class VQMeaningRoom(VQLooker):
    """Looks into the codebook of a result."""

    @operation
    def vq_token(self, handle: int, number: int, token: int) -> Answer:
        """Say all of one token: its place, ids, text, and the codes of all levels with their logos."""
        result, coded, at = self.coded(handle, number)
        place = whole("token", token, 0, max(coded.codes.n_tokens - 1, 0))
        if not coded.codes.n_tokens:
            raise VocabularyError("the sequence has no tokens", hint="it is too short for one")
        starts, ends = coded.spans(place, place + 1)
        column = coded.codes.codes[:, place : place + 1]
        ids = result.tokenizer.vocabulary.ids_of_codes(column).tolist()
        unknown = int(column[-1, 0]) == UNKNOWN_CODE
        codes = [] if unknown else [(level + 1, int(code)) for level, code in enumerate(column[:, 0])]
        parts, logos = self._described(result, coded, at, codes)
        said = {
            "token": place,
            "start": int(starts[0]),
            "end": int(ends[0]),
            "ids": ids,
            "text": " ".join(result.tokenizer.vocabulary.texts_of(ids)),
            "unknown": unknown,
        }
        return {**said, **parts}, logos

    @operation
    def vq_describe(self, handle: int, number: int, wanted: str) -> Answer:
        """Describe a token by id or text, or a code of one level as ``v2:17``, as `vq_token` does codes."""
        result, coded, at = self.coded(handle, number)
        name = text("a token", wanted).strip()
        level, colon, code = name.removeprefix("v").partition(":")
        if name.startswith("v") and colon and level.isdecimal() and code.isdecimal():
            codes = [(int(level), int(code))]
            parts, logos = self._described(result, coded, at, codes)
            return {"id": None, "text": name, **parts}, logos
        number_, codes = _token_of(result, name)
        parts, logos = self._described(result, coded, at, codes)
        return {"id": number_, "text": result.tokenizer.vocabulary.texts_of([number_])[0], **parts}, logos

    @operation
    def vq_usage(self, handle: int, number: int, level: int, first: int, count: int) -> Answer:
        """List the codes of a level, 0 the coarsest, by their use on a sequence, those used most first."""
        result, _, at = self.coded(handle, number)
        tokenizer = result.tokenizer
        n = whole("level", level, 0, len(tokenizer.levels) - 1)
        here = result.counts_of(at, n)
        order = np.argsort(-here, kind="stable")[: int(np.count_nonzero(here))]
        begin = min(whole("first", first, 0, 2**31), len(order))
        some = order[begin : begin + whole("count", count, 1, MAX_ROWS)]
        usage = tokenizer.model.usage
        ranks = np.full(len(some), -1, dtype=np.int32)
        if usage:
            ranks = (1 + np.count_nonzero(usage[n][None] > usage[n][some][:, None], axis=1)).astype(np.int32)
        said = {"total": len(order), "first": begin, "size": len(here), "bits": entropy(here)}
        counted = {"codes": some.astype(np.int32), "here": here[some].astype(np.int32), "ranks": ranks}
        return {**said, "consensus": [self._consensus(result, at, n, int(code)) for code in some]}, counted

    def _consensus(self, result: VQResult, number: int, level: int, code: int) -> str:
        logo = _logo_of(result, result.coded[number], level, code)[0]
        return consensus_letters(logo.astype(np.float64)).tobytes().decode() if len(logo) else ""

    def _described(
        self, result: VQResult, coded: Coded, number: int, codes: list[tuple[int, int]]
    ) -> tuple[dict[str, Any], dict[str, Logo]]:
        """Describe codes one by one, and all of them together where that says more; logos end to end."""
        told, logos = [], list[Logo]()
        for level, code in codes:
            words, logo = _describe_code(result, coded, number, level, code)
            told.append(words)
            logos.append(logo)
        joint = None
        if len(codes) == len(result.tokenizer.levels) > 1 and result.tokenizer.codebook.quantizer != "tree":
            column = np.array([[code] for _, code in codes], dtype=np.uint16)
            ids = result.tokenizer.vocabulary.ids_of_codes(column)
            if len(ids) == 1:  # one id stands for all levels
                found = result.tokenizer.describe(int(ids[0]))
                logos.append(found.logo.astype(np.float32))
                here = int(np.count_nonzero((coded.codes.codes == column).all(axis=0)))
                joint = {"consensus": found.consensus, "columns": len(found.logo), "here": here}
        rows = np.concatenate([*logos, np.zeros((0, 4), dtype=np.float32)])
        return {"levels": told, "joint": joint}, {"logos": rows.astype(np.float32).ravel()}


def _describe_code(result: VQResult, coded: Coded, number: int, level: int, code: int) -> tuple[dict[str, Any], Logo]:
    found = result.tokenizer.describe_code(level, code)
    logo, learnt = _logo_of(result, coded, level - 1, code)
    words = {
        "level": level,
        "code": code,
        "size": result.tokenizer.levels[level - 1],
        "hue": int(result.hues_of(level - 1, np.array([code], dtype=np.uint16))[0]),
        "consensus": consensus_letters(logo.astype(np.float64)).tobytes().decode() if len(logo) else "",
        "columns": len(logo),
        "learnt": learnt,
        "windows": found.windows,
        "usage": found.usage[0] if found.usage else None,
        "rank": found.rank[0] if found.rank else None,
        "here": int(result.counts_of(number, level - 1)[code]),
        "parents": [list(each) for each in found.parents],
        "children": list(found.children[:_CHILDREN]),
        "n_children": len(found.children),
        "reverse": found.reverse[0] if found.reverse else None,
    }
    return words, logo


def _logo_of(result: VQResult, coded: Coded, level: int, code: int) -> tuple[Logo, bool]:
    """Return the letters that a code stands for, (R, 4), by its table, or else by where it is met on the sequence."""
    if result.tokenizer.table is not None:
        return result.logos_of(level)[code].astype(np.float32), True
    places = np.flatnonzero(coded.codes.codes[level] == code)[:_LOOKED_AT]
    if not len(places):
        return np.zeros((0, 4), dtype=np.float32), False
    starts = (coded.codes.first + places * coded.codes.stride - _BESIDE).astype(np.intp)
    return letters_under(coded.sequence.codes, starts, coded.codes.stride + 2 * _BESIDE), False


def _token_of(result: VQResult, name: str) -> tuple[int, list[tuple[int, int]]]:
    """Find a token by its id or its text: its id, and the (level, code) pairs that it stands for, 1 the coarsest."""
    words = result.tokenizer.vocabulary
    if name.isascii() and name.isdecimal():
        if int(name) >= words.vocab_size:
            raise VocabularyError(f"{name} is no id", hint=f"ids run from 0 to {words.vocab_size - 1:,}")
        number = int(name)
    else:
        number = int(result.tokenizer.convert_tokens_to_ids(name))
        if words.texts_of([number])[0] != name:
            example = words.texts_of([min(17, words.vocab_size - 1)])[0]
            raise VocabularyError(f"no token is called {name!r}", hint=f"give an id, a text as {example}, or v1:17")
    return number, list(words.codes_named(number))
