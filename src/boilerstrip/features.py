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

from boilerstrip.arrays import Bytes, Counts, Flags, Ints, Packed, Uints16, Uints64
from boilerstrip.sums import Runs, split_runs, sum_lanes
from boilerstrip.tokens import CHARACTER, LONGEST, TWO, Tokens, find_tokens, join

__all__ = [
    "BYTES",
    "FIRST",
    "LAST",
    "LONGEST",
    "ROWS",
    "ROW_BITS",
    "SHAPE",
    "TOKENS",
    "VERSION",
    "WORD_ROWS",
    "Features",
    "extract",
    "select",
    "sum_weights",
]

VERSION = 9
"""Changes whenever the same text would give other rows: weights belong to one version."""

PIECE = 200_000  # characters worked on at once: small enough for the cache, large enough for numpy
FEW, GROWTH = 2000, 4  # paragraphs of the first piece; at most so many times those of the last

# --- rows of the weight table -------------------------------------------------------------------

ROW_BITS = 19
"""Bits of the number of a row for stems and pairs."""

LEVELS = np.uint8(16)  # of each shape property: those of two fill a byte
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

TOKENS = SHAPE.index("tokens")
"""The column that counts words, and one more: the end. The columns before it count some of them."""

BYTES, FIRST, LAST = map(SHAPE.index, ("bytes", "first", "last"))
COUNTED = TOKENS + 1  # columns that count tokens


class Features(NamedTuple):
    """The features of some paragraphs.

    Attributes:
        stems: rows of the weight table, one a token, shape ``(tokens,)``; or longer numbers, as
            asked for in `extract`.
        pairs: the same for each token and the one before.
        edges: offsets into `stems`: paragraph i has those from ``edges[i]`` up to ``edges[i + 1]``,
            the last of which is its end; shape ``(paragraphs + 1,)``.
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


def extract(paragraphs: Sequence[str], bits: int = ROW_BITS) -> Iterator[Features]:
    """Give the features of `paragraphs`, in order, a cache-sized piece of them at a time.

    As many are taken as would have filled the piece before: to look at each length first would
    cost a tenth of all the time.

    Args:
        paragraphs: any texts.
        bits: of the numbers of stems and pairs. With more than `ROW_BITS`, they tell apart what
            shares a row: the upper `ROW_BITS` of them are the row.
    """
    is_usual = sum(map(len, paragraphs[:FEW])) < 2 * PIECE  # there is none before the first
    first, count = 0, FEW if is_usual else 1
    while first < len(paragraphs):
        taken = paragraphs[first : first + count]
        text = join(taken)
        if len(text) > 2 * PIECE:
            taken = _fit(taken)
            text = join(taken)
        tokens = find_tokens(text)
        if tokens.newlines != len(taken) + 1:
            taken = list(map(_cut, taken))
            tokens = find_tokens(join(taken))
        piece = _extract_piece(tokens, bits)
        # Composed letters may take fewer bytes than there were characters, but not half of them.
        if piece.shape[:, BYTES].max() > LONGEST // 2 and max(map(len, taken)) > LONGEST:
            piece = _extract_piece(find_tokens(join(map(_cut, taken))), bits)
        yield piece
        first += len(taken)
        size = len(text) + 1  # never 0: a paragraph may be empty
        count = len(taken) * min(GROWTH * size, PIECE) // size or 1


def _fit(paragraphs: Sequence[str]) -> Sequence[str]:
    """Take as many paragraphs as a piece has room for, cut, but at least one."""
    cut = list(map(_cut, paragraphs))
    ends = np.cumsum(list(map(len, cut)))
    return cut[: max(1, int(ends.searchsorted(PIECE)))]


def _cut(paragraph: str) -> str:
    """Cut a paragraph that is too long; a newline in it is as good as a blank."""
    return paragraph[:LONGEST].replace("\n", " ")


def _extract_piece(tokens: Tokens, bits: int) -> Features:
    stems, pairs = _hash(*_find_stems(tokens), bits)
    first_bytes = tokens.raw.take(tokens.begins, mode="clip")
    # Numbers of the tokens that are newlines: each ends a paragraph, but the first, which is before
    # all of them. Counted without that one, they are where each paragraph's tokens begin.
    edges = (first_bytes == ord("\n")).nonzero()[0]
    runs = split_runs(edges)
    first_and_next = np.empty((first_bytes.size - 1, 2), np.uint8)
    first_and_next[:, 0] = first_bytes[1:]
    first_and_next[:, 1] = tokens.raw.take(tokens.ends[1:], mode="clip")
    flags = FLAGS.take(first_and_next.view("<u2")[:, 0], mode="clip")
    counts = sum_lanes(flags, None, runs, np.uint8)
    shape = _measure(tokens.raw, tokens.begins.take(edges), counts)
    return Features(stems, pairs, edges, runs, _shape_rows(shape).T, shape.T)


def select(features: Features, wanted: Flags) -> Features:
    """Take the features of some of the paragraphs, one or more."""
    sizes = features.edges[1:] - features.edges[:-1]
    is_wanted = wanted.repeat(sizes)
    edges = np.zeros(np.count_nonzero(wanted) + 1, np.int64)
    sizes[wanted].cumsum(out=edges[1:])
    return Features(
        features.stems[is_wanted],
        features.pairs[is_wanted],
        edges,
        split_runs(edges),
        features.shape_rows.T[:, wanted].T,
        features.shape.T[:, wanted].T,
    )


def sum_weights(table: Packed, features: Features) -> Counts:
    """Sum the weights of each paragraph's stems, pairs and shape.

    Args:
        table: weights of shape ``(ROWS,)``: a byte a weight, two or a multiple of four together.
        features: of some paragraphs.

    Returns:
        Sums of shape ``(paragraphs, weights)``, a column a weight in the order of the bytes; stored
        column by column.
    """
    of_tokens = _look_up(table, features.stems).astype(np.uint16)
    of_tokens += _look_up(table, features.pairs)
    of_shape = _look_up(table, features.shape_rows.T).sum(axis=0, dtype=np.uint16)
    numbers, more = _pack_lanes(of_tokens, table), _pack_lanes(of_shape, table)
    sums = [sum_lanes(*each, features.runs, np.uint16) for each in zip(numbers, more, strict=True)]
    return np.concatenate(sums).T


def _pack_lanes(weights: Uints16, table: Packed) -> Packed:
    """View the weights of some rows as numbers of up to four, shape ``(numbers, rows)``."""
    size = 2 * table.itemsize  # of the weights of one row, now of two bytes each
    number = np.dtype(f"u{min(size, 8)}")
    return weights.view(number).reshape(-1, size // number.itemsize).T


def _look_up(table: Packed, rows: Ints) -> Bytes:
    return table.take(rows, mode="clip").view(np.uint8)


# --- hashes -------------------------------------------------------------------------------------

STEM = 6  # bytes of a token that make its stem, ...
STEM_FOREIGN = 10  # ... if it begins outside ASCII: five letters of two bytes, three of three
STEM_OF_PAIR = 4  # in pairs, where it begins with an ASCII letter; else `STEM`
MASKS = np.array([256**n - 1 for n in range(STEM + 1)], np.uint64)
FACTOR, FACTOR_BEFORE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
FACTOR_REST = np.uint64(0xC2B2AE3D27D4EB4F)  # of what a stem has beyond `STEM`
EIGHTFOLD, ALL_BITS = np.uint64(3), np.uint64(64)
FOREIGN = np.uint64(0x80)  # set in the first byte of a token, where that is not ASCII
LONGER = (MASKS[STEM] - MASKS[STEM_OF_PAIR]) // FOREIGN  # times FOREIGN: what it has more in pairs


def _find_stems(tokens: Tokens) -> tuple[Uints64, Uints64]:
    """Give each token's stem, and the one it has in pairs."""
    lengths = tokens.ends - tokens.begins
    stems = _read(tokens.codes, tokens.begins)
    stems &= MASKS.take(lengths, mode="clip")
    of_pairs = stems & FOREIGN
    of_pairs *= LONGER
    of_pairs |= MASKS[STEM_OF_PAIR]
    of_pairs &= stems
    is_foreign = stems.view(np.uint8)[::8] >= FOREIGN
    long = (is_foreign & (lengths > STEM)).nonzero()[0]
    if long.size:
        rest = _read(tokens.codes, tokens.begins[long] + STEM)
        rest &= MASKS.take(np.minimum(lengths[long], STEM_FOREIGN) - STEM)
        rest *= FACTOR_REST
        stems[long] += rest
    return stems, of_pairs


def _read(codes: Bytes, begins: Ints) -> Uints64:
    """Read the eight bytes that begin at each place, from the two aligned words they lie in."""
    words = codes[: codes.size // 8 * 8].view("<u8")
    places = begins >> 3
    low = words.take(places, mode="clip")
    high = words[1:].take(places, mode="clip")
    bits = (begins & 7).view(np.uint64)
    bits <<= EIGHTFOLD
    low >>= bits
    np.subtract(ALL_BITS, bits, out=bits)
    high <<= bits  # by 64 where nothing of it is wanted: in numpy that leaves 0 (in C it need not)
    low |= high
    return low


def _hash(stems: Uints64, of_pairs: Uints64, bits: int) -> Ints:
    """Hash all stems but the first, and each with the one before it, to numbers of so many bits.

    Multiply-shift hashing: the uppermost bits of a multiple, and of a sum of two (Dietzfelbinger,
    *Universal Hashing and k-wise Independent Random Variables via Integer Arithmetic without
    Primes*, 1996).
    """
    hashes = np.empty((2, stems.size - 1), np.uint64)
    pairs = hashes[1]
    np.multiply(of_pairs[:-1], FACTOR_BEFORE, out=pairs)
    of_pairs *= FACTOR
    pairs += of_pairs[1:]
    np.multiply(stems[1:], FACTOR, out=hashes[0])
    hashes >>= np.uint64(64 - bits)
    return hashes.view(np.int64)


# --- shape --------------------------------------------------------------------------------------


def _flags(classes: Sequence[bytes]) -> Uints64:
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
FLAGS = (FLAGS_OF_NEXT[:, None] + FLAGS_OF_FIRST).ravel()
"""Flags by the first byte of a token and, in the upper byte, the one behind it."""


def _measure(raw: Bytes, newline_places: Ints, counts: Counts) -> Counts:
    firsts, ends = newline_places[:-1] + 2, newline_places[1:] - 1
    shape = np.empty((len(SHAPE), ends.size), np.int32)
    shape[:COUNTED] = counts
    shape[BYTES] = ends - firsts
    shape[FIRST] = raw.take(firsts)
    shape[LAST] = raw.take(ends - 1)
    return shape


def _levels(largest: int) -> Bytes:
    """Make a look-up from a count to its level: exact when small, then in ever wider steps."""
    counts = np.arange(largest + 1)
    levels = np.minimum(2 * np.log2(counts + 1e-9) + 1, LEVELS - 1)
    return np.where(counts < 6, counts, levels).astype(np.uint8)


COUNT_LEVELS = _levels(128)
FIRST_SHAPE_ROWS = WORD_ROWS + 256 * np.arange(8)[:, None]
BYTE_LEVELS = np.minimum(4 * np.log2(np.arange(4097) + 1), 47).astype(np.uint8)


def _shape_rows(shape: Counts) -> Ints:
    levels = COUNT_LEVELS.take(shape[:COUNTED], mode="clip")
    capitals, numbers, foreign, symbols, stops, calls, joints, tokens = levels
    values = np.empty((8, shape.shape[1]), np.uint8)
    values[0] = shape[FIRST]
    values[1] = shape[LAST]
    values[2:5] = tokens * LEVELS
    values[2] += capitals
    values[3] += numbers
    values[4] += stops
    values[5] = calls * LEVELS + joints
    values[6] = foreign * LEVELS + symbols
    values[7] = BYTE_LEVELS.take(shape[BYTES], mode="clip")
    rows: Ints = values.astype(np.int64)
    rows += FIRST_SHAPE_ROWS
    return rows
