"""What a paragraph's neighbours and its place in the document say about it.

Step 2 of the model sees, for each paragraph, its own step-1 outputs and shape, averages over wider
windows around it, how much of the document's content lies before and after it and where it stands,
and then the four paragraphs on either side. It looks twice: the second time at the same things but
the last, made anew from the first answers.

All documents are described together. In here a row is one number of all paragraphs: rows are long,
so numpy works on them at full speed.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boilerstrip.features import SHAPE

__all__ = ["OUTPUTS", "VERSION", "WIDTHS", "describe", "describe_again", "to_probabilities"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Whole = npt.NDArray[np.signedinteger[Any]]

VERSION = 2
"""Changes whenever the same paragraphs would be described otherwise."""

NEAR = 4  # paragraphs on either side that are seen one by one
FAR = (8, 16, 32)  # ends of the windows beyond, averaged
OUTPUTS = 8
"""Step-1 outputs that are looked at."""

MAIN_OUTPUT = 0  # the one that tells content from boilerplate on whole pages
WORDS_OF_SHAPE = SHAPE.index("tokens")

OWN = OUTPUTS + 14
NEIGHBOUR = 10
WINDOW = 4
PLACE = 12
FAR_ROWS = OWN
PLACE_ROWS = FAR_ROWS + 2 * len(FAR) * WINDOW
NEAR_ROWS = PLACE_ROWS + PLACE
NEAR_AGAIN = 2  # numbers of a neighbour that are looked at again
WIDTHS = (NEAR_ROWS + 2 * NEAR * NEIGHBOUR, NEAR_ROWS + 2 * NEAR * NEAR_AGAIN)
"""Numbers that describe one paragraph in its document, the first time and the second."""


def describe(outputs: Floats, shape: Whole, document_starts: Ints) -> Floats:
    """Describe each paragraph in its document.

    Args:
        outputs: step-1 outputs, shape ``(paragraphs, OUTPUTS)``; above 0 means boilerplate.
        shape: `boilerstrip.features.Features.shape` of the same paragraphs.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        What step 2 sees first, shape ``(paragraphs, WIDTHS[0])``, stored column by column.
    """
    rows = np.empty((WIDTHS[0], len(outputs)), np.float32)
    first, behind = _bounds(document_starts, len(outputs))
    _fill_own(rows[:OWN], outputs.T, shape.T)
    _fill_wide(rows, shape[:, WORDS_OF_SHAPE], first, behind)
    _fill_near(rows[NEAR_ROWS:], rows[:OWN], first, behind)
    return rows.T


def describe_again(
    described: Floats, answers: Floats, shape: Whole, document_starts: Ints
) -> Floats:
    """Describe each paragraph by what was answered the first time.

    Args:
        described: what `describe` returned; it is used up.
        answers: logits, above 0 for boilerplate; shape ``(paragraphs,)``.
        shape: as for `describe`.
        document_starts: as for `describe`.

    Returns:
        What step 2 sees then, shape ``(paragraphs, WIDTHS[1])``, stored column by column.
    """
    rows = described.T[: WIDTHS[1]]
    rows[MAIN_OUTPUT] = answers
    _fill_wide(rows, shape[:, WORDS_OF_SHAPE], *_bounds(document_starts, len(answers)))
    is_there, near = rows[NEAR_ROWS:].reshape(NEAR_AGAIN, 2 * NEAR, -1)
    _shift(answers[None], is_there, near[None])
    return rows.T


def _bounds(document_starts: Ints, count: int) -> tuple[Ints, Ints]:
    """Give for each paragraph the first one of its document, and the one behind the last."""
    ends = np.concatenate([document_starts[1:], [count]])
    sizes = ends - document_starts
    return document_starts.repeat(sizes), ends.repeat(sizes)


def to_probabilities(logits: Floats) -> Floats:
    """Turn logits into probabilities; `exp` is kept from overflowing where they are sure anyway."""
    inverse: Floats = 1 + np.exp(np.minimum(-logits, np.float32(60)))
    return np.reciprocal(inverse, out=inverse)


# --- the paragraph itself -----------------------------------------------------------------------

IS_STOP = np.isin(np.arange(256), list(b".!?\"'")).astype(np.float32)
IS_CAPITAL = np.array([chr(b).isupper() and b < 128 for b in range(256)], np.float32)  # noqa: PLR2004
IS_ALNUM = np.array([chr(b).isalnum() and b < 128 for b in range(256)], np.float32)  # noqa: PLR2004


def _fill_own(own: Floats, outputs: Floats, shape: Whole) -> None:
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
OTHERS = [1, 2, 3, *(OUTPUTS + row for row in (0, 2, 6, 9, 10))]  # rows that matter of a neighbour


def _fill_near(near: Floats, own: Floats, first: Ints, behind: Ints) -> None:
    """Fill in whether there is a neighbour, its main output, and what else matters of it."""
    near = near.reshape(NEIGHBOUR, 2 * NEAR, -1)
    is_there = near[0]
    here = np.arange(first.size)
    is_there[:NEAR] = here - STEPS[::-1] >= first
    is_there[NEAR:] = here + STEPS < behind
    _shift(own[[MAIN_OUTPUT, *OTHERS]], is_there, near[1:])


def _shift(rows: Floats, is_there: Floats, near: Floats) -> None:
    """Fill in the rows of the four paragraphs before and the four behind; 0 if there is none."""
    padded = np.zeros((len(rows), NEAR + rows.shape[1] + NEAR), np.float32)
    padded[:, NEAR:-NEAR] = rows
    row, step = padded.strides
    shifted = np.ndarray(
        (len(rows), 2 * NEAR + 1, rows.shape[1]), np.float32, padded, strides=(row, step, step)
    )
    np.multiply(shifted[:, :NEAR], is_there[:NEAR], out=near[:, :NEAR])
    np.multiply(shifted[:, NEAR + 1 :], is_there[NEAR:], out=near[:, NEAR:])


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


def _fill_wide(rows: Floats, words: Whole, first: Ints, behind: Ints) -> None:
    """Fill in the windows and the place, by what the main output takes for content."""
    content = to_probabilities(-rows[MAIN_OUTPUT])
    sums = _sum_content(content, words, first, behind)
    _fill_far(rows[FAR_ROWS:PLACE_ROWS], sums)
    _fill_place(rows[PLACE_ROWS:NEAR_ROWS], sums, content)


def _sum_content(content: Floats, words: Whole, first: Ints, behind: Ints) -> Sums:
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
