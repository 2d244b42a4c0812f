"""What a paragraph's neighbours and its place in the document say about it.

Step 2 of the model sees, for each paragraph, its own step-1 outputs and shape, those of the four
paragraphs on either side, averages over wider windows further away, how much of the document's
content lies before and after it, and where it stands.

All documents are described together. In here a row is one number of all paragraphs: rows are long,
so numpy works on them at full speed.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["OUTPUTS", "WIDTH", "describe", "to_probabilities"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

NEAR = 4  # paragraphs on either side that are seen one by one
FAR = (8, 16, 32)  # ends of the windows beyond, averaged
OUTPUTS = 16
CONTENT_OUTPUT = 0  # the step-1 output that tells content from boilerplate on whole pages

OWN = OUTPUTS + 14
NEIGHBOUR = 10
WINDOW = 4
PLACE = 12
NEAR_ROWS = OWN
FAR_ROWS = NEAR_ROWS + 2 * NEAR * NEIGHBOUR
PLACE_ROWS = FAR_ROWS + 2 * len(FAR) * WINDOW
WIDTH = PLACE_ROWS + PLACE
"""Numbers that describe one paragraph in its document."""


def describe(
    outputs: Floats, shape: npt.NDArray[np.signedinteger[Any]], document_starts: Ints
) -> Floats:
    """Describe each paragraph in its document.

    Args:
        outputs: step-1 outputs, shape ``(paragraphs, 16)``; above 0 means boilerplate.
        shape: `boilerstrip.features.Features.shape` of the same paragraphs.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        Input of step 2, shape ``(paragraphs, WIDTH)``, stored column by column.
    """
    count = len(outputs)
    ends = np.concatenate([document_starts[1:], [count]])
    sizes = ends - document_starts
    first, behind = document_starts.repeat(sizes), ends.repeat(sizes)
    content = to_probabilities(-outputs[:, CONTENT_OUTPUT])
    sums = _sum_content(content, shape[:, 7], first, behind)

    described = np.empty((WIDTH, count), np.float32)
    own = described[:NEAR_ROWS]
    _fill_own(own, outputs.T, shape.T)
    _fill_near(described[NEAR_ROWS:FAR_ROWS], own, first, behind)
    _fill_far(described[FAR_ROWS:PLACE_ROWS], sums)
    _fill_place(described[PLACE_ROWS:], sums, content)
    return described.T


def to_probabilities(logits: Floats) -> Floats:
    """Turn logits into probabilities; `exp` is kept from overflowing where they are sure anyway."""
    inverse: Floats = 1 + np.exp(np.minimum(-logits, np.float32(60)))
    return np.reciprocal(inverse, out=inverse)


# --- the paragraph itself -----------------------------------------------------------------------

IS_STOP = np.isin(np.arange(256), list(b".!?\"'")).astype(np.float32)
IS_CAPITAL = np.array([chr(b).isupper() and b < 128 for b in range(256)], np.float32)  # noqa: PLR2004
IS_ALNUM = np.array([chr(b).isalnum() and b < 128 for b in range(256)], np.float32)  # noqa: PLR2004


def _fill_own(own: Floats, outputs: Floats, shape: Ints) -> None:
    own[:OUTPUTS] = outputs
    rest = own[OUTPUTS:]
    first, last = shape[9], shape[10]
    np.log(shape[[8, 7]] + np.float32(1), out=rest[:2])
    np.divide(shape[:7], shape[7], out=rest[2:9], dtype=np.float32)
    rest[9] = IS_STOP.take(last)
    rest[10] = IS_CAPITAL.take(first)
    rest[11] = first > 127  # noqa: PLR2004 (ASCII)
    rest[12] = IS_ALNUM.take(last)
    rest[13] = rest[0] > 5  # noqa: PLR2004 (some 150 bytes: longer than most furniture)


# --- its neighbours -----------------------------------------------------------------------------

STEPS = np.arange(1, NEAR + 1)[:, None]


def _fill_near(near: Floats, own: Floats, first: Ints, behind: Ints) -> None:
    """Fill in some of what `own` says of the four paragraphs before and the four behind."""
    count = first.size
    padded = np.zeros((NEIGHBOUR, NEAR + count + NEAR), np.float32)
    channels = padded[:, NEAR:-NEAR]
    channels[:4] = own[:4]
    channels[4:9] = own[[OUTPUTS, OUTPUTS + 2, OUTPUTS + 6, OUTPUTS + 9, OUTPUTS + 10]]
    channels[9] = 1  # inside the document: beyond its edges all channels are 0
    row, step = padded.strides
    shifted = np.ndarray(
        (2 * NEAR + 1, NEIGHBOUR, count), np.float32, padded, strides=(step, row, step)
    )
    here = np.arange(count)
    is_before = (here - STEPS[::-1] >= first).astype(np.float32)
    is_behind = (here + STEPS < behind).astype(np.float32)
    before, after = near.reshape(2, NEAR, NEIGHBOUR, count)
    np.multiply(shifted[:NEAR], is_before[:, None], out=before)
    np.multiply(shifted[NEAR + 1 :], is_behind[:, None], out=after)


# --- the document -------------------------------------------------------------------------------

CONTENT, CONTENT_WORDS, WORDS, PARAGRAPHS = range(WINDOW)  # what is summed
DISTANCES = np.array([0, NEAR, *FAR])
BITS = 32
UNIT = np.float32(2.0**-BITS)  # that sums are counted in: whole numbers are exact in any company


class Sums(NamedTuple):
    """What there is from the first document on up to some places.

    Attributes:
        at_start: up to where the paragraph's document starts, shape ``(4, paragraphs)``.
        before: up to each of `DISTANCES` before the paragraph, but not beyond the start; shape
            ``(distances, 4, paragraphs)``.
        after: up to each of `DISTANCES` behind the paragraph, but not beyond the end.
        at_end: up to where the document ends.
    """

    at_start: Ints
    before: Ints
    after: Ints
    at_end: Ints


def _sum_content(content: Floats, words: Ints, first: Ints, behind: Ints) -> Sums:
    count = first.size
    reach = FAR[-1]
    sums = np.zeros((WINDOW, reach + 1 + count + reach), np.int64)
    steps = sums[:, reach + 1 : reach + 1 + count]
    steps[CONTENT] = content * (1 << BITS)
    steps[CONTENT_WORDS] = words * steps[CONTENT]
    steps[WORDS] = words
    steps[PARAGRAPHS] = 1
    steps[WORDS:] <<= BITS
    steps.cumsum(axis=1, out=steps)
    sums[:, reach + 1 + count :] = sums[:, reach + count, None]
    at_start = sums.take(first + reach, axis=1)
    at_end = sums.take(behind + reach, axis=1)
    shifted = np.ndarray(
        (2 * (reach + 1), WINDOW, count), np.int64, sums, strides=(sums.itemsize, *sums.strides)
    )
    before, after = shifted[reach - DISTANCES], shifted[reach + 1 + DISTANCES]
    np.maximum(before, at_start, out=before)  # sums only rise: this is to stop at the start
    np.minimum(after, at_end, out=after)
    return Sums(at_start, before, after, at_end)


LENGTHS = np.diff([NEAR, *FAR]).astype(np.float32)[:, None, None, None]


def _fill_far(far: Floats, sums: Sums) -> None:
    """Fill in averages over windows, the nearest first, the one before ahead of the one behind."""
    windows = far.reshape(len(FAR), 2, WINDOW, -1)
    np.subtract(sums.before[1:-1], sums.before[2:], out=windows[:, 0], casting="unsafe")
    np.subtract(sums.after[2:], sums.after[1:-1], out=windows[:, 1], casting="unsafe")
    windows *= UNIT / LENGTHS
    words = windows[:, :, CONTENT_WORDS : WORDS + 1]
    words += 1
    np.log(words, out=words)


def _fill_place(place: Floats, sums: Sums, content: Floats) -> None:
    parts = np.empty((3, WINDOW, content.size), np.float32)
    before, after, total = parts
    np.subtract(sums.before[0], sums.at_start, out=before, casting="unsafe")
    np.subtract(sums.at_end, sums.after[0], out=after, casting="unsafe")
    np.subtract(sums.at_end, sums.at_start, out=total, casting="unsafe")
    parts *= UNIT
    more = parts + 1
    np.log(more[:2, CONTENT_WORDS], out=place[:2])
    np.divide(parts[:2, CONTENT_WORDS], more[2, CONTENT_WORDS], out=place[2:4])
    np.divide(total[CONTENT], total[PARAGRAPHS], out=place[4])
    np.divide(total[CONTENT_WORDS], total[WORDS], out=place[5])
    np.log(more[2, CONTENT_WORDS], out=place[6])
    np.log(more[:2, PARAGRAPHS], out=place[7:9])
    np.divide(before[PARAGRAPHS], total[PARAGRAPHS], out=place[9])
    place[10] = total[PARAGRAPHS] == 1
    np.subtract(content, place[4], out=place[11])
