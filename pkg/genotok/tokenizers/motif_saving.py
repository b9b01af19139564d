"""Motif tokenizers to folders and back, also those of the model hub."""

import re
from os import PathLike
from pathlib import Path
from typing import Any, Self

from genotok.errors import BundleError, ConfigError
from genotok.tokenizers.motif_config import MotifConfig
from genotok.tokenizers.motif_model import MotifModel

_REPOSITORY = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")


class MotifSaving(MotifModel):
    """How a fitted motif tokenizer is saved and opened."""

    def save_pretrained(
        self,
        folder: str | PathLike[str],
        *,
        save_ids: bool = False,
        tokenizer_json: bool = False,
        remote_code: bool = False,
    ) -> tuple[Path, ...]:
        """Write the tokenizer as a folder and return the files' paths; equal tokenizers give equal bytes.

        ``save_ids`` keeps the interdependence scores, which a tokenizer has as long as it lives; ``tokenizer_json``
        adds the words for plain transformers (id <-> text only); ``remote_code`` lets
        ``AutoTokenizer.from_pretrained(folder, trust_remote_code=True)`` import `genotok.hf`.
        """
        from genotok.io.motiffolder import write_motif_folder  # late: who encodes only writes none

        texts = self.vocabulary.texts_of(range(self.vocab_size))
        extras = {"save_ids": save_ids, "tokenizer_json": tokenizer_json, "remote_code": remote_code}
        return write_motif_folder(folder, self.saved(), texts, **extras)

    def saved(self) -> Any:
        """Return the parts that a folder holds."""
        from genotok.io.motiffolder import SavedMotifs  # late: as above

        texts = self.specials.by_role()
        return SavedMotifs(self.motifs, self.thresholds, self._learnt(), self.config.to_dict(), texts)

    @classmethod
    def from_pretrained(
        cls,
        name_or_path: str | PathLike[str],
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | PathLike[str] | None = None,
        local_files_only: bool = False,
    ) -> Self:
        """Open a folder that `save_pretrained` wrote, else a repository of the model hub (extra ``[hub]``).

        Labels and vocabulary are read, never computed again. Files that are damaged, or do not belong together, raise
        BundleError; a hub that can't be reached or refuses HubError.
        """
        from genotok.io.motiffolder import ARRAYS_FILE, read_motif_folder  # late: as above

        path = Path(name_or_path)
        if not path.is_dir():
            if path.exists() or not (isinstance(name_or_path, str) and _REPOSITORY.fullmatch(name_or_path)):
                raise FileNotFoundError(f"{name_or_path}: no such folder; check the path")
            from genotok.hub import fetch_files  # upward and late: only repository names need the hub
            from genotok.io.folder import JSON_FILE  # late: as above

            hub: dict[str, Any] = {"token": token, "cache_dir": cache_dir, "local_files_only": local_files_only}
            path = fetch_files(name_or_path, (ARRAYS_FILE,), (JSON_FILE,), revision=revision, **hub)
        return cls._of_parts(read_motif_folder(path), str(path))

    @classmethod
    def from_files(cls, settings: bytes, arrays: bytes, name: str = "tokenizer") -> Self:
        """Open the bytes of a folder's ``tokenizer_config.json`` and ``arrays.npz``; ``name`` is for messages.

        Raises BundleError as `from_pretrained` does.
        """
        from genotok.io.motiffolder import parse_motif_files  # late: as above

        return cls._of_parts(parse_motif_files(settings, arrays, name), name)

    @classmethod
    def _of_parts(cls, parts: Any, name: str) -> Self:
        try:
            config = MotifConfig.from_dict(parts.config)
            return cls(parts.motifs, config, parts.special_tokens, thresholds=parts.thresholds, fitted=parts.fitted)
        except ConfigError as fault:
            raise BundleError(fault.what, path=name, hint=fault.hint) from fault
