"""What a paragraph's neighbours and its place in the document say about it.

Step 2 of the model sees, for each paragraph, its own step-1 outputs and shape, averages over wider
windows around it, how much of the document's content lies before and after it and where it stands,
and then the four paragraphs on either side. It looks twice: the second time at the first answer in
place of the main output, what lies further around made anew from the answers, and of each neighbour
nothing but its answer. In the end what by its own words is boilerplate but stands amid content is
raised, at most to what its own words say.

All documents are described together. In here a row is one number of all paragraphs: rows are long,
so numpy works on them at full speed.
"""

from typing import NamedTuple

import numpy as np

from boilerstrip.arrays import AnyInts, Floats, Ints
from boilerstrip.features import BYTES, FIRST, LAST, SHAPE, TOKENS

__all__ = [
    "LONE_OUTPUT",
    "MAIN_OUTPUT",
    "OUTPUTS",
    "VERSION",
    "WIDTHS",
    "describe",
    "describe_again",
    "raise_inserted",
    "to_probabilities",
]

VERSION = 7
"""Changes whenever the same paragraphs would be described, or raised, otherwise."""

NEAR = 4  # paragraphs on either side that are seen one by one
FAR = (8, 16, 32)  # ends of the windows beyond, averaged
OUTPUTS = 2
"""Step-1 outputs that are looked at: all but those that tell the kinds."""

MAIN_OUTPUT, LONE_OUTPUT = range(OUTPUTS)
"""The first is fitted to whole pages, the second to lone paragraphs, and to prose of documents."""

OWN_SHAPE = (
    "bytes",
    "tokens",
    *SHAPE[:TOKENS],
    "ends as a sentence does",
    "begins with a capital",
    "begins outside ASCII",
    "ends with a letter or digit",
    "is long",
)
"""What is seen of a paragraph's shape: two logarithms, shares of its tokens, and what is so (1)."""

NEIGHBOURS_SHAPE = (
    "bytes",
    "capitals",
    "stops",
    "ends as a sentence does",
    "begins with a capital",
)
"""And of a neighbour's: fewer, since there are eight of them."""

OWN = OUTPUTS + len(OWN_SHAPE)
SIDES = 2
WINDOWS = len(FAR) * SIDES  # rows for each quantity that is averaged
QUANTITIES = 3  # content, tokens of content, tokens
CONTENT_PLACE, PLACE = 8, 4  # rows that tell the place among content, and among paragraphs
NEIGHBOUR = 1 + OUTPUTS + len(NEIGHBOURS_SHAPE)  # first, whether there is one
CONTENT_ROWS = OWN
FIXED_ROWS = CONTENT_ROWS + QUANTITIES * WINDOWS + CONTENT_PLACE
NEAR_ROWS = FIXED_ROWS + WINDOWS + PLACE
NEAR_AGAIN = 2  # numbers of a neighbour that are looked at again
WIDTHS = (NEAR_ROWS + SIDES * NEAR * NEIGHBOUR, NEAR_ROWS + SIDES * NEAR * NEAR_AGAIN)
"""Numbers that describe one paragraph in its document, the first time and the second."""


def describe(outputs: Floats, shape: AnyInts, document_starts: Ints) -> Floats:
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
    logits, tokens = outputs[:, MAIN_OUTPUT], shape[:, TOKENS]
    _fill_own(rows[:OWN], outputs.T, shape.T)
    _fill_content(rows[CONTENT_ROWS:FIXED_ROWS], logits, tokens, first, behind)
    _fill_fixed(rows[FIXED_ROWS:NEAR_ROWS], first, behind)
    _fill_near(rows[NEAR_ROWS:], rows[:OWN], first, behind)
    return rows.T


def describe_again(
    described: Floats, answers: Floats, shape: AnyInts, document_starts: Ints
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
    tokens = shape[:, TOKENS]
    bounds = _bounds(document_starts, len(answers))
    _fill_content(rows[CONTENT_ROWS:FIXED_ROWS], answers, tokens, *bounds)
    is_there, near = rows[NEAR_ROWS:].reshape(NEAR_AGAIN, SIDES * NEAR, -1)
    _shift(answers[None], is_there, near[None])
    return rows.T


# How these values were chosen: docs/choices.md, section "Appeals inside articles".
SURE, LEAST_SURE = 2.5, 1.0  # logits: the bar for no token at all, and the one for long prose
FOR_ONE_LESS = 25  # tokens by which the bar falls a logit: the longer, the surer what they say
FORCE = 4  # how many times what is beyond the bar counts, ...
SHARE_POWER = 8  # ... times this power of the share of content around: amid boilerplate, near 0


def raise_inserted(
    logits: Floats, outputs: Floats, shape: AnyInts, document_starts: Ints
) -> Floats:
    """Raise the logits of what by its own words is boilerplate, but stands amid content.

    On public pages hardly any paragraph inside an article is labelled boilerplate, even where it
    reads like an appeal, so step 2 learns to believe its neighbours and not its words. But appeals
    are inserted into articles. A paragraph is raised by how much its own words say beyond a bar,
    the more so the more of the words around it are content, but not beyond what its own words say.
    What is content is told by words alone here too: step 2 would tell it on pages of offers as
    well, where the words of all paragraphs are those of appeals.

    Args:
        logits: of step 2, above 0 for boilerplate; shape ``(paragraphs,)``.
        outputs: as for `describe`.
        shape: as for `describe`.
        document_starts: as for `describe`.

    Returns:
        The logits; those of a document that is one paragraph stay.
    """
    alone, tokens = outputs[:, LONE_OUTPUT], shape[:, TOKENS]
    bar = np.maximum(SURE - tokens / FOR_ONE_LESS, LEAST_SURE)
    rows = ((alone > bar) & (alone > logits)).nonzero()[0]
    if not rows.size:
        return logits
    content = (to_probabilities(-alone) * (1 << BITS)).astype(np.int64)
    content *= tokens
    document = document_starts.searchsorted(rows, "right") - 1
    content_around = np.add.reduceat(content, document_starts)[document] - content[rows]
    tokens_around = np.add.reduceat(tokens, document_starts)[document] - tokens[rows]
    share = content_around * UNIT / np.maximum(tokens_around, 1)
    said = alone[rows]
    raised = logits[rows] + FORCE * (said - bar[rows]) * share**SHARE_POWER
    logits = logits.copy()
    logits[rows] = np.minimum(raised, said)
    return logits


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


def _fill_own(own: Floats, outputs: Floats, shape: AnyInts) -> None:
    own[:OUTPUTS] = outputs
    rest = own[OUTPUTS:]
    first, last = shape[FIRST], shape[LAST]
    np.log(shape[[BYTES, TOKENS]] + np.float32(1), out=rest[:2])
    np.divide(shape[:TOKENS], shape[TOKENS], out=rest[2 : 2 + TOKENS], dtype=np.float32)
    is_so = rest[2 + TOKENS :]
    is_so[0] = IS_STOP.take(last)
    is_so[1] = IS_CAPITAL.take(first)
    is_so[2] = first > 127  # noqa: PLR2004 (ASCII)
    is_so[3] = IS_ALNUM.take(last)
    is_so[4] = rest[0] > 5  # noqa: PLR2004 (some 150 bytes: longer than most furniture)


# --- its neighbours -----------------------------------------------------------------------------

STEPS = np.arange(1, NEAR + 1)[:, None]
OF_NEIGHBOUR = np.array(
    [*range(OUTPUTS), *(OUTPUTS + OWN_SHAPE.index(name) for name in NEIGHBOURS_SHAPE)]
)


def _fill_near(near: Floats, own: Floats, first: Ints, behind: Ints) -> None:
    """Fill in whether there is a neighbour, its outputs, and what else matters of it."""
    near = near.reshape(NEIGHBOUR, SIDES * NEAR, -1)
    is_there = near[0]
    here = np.arange(first.size)
    is_there[:NEAR] = here - STEPS[::-1] >= first
    is_there[NEAR:] = here + STEPS < behind
    _shift(own.take(OF_NEIGHBOUR, axis=0), is_there, near[1:])


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

DISTANCES = np.array([0, NEAR, *FAR])
BEFORE, BEHIND = FAR[-1] - DISTANCES, FAR[-1] + 1 + DISTANCES  # places in padded sums
NEARER, FARTHER = DISTANCES[1:-1, None], DISTANCES[2:, None]
LENGTHS = (FARTHER - NEARER).astype(np.float32)
BITS = 32
UNIT = np.float32(2.0**-BITS)  # that content is counted in: whole numbers are exact in any company


class Sums(NamedTuple):
    """What there is from the first document on up to some places.

    Attributes:
        at_start: up to where the paragraph's document starts, shape ``(quantities, paragraphs)``.
        before: up to each of `DISTANCES` before the paragraph, but not beyond the start; shape
            ``(distances, quantities, paragraphs)``.
        after: up to each of `DISTANCES` behind the paragraph, but not beyond the end.
        at_end: up to where the document ends.
    """

    at_start: Ints
    before: Ints
    after: Ints
    at_end: Ints


def _sum(quantities: Ints, first: Ints, behind: Ints) -> Sums:
    count = first.size
    reach = FAR[-1]
    sums = np.zeros((len(quantities), reach + 1 + count + reach), np.int64)
    quantities.cumsum(axis=1, out=sums[:, reach + 1 : reach + 1 + count])
    sums[:, reach + 1 + count :] = sums[:, reach + count, None]
    at_start = sums.take(first + reach, axis=1)
    at_end = sums.take(behind + reach, axis=1)
    shifted = np.ndarray(
        (2 * (reach + 1), len(quantities), count),
        np.int64,
        sums,
        strides=(sums.itemsize, *sums.strides),
    )
    before, after = shifted[BEFORE], shifted[BEHIND]
    np.maximum(before, at_start, out=before)  # sums only rise: this is to stop at the start
    np.minimum(after, at_end, out=after)
    return Sums(at_start, before, after, at_end)


def _fill_content(rows: Floats, logits: Floats, tokens: AnyInts, first: Ints, behind: Ints) -> None:
    """Fill in how much content, and how many tokens of it, lie before and after and further away.

    How much of a paragraph is content is told by `logits`, above 0 for boilerplate. Behind the
    averages over windows come the place among content: logarithms of its tokens before, behind and
    in all; shares of these before and behind; how much of the paragraphs, and of the tokens, of the
    document is content; and by how much more this paragraph is.
    """
    content = to_probabilities(-logits)
    quantities = np.empty((QUANTITIES, content.size), np.int64)
    quantities[0] = content * (1 << BITS)
    np.multiply(tokens, quantities[0], out=quantities[1])
    np.left_shift(tokens, BITS, out=quantities[2], dtype=np.int64)
    sums = _sum(quantities, first, behind)
    _fill_averages(rows[: QUANTITIES * WINDOWS], sums)
    place = rows[QUANTITIES * WINDOWS :]

    parts = np.empty((SIDES + 1, QUANTITIES, content.size), np.float32)
    np.subtract(sums.before[0], sums.at_start, out=parts[0], casting="unsafe")
    np.subtract(sums.at_end, sums.after[0], out=parts[1], casting="unsafe")
    np.subtract(sums.at_end, sums.at_start, out=parts[2], casting="unsafe")
    parts *= UNIT
    in_tokens = parts[:, 1]
    more = in_tokens + 1
    np.log(more, out=place[:3])
    np.divide(in_tokens[:2], more[2], out=place[3:5])
    np.divide(parts[2, 0], behind - first, out=place[5], casting="unsafe")
    np.divide(in_tokens[2], parts[2, 2], out=place[6])
    np.subtract(content, place[5], out=place[7])


def _fill_averages(rows: Floats, sums: Sums) -> None:
    """Fill in averages over windows, the nearest first, the one before ahead of the one behind."""
    windows = rows.reshape(QUANTITIES, len(FAR), SIDES, -1).transpose(2, 1, 0, 3)
    np.subtract(sums.before[1:-1], sums.before[2:], out=windows[0], casting="unsafe")
    np.subtract(sums.after[2:], sums.after[1:-1], out=windows[1], casting="unsafe")
    windows *= UNIT / LENGTHS[:, None]
    in_tokens = windows[:, :, 1:]
    in_tokens += 1
    np.log(in_tokens, out=in_tokens)


def _fill_fixed(rows: Floats, first: Ints, behind: Ints) -> None:
    """Fill in how many paragraphs lie before and after, whatever they are."""
    windows = rows[:WINDOWS].reshape(len(FAR), SIDES, -1)
    place = rows[WINDOWS:]
    here = np.arange(first.size)
    around = np.empty((SIDES, first.size), np.int64)
    before = np.subtract(here, first, out=around[0])
    np.subtract(behind - 1, here, out=around[1])
    within = np.minimum(np.maximum(around, NEARER[:, None]), FARTHER[:, None])
    np.subtract(within, NEARER[:, None], out=windows, casting="unsafe")
    windows /= LENGTHS[:, None]
    np.log(around + np.float32(1), out=place[:SIDES], dtype=np.float32)
    np.divide(before, behind - first, out=place[2], casting="unsafe")
    place[3] = behind - first == 1
