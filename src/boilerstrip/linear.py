"""Step 1 of the model, made ready to run: linear outputs for each paragraph by itself.

The weights of eight outputs, a byte each, lie side by side in one 64-bit number, so that one
look-up and one addition a word serve all eight. Sums are of whole numbers, and exact.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilerstrip import features

__all__ = ["TOGETHER", "WEIGHT_ZERO", "Linear", "pack", "run"]

Counts = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

TOGETHER = 8  # outputs whose weights are looked up together
WEIGHT_ZERO = 128  # the byte that stands for a weight of 0


class Linear(NamedTuple):
    """Packed outputs.

    Attributes:
        tables: the weights of each eight outputs, shape ``(features.ROWS,)``.
        scales: what one step of each output's weights is worth, shape ``(outputs, 1)``.
        biases: of the outputs, shape ``(outputs, 1)``.
    """

    tables: tuple[npt.NDArray[np.uint64], ...]
    scales: Floats
    biases: Floats


def pack(weights: npt.NDArray[np.uint8], scales: Floats, biases: Floats) -> Linear:
    """Pack weights, scales and biases (see `boilerstrip.model.Model`)."""
    numbers = np.ascontiguousarray(weights).view("<u8")
    return Linear(tuple(numbers.T.copy()), scales[:, None], biases[:, None])


def run(linear: Linear, paragraphs: Sequence[str], outputs: int) -> tuple[Floats, Counts]:
    """Score each paragraph by itself.

    The result for a paragraph is the same, to the last bit, in whatever company it comes.

    Args:
        linear: step 1 of a model.
        paragraphs: one or more.
        outputs: how many of the outputs are wanted: the first so many, a multiple of 8.

    Returns:
        Outputs of shape ``(paragraphs, outputs)``, and the shapes as in `features.Features`; both
        are stored column by column.
    """
    found: Floats = np.empty((outputs, len(paragraphs)), np.float32)
    shape: Counts = np.empty((len(features.SHAPE), len(paragraphs)), np.int32)
    end = 0
    for piece in features.extract(paragraphs):
        here = slice(end, end + len(piece.shape))
        end = here.stop
        shape[:, here] = piece.shape.T
        terms = 2 * piece.shape[:, features.WORDS] + piece.shape_rows.shape[1]
        for first in range(0, outputs, TOGETHER):
            these = slice(first, first + TOGETHER)
            sums = features.sum_weights(linear.tables[first // TOGETHER], piece).T
            sums -= WEIGHT_ZERO * terms
            np.multiply(sums, linear.scales[these], out=found[these, here], dtype=np.float32)
        found[:, here] /= np.sqrt(terms, dtype=np.float32)
        found[:, here] += linear.biases[:outputs]
    return found.T, shape.T
