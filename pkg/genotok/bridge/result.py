"""What a tokenized file is on a desk."""

from dataclasses import dataclass, field
from typing import Any

from genotok.analysis.document import Document
from genotok.analysis.views import View, order_rows
from genotok.arrays import Ids
from genotok.bridge.desk import Labels
from genotok.tokenizers.interval import IntervalTokenizer


@dataclass
class Result:
    """A tokenized file: its rows, the tokenizer that made them, the words about it, and the view asked last."""

    document: Document
    tokenizer: IntervalTokenizer
    words: dict[str, Any]
    labels: Labels
    _view: View = field(default_factory=View)
    _order: Ids | None = None

    def order(self, view: View) -> Ids | None:
        """Return the rows of a view in its order (None: all, as they are); the last answer is kept."""
        if view != self._view:
            self._view, self._order = view, order_rows(self.document, view)
        return self._order
