"""Operations that turn DNA into learned codes, in steps."""

from dataclasses import dataclass
from typing import Any

from genotok.bridge.desk import Desk, Room
from genotok.bridge.dna import Intake
from genotok.bridge.reply import Answer, mapping, operation, whole
from genotok.bridge.vqresult import Model, VQResult, VQWork, describe_model, limit_of
from genotok.errors import ConfigError
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_saving import BUNDLED
from genotok.values.sequences import Sequences

DEFAULT = BUNDLED[0]


@dataclass
class Job:
    """Sequences on their way to codes."""

    name: str
    model: Model
    work: VQWork
    source: bytes
    pasted: bool


class VQRoom(Room):
    """DNA in, codes out; a session holds as many results as the page asks for."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._opened: dict[str, Model] = {}

    @operation
    def vq_models(self) -> Answer:
        """Describe the tokenizers that come with the wheel."""
        return {"models": [describe_model(self._bundled(name)) for name in BUNDLED]}, {}

    @operation
    def vq_close(self, handle: int, options: str) -> Answer:
        """Read what came in, and get ready to encode it; the handle is the work's from now on."""
        intake = self.desk.get(handle, Intake, "file")
        model, source = self._model(options), bytes(intake.data)
        sequences = limit_of(model.tokenizer).read(intake.name, source)
        return self._begin(int(handle), Job(intake.name, model, VQWork(model.tokenizer, sequences), source, False))

    @operation
    def vq_text(self, pasted: str, options: str) -> Answer:
        """Take pasted DNA, or FASTA."""
        model = self._model(options)
        sequences = limit_of(model.tokenizer).read_pasted(pasted)
        work = VQWork(model.tokenizer, sequences)
        return self._begin(self.desk.put(None), Job("pasted.fa", model, work, _fasta(pasted, sequences), True))

    def _model(self, options: str) -> Model:
        chosen = mapping(options, ("model",)).get("model", DEFAULT)
        return self._bundled(chosen) if isinstance(chosen, str) else self.desk.get(chosen, Model, "saved tokenizer")

    def _bundled(self, name: str) -> Model:
        if name not in BUNDLED:
            raise ConfigError(f"model is {name!r}", hint=f"one of {', '.join(BUNDLED)}")
        if name not in self._opened:
            self._opened[name] = Model(name, VQTokenizer.from_pretrained(name))
        return self._opened[name]

    def _begin(self, handle: int, job: Job) -> Answer:
        self.desk.swap(handle, job)
        sequences = job.work.sequences
        return {"handle": handle, "bases": sum(map(len, sequences.values())), "sequences": len(sequences)}, {}

    @operation
    def vq_step(self, handle: int, milliseconds: int) -> Answer:
        """Work for about so long: phase, done, total; once ``finished``, what came of it, under the same handle."""
        job = self.desk.get(handle, Job, "work")
        phase, done, total = job.work.advance(whole("milliseconds", milliseconds, 0, 10_000) / 1000)
        told: dict[str, Any] = {"phase": phase, "done": done, "total": total, "finished": job.work.done}
        if job.work.done:
            result = VQResult(job.name, job.work.sequences, job.model, job.work.coded, job.source, job.pasted)
            self.desk.swap(int(handle), result)
            told["result"] = result.describe()
        return told, {}


def _fasta(pasted: str, sequences: Sequences) -> bytes:
    """Write pasted text as the file that the recipes speak of."""
    text = pasted.lstrip()
    named = text if text.startswith(">") else f">{next(iter(sequences))}\n{text}"
    return named.encode("utf-8", "surrogatepass")
