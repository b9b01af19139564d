"""The way back: ids and token texts that somebody pasted, as regions of the universe in use."""

import numpy as np

from genotok.analysis.decode import describe_found, find_ids
from genotok.bridge.desk import Room
from genotok.bridge.limits import MAX_PASTED
from genotok.bridge.reply import Answer, operation, text
from genotok.errors import InputError


class DecodingRoom(Room):
    """Operations from ids to regions."""

    @operation
    def decode(self, pasted: str) -> Answer:
        """Find the ids in a text and say which regions they are; code -1 is a special token."""
        if len(text("the text", pasted)) > MAX_PASTED:
            raise InputError(f"{len(pasted):,} characters were pasted", hint=f"up to {MAX_PASTED:,} at a time")
        vocabulary = self.desk.tokenizer().vocabulary
        found = find_ids(pasted, vocabulary)
        regions = vocabulary.universe.regions
        is_region = found.ids < len(regions)
        rows = np.where(is_region, found.ids, 0)
        return dict(describe_found(found)), {
            "ids": found.ids,
            "codes": np.where(is_region, regions.codes[rows], np.int32(-1)),
            "starts": np.where(is_region, regions.starts[rows], 0).astype(np.uint32),
            "ends": np.where(is_region, regions.ends[rows], 0).astype(np.uint32),
            "places": found.places,
        }
