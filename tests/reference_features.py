"""What `boilerstrip.features` computes, once more: a character at a time, in plain Python.

Slow and simple, this is the specification that the vectorised code is held against.
"""

import math
import unicodedata
from dataclasses import dataclass

from boilerstrip.features import FACTOR, FACTOR_BEFORE, FACTOR_REST, LONGEST, ROW_BITS

__all__ = ["Reference", "describe", "split_tokens"]

BITS_64 = (1 << 64) - 1
EDGE = b"\xff"
MARKS = {*map(chr, [*range(0x300, 0x370), *range(0x653, 0x656), *range(0x1100, 0x1200)])}
BLANKS = {0xA0, 0xAB, 0xAD, 0xB7, 0xBB, *range(0x2000, 0x2040)}


@dataclass(frozen=True)
class Token:
    """A word: its folded bytes, the byte it begins with as written, and the byte behind it."""

    folded: bytes
    first: int
    behind: int


@dataclass(frozen=True)
class Reference:
    """The features of one paragraph, as in `boilerstrip.features.Features`."""

    stems: list[int]
    pairs: list[int]
    shape_rows: list[int]
    shape: list[int]


def describe(paragraph: str) -> Reference:
    """Compute the features of one paragraph."""
    paragraph = compose(paragraph[:LONGEST]).replace("\n", " ")
    tokens = [*split_tokens(paragraph), Token(EDGE, ord("\n"), ord(" "))]
    folded = [token.folded for token in tokens]
    of_pairs = [stem_of_pair(word) for word in folded]
    shape = measure(paragraph, tokens)
    return Reference(
        stems=[row(word[:6], rest=rest_of_stem(word)) for word in folded],
        pairs=[
            row(after, before) for before, after in zip([EDGE, *of_pairs], of_pairs, strict=False)
        ],
        shape_rows=shape_rows(shape),
        shape=shape,
    )


def compose(paragraph: str) -> str:
    """Compose what holds an accent or a Hangul letter that is a character of its own."""
    return unicodedata.normalize("NFC", paragraph) if MARKS & set(paragraph) else paragraph


def fold(character: str) -> str:
    """Give the lower case of a letter, 0 for a digit, and a blank for what separates words."""
    code_point = ord(character)
    if code_point < 0x80:
        if character.isdigit():
            return "0"
        return character.lower() if character.isalpha() else " "
    if code_point in BLANKS:
        return " "
    for first, last in ((0x80, 0x7FF), (0x1E00, 0x1FFF)):
        lower = character.lower()
        if first <= code_point <= last and len(lower) == 1 and first <= ord(lower) <= last:
            return lower
    return character


def is_word_by_itself(character: str) -> bool:
    """Tell Thai to Burmese, Khmer, and what lies beyond U+2000: Chinese, Korean, symbols."""
    code = ord(character)
    return 0xE00 <= code < 0x1080 or 0x1780 <= code < 0x1800 or code >= 0x2000


def encode(text: str) -> bytes:
    """Encode as UTF-8, lone surrogates too."""
    return text.encode("utf-8", "surrogatepass")


def first_byte(character: str) -> int:
    """Give the first byte; a capital outside ASCII counts as an A, a quote or dash by its last."""
    if 0x2000 <= ord(character) < 0x2040:
        return encode(character)[-1]
    is_capital = ord(character) >= 0x80 and fold(character) not in {character, " "}
    return ord("A") if is_capital else encode(character)[0]


def split_tokens(paragraph: str) -> list[Token]:
    """Split a paragraph into words."""
    tokens = []
    begin = 0
    while begin < len(paragraph):
        end = begin + 1
        if fold(paragraph[begin]) == " ":
            begin = end
            continue
        if not is_word_by_itself(paragraph[begin]):
            while (
                end < len(paragraph)
                and fold(paragraph[end]) != " "
                and not is_word_by_itself(paragraph[end])
            ):
                end += 1
        folded = encode("".join(map(fold, paragraph[begin:end])))
        behind = first_byte(paragraph[end]) if end < len(paragraph) else ord(" ")
        tokens.append(Token(folded, first_byte(paragraph[begin]), behind))
        begin = end
    return tokens


def stem_of_pair(word: bytes) -> bytes:
    """Cut a word to the beginning that stands for it in pairs."""
    return word[:4] if word[0] < 0x80 else word[:6]


def rest_of_stem(word: bytes) -> bytes:
    """Give what else stands for a word, beside its first six bytes."""
    return b"" if word[0] < 0x80 else word[6:10]


def row(stem: bytes, before: bytes = b"", rest: bytes = b"") -> int:
    """Choose the row of the weight table for a stem, or for one with the one before it."""
    number = int.from_bytes(stem, "little") + int.from_bytes(rest, "little") * int(FACTOR_REST)
    hashed = number * int(FACTOR)
    hashed += int.from_bytes(before, "little") * int(FACTOR_BEFORE)
    return (hashed & BITS_64) >> (64 - ROW_BITS)


def measure(paragraph: str, tokens: list[Token]) -> list[int]:
    """Measure the shape."""
    firsts = [token.first for token in tokens]
    behinds = [chr(token.behind) for token in tokens if token.behind < 0x80]
    data = encode(paragraph)
    return [
        sum(chr(first).isupper() for first in firsts if first < 0x80),
        sum(chr(first).isdigit() for first in firsts if first < 0x80),
        sum(0xC2 <= first < 0xE2 for first in firsts),
        sum(first >= 0xE2 for first in firsts),
        sum(behind in ".,;" for behind in behinds),
        sum(behind in "!?" for behind in behinds),
        sum(
            "!" <= behind <= "~" and not behind.isalnum() and behind not in ".,;!?"
            for behind in behinds
        ),
        len(tokens),
        len(data),
        first_byte(paragraph[0]) if paragraph else ord(" "),
        data[-1] if paragraph else ord(" "),
    ]


def level(count: int) -> int:
    """Sort a count: exact when small, then in ever wider steps."""
    return count if count < 6 else min(int(2 * math.log2(min(count, 128)) + 1e-6) + 1, 15)


def shape_rows(shape: list[int]) -> list[int]:
    """Choose the rows of the weight table for a shape."""
    capitals, numbers, foreign, symbols, stops, calls, joints, tokens = map(level, shape[:8])
    size, first, last = shape[8:]
    rows = [
        first,
        256 + last,
        512 + 16 * tokens + capitals,
        768 + 16 * tokens + numbers,
        1024 + 16 * tokens + stops,
        1280 + 16 * calls + joints,
        1536 + 16 * foreign + symbols,
        1792 + min(int(4 * math.log2(min(size, 4096) + 1) + 1e-6), 47),
    ]
    return [(1 << ROW_BITS) + number for number in rows]
