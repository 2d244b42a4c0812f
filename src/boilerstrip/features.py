"""From text to features: hashed stems and pairs of them, and the shape of each paragraph.

This is the one place that training and use both go through. A paragraph becomes a bag of row
numbers of one weight table: a row for each word's stem (its beginning, so that the forms of a word
are one), a row for each two neighbours (by even shorter stems; the paragraph's edges count as
words), and a row for each property of its shape, where punctuation and capitals show up. The work
is done on the UTF-8 bytes of many paragraphs at once, in pieces that stay in the processor's cache.
Every number is an exact integer, so a paragraph has the same features alone and in any batch.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boilerstrip.sums import Runs, split_runs, sum_lanes, widen
from boilerstrip.tokens import CHARACTER, TWO, Tokens, find_tokens

__all__ = [
    "LONGEST",
    "ROWS",
    "SHAPE",
    "VERSION",
    "WORDS",
    "WORD_ROWS",
    "Features",
    "extract",
    "sum_weights",
]

Counts = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Words64 = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

VERSION = 5
"""Changes whenever the same text would give other rows: weights belong to one version."""

LONGEST = 10_000
"""Characters of a paragraph that are looked at: what follows cannot change what it is."""

PIECE = 160_000  # characters worked on at once: small enough for the cache, large enough for numpy

# --- rows of the weight table -------------------------------------------------------------------

ROW_BITS = 18
LEVELS = 16  # of each shape property
SHAPE_ROWS = 2048
WORD_ROWS = 1 << ROW_BITS
"""Rows of the weight table for hashed stems and pairs."""

ROWS = WORD_ROWS + SHAPE_ROWS
"""Rows of the weight table: behind those for stems and pairs, those for values of the shape."""

SHAPE = (
    "capitals",
    "numbers",
    "foreign",
    "symbols",
    "stops",
    "calls",
    "joints",
    "tokens",
    "bytes",
    "first",
    "last",
)
"""Columns of `Features.shape`.

Words that begin with a capital, that are numbers, that begin with a letter outside ASCII, that are
a character or symbol; words followed by one of ``.,;``, by ``!`` or ``?``, by another ASCII sign;
all words and the end; bytes; the first byte and the last.
"""

WORDS = SHAPE.index("tokens")
"""The column that counts words; one more, as the end counts too."""


class Features(NamedTuple):
    """The features of some paragraphs.

    Attributes:
        stems: rows of the weight table, one a token, shape ``(tokens,)``.
        pairs: rows for each token and the one before, of the same shape.
        edges: where each paragraph's tokens begin, at least one: its end; shape
            ``(paragraphs + 1,)``.
        runs: the same, made for sums.
        shape_rows: rows of the table for each paragraph, shape ``(paragraphs, 8)``; like the next
            one stored column by column.
        shape: the numbers that they stand for, shape ``(paragraphs, len(SHAPE))``.
    """

    stems: Ints
    pairs: Ints
    edges: Ints
    runs: Runs
    shape_rows: Ints
    shape: Counts


def extract(paragraphs: Sequence[str]) -> Iterator[Features]:
    """Give the features of `paragraphs`, in order, a cache-sized piece of them at a time."""
    lengths = np.fromiter(map(len, paragraphs), np.int64, len(paragraphs))
    if lengths.max(initial=0) > LONGEST:
        paragraphs = [p[:LONGEST] for p in paragraphs]
        np.minimum(lengths, LONGEST, out=lengths)
    offsets = lengths.cumsum()
    first = 0
    while first < len(paragraphs):
        done = offsets[first - 1] if first else 0
        last = max(first + 1, int(offsets.searchsorted(done + PIECE)))
        yield _extract_piece(paragraphs[first:last])
        first = last


def _extract_piece(paragraphs: Sequence[str]) -> Features:
    tokens = find_tokens(paragraphs)
    stems, pairs = _rows(*_hash_stems(tokens))
    first_bytes = tokens.raw.take(tokens.begins, mode="clip")
    newlines = (first_bytes == ord("\n")).nonzero()[0]
    edges = newlines  # numbers among all tokens but the first, which belongs to no paragraph
    runs = split_runs(edges)
    flags = FLAGS_OF_FIRST.take(first_bytes[1:], mode="clip")
    flags += FLAGS_OF_NEXT.take(tokens.raw.take(tokens.ends[1:], mode="clip"), mode="clip")
    counts = sum_lanes(flags, None, runs, np.uint8)
    shape = _measure(tokens.raw, tokens.begins.take(newlines), counts)
    return Features(stems, pairs, edges, runs, _shape_rows(shape).T, shape.T)


def sum_weights(table: Words64, features: Features) -> Counts:
    """Sum the weights of each paragraph's stems, pairs and shape.

    Args:
        table: weights of shape ``(ROWS,)``: numbers of eight weights each, a byte a weight.
        features: of some paragraphs.

    Returns:
        Sums of shape ``(paragraphs, 8)``, a column a weight, lowest byte first; stored column by
        column.
    """
    stems, pairs, shapes = (
        widen(table.take(rows, mode="clip"))
        for rows in (features.stems, features.pairs, features.shape_rows.T)
    )
    sums = np.empty((4, 2, len(features.shape)), np.int32)
    for odd in 0, 1:
        numbers = stems[odd]
        numbers += pairs[odd]
        sums[:, odd] = sum_lanes(numbers, shapes[odd].sum(axis=0), features.runs, np.uint16)
    return sums.reshape(8, -1).T


# --- hashes -------------------------------------------------------------------------------------

WINDOW = 8  # bytes that are read of each token
STEM = 6  # bytes of a token that make its stem: three letters in most scripts beside Latin
STEM_OF_PAIR = 4  # the same in pairs, where the token begins with an ASCII letter; else `STEM`
MASKS = np.array([256**n - 1 for n in range(STEM + 1)], np.uint64)
MIX_STEM, MIX_PAIR, MIX_ROW = (
    np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xC2B2AE3D27D4EB4F)
)
HALF, TO_ROW = np.uint64(32), np.uint64(64 - ROW_BITS)


def _hash_stems(tokens: Tokens) -> tuple[Words64, Words64]:
    """Hash each token's stem, and the one it has in pairs."""
    codes, begins, ends = tokens.codes, tokens.begins, tokens.ends
    windows = np.ndarray((codes.size - WINDOW + 1,), "<u8", codes, strides=(1,)).copy()
    stems = windows.take(begins, mode="clip")
    stems &= MASKS.take(ends - begins, mode="clip")
    of_pairs = stems & MASKS[STEM_OF_PAIR]
    foreign = (stems.astype(np.uint8) >= TWO).nonzero()[0]
    of_pairs[foreign] = stems[foreign]
    return _mix(stems), _mix(of_pairs)


def _mix(hashes: Words64) -> Words64:
    hashes *= MIX_STEM
    hashes ^= hashes >> HALF
    return hashes


def _rows(stems: Words64, of_pairs: Words64) -> Ints:
    """Give the rows of all stems but the first, and of each with the one before it."""
    rows = np.empty((2, stems.size - 1), np.uint64)
    rows[0] = stems[1:]
    pairs = rows[1]
    np.multiply(of_pairs[:-1], MIX_PAIR, out=pairs)
    pairs += of_pairs[1:]
    pairs ^= pairs >> HALF
    rows *= MIX_ROW
    rows >>= TO_ROW
    return rows.view(np.int64)


# --- shape --------------------------------------------------------------------------------------


def _flags(classes: Sequence[bytes]) -> Words64:
    """Make a look-up from a byte to a number whose k-th byte tells if it belongs to class k."""
    table = np.zeros((256, 8), np.uint8)
    for lane, members in enumerate(classes):
        table[list(members), lane] = 1
    return table.view(np.uint64)[:, 0]


LETTERS = bytes(b for b in range(128) if chr(b).isalpha())
CAPITALS = bytes(b for b in LETTERS if chr(b).isupper())
DIGITS, STOPS, CALLS = b"0123456789", b".,;", b"!?"
JOINTS = bytes(b for b in range(33, 127) if b not in LETTERS + DIGITS + STOPS + CALLS)
FLAGS_OF_FIRST = _flags(
    [CAPITALS, DIGITS, bytes(range(TWO, CHARACTER)), bytes(range(CHARACTER, 0xF5))]
)
FLAGS_OF_NEXT = _flags([b"", b"", b"", b"", STOPS, CALLS, JOINTS, bytes(range(256))])


def _measure(raw: Bytes, newlines: Ints, counts: Counts) -> Counts:
    firsts, ends = newlines[:-1] + 2, newlines[1:] - 1
    shape = np.empty((len(SHAPE), ends.size), np.int32)
    shape[:8] = counts
    shape[8] = ends - firsts
    shape[9] = raw.take(firsts)
    shape[10] = raw.take(ends - 1)
    return shape


def _levels(largest: int) -> Ints:
    """Make a look-up from a count to its level: exact when small, then in ever wider steps."""
    counts = np.arange(largest + 1)
    return np.where(counts < 6, counts, np.minimum(2 * np.log2(counts + 1e-9) + 1, 15)).astype(int)


COUNT_LEVELS = _levels(128)
FIRST_SHAPE_ROWS = WORD_ROWS + 256 * np.arange(8)[:, None]
BYTE_LEVELS = np.minimum(4 * np.log2(np.arange(4097) + 1), 47).astype(np.int64)


def _shape_rows(shape: Counts) -> Ints:
    levels = COUNT_LEVELS.take(shape[:8], mode="clip")
    capitals, numbers, foreign, symbols, stops, calls, joints, tokens = levels
    rows = np.empty((8, shape.shape[1]), np.int64)
    rows[0] = shape[9]
    rows[1] = shape[10]
    rows[2:5] = tokens * LEVELS
    rows[2] += capitals
    rows[3] += numbers
    rows[4] += stops
    rows[5] = calls * LEVELS + joints
    rows[6] = foreign * LEVELS + symbols
    rows[7] = BYTE_LEVELS.take(shape[8], mode="clip")
    rows += FIRST_SHAPE_ROWS
    return rows
