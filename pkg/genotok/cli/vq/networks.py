"""Networks from scratch as judges of tokenizers: the ids of a set's rows go in, classes of its test rows come out."""

from collections.abc import Iterator, Sequence

from genotok.analysis.vq_evaluation import Judge
from genotok.analysis.vq_features import Features
from genotok.analysis.vq_probe import ProbeRun, draw_rows
from genotok.analysis.vq_sets import LabelledRows, LabelledSet
from genotok.errors import ConfigError
from genotok.train.vq_networks import Body, LabelledIds, Precision, name_protocol, network_of, train_network


def judge_by(body: Body, device: str, epochs: int | None, precision: Precision) -> tuple[Judge, str]:
    """Return what trains networks of a kind, and the name of its protocol; ``epochs`` are its usual ones for None."""
    changes = {"precision": precision} if epochs is None else {"precision": precision, "epochs": epochs}

    def judge(
        features: Features, task: LabelledSet, seeds: Sequence[int | None], *, most: int | None
    ) -> Iterator[ProbeRun]:
        if task.is_dev_trained:
            raise ConfigError(
                f"{task.name} has no train rows", hint="networks choose their epoch on dev; probe it alone"
            )
        train, dev, test = (_ids_of(features, rows) for rows in (task.taught, task.dev, task.test))
        config = network_of(body, test.sizes, task.classes, **changes)
        for seed in seeds:
            rows = draw_rows(len(task.taught), most, seed)
            run = train_network(config, train.take(rows), dev, test, seed=seed or 0, device=device)
            yield ProbeRun(seed, run.epoch, run.dev_mcc, run.predicted, True, run.parameters)

    return judge, name_protocol(body, epochs=epochs, precision=precision)


def _ids_of(features: Features, rows: LabelledRows) -> LabelledIds:
    """Return the levels of a tokenizer's tokens."""
    streams = features.streams(rows.texts)[: features.levels]
    sizes = tuple(each.size for each in streams)
    return LabelledIds(tuple(each.ids for each in streams), streams[0].rows, rows.labels, sizes)
