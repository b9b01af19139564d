"""Operations that bring other codes than those of the wheel: of a saved tokenizer, or learnt from the sequences."""

from typing import Any

from genotok.bridge.dna import NamedBytes
from genotok.bridge.reply import Answer, mapping, operation, whole
from genotok.bridge.savedmodel import take_saved
from genotok.bridge.vqlooks import VQLooker
from genotok.bridge.vqrecipe import folder_of
from genotok.bridge.vqresult import Model, VQResult, VQWork, describe_model
from genotok.errors import InputError
from genotok.io.folder import JSON_FILE
from genotok.tokenizers.vq import VQTokenizer

MOST_CODES = 512  # that are learnt in a tab: more take minutes
WINDOW = 8
_WANTED = (JSON_FILE, "model.npz")
_HINT = f"give the folder that genotok vq train wrote: {JSON_FILE} and model.npz, or a zip of both"


class VQModelRoom(VQLooker):
    """Opens and learns tokenizers."""

    @operation
    def vq_model(self, handles: str, name: str) -> Answer:
        """Open a tokenizer whose files were taken in as those of DNA are; they are off the desk afterwards."""
        called, files = take_saved(self.desk, handles, name, _WANTED, _HINT)
        model = Model(called, VQTokenizer.from_files(files[JSON_FILE], files["model.npz"], called), bundled=False)
        return {"handle": self.desk.put(model), **describe_model(model)}, {}

    @operation
    def vq_fit(self, handle: int, options: str, tell: Any = None) -> Answer:
        """Learn a table of codes from all sequences of a result, and encode them anew; ``tell`` hears on the way."""
        from genotok.train.vq_corpus import read_corpus  # late: few ask for it
        from genotok.train.vq_table import TableConfig, train_table  # late: as above

        result = self.desk.get(handle, VQResult, "result of codes")
        chosen = mapping(options, ("codes", "stride"))
        codes = whole("codes", chosen.get("codes", 256), 2, MOST_CODES)
        stride = whole("stride", chosen.get("stride", 4), 1, WINDOW)
        if not result.source:
            raise InputError("the sequences are not there any more", hint="begin again")
        progress = tell if callable(tell) else lambda *_: None
        corpus = read_corpus([NamedBytes(result.name, result.source)], crop=WINDOW)
        config = TableConfig(WINDOW, stride, "flat", (codes,))
        tokenizer = VQTokenizer(train_table(corpus, config, progress=progress))
        learnt = {"quantizer": "flat", "levels": codes, "stride": stride, "seed": 0}
        model = Model("", tokenizer, bundled=False, learnt=learnt)
        model = model._replace(name=folder_of(model, result.name))
        work = VQWork(tokenizer, result.sequences)
        while not work.done:
            progress(*work.advance(0))
        made = VQResult(result.name, result.sequences, model, work.coded, result.source, result.pasted)
        self.desk.swap(int(handle), made)
        return {"result": made.describe()}, {}
