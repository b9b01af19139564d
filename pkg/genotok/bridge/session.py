"""The session that a page's worker holds: a desk, and the rooms that work on it."""

import sys
import sysconfig
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from genotok import __version__
from genotok.arrays import MAX_DECODED, Bytes
from genotok.bridge.budget import ROW_BYTES
from genotok.bridge.desk import SETTINGS, Desk, Room
from genotok.bridge.formats import STREAMED, describe_formats
from genotok.bridge.limits import MAX_COMPARED, MAX_PART, MAX_PASTED, MAX_ROWS, MAX_STAGED
from genotok.bridge.reply import Answer, Reply, mapping, operation, refuse
from genotok.bridge.words import describe_settings

PROTOCOL = 1
# each room's module below genotok.bridge, its class, and the operations that it has
ROOMS = (
    ("universes", "UniverseRoom", ("open_asset", "universe_arrays", "set_universe", "classes")),
    ("beside", "BesideRoom", ("lay_asset", "lay_universe", "compare_universes")),
    (
        "files",
        "FilesRoom",
        ("open_universe", "close_universe", "open_file", "feed", "close_file", "encode_text", "load_result"),
    ),
    ("streaming", "StreamingRoom", ("open_stream", "take_stream", "close_stream", "end_stream")),
    ("looking", "LookingRoom", ("summary", "overview", "rows", "tokens", "find", "texts", "forget")),
    ("comparing", "ComparingRoom", ("compare", "compared_rows", "compare_many")),
    ("decoding", "DecodingRoom", ("decode",)),
    ("exporting", "ExportingRoom", ("begin_export", "feed_export", "next_part", "end_export", "recipe", "recipe_of")),
    ("dna", "DnaRoom", ("dna_open", "dna_feed")),
    ("motifs", "MotifRoom", ("motif_close", "motif_text", "motif_step", "motif_fit")),
    (
        "motiflooks",
        "MotifLooksRoom",
        (
            "motif_legend",
            "motif_window",
            "motif_cover",
            "motif_rows",
            "motif_locate",
            "motif_bin",
            "motif_logos",
        ),
    ),
    ("motifmodel", "MotifModelRoom", ("motif_model",)),
    ("motifmeaning", "MotifMeaningRoom", ("motif_token", "motif_member")),
    ("motiffigures", "MotifFiguresRoom", ("motif_ranks", "motif_likeness")),
    ("motifsaving", "MotifSavingRoom", ("motif_save", "motif_part", "motif_end", "motif_recipe")),
    ("vq", "VQRoom", ("vq_models", "vq_close", "vq_text", "vq_step")),
    ("vqmodel", "VQModelRoom", ("vq_model", "vq_fit")),
    ("vqlooks", "VQLooksRoom", ("vq_legend", "vq_window", "vq_rows", "vq_locate", "vq_wrong")),
    ("vqmeaning", "VQMeaningRoom", ("vq_token", "vq_describe", "vq_usage")),
    ("vqrivals", "VQRivalsRoom", ("vq_mutate", "vq_compare", "vq_cuts")),
    ("vqsaving", "VQSavingRoom", ("vq_save", "vq_part", "vq_end", "vq_recipe")),
)
_HOMES = {name: (module, room) for module, room, names in ROOMS for name in names}


class Session:
    """Everything that the page can ask; the table of `genotok.bridge` tells arguments and replies.

    The operations of ROOMS are no attributes from the beginning: the first use of one imports its room. So a page that
    starts, which says hello and opens a universe, need not wait for what compares, saves or draws.

    >>> text, arrays = Session().hello()
    >>> text.startswith('{"protocol":1')
    True
    """

    def __init__(self) -> None:
        self.desk = Desk()
        self._rooms: dict[str, Room] = {}

    def __getattr__(self, name: str) -> Callable[..., Reply]:
        """Bring an operation from its room, on first use of either."""
        if name not in _HOMES:
            raise AttributeError(f"a session has no operation {name!r}")
        module, room = _HOMES[name]
        if room not in self._rooms:
            self._rooms[room] = getattr(import_module(f"genotok.bridge.{module}"), room)(self.desk)
        method: Callable[..., Reply] = getattr(self._rooms[room], name)
        vars(self)[name] = method
        return method

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_HOMES]

    @operation
    def hello(self) -> Answer:
        """Say who answers, and what the limits are."""
        return {
            "protocol": PROTOCOL,
            "versions": {"genotok": __version__, "python": sys.version.split()[0], "numpy": np.__version__},
            "abi": sysconfig.get_config_var("PYODIDE_ABI_VERSION") or sysconfig.get_platform(),
            "limits": {
                "staging": MAX_STAGED,
                "part": MAX_PART,
                "texts": MAX_ROWS,
                "rows": MAX_ROWS,
                "tokens": MAX_ROWS,
                "paste": MAX_PASTED,
                "compared": MAX_COMPARED,
                "decoded": MAX_DECODED,
                "region_bytes": 60,
                "row_bytes": ROW_BYTES,
                "budget": 2**31,
                "budget_small": 2**30,
            },
            "formats": describe_formats(),
            "streamed": list(STREAMED),
        }, {}

    @operation
    def prepare(self) -> Answer:
        """Import the rooms that a file goes through, so that the first one need not wait for them."""
        for name in ("open_file", "rows"):
            getattr(self, name)
        return {}, {}

    def staging(self, n: Any) -> Bytes | Reply:
        """Return the buffer for bytes, at least n long; an error reply if there can be none."""
        try:
            return self.desk.stage(n)
        except Exception as error:  # as in every operation
            return refuse(error)

    @operation
    def configure(self, options: str) -> Answer:
        """Take settings into use; what is left out is the default."""
        self.desk.settle(mapping(options, (*SETTINGS, "special_tokens")))
        said: dict[str, Any] = {"vocab_size": None, "special_ids": None, "special_tokens": None}
        if self.desk.universe is not None:
            vocabulary = self.desk.tokenizer().vocabulary
            said = {key: getattr(vocabulary, key) for key in said}
        return {"options": describe_settings(self.desk.config, self.desk.special_tokens), **said}, {}
