"""How sure a number is: intervals by drawing the documents anew, with replacement.

Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), the percentile interval.
"""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boilerstrip.arrays import AnyFloats, Ints
from boilerstrip.training.views import list_ranges

__all__ = ["Estimate", "estimate"]

RESAMPLES = 1000
BOUNDS = (0.025, 0.975)
DIGITS = 5


class Estimate(NamedTuple):
    """A number, its 95% interval, and how many documents it was measured on."""

    value: float
    low: float
    high: float
    documents: int


def estimate(
    statistics: Callable[[Ints], AnyFloats],
    documents: int,
    *,
    sites: npt.NDArray[Any] | None = None,
    resamples: int = RESAMPLES,
) -> list[Estimate]:
    """Measure some numbers on documents and on samples of them.

    The samples are the same ones for the same number of documents, so a difference of two
    statistics is best made one statistic: its interval is then that of a paired comparison.

    Args:
        statistics: computes the numbers from the indices of documents.
        documents: how many there are, one or more.
        sites: of each its name or number; where they are given, sites are drawn, with all their
            documents.
        resamples: samples drawn.

    Returns:
        An estimate for each number.
    """
    generator = np.random.default_rng(0)
    values = statistics(np.arange(documents))
    numbers = np.unique(np.arange(documents) if sites is None else sites, return_inverse=True)[1]
    order, sizes = numbers.argsort(kind="stable"), np.bincount(numbers)
    starts = sizes.cumsum() - sizes

    def draw() -> Ints:
        chosen = generator.integers(sizes.size, size=sizes.size)
        return order[list_ranges(starts[chosen], sizes[chosen])]

    drawn = np.array([statistics(draw()) for _ in range(resamples)])
    with warnings.catch_warnings():
        # a sample, or even all, may hold nothing to measure, such as no paragraph of a language
        warnings.filterwarnings("ignore", "All-NaN slice encountered", RuntimeWarning)
        low, high = np.nanquantile(drawn, BOUNDS, axis=0)
    columns = (column.round(DIGITS).tolist() for column in (values, low, high))
    return [
        Estimate(value, lowest, highest, documents)
        for value, lowest, highest in zip(*columns, strict=True)
    ]
