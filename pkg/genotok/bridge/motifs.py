"""Operations that turn DNA into bins of motifs, in steps, and that learn tokens from them."""

import warnings
from dataclasses import dataclass, replace
from typing import Any

from genotok.bridge.desk import Desk, Room
from genotok.bridge.dna import Intake, Limit
from genotok.bridge.motifresult import Model, MotifResult
from genotok.bridge.motifwork import MotifWork, named
from genotok.bridge.reply import Answer, mapping, operation, whole
from genotok.errors import ConfigError, InputError, MotifWarning
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_config import MotifConfig, Preset
from genotok.values.hits import MotifHits
from genotok.values.motifs import MotifSet
from genotok.values.sequences import Sequences

SETTINGS = ("preset", "relative", "pvalue", "model")
MIN_COUNT = 2  # bins that a set must be in: a page's sequence is short
LIMIT = Limit("use the terminal: genotok motif fit FILE -o FOLDER")


@dataclass
class Job:
    """Sequences being worked on."""

    name: str
    pasted: bool
    settings: dict[str, Any]
    work: MotifWork
    model: str | None = None


class MotifRoom(Room):
    """DNA in, bins out; a session holds as many results as the page asks for."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._made: dict[str, MotifTokenizer] = {}

    def _tokenizer(self, settings: dict[str, Any]) -> MotifTokenizer:
        """Return the tokenizer of settings; the last one is kept, as its thresholds and plan take a second."""
        key = repr(sorted(settings.items()))
        if key not in self._made:
            preset: Preset = settings.get("preset") or "paper"
            own = {name: value for name, value in settings.items() if name != "preset" and value is not None}
            if "relative" in own:
                own.setdefault("pvalue", None)  # a preset may have set it
            config = MotifConfig.preset(preset, **own)
            self._made = {key: MotifTokenizer(MotifSet.from_jaspar(), config)}
        return self._made[key]

    @operation
    def motif_close(self, handle: int, options: str) -> Answer:
        """Read what came in, and get ready to work on it; the handle is the work's from now on."""
        intake = self.desk.get(handle, Intake, "file")
        settings = self._settings(options)
        sequences = LIMIT.read(intake.name, bytes(intake.data))
        return self._begin(int(handle), intake.name, sequences, settings, pasted=False)

    @operation
    def motif_text(self, pasted: str, options: str) -> Answer:
        """Take pasted DNA, or FASTA."""
        settings = self._settings(options)
        return self._begin(self.desk.put(None), "pasted.fa", LIMIT.read_pasted(pasted), settings, pasted=True)

    def _settings(self, options: str) -> dict[str, Any]:
        chosen = mapping(options, SETTINGS)
        if chosen.get("preset") not in (None, "paper", "strict"):
            raise ConfigError(f"preset is {chosen['preset']!r}", hint="'paper' or 'strict'")
        return chosen

    def _begin(self, handle: int, name: str, sequences: Sequences, settings: dict[str, Any], *, pasted: bool) -> Answer:
        model = settings.pop("model", None)
        if model is None:
            work, called = MotifWork(self._tokenizer(settings), sequences), None
        else:
            saved = self.desk.get(model, Model, "saved tokenizer")
            work, called = MotifWork(saved.tokenizer, sequences), saved.name
        self.desk.swap(handle, Job(name, pasted, settings, work, called))
        return {"handle": handle, "bases": sum(map(len, sequences.values())), "sequences": len(sequences)}, {}

    @operation
    def motif_step(self, handle: int, milliseconds: int) -> Answer:
        """Work for about so long: phase, done, total; once ``finished``, what came of it, under the same handle."""
        job = self.desk.get(handle, Job, "work")
        phase, done, total = job.work.advance(whole("milliseconds", milliseconds, 0, 10_000) / 1000)
        told: dict[str, Any] = {"phase": phase, "done": done, "total": total, "finished": job.work.done}
        if job.work.done:
            work = job.work
            result = MotifResult(
                job.name, work.sequences, work.tokenizer, job.settings, work.cuts, job.pasted, model=job.model
            )
            self.desk.swap(int(handle), result)
            told["result"] = result.describe()
        return told, {}

    @operation
    def motif_fit(self, handle: int, options: str, tell: Any = None) -> Answer:
        """Learn clusters and tokens from the sequences themselves; ``tell(phase, done, total)`` hears on the way."""
        result = self.desk.get(handle, MotifResult, "result of motifs")
        if result.model is not None:
            raise InputError(f"the tokens are those of {result.model}", hint="close it to learn others")
        chosen = mapping(options, ("min_count", "preset"))
        min_count = whole("min_count", chosen.get("min_count", MIN_COUNT), 1, 10_000)
        bare = MotifTokenizer(
            result.tokenizer.motifs,
            result.tokenizer.config.replace(min_count=min_count),
            thresholds=result.tokenizer.thresholds,
        )
        hits = {each.sequence.name: MotifHits(each.starts.astype("i8"), each.offsets) for each in result.cuts}
        progress = tell if callable(tell) else None
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always", MotifWarning)
            fitted = bare.fit(result.sequences, hits=hits, progress=progress)
        notes = tuple(str(each.message) for each in heard if issubclass(each.category, MotifWarning))
        cuts = [named(fitted, each) for each in result.cuts]
        settings = {**result.settings, "min_count": min_count}
        made = replace(result, tokenizer=fitted, cuts=cuts, settings=settings, notes=notes, leads={}, figures={})
        self.desk.swap(int(handle), made)
        return {"result": made.describe()}, {}
