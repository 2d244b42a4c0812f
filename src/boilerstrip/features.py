"""From text to features: hashed words and word pairs, and the shape of each paragraph.

This is the one place that training and use both go through. A paragraph becomes a bag of row
numbers of one weight table: a row for each word, a row for each pair of neighbouring stems (the
beginnings of words; the paragraph's edges count as words), and a row for each property of its
shape. The work is done on the UTF-8 bytes of many paragraphs at once, in pieces that stay in the
processor's cache. Every number is an exact integer, so a paragraph has the same features alone
and in any batch.

What a word is: a run of letters and digits, lower-cased (Latin, Greek, Cyrillic), each digit read
as 0. Characters of scripts that do without spaces (Chinese, Japanese, Korean, Thai) and symbols
are words by themselves. Punctuation and blanks separate words and show up in the shape.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["LONGEST", "ROWS", "SHAPE", "VERSION", "Features", "extract", "sum_weights"]

Ints = npt.NDArray[np.int64]
Words64 = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

VERSION = 2
"""Changes whenever the same text would give other rows: weights belong to one version."""

LONGEST = 10_000
"""Characters of a paragraph that are looked at: what follows cannot change what it is."""

PIECE = 160_000  # characters worked on at once: small enough for the cache, large enough for numpy
SEPARATOR = " \n "  # blanks around the newline, so that it never touches a word
PADDING = bytes(16)  # what an 8-byte window may read behind the last word

# --- rows of the weight table -------------------------------------------------------------------

ROW_BITS = 18
LEVELS = 16  # of each shape property
SHAPE_ROWS = 2048
ROWS = (1 << ROW_BITS) + SHAPE_ROWS
"""Rows of the weight table: hashed words and pairs first, then the values of the shape."""

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


RUN = 128  # tokens: two weights of at most 255 each for so many stay under 2**16
EVEN_LANES = np.uint64(0x00FF00FF00FF00FF)
ONE_LANE = np.uint64(8)


class Runs(NamedTuple):
    """The tokens of each paragraph in runs of at most `RUN`: `firsts` is each one's first run."""

    starts: Ints
    firsts: Ints | None  # None: a run for each paragraph

    def merge(self, sums: npt.NDArray[np.unsignedinteger[Any]]) -> Ints:
        """Add up the sums of runs, shape ``(runs, columns)``, to sums of paragraphs."""
        if self.firsts is None:
            return sums.astype(np.int64)
        return np.add.reduceat(sums, self.firsts, axis=0, dtype=np.int64)


def _split_runs(edges: Ints) -> Runs:
    starts = np.zeros_like(edges)
    starts[1:] = edges[:-1] + 1
    lengths = edges + 1 - starts
    if lengths.max() <= RUN:
        return Runs(starts, None)
    counts = -(-lengths // RUN)
    firsts = counts.cumsum() - counts
    owners = np.repeat(np.arange(starts.size), counts)
    return Runs(starts[owners] + RUN * (np.arange(owners.size) - firsts[owners]), firsts)


class Features(NamedTuple):
    """The features of some paragraphs.

    `words` and `pairs` (shape ``(tokens,)``) are rows of the weight table; a paragraph owns the
    tokens from its `starts` (shape ``(paragraphs,)``) to the next one's, at least one: its end.
    `shape_rows` (shape ``(paragraphs, 8)``) are rows of the same table, `shape` (shape
    ``(paragraphs, len(SHAPE))``) the numbers they stand for.
    """

    words: Ints
    pairs: Ints
    runs: Runs
    shape_rows: Ints
    shape: Ints


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
    text = SEPARATOR.join(paragraphs) + SEPARATOR
    if text.count("\n") != len(paragraphs):
        text = "".join(p.replace("\n", " ") + SEPARATOR for p in paragraphs)
    raw = bytearray(text.encode("utf-8", "surrogatepass") + PADDING)
    codes = np.frombuffer(raw.translate(BYTE_CODES), np.uint8)
    characters = NO_INTS if text.isascii() else _fold(codes, raw)
    begins, ends = _token_bounds(codes, characters)
    edges = np.flatnonzero(codes.take(begins) == NEWLINE)
    runs = _split_runs(edges)
    hashes, stems = _hash_tokens(codes, begins, ends)
    shape = _measure(np.frombuffer(raw, np.uint8), begins, ends, edges, runs)
    return Features(_rows(hashes), _rows(_hash_pairs(stems)), runs, _shape_rows(shape), shape)


# --- bytes --------------------------------------------------------------------------------------

NEWLINE = 0xFF  # what the end of a paragraph becomes: a byte that UTF-8 never has
BLANK = 0x20
WORD = 0x30  # bytes from here on are in words
TWO, THREE, FOUR = 0xC2, 0xE0, 0xF0  # lead bytes of UTF-8 by length of the character
CHARACTER = 0xE2  # lead bytes from here on begin a character that is a word by itself
NO_INTS: Ints = np.empty(0, np.int64)


def _byte_codes() -> bytes:
    codes = bytearray(range(256))
    for byte in range(128):
        character = chr(byte)
        codes[byte] = ord(character.lower()) if character.isalpha() else BLANK
        if character.isdigit():
            codes[byte] = ord("0")
    codes[ord("\n")] = NEWLINE
    return bytes(codes)


def _lower_case(first: int, last: int) -> Ints:
    """Lower case of each code point from `first` to `last`, where it lies between them too."""
    lower = np.arange(first, last + 1)
    for code_point in range(first, last + 1):
        folded = chr(code_point).lower()
        if len(folded) == 1 and first <= ord(folded) <= last:
            lower[code_point - first] = ord(folded)
    return lower


BYTE_CODES = _byte_codes()
LOWER_TWO = _lower_case(0, 0x7FF)  # Latin, Greek, Cyrillic and more: two bytes each
LOWER_TWO[[0xA0, 0xAB, 0xAD, 0xB7, 0xBB]] = 0  # no-break space, «, soft hyphen, ·, »: blanks
LOWER_THREE = _lower_case(0x1E00, 0x1FFF)  # Vietnamese and ancient Greek: three bytes each


def _fold(codes: Bytes, raw: bytearray) -> Ints:
    """Fold what is not ASCII, in place; return where characters stand that are words themselves.

    Capitals become small letters in `codes` and an ``A`` in `raw`, where only their being capital
    matters. Typographic punctuation becomes blank.
    """
    original = np.frombuffer(raw, np.uint8)
    leads = np.flatnonzero(codes - np.uint8(TWO) < FOUR + 5 - TWO)
    kinds = codes[leads]

    at = leads[kinds < THREE]
    code_points = ((codes[at] & 0x1F).astype(np.int64) << 6) | (codes[at + 1] & 0x3F)
    lower = LOWER_TWO[code_points]
    changed = np.flatnonzero(lower != code_points)
    at, lower = at[changed], lower[changed]
    codes[at] = np.where(lower, 0xC0 | lower >> 6, BLANK)
    codes[at + 1] = np.where(lower, 0x80 | lower & 0x3F, BLANK)
    original[at[lower > 0]] = ord("A")

    at = leads[kinds == 0xE1]
    at = at[(codes[at + 1] >= 0xB8) & (codes[at + 1] <= 0xBF)]
    code_points = ((codes[at + 1] & 0x07).astype(np.int64) << 6) | (codes[at + 2] & 0x3F)
    lower = LOWER_THREE[code_points]
    changed = np.flatnonzero(lower != code_points + 0x1E00)
    at, lower = at[changed], lower[changed]
    codes[at + 1] = 0x80 | lower >> 6 & 0x3F
    codes[at + 2] = 0x80 | lower & 0x3F
    original[at] = ord("A")

    at = leads[kinds == CHARACTER]
    at = at[codes[at + 1] == 0x80]  # U+2000 to U+203F: quotes, dashes, bullets, odd spaces
    for offset in range(3):
        codes[at + offset] = BLANK

    seconds = codes[leads + 1]
    is_thai = (kinds == THREE) & (seconds >= 0xB8)
    return leads[is_thai | ((kinds >= CHARACTER) & (codes[leads] != BLANK))]


def _token_bounds(codes: Bytes, characters: Ints) -> tuple[Ints, Ints]:
    """Return the places where tokens begin and where they end."""
    is_word = codes >= WORD
    is_bound = is_word.copy()
    is_bound[1:] ^= is_word[:-1]
    if not characters.size:
        bounds = np.flatnonzero(is_bound)
        return bounds[::2], bounds[1::2]
    cuts = np.concatenate([characters, characters + 3 + (codes[characters] >= FOUR)])
    cuts = np.unique(cuts[is_word[cuts] & is_word[cuts - 1]])  # a token ends, the next one begins
    cuts = np.repeat(cuts, 2)
    bounds = np.flatnonzero(is_bound)
    bounds = np.insert(bounds, bounds.searchsorted(cuts), cuts)
    return bounds[::2], bounds[1::2]


# --- hashes -------------------------------------------------------------------------------------

WINDOW = 8
STEM = 5
MASKS = np.array([256**n - 1 for n in range(WINDOW + 1)], np.uint64)
STEM_MASKS = np.repeat(MASKS[[STEM, WINDOW]], 128)  # by the first byte
MIX_HEAD, MIX_TAIL, MIX_PAIR = (
    np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93)
)
HALF, TO_ROW = np.uint64(32), np.uint64(64 - ROW_BITS)


def _hash_tokens(codes: Bytes, begins: Ints, ends: Ints) -> tuple[Words64, Words64]:
    """Hash each token and its stem.

    A token is known by its first 8 bytes and, where it is longer, its last 8 bytes and its length;
    a stem is a token cut to 5 bytes, or to 8 where it begins with a letter outside ASCII.
    """
    windows = np.ndarray((codes.size - WINDOW + 1,), "<u8", codes, strides=(1,)).copy()
    lengths = ends - begins
    heads = windows.take(begins)
    heads &= MASKS.take(lengths, mode="clip")
    hashes = heads * MIX_HEAD
    long = np.flatnonzero(lengths > WINDOW)
    tails = windows.take(ends[long] - WINDOW)
    tails += lengths[long].view(np.uint64)
    hashes[long] ^= tails * MIX_TAIL
    hashes ^= hashes >> HALF

    stems = hashes.copy()
    long = np.flatnonzero(lengths > STEM)
    heads = heads.take(long)
    heads &= STEM_MASKS.take(heads.astype(np.uint8))
    heads *= MIX_HEAD
    stems[long] = heads ^ heads >> HALF
    return hashes, stems


def _hash_pairs(stems: Words64) -> Words64:
    """Hash each stem with the one before it; the first is preceded by an edge, like the last."""
    pairs = np.roll(stems, 1)
    pairs *= MIX_PAIR
    pairs += stems
    pairs ^= pairs >> HALF
    return pairs


def _rows(hashes: Words64) -> Ints:
    return (hashes * MIX_TAIL >> TO_ROW).view(np.int64)


# --- shape --------------------------------------------------------------------------------------


def _lanes(classes: Sequence[bytes]) -> Words64:
    """Make a look-up from a byte to a number whose k-th byte tells if it belongs to class k."""
    table = np.zeros((256, 8), np.uint8)
    for lane, members in enumerate(classes):
        table[list(members), lane] = 1
    return table.view("<u8")[:, 0].astype(np.uint64)


LETTERS = bytes(b for b in range(128) if chr(b).isalpha())
CAPITALS = bytes(b for b in LETTERS if chr(b).isupper())
DIGITS, STOPS, CALLS = b"0123456789", b".,;", b"!?"
JOINTS = bytes(b for b in range(33, 127) if b not in LETTERS + DIGITS + STOPS + CALLS)
FIRST_BYTES = _lanes(
    [CAPITALS, DIGITS, bytes(range(TWO, CHARACTER)), bytes(range(CHARACTER, 0xF5))]
)
BYTES_BEHIND = _lanes([b"", b"", b"", b"", STOPS, CALLS, JOINTS, bytes(range(256))])


def _measure(raw: Bytes, begins: Ints, ends: Ints, edges: Ints, runs: Runs) -> Ints:
    lanes = FIRST_BYTES.take(raw.take(begins))
    lanes += BYTES_BEHIND.take(raw.take(ends))
    counts = np.add.reduceat(lanes, runs.starts).view(np.uint8).reshape(-1, 8)
    newlines = begins.take(edges)
    opening = np.zeros_like(newlines)
    opening[1:] = newlines[:-1] + 2
    shape = np.empty((edges.size, len(SHAPE)), np.int64)
    shape[:, :8] = runs.merge(counts)
    shape[:, 8] = newlines - 1 - opening
    shape[:, 9] = raw.take(opening)
    shape[:, 10] = raw.take(newlines - 2, mode="clip")
    return shape


def _levels(largest: int) -> Ints:
    """Make a look-up from a count to its level: exact when small, then in ever wider steps."""
    counts = np.arange(largest + 1)
    return np.where(counts < 6, counts, np.minimum(2 * np.log2(counts + 1e-9) + 1, 15)).astype(int)


COUNT_LEVELS = _levels(128)
BYTE_LEVELS = np.minimum(4 * np.log2(np.arange(4097) + 1), 47).astype(np.int64)


def _shape_rows(shape: Ints) -> Ints:
    levels = COUNT_LEVELS.take(shape[:, :8], mode="clip")
    of_tokens = levels[:, 7] * LEVELS
    rows = np.empty((len(shape), 8), np.int64)
    rows[:, 0] = shape[:, 9]
    rows[:, 1] = 256 + shape[:, 10]
    rows[:, 2] = 512 + of_tokens + levels[:, 0]
    rows[:, 3] = 768 + of_tokens + levels[:, 1]
    rows[:, 4] = 1024 + of_tokens + levels[:, 4]
    rows[:, 5] = 1280 + levels[:, 5] * LEVELS + levels[:, 6]
    rows[:, 6] = 1536 + levels[:, 2] * LEVELS + levels[:, 3]
    rows[:, 7] = 1792 + BYTE_LEVELS.take(shape[:, 8], mode="clip")
    rows += 1 << ROW_BITS
    return rows


def sum_weights(table: Words64, features: Features) -> Ints:
    """Sum the weights of each paragraph's words, pairs and shape.

    A row of the table is one or more 64-bit numbers of eight weights each, a byte a weight: adding
    two such numbers adds all eight at once, so long as no sum outgrows its byte. Therefore even
    and odd bytes are summed apart, in lanes of 16 bits.

    Args:
        table: weights of shape ``(ROWS, numbers)``.
        features: of some paragraphs.

    Returns:
        Sums of shape ``(paragraphs, 8 * numbers)``, a column a weight, lowest byte first.
    """
    words = table.take(features.words, axis=0, mode="clip")
    pairs = table.take(features.pairs, axis=0, mode="clip")
    even = words & EVEN_LANES
    even += pairs & EVEN_LANES
    words >>= ONE_LANE
    words &= EVEN_LANES
    pairs >>= ONE_LANE
    pairs &= EVEN_LANES
    words += pairs
    numbers = table.shape[1]
    runs = features.runs
    lanes = np.empty((runs.starts.size, numbers, 4, 2), np.uint16)
    for number in range(numbers):
        for lane, terms in enumerate((even, words)):
            sums = np.add.reduceat(terms[:, number], runs.starts)
            lanes[:, number, :, lane] = sums.view(np.uint16).reshape(-1, 4)
    of_shape = table.view(np.uint8).take(features.shape_rows, axis=0, mode="clip")
    return runs.merge(lanes.reshape(-1, 8 * numbers)) + of_shape.sum(axis=1, dtype=np.int64)
