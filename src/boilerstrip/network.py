"""Step 2 of the model, made ready to run: a network of layers with rectifiers between them.

Standardising the inputs is folded into the first layer. Biases show up only as floors: instead of
adding a bias and cutting off below 0, values are cut off below minus the bias, and what the sums
lack is made good by the bias of the next layer.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Network", "fold", "run"]

Floats = npt.NDArray[np.float32]

LARGEST_PRODUCT = 1 << 18  # multiplications; for more, OpenBLAS wakes threads, and waits for them


class Network(NamedTuple):
    """A folded network.

    Attributes:
        matrices: of the layers, each of shape ``(outputs, inputs)``.
        floors: of the values between them, each of shape ``(outputs, 1)``.
        bias: of the one output.
        step: paragraphs that are multiplied at a time.
    """

    matrices: tuple[Floats, ...]
    floors: tuple[Floats, ...]
    bias: Floats
    step: int


def fold(means: Floats, deviations: Floats, layers: Sequence[tuple[Floats, Floats]]) -> Network:
    """Fold means, standard deviations, and layers (see `boilerstrip.model.Look`)."""
    scale = 1 / deviations.astype(np.float64)
    lack = -means * scale
    matrices, floors = [], []
    for weights, bias in layers:
        lack = bias + lack @ weights
        matrices.append(np.ascontiguousarray((weights * scale[:, None]).T, np.float32))
        floors.append(-lack[:, None].astype(np.float32))
        scale = np.ones(lack.size)
    step = max(1, LARGEST_PRODUCT // max(matrix.size for matrix in matrices))
    return Network(tuple(matrices), tuple(floors[:-1]), -floors[-1], step)


def run(network: Network, inputs: Floats) -> Floats:
    """Give the output, shape ``(paragraphs,)``, for inputs of shape ``(inputs, paragraphs)``."""
    count = inputs.shape[1]
    whole = count - count % network.step
    steps = inputs[:, :whole].reshape(len(inputs), -1, network.step).transpose(1, 0, 2)
    rest = inputs[None, :, whole:]
    parts = [_run(network, part).ravel() for part in (steps, rest) if part.size]
    return np.concatenate(parts)


def _run(network: Network, values: Floats) -> Floats:
    for matrix, floor in zip(network.matrices, network.floors, strict=False):
        values = matrix @ values
        np.maximum(values, floor, out=values)
    return network.matrices[-1] @ values + network.bias
