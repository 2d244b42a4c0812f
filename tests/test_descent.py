"""Descent: gradients are those of the loss, and following them helps."""

import numpy as np
import pytest

from boilerstrip.network import Network, find_documents, run, shapes
from boilerstrip.training import descent
from boilerstrip.training.descent import Views

INPUTS, UNITS = 6, 8
STARTS = np.array([0, 1, 3, 6, 20])
PARAGRAPHS = 40


def make() -> tuple[Network, Views]:
    """Make a network, and documents of 1, 2, 3, 14 and 20 paragraphs."""
    generator = np.random.default_rng(0)
    of_shapes = shapes(UNITS, INPUTS).items()
    arrays = {name: generator.normal(0, 0.4, shape).astype(np.float32) for name, shape in of_shapes}
    views = Views(
        generator.normal(0, 1, (PARAGRAPHS, INPUTS)).astype(np.float32),
        generator.integers(1, 30, PARAGRAPHS),
        STARTS,
        np.diff(STARTS, append=PARAGRAPHS),
        generator.integers(0, 2, PARAGRAPHS),
        generator.uniform(0, 2, PARAGRAPHS),
    )
    return Network(**arrays), views


def find_loss(net: Network, views: Views) -> float:
    """Find the mean loss, weighted."""
    logits = run(net, views.inputs.T, find_documents(views.starts, views.tokens)).astype(np.float64)
    losses = np.logaddexp(0, logits) - logits * views.labels
    return float((losses * views.weights).mean())


@pytest.mark.parametrize("name", Network._fields)
def test_gradients(name: str) -> None:
    """The loss changes with each number by as much as its gradient says, unless a unit wakes."""
    net, views = make()
    found = getattr(descent.find_gradients(net, views, np.random.default_rng(0), dropout=0), name)
    expected = np.empty(found.shape)
    for place in np.ndindex(found.shape):
        losses = []
        for change in (0.001, -0.001):
            array = getattr(net, name).copy()
            array[place] += change
            losses.append(find_loss(net._replace(**{name: array}), views))
        expected[place] = (losses[0] - losses[1]) / 0.002
    assert np.abs(found).max() > 0.005  # fifty times what is let pass
    assert np.isclose(found, expected, atol=1e-4).mean() >= 0.8


def test_descend() -> None:
    """Descent lowers the loss, and the same draws lead to the same network."""
    views = make()[1]
    starts = [descent.descend(views, UNITS, np.random.default_rng(3)) for _ in range(2)]
    assert all((a == b).all() for a, b in zip(*starts, strict=True))
    assert find_loss(starts[0], views) < find_loss(make()[0], views) / 2


def test_batches() -> None:
    """Each epoch shows every document once."""
    views = make()[1]
    drawn = descent._draw_batches(views, 3, 8, np.random.default_rng(0))
    shown = np.concatenate(list(drawn)).reshape(3, -1)
    assert (np.sort(shown) == np.arange(STARTS.size)).all()
    selected = views.select(np.array([3, 1]))
    assert selected.starts.tolist() == [0, 14]
    assert (selected.inputs == views.inputs[[*range(6, 20), 1, 2]]).all()
