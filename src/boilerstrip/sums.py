"""Exact sums by paragraph, many at a time.

Small numbers that lie side by side in one of 32 or 64 bits, each in a lane of its own, are all
added by one addition, so long as no sum outgrows its lane. Therefore tokens are summed in runs
short enough for that; few paragraphs are longer than one run.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boilerstrip.arrays import Counts, Ints, Packed

__all__ = ["Runs", "split_runs", "sum_lanes"]

RUN = 124  # tokens: two bytes of each, and eight bytes of the paragraph, add up to less than 2**16


class Runs(NamedTuple):
    """The tokens of some paragraphs in runs of at most `RUN`.

    Attributes:
        starts: first token of each run.
        firsts: first run of each paragraph; ``None``: every run is a paragraph.
        others: all further runs.
        long: the paragraphs that have further runs.
        of_long: where those of each begin among the `others`.
    """

    starts: Ints
    firsts: Ints | None
    others: Ints
    long: Ints
    of_long: Ints


def split_runs(edges: Ints) -> Runs:
    """Split paragraphs, each of the tokens from one of the `edges` to the next, into runs."""
    starts = edges[:-1]
    sizes = edges[1:] - starts
    long = (sizes > RUN).nonzero()[0]
    if not long.size:
        return Runs(starts, None, long, long, long)
    further = (sizes[long] - 1) // RUN
    of_long = further.cumsum() - further
    steps = np.ones(starts.size + 1, np.int64)
    steps[0] = 0
    steps[long + 1] += further
    firsts = steps[:-1].cumsum()
    owners = long.repeat(further)
    offsets = np.arange(1, owners.size + 1) - of_long.repeat(further)
    others = firsts[owners] + offsets
    run_starts = np.empty(firsts.size + others.size, np.int64)
    run_starts[firsts] = starts
    run_starts[others] = starts[owners] + RUN * offsets
    return Runs(run_starts, firsts, others, long, of_long)


def sum_lanes(
    numbers: Packed, more: Packed | None, runs: Runs, lane: type[np.unsignedinteger[Any]]
) -> Counts:
    """Sum the lanes of each paragraph's tokens.

    Args:
        numbers: one a token.
        more: to be added to each paragraph's sum.
        runs: of the tokens.
        lane: type of the lanes; the sums over a run must fit.

    Returns:
        Sums of shape ``(lanes, paragraphs)``, in the order of their bytes.
    """
    of_runs = np.add.reduceat(numbers, runs.starts, dtype=numbers.dtype)  # or 32 bits become 64
    packed = of_runs if runs.firsts is None else of_runs.take(runs.firsts)
    if more is not None:
        packed += more
    sums = _lanes(packed, lane).T.astype(np.int32, order="C")
    if runs.long.size:
        others = _lanes(of_runs.take(runs.others), lane)
        sums[:, runs.long] += np.add.reduceat(others, runs.of_long, axis=0, dtype=np.int32).T
    return sums


def _lanes(packed: Packed, lane: type[np.unsignedinteger[Any]]) -> npt.NDArray[Any]:
    return packed.view(lane).reshape(packed.size, -1)
