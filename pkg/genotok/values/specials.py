"""The seven tokens that stand for no region, and the ids they share when they share a text."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from genotok.errors import VocabularyError

ROLES = ("unk", "pad", "mask", "cls", "eos", "bos", "sep")


@dataclass(frozen=True)
class SpecialTokens:
    """The text of each role, in the order of their ids.

    Each distinct text has one id, at its first role; roles with one text share it. A text that is empty, holds white
    space or is no valid Unicode raises VocabularyError.

    >>> SpecialTokens(bos="<s>", cls="<s>", eos="</s>", sep="</s>").places()
    {'unk': 0, 'pad': 1, 'mask': 2, 'cls': 3, 'eos': 4, 'bos': 3, 'sep': 4}
    """

    unk: str = "<unk>"
    pad: str = "<pad>"
    mask: str = "<mask>"
    cls: str = "<cls>"
    eos: str = "<eos>"
    bos: str = "<bos>"
    sep: str = "<sep>"

    def __post_init__(self) -> None:
        for role, text in self.by_role().items():
            fault = _fault_in(text)
            if fault:
                raise VocabularyError(f"the {role} token {text!r} {fault}", hint=f"the default is '<{role}>'")

    @classmethod
    def from_mapping(cls, texts: Mapping[str, str] | None) -> "SpecialTokens":
        """Take texts by role (``unk`` or ``unk_token``); roles left out keep their default.

        >>> SpecialTokens.from_mapping({"unk": "[UNK]", "pad_token": "[PAD]"}).pad
        '[PAD]'
        """
        chosen: dict[str, str] = {}
        for name, text in (texts or {}).items():
            role = str(name).removesuffix("_token")
            if role not in ROLES:
                raise VocabularyError(f"{name!r} is no role of a special token", hint=f"roles: {', '.join(ROLES)}")
            if chosen.setdefault(role, text) != text:
                raise VocabularyError(f"the {role} token is both {chosen[role]!r} and {text!r}", hint="keep one")
        return cls(**chosen)

    def by_role(self) -> dict[str, str]:
        """Return the seven texts by role."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def distinct(self) -> tuple[str, ...]:
        """Return the distinct texts in id order; the first has the id after the last region."""
        return tuple(dict.fromkeys(self.by_role().values()))

    def places(self) -> dict[str, int]:
        """Return, for each role, the place of its text among the distinct ones."""
        at = {text: place for place, text in enumerate(self.distinct())}
        return {role: at[text] for role, text in self.by_role().items()}


def _fault_in(text: Any) -> str | None:
    """Say what is wrong with the text of a special token, if anything is."""
    if not isinstance(text, str):
        return f"is {type(text).__name__}, not text"
    if not text:
        return "is empty"
    if any(letter.isspace() for letter in text):
        return "holds white space"
    return "is no valid Unicode" if any("\ud800" <= letter <= "\udfff" for letter in text) else None
