"""Network: folding changes nothing but the cost."""

import itertools

import numpy as np
import pytest

from boilerstrip import network
from boilerstrip.arrays import Floats


def make(
    sizes: list[int],
) -> tuple[Floats, Floats, list[tuple[Floats, Floats]]]:
    """Make means, standard deviations and layers."""
    generator = np.random.default_rng(0)
    layers = [
        (
            generator.normal(0, 0.3, (inputs, outputs)).astype(np.float32),
            generator.normal(0, 0.5, outputs).astype(np.float32),
        )
        for inputs, outputs in itertools.pairwise(sizes)
    ]
    means = generator.normal(0, 2, sizes[0]).astype(np.float32)
    return means, generator.uniform(0.1, 3, sizes[0]).astype(np.float32), layers


SIZES = [[7, 1], [7, 5, 1], [122, 48, 24, 1], [600, 500, 1], [9000, 7, 1]]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("count", [1, network.STEP - 1, network.STEP, 3 * network.STEP + 8])
def test_fold(sizes: list[int], count: int) -> None:
    """A folded network gives what its layers give, one after the other."""
    means, deviations, layers = make(sizes)
    inputs = np.random.default_rng(1).normal(0, 3, (count, sizes[0])).astype(np.float32)
    values = (inputs.astype(np.float64) - means) / deviations
    for weights, bias in layers[:-1]:
        values = np.maximum(values @ weights + bias, 0)
    weights, bias = layers[-1]
    found = network.run(network.fold(means, deviations, layers), inputs.T)
    assert found.shape == (count,)
    assert np.allclose(found, (values @ weights + bias)[:, 0], rtol=1e-4, atol=1e-4)
