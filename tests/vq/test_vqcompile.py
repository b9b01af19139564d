"""Networks of short spans as tables: each window has the code that the network gives it, or the cause is told."""

import numpy as np
import pytest

from genotok import VQTokenizer
from genotok.errors import ConfigError, TrainingError
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.tokenizers.vq_conv import ConvBackend
from genotok.train import vq_compile
from genotok.train.vq_compile import compile_model
from genotok.values.convweights import ConvShape
from genotok.values.vqmodel import VQModel
from vq.networks import draw_bases, draw_book, draw_weights

PLAN = ConvShape(kernel=5, stride=2, channels=4, width=4, blocks=0, taps=(0, 0), decoder_blocks=1)


def network(plan=PLAN, levels=(4, 6), kind="hrq"):
    weights = draw_weights(plan)
    book = draw_book(plan, levels, kind=kind)
    return VQModel(book, None, weights, window=plan.kernel, stride=plan.stride, ends="same", unknown_scope="core")


@pytest.mark.parametrize(
    ("plan", "levels", "kind"),
    [
        (PLAN, (4, 6), "hrq"),
        (ConvShape(kernel=4, stride=1, channels=4, width=3, blocks=0, taps=(0,), decoder_blocks=0), (3, 5), "rvq"),
        (ConvShape(kernel=2, stride=1, channels=4, width=4, blocks=1, taps=(1,), decoder_blocks=0), (9,), "flat"),
    ],
)
def test_a_table_says_what_its_network_says(plan, levels, kind):
    """Wherever a whole window of known bases is seen; blocks around the stem count to the window."""
    model = network(plan, levels, kind)
    found = compile_model(model, bases=draw_bases(2_000, seed=1, unknown=0))
    assert found.model.table.window == plan.receptive_span
    bases = draw_bases(5_000, unknown=0.02)
    backend = ConvBackend(model.codebook, model.network)
    expected = backend.codes(bases, rows=np.array([0, len(bases)]), ends="same").codes
    mine = VQTokenizer(found.model).replace(ends="same").codes(bases).codes
    known = mine[0] != UNKNOWN_CODE
    assert known.sum() > 500
    assert np.array_equal(mine[:, known], expected[:, known])


def test_margins_and_what_was_checked_are_told():
    """The card of the model keeps them; the network stays beside its table."""
    found = compile_model(network(), bases=draw_bases(3_000, unknown=0))
    assert len(found.smallest_margins) == 2
    assert 0 <= min(found.smallest_margins) < 1
    assert (found.checked, found.differing) == (1_498, 0)
    assert found.model.card["compiled"]["checked"] == 1_498
    assert found.model.network is not None
    assert found.model.ends == "valid"


def test_blocks_of_windows_change_nothing(monkeypatch):
    whole = compile_model(network(), bases=draw_bases(100, unknown=0)).model
    monkeypatch.setattr(vq_compile, "BLOCK", 100)
    assert compile_model(network(), bases=draw_bases(100, unknown=0)).model == whole


def test_a_network_that_sees_too_far_is_refused():
    plan = ConvShape(kernel=9, stride=4, channels=4, width=4, taps=(3, 6), decoder_blocks=1)
    with pytest.raises(ConfigError, match="compile needs a span <= 10, this model has 153"):
        compile_model(network(plan))


def test_a_table_is_no_network():
    table = compile_model(network(), bases=draw_bases(100, unknown=0)).model
    alone = VQModel(table.codebook, table.table, None, window=5, stride=2)
    with pytest.raises(ConfigError, match="this model has no network; it is a table already"):
        compile_model(alone)


def test_a_table_that_says_something_else_is_not_let_out(monkeypatch):
    """As if a step of the network went wrong in float64."""
    honest = vq_compile.encode_windows

    def wrong(*words):
        found = honest(*words)
        return found._replace(codes=(found.codes + 1) % 4)

    monkeypatch.setattr(vq_compile, "encode_windows", wrong)
    with pytest.raises(TrainingError, match="table and network differ in"):
        compile_model(network(), bases=draw_bases(2_000, unknown=0))
