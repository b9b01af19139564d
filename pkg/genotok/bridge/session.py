"""The session that a page's worker holds: all operations on one desk."""

import sys
import sysconfig
from typing import Any

import numpy as np

from genotok import __version__
from genotok.arrays import Bytes
from genotok.bridge.desk import MAX_STAGED
from genotok.bridge.exporting import MAX_PART, ExportingRoom
from genotok.bridge.interval import MAX_PASTED, IntervalRoom
from genotok.bridge.looking import MAX_ROWS, LookingRoom
from genotok.bridge.reply import Answer, Reply, operation, refuse
from genotok.bridge.saving import describe_formats

PROTOCOL = 1


class Session(IntervalRoom, LookingRoom, ExportingRoom):
    """Everything that the page can ask; the table of `genotok.bridge` tells arguments and replies.

    >>> text, arrays = Session().hello()
    >>> text.startswith('{"protocol":1')
    True
    """

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
                "region_bytes": 60,
                "row_bytes": 40,
            },
            "formats": describe_formats(),
        }, {}

    def staging(self, n: Any) -> Bytes | Reply:
        """Return the buffer for bytes, at least n long; an error reply if there can be none."""
        try:
            return self.stage(n)
        except Exception as error:  # as in every operation
            return refuse(error)
