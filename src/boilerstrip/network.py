"""Step 2 of the model, made ready to run: a network of layers with rectifiers between them.

Standardising the inputs is folded into the first layer. Biases show up only as floors: instead of
adding a bias and cutting off below 0, values are cut off below minus the bias, and what the sums
lack is made good by the bias of the next layer.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from boilerstrip.arrays import Floats

__all__ = ["Network", "fold", "run"]

STEP = 64  # paragraphs that are multiplied at a time: whole vectors of the processor
LARGEST_PRODUCT = 1 << 18  # multiplications; for more, OpenBLAS wakes threads, and waits for them


class Network(NamedTuple):
    """A folded network.

    Attributes:
        matrices: of the layers, each in blocks of rows: of shape
            ``(blocks, outputs / blocks, inputs)``.
        floors: of the values between them, each of shape ``(outputs, 1)``.
        bias: of the one output.
    """

    matrices: tuple[Floats, ...]
    floors: tuple[Floats, ...]
    bias: Floats


def fold(means: Floats, deviations: Floats, layers: Sequence[tuple[Floats, Floats]]) -> Network:
    """Fold means, standard deviations, and layers (see `boilerstrip.model.Look`)."""
    scale = 1 / deviations.astype(np.float64)
    lack = -means * scale
    matrices, floors = [], []
    for weights, bias in layers:
        lack = bias + lack @ weights
        matrices.append(_split((weights * scale[:, None]).T.astype(np.float32)))
        floors.append(-lack[:, None].astype(np.float32))
        scale = np.ones(lack.size)
    return Network(tuple(matrices), tuple(floors[:-1]), -floors[-1])


def _split(matrix: Floats) -> Floats:
    """Split a matrix into equal blocks of rows, so that products are small."""
    outputs, inputs = matrix.shape
    rows = max(1, LARGEST_PRODUCT // (inputs * STEP))
    while outputs % rows:
        rows -= 1
    return np.ascontiguousarray(matrix).reshape(-1, rows, inputs)


def run(network: Network, inputs: Floats) -> Floats:
    """Give the output, shape ``(paragraphs,)``, for inputs of shape ``(inputs, paragraphs)``."""
    count = inputs.shape[1]
    whole = count - count % STEP
    steps = inputs[:, :whole].reshape(len(inputs), -1, STEP).transpose(1, 0, 2)
    rest = inputs[None, :, whole:]
    parts = [_run(network, part).ravel() for part in (steps, rest) if part.size]
    return np.concatenate(parts)


def _run(network: Network, values: Floats) -> Floats:
    for matrix, floor in zip(network.matrices, network.floors, strict=False):
        values = _multiply(matrix, values)
        np.maximum(values, floor, out=values)
    return _multiply(network.matrices[-1], values) + network.bias


def _multiply(blocks: Floats, values: Floats) -> Floats:
    products = blocks @ values[:, None]
    return products.reshape(len(values), -1, values.shape[2])
