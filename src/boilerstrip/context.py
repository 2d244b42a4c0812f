"""What a paragraph's document says about it: the content around it, and its place.

Step 2 of the model sees, for each paragraph, its own step-1 outputs and shape, how much content
lies before and behind it in its document, where it stands, and how much of it is said in the prose
around too. What its neighbours are the network sees by itself. In the end what by its own words is
boilerplate but stands amid content is raised, at most to what its own words say.

All documents are described together. In here a row is one number of all paragraphs: rows are long,
so numpy works on them at full speed.
"""

import numpy as np

from boilerstrip.arrays import AnyInts, Floats, Ints, find_sizes
from boilerstrip.features import BYTES, FIRST, LAST, SHAPE, TOKENS

__all__ = [
    "LONE_OUTPUT",
    "MAIN_OUTPUT",
    "OUTPUTS",
    "VERSION",
    "WIDTH",
    "describe",
    "raise_inserted",
    "to_probabilities",
]

VERSION = 9
"""Changes whenever the same paragraphs would be described, scored or raised otherwise."""

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

OWN = OUTPUTS + len(OWN_SHAPE)
CONTENT, PLACE = 8, 4  # rows that tell of the content around, and of the place in the document
WIDTH = OWN + CONTENT + PLACE + 1  # the last one is the overlap
"""Numbers that describe one paragraph in its document."""


def describe(outputs: Floats, shape: AnyInts, overlap: Floats, document_starts: Ints) -> Floats:
    """Describe each paragraph in its document.

    Args:
        outputs: step-1 outputs, shape ``(paragraphs, OUTPUTS)``; above 0 means boilerplate.
        shape: `boilerstrip.features.Features.shape` of the same paragraphs.
        overlap: of each with the prose of its document; see `boilerstrip.overlap`.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        What step 2 sees, shape ``(paragraphs, WIDTH)``, stored column by column.
    """
    rows = np.empty((WIDTH, len(outputs)), np.float32)
    sizes = find_sizes(document_starts, len(outputs))
    logits, tokens = outputs[:, MAIN_OUTPUT], shape[:, TOKENS]
    _fill_own(rows[:OWN], outputs.T, shape.T)
    _fill_content(rows[OWN : OWN + CONTENT], logits, tokens, document_starts, sizes)
    _fill_place(rows[OWN + CONTENT : -1], document_starts, sizes)
    rows[-1] = overlap
    return rows.T


# How these values were chosen: docs/experiments.md, section "Appeals inside articles".
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


# --- its document -------------------------------------------------------------------------------

BITS = 32
UNIT = np.float32(2.0**-BITS)  # that content is counted in: whole numbers are exact in any company


def _fill_content(rows: Floats, logits: Floats, tokens: AnyInts, starts: Ints, sizes: Ints) -> None:
    """Fill in how much content there is around.

    How much of a paragraph is content is told by `logits`, above 0 for boilerplate. The rows are
    logarithms of the tokens of content before, behind, and in the whole document; shares of these
    before and behind; how much of the paragraphs, and of the tokens, of the document is content;
    and by how much more this paragraph is.
    """
    content = to_probabilities(-logits)
    quantities = np.empty((3, content.size), np.int64)  # content, tokens of content, tokens
    quantities[0] = content * (1 << BITS)
    np.multiply(tokens, quantities[0], out=quantities[1])
    np.left_shift(tokens, BITS, out=quantities[2], dtype=np.int64)
    in_all = np.add.reduceat(quantities, starts, axis=1)
    around = np.empty((2, content.size), np.int64)  # tokens of content before and behind
    until = np.cumsum(quantities[1])
    until -= (in_all[1].cumsum() - in_all[1]).repeat(sizes)
    np.subtract(until, quantities[1], out=around[0])
    np.subtract(in_all[1].repeat(sizes), until, out=around[1])

    share, content_tokens, all_tokens = in_all * UNIT
    of_document = np.empty((4, starts.size), np.float32)
    np.log(content_tokens + 1, out=of_document[0])
    np.reciprocal(content_tokens + 1, out=of_document[1])
    np.divide(share, sizes, out=of_document[2], casting="unsafe")
    np.divide(content_tokens, all_tokens, out=of_document[3])
    rows[2], inverse, rows[5], rows[6] = of_document.repeat(sizes, axis=1)
    np.multiply(around, UNIT, out=rows[3:5], casting="unsafe")
    np.log(rows[3:5] + 1, out=rows[:2])
    rows[3:5] *= inverse
    np.subtract(content, rows[5], out=rows[7])


def _fill_place(rows: Floats, starts: Ints, sizes: Ints) -> None:
    """Fill in how many paragraphs lie before and behind, and whether there are any."""
    count = rows.shape[1]
    around = np.empty((2, count), np.float32)
    np.subtract(np.arange(count), starts.repeat(sizes), out=around[0], casting="unsafe")
    of_paragraphs = sizes.astype(np.float32).repeat(sizes)
    np.subtract(of_paragraphs - 1, around[0], out=around[1])
    np.log(around + 1, out=rows[:2])
    np.divide(around[0], of_paragraphs, out=rows[2])
    rows[3] = of_paragraphs == 1
