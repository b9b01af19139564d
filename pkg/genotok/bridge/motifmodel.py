"""The operation that opens a saved motif tokenizer: its two files, or a zip that holds them."""

from typing import Any

from genotok.bridge.desk import Room
from genotok.bridge.motifresult import Model
from genotok.bridge.reply import Answer, operation
from genotok.bridge.savedmodel import take_saved
from genotok.io.folder import JSON_FILE
from genotok.io.motiffolder import ARRAYS_FILE
from genotok.tokenizers.motif import MotifTokenizer

WANTED = (JSON_FILE, ARRAYS_FILE)
_HINT = f"give the folder that genotok motif fit wrote: {JSON_FILE} and {ARRAYS_FILE}, or a zip of both"


class MotifModelRoom(Room):
    """A session holds as many saved tokenizers as the page gives it."""

    @operation
    def motif_model(self, handles: str, name: str) -> Answer:
        """Open a tokenizer whose files were taken in as those of DNA are; they are off the desk afterwards."""
        called, files = take_saved(self.desk, handles, name, WANTED, _HINT)
        tokenizer = MotifTokenizer.from_files(files[JSON_FILE], files[ARRAYS_FILE], called)
        model = Model(called, tokenizer)
        return {"handle": self.desk.put(model), **describe_model(model)}, {}


def describe_model(model: Model) -> dict[str, Any]:
    """Say what was learnt, and from what."""
    tokenizer, fitted = model.tokenizer, model.tokenizer.fitted
    assert fitted is not None, "a saved one is fitted"
    scan = tokenizer.config.scan
    return {
        "name": model.name,
        "motifs": len(tokenizer.motifs),
        "credit": tokenizer.motifs.credit,
        "relative": None if scan.pvalue is not None else scan.relative,
        "pvalue": scan.pvalue,
        "clusters": tokenizer.n_clusters,
        "vocab_size": tokenizer.vocab_size,
        "contigs": len(fitted.corpus),
        "bases": sum(each.length for each in fitted.corpus),
        "bins": fitted.bins,
        "unk_share": fitted.unk_share,
    }
