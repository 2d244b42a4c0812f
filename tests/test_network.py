"""Network: what it computes, paragraph by paragraph."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerstrip.arrays import Doubles, Floats, Ints
from boilerstrip.network import DILATIONS, STEP, Network, find_documents, run, shapes

INPUTS, UNITS = 7, 6


def make() -> Network:
    """Make a network."""
    generator = np.random.default_rng(0)
    of_shapes = shapes(UNITS, INPUTS).items()
    return Network(
        **{name: generator.normal(0, 0.4, shape).astype(np.float32) for name, shape in of_shapes}
    )


def run_plainly(network: Network, inputs: Floats, tokens: Ints) -> list[float]:
    """Compute the logits of one document, a paragraph at a time; inputs have a row a paragraph."""
    units: list[Doubles] = [
        np.maximum(network.entry @ row + network.entry_bias[:, 0], 0) for row in inputs
    ]
    by_word = sum(unit * count for unit, count in zip(units, tokens, strict=True)) / tokens.sum()
    of_document = network.document @ np.concatenate([np.mean(units, axis=0), by_word])
    for layer, dilation in enumerate(DILATIONS):
        nothing = [np.zeros(UNITS // 2)] * dilation
        around = [*nothing, *(unit[: UNITS // 2] for unit in units), *nothing]
        sums = [
            network.layers[layer] @ np.concatenate([around[n], unit, around[n + 2 * dilation]])
            + network.layer_biases[layer, :, 0]
            + (of_document if layer == 0 else 0)
            for n, unit in enumerate(units)
        ]
        units = [unit + np.maximum(each, 0) for unit, each in zip(units, sums, strict=True)]
    answers = [np.concatenate([unit, row]) for unit, row in zip(units, inputs, strict=True)]
    return [float(network.answer[0] @ each + network.answer_bias[0, 0]) for each in answers]


@pytest.mark.parametrize("last", [1, STEP - 46, STEP, 3 * STEP + 8])
def test_run(last: int) -> None:
    """Documents, however many and large, get the logits that their paragraphs get one by one."""
    sizes = [1, 2, 3, 5, 8, 27, last]
    starts = np.cumsum([0, *sizes[:-1]])
    generator = np.random.default_rng(1)
    inputs = generator.normal(0, 2, (sum(sizes), INPUTS)).astype(np.float32)
    tokens = generator.integers(1, 40, sum(sizes))
    expected = [
        logit
        for start, size in zip(starts, sizes, strict=True)
        for logit in run_plainly(make(), inputs[start : start + size], tokens[start : start + size])
    ]
    found = run(make(), inputs.T, find_documents(starts, tokens))
    assert found.shape == (sum(sizes),)
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-4)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=8))
def test_lacking(sizes: list[int]) -> None:
    """A paragraph lacks what would lie beyond the ends of its document, and nothing else."""
    starts = np.cumsum([0, *sizes[:-1]])
    documents = find_documents(starts, np.ones(sum(sizes), np.int64))
    of = np.repeat(np.arange(len(sizes)), sizes).tolist()
    for dilation, (before, behind) in zip(DILATIONS, documents.lacking, strict=True):
        nothing = [-1] * dilation
        has_none = np.not_equal(of, [*nothing, *of][: len(of)])
        assert sorted(before.tolist()) == np.flatnonzero(has_none).tolist()
        has_none = np.not_equal(of, [*of, *nothing][dilation:])
        assert sorted(behind.tolist()) == np.flatnonzero(has_none).tolist()
