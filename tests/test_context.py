"""Context: what a paragraph's description depends on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerstrip import context
from boilerstrip.arrays import Floats, Ints
from boilerstrip.features import SHAPE, TOKENS

sizes = st.lists(st.integers(1, 45), min_size=1, max_size=6)


def make(count: int, seed: int = 0) -> tuple[Floats, Ints]:
    """Make step-1 outputs and shapes of some paragraphs."""
    generator = np.random.default_rng(seed)
    outputs = generator.normal(0, 3, (count, context.OUTPUTS)).astype(np.float32)
    return outputs, generator.integers(1, 200, (count, len(SHAPE)))


def make_overlap(count: int) -> Floats:
    """Make overlaps of some paragraphs."""
    return np.random.default_rng(2).random(count, np.float32)


def starts_of(sizes: list[int]) -> Ints:
    """Find where documents of these sizes begin."""
    return np.cumsum([0, *sizes[:-1]])


@given(sizes)
def test_alone_or_together(sizes: list[int]) -> None:
    """A document is described the same alone and among others."""
    outputs, shape = make(sum(sizes))
    starts = starts_of(sizes)
    overlap = make_overlap(sum(sizes))
    together = context.describe(outputs, shape, overlap, starts)
    assert together.shape == (sum(sizes), context.WIDTH)
    assert np.isfinite(together).all()
    for start, size in zip(starts, sizes, strict=True):
        here = slice(start, start + size)
        alone = context.describe(outputs[here], shape[here], overlap[here], np.array([0]))
        assert np.allclose(alone, together[here], atol=1e-4)


@given(sizes)
def test_content(sizes: list[int]) -> None:
    """A paragraph is told of the content around it, its place, and the overlap of both."""
    outputs, shape = make(sum(sizes))
    overlap = make_overlap(sum(sizes))
    described = context.describe(outputs, shape, overlap, starts_of(sizes))
    found = described[:, context.OWN :]
    content = 1 / (1 + np.exp(outputs[:, context.MAIN_OUTPUT].astype(np.float64)))
    tokens = shape[:, TOKENS]
    for start, size in zip(starts_of(sizes), sizes, strict=True):
        here = content[start : start + size]
        words = tokens[start : start + size]
        of_content = here * words
        for n in range(size):
            before, behind = of_content[:n].sum(), of_content[n + 1 :].sum()
            expected = [
                *np.log1p([before, behind, of_content.sum()]),
                before / (1 + of_content.sum()),
                behind / (1 + of_content.sum()),
                here.mean(),
                of_content.sum() / words.sum(),
                here[n] - here.mean(),
                *np.log1p([n, size - 1 - n]),
                n / size,
                size == 1,
                overlap[start + n],
            ]
            assert np.allclose(found[start + n], expected, rtol=1e-4, atol=1e-4)


def test_probabilities() -> None:
    """However sure a logit is, it becomes a probability without complaint."""
    logits = np.array([-1e9, -1, 0, 1, 1e9], np.float32)
    found = context.to_probabilities(logits)
    assert np.allclose(found, [0, 0.268941, 0.5, 0.731059, 1], atol=1e-6)


@given(sizes)
def test_raised_alone_or_together(sizes: list[int]) -> None:
    """A document's logits rise the same alone and among others, at most to what its words say."""
    outputs, shape = make(sum(sizes))
    logits = np.random.default_rng(1).normal(0, 3, sum(sizes)).astype(np.float32)
    starts = starts_of(sizes)
    together = context.raise_inserted(logits, outputs, shape, starts)
    assert together.dtype == np.float32
    assert (together >= logits).all()
    assert (together <= np.maximum(logits, outputs[:, context.LONE_OUTPUT])).all()
    for start, size in zip(starts, sizes, strict=True):
        here = slice(start, start + size)
        alone = context.raise_inserted(logits[here], outputs[here], shape[here], np.array([0]))
        assert alone.tolist() == together[here].tolist()


def raise_one(alone: float, words: int, around: float = -20, before: float = -9) -> float:
    """Tell to what the logit of one paragraph among three rises, by what their words say."""
    outputs = np.zeros((3, context.OUTPUTS), np.float32)
    outputs[:, context.LONE_OUTPUT] = around, alone, around
    shape = np.full((3, len(SHAPE)), 20)
    shape[1] = words
    logits = np.full(3, before, np.float32)
    raised = context.raise_inserted(logits, outputs, shape, np.array([0]))
    assert raised[0] == raised[2] == before
    return float(raised[1])


def test_raised_amid_content() -> None:
    """What is boilerplate by its own words is raised amid content, not amid boilerplate."""
    assert raise_one(3, 10) == pytest.approx(-9 + 4 * (3 - 2.1))
    assert raise_one(8, 10) == 8
    assert raise_one(3, 10, around=0) == pytest.approx(-9 + 4 * (3 - 2.1) / 2**8)
    assert raise_one(8, 10, around=1) == pytest.approx(-9, abs=0.01)


@pytest.mark.parametrize(("words", "bar"), [(5, 2.3), (30, 1.3), (38, 1), (500, 1)])
def test_raised_by_length(words: int, bar: float) -> None:
    """Prose is raised from a lower logit on than a line of a few words."""
    assert raise_one(bar - 0.01, words) == -9
    assert raise_one(bar + 0.5, words) == pytest.approx(-7, abs=0.001)


def test_one_paragraph() -> None:
    """A document of one paragraph has nothing to stand out from."""
    outputs = np.full((1, context.OUTPUTS), 9, np.float32)
    shape = np.full((1, len(SHAPE)), 20)
    logits = np.zeros(1, np.float32)
    assert context.raise_inserted(logits, outputs, shape, np.array([0])).tolist() == [0]
