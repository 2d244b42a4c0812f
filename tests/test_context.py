"""Context: what a paragraph's description depends on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boilerstrip import context
from boilerstrip.features import SHAPE

sizes = st.lists(st.integers(1, 45), min_size=1, max_size=6)


def make(count: int, seed: int = 0) -> tuple[context.Floats, context.Ints]:
    """Make step-1 outputs and shapes of some paragraphs."""
    generator = np.random.default_rng(seed)
    outputs = generator.normal(0, 3, (count, context.OUTPUTS)).astype(np.float32)
    return outputs, generator.integers(1, 200, (count, len(SHAPE)))


def starts_of(sizes: list[int]) -> context.Ints:
    """Find where documents of these sizes begin."""
    return np.cumsum([0, *sizes[:-1]])


@given(sizes)
def test_alone_or_together(sizes: list[int]) -> None:
    """A document is described the same alone and among others."""
    outputs, shape = make(sum(sizes))
    starts = starts_of(sizes)
    together = context.describe(outputs, shape, starts)
    assert together.shape == (sum(sizes), context.WIDTH)
    assert np.isfinite(together).all()
    for start, size in zip(starts, sizes, strict=True):
        here = slice(start, start + size)
        alone = context.describe(outputs[here], shape[here], np.array([0]))
        assert np.allclose(alone, together[here], atol=1e-4)


def test_neighbours() -> None:
    """The neighbours' outputs stand where they belong, and beyond the edges there is nothing."""
    outputs, shape = make(6)
    described = context.describe(outputs, shape, np.array([0, 3]))
    before = context.OWN + (context.NEAR - 1) * context.NEIGHBOUR
    behind = context.OWN + context.NEAR * context.NEIGHBOUR
    assert (described[1, before : before + 4] == outputs[0, :4]).all()
    assert (described[1, behind : behind + 4] == outputs[2, :4]).all()
    assert not described[0, before : before + context.NEIGHBOUR].any()
    assert not described[2, behind : behind + context.NEIGHBOUR].any()


def test_probabilities() -> None:
    """However sure a logit is, it becomes a probability without complaint."""
    logits = np.array([-1e9, -1, 0, 1, 1e9], np.float32)
    found = context.to_probabilities(logits)
    assert np.allclose(found, [0, 0.268941, 0.5, 0.731059, 1], atol=1e-6)
