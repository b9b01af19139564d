"""Learned tokenizers to folders and back: those of the wheel, of a disk, of the model hub."""

import re
from difflib import get_close_matches
from importlib import resources
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, Self

from genotok.errors import BundleError, ConfigError
from genotok.tokenizers.vq_config import VQConfig
from genotok.tokenizers.vq_mutate import VQMutate

BUNDLED = ("vq-fine", "vq-compact", "vq-hrq")
_REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*")


class VQSaving(VQMutate):
    """How a learned tokenizer is saved and opened."""

    def save_pretrained(
        self,
        folder: str | PathLike[str],
        *,
        remote_code: bool = False,
        weights: Literal["npz", "safetensors"] = "npz",
    ) -> tuple[Path, ...]:
        """Write the tokenizer as a folder and return the files' paths; equal tokenizers give equal bytes.

        ``weights`` of a network may be saved as safetensors; a table can't (ConfigError).
        ``remote_code`` lets ``AutoTokenizer.from_pretrained(folder, trust_remote_code=True)`` import `genotok.hf`.
        """
        from genotok.io.vqfolder import write_vq_folder  # late: who encodes only writes none

        if weights not in ("npz", "safetensors"):
            raise ConfigError(f"weights is {weights!r}", hint="'npz' or 'safetensors'")
        return write_vq_folder(folder, self.saved(), remote_code=remote_code, weights=weights)

    def saved(self) -> Any:
        """Return the parts that a folder holds."""
        from genotok.io.vqfolder import SavedVQ  # late: as above

        return SavedVQ(self.model, self.config.to_dict(), self.specials.by_role(), self.layout)

    @classmethod
    def from_pretrained(
        cls,
        name_or_path: str | PathLike[str] = "vq-fine",
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | PathLike[str] | None = None,
        local_files_only: bool = False,
        **config_fields: Any,
    ) -> Self:
        """Open a tokenizer of the wheel by its name, else a folder, else a repository of the hub (extra ``[hub]``).

        ``config_fields`` are settings of VQConfig that come before the saved ones. Files that are damaged, or do not
        belong together, raise BundleError; an unknown name ConfigError; a hub that can't be reached HubError.
        """
        from genotok.io.vqfolder import MODEL_FILES, read_vq_folder  # late: as above

        bundled = resources.files("genotok") / "models"
        if name_or_path in BUNDLED and (bundled / str(name_or_path)).is_dir():
            return cls._of_parts(read_vq_folder(bundled / str(name_or_path)), str(name_or_path), config_fields)
        path = Path(name_or_path)
        if not path.is_dir():
            if path.exists() or not (isinstance(name_or_path, str) and _REPOSITORY.fullmatch(name_or_path)):
                raise _no_such(fspath(name_or_path))
            from genotok.hub import fetch_files  # upward and late: only repository names need the hub
            from genotok.io.folder import JSON_FILE  # late: as above
            from genotok.io.vqfolder import CARD_FILE  # late: as above

            hub: dict[str, Any] = {"token": token, "cache_dir": cache_dir, "local_files_only": local_files_only}
            path = fetch_files(name_or_path, MODEL_FILES, (JSON_FILE, CARD_FILE), revision=revision, **hub)
        return cls._of_parts(read_vq_folder(path), str(path), config_fields)

    @classmethod
    def from_files(
        cls, settings: bytes, arrays: bytes, name: str = "tokenizer", *, card: bytes | None = None, **config_fields: Any
    ) -> Self:
        """Open the bytes of a folder's ``tokenizer_config.json`` and ``model.npz``; ``name`` is for messages.

        Raises BundleError as `from_pretrained` does.
        """
        from genotok.io.vqfolder import parse_vq_files  # late: as above

        return cls._of_parts(parse_vq_files(settings, arrays, name, card=card), name, config_fields)

    @classmethod
    def _of_parts(cls, parts: Any, name: str, fields: dict[str, Any]) -> Self:
        try:
            config = VQConfig.from_dict(parts.config)
        except ConfigError as fault:
            raise BundleError(fault.what, path=name, hint=fault.hint) from fault
        made = cls(parts.model, config.replace(**fields), parts.special_tokens)
        if "layout" not in fields and made.layout != parts.layout:
            return made.replace(layout=parts.layout)  # what ids meant when it was saved
        return made


def _no_such(name: str) -> ConfigError:
    """Make the error for a name that is neither in the wheel, nor on the disk, nor one of a repository."""
    near = get_close_matches(name, BUNDLED, cutoff=0.5)
    names = ", ".join([*near, *(each for each in BUNDLED if each not in near)])
    return ConfigError(f"{name!r} is no tokenizer and no folder", hint=f"the wheel has {names}; or give a path")
