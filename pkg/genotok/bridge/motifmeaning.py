"""Operations that say what a token, or a member of its set, stands for."""

from typing import Any

from genotok.bridge.desk import Room
from genotok.bridge.motifresult import MotifResult
from genotok.bridge.reply import Answer, operation, whole
from genotok.bridge.reply import text as text_argument
from genotok.errors import NotFittedError, VocabularyError

_SHOWN = 60  # features of one member, members of one token


class MotifMeaningRoom(Room):
    """Looks into the vocabulary of a result, wherever it was learnt."""

    @operation
    def motif_token(self, handle: int, token: str) -> Answer:
        """Describe a token by its id or its text: id, text, count, example, members."""
        result = self.desk.get(handle, MotifResult, "result of motifs")
        tokenizer, wanted = result.tokenizer, text_argument("a token", token).strip()
        if not tokenizer.is_fitted:
            raise NotFittedError("there are no tokens yet", hint="learn them first")
        if wanted.isascii() and wanted.isdecimal():
            last = tokenizer.vocab_size - 1
            if int(wanted) > last:
                raise VocabularyError(f"{wanted} is no id", hint=f"ids run from 0 to {last:,}")
            found = tokenizer.describe(int(wanted))
        else:
            found = tokenizer.describe(wanted)
            if found.text != wanted:
                raise VocabularyError(f"no token is called {wanted!r}", hint="give an id, or members as c3&c7")
        members = tokenizer.vocabulary.members_of([found.id]).ids.tolist()
        said: dict[str, Any] = {
            "id": found.id,
            "text": found.text,
            "count": found.count,
            "example": None if found.example is None else list(found.example),
            "members": [_named(result, each) for each in members[:_SHOWN]],
            "total": len(members),
        }
        return said, {}

    @operation
    def motif_member(self, handle: int, member: int) -> Answer:
        """List what is in a cluster: member, text, name, features [{row, strand, id, name}], total, cpg."""
        result = self.desk.get(handle, MotifResult, "result of motifs")
        number = whole("a member", member, 0, max(result.members.n_clusters - 1, 0))
        motifs = result.tokenizer.motifs
        features = result.members.members(number).tolist()
        listed = [
            {"row": each // 2, "strand": "+-"[each % 2], "id": motifs.ids[each // 2], "name": motifs.names[each // 2]}
            for each in features
            if each < 2 * len(motifs)
        ]
        told = {"features": listed[:_SHOWN], "total": len(listed), "cpg": len(listed) < len(features)}
        return {**_named(result, number), **told}, {}


def _named(result: MotifResult, member: int) -> dict[str, Any]:
    return {"member": member, "text": result.members.cluster_texts[member], "name": result.name_of(member)}
