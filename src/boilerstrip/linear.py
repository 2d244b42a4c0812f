"""Step 1 of the model, made ready to run: linear outputs for each paragraph by itself.

The weights of all outputs that are wanted together, a byte each, lie side by side, so that one
look-up a word serves them; widened to 16 bits each, four are added by one addition. Sums are of
whole numbers, and exact.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from boilerstrip import features
from boilerstrip.arrays import Bytes, Counts, Floats, Packed

__all__ = [
    "LARGEST_STEP",
    "WEIGHT_ZERO",
    "Linear",
    "Scored",
    "dequantise",
    "pack",
    "quantise",
    "run",
    "score",
]

WEIGHT_ZERO = 128  # the byte that stands for a weight of 0
LARGEST_STEP = 127  # from there, either way

ITEMS = {2: np.uint16, 16: np.complex128}
"""Types by their size in bytes. They are moved and never calculated with: no other has 16 bytes."""


class Linear(NamedTuple):
    """Packed outputs.

    Attributes:
        table: the weights of each row, shape ``(features.ROWS,)``; filled up with zeros.
        scales: what one step of each output's weights is worth, shape ``(outputs, 1)``.
        biases: of the outputs, shape ``(outputs, 1)``.
    """

    table: Packed
    scales: Floats
    biases: Floats


class Scored(NamedTuple):
    """What step 1 says of some paragraphs.

    Attributes:
        outputs: shape ``(paragraphs, outputs)``; like the next one stored column by column.
        shape: as in `boilerstrip.features.Features`.
        stems: of all their tokens, as there, in 32 bits.
    """

    outputs: Floats
    shape: Counts
    stems: Counts


def pack(weights: Bytes, scales: Floats, biases: Floats, outputs: slice) -> Linear:
    """Pack weights, scales and biases (see `boilerstrip.model.Model`) of some of the outputs."""
    chosen = weights[:, outputs]
    size = min(size for size in ITEMS if size >= chosen.shape[1])
    filled_up = np.zeros((len(chosen), size), np.uint8)
    filled_up[:, : chosen.shape[1]] = chosen
    return Linear(filled_up.view(ITEMS[size])[:, 0], scales[outputs, None], biases[outputs, None])


def quantise(weights: Floats, scales: Floats) -> Bytes:
    """Round weights, a column an output, to whole steps of the scales; those too large are cut."""
    steps = np.rint(weights / scales).clip(-LARGEST_STEP, LARGEST_STEP) + WEIGHT_ZERO
    rounded: Bytes = steps.astype(np.uint8)
    return rounded


def dequantise(weights: Bytes, scales: Floats) -> Floats:
    """Give the weights that `quantise` has rounded."""
    return (weights.astype(np.float32) - WEIGHT_ZERO) * scales


def run(linear: Linear, pieces: Iterable[features.Features]) -> Scored:
    """Score each paragraph by itself.

    The result for a paragraph is the same, to the last bit, in whatever company it comes.

    Args:
        linear: outputs of step 1 of a model.
        pieces: features of the paragraphs, one piece or more, as `features.extract` gives them.
    """
    scored = [
        (score(linear, piece), piece.shape.T, piece.stems.astype(np.int32)) for piece in pieces
    ]
    outputs, shapes, stems = zip(*scored, strict=True)
    return Scored(
        np.concatenate(outputs, axis=1).T, np.concatenate(shapes, axis=1).T, np.concatenate(stems)
    )


def score(linear: Linear, piece: features.Features) -> Floats:
    """Score the paragraphs of a piece; return outputs of shape ``(outputs, paragraphs)``."""
    found: Floats = np.empty((linear.scales.size, len(piece.shape)), np.float32)
    terms = 2 * piece.shape[:, features.TOKENS] + piece.shape_rows.shape[1]
    sums = features.sum_weights(linear.table, piece).T[: len(found)]  # without what fills up
    sums -= WEIGHT_ZERO * terms
    found[:] = sums
    found *= linear.scales
    found /= np.sqrt(terms, dtype=np.float32)
    found += linear.biases
    return found
