"""From paragraphs to the places where their words begin and end, in UTF-8.

What a word is: a run of letters and digits, lower-cased (Latin, Greek, Cyrillic), each digit read
as 0. Characters of scripts that do without spaces (Chinese, Japanese, Korean, Thai, Burmese,
Khmer) and symbols are words by themselves. Punctuation and blanks separate words.

Letters and their accents, and Hangul letters, are composed to one character first.
"""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from boilerstrip.arrays import Bytes, Ints, Uints16

__all__ = ["CHARACTER", "LONGEST", "TWO", "Tokens", "compose", "find_tokens", "join"]

LONGEST = 10_000
"""Characters of a paragraph that are looked at: what follows cannot change what it is."""


class Tokens(NamedTuple):
    """The words of some paragraphs and, between them, the ends of the paragraphs.

    Attributes:
        raw: UTF-8: a newline between two blanks, then each paragraph with the same three behind
            it. Outside ASCII, the first byte of a capital has become an ``A``, which is all that
            matters of it, and that of a quote, dash or dots its last byte, which tells it.
        codes: the same bytes folded: each word as it is compared, all between them blank.
        begins: where each token begins: a word, or a newline, which ends a paragraph.
        ends: where it ends, and a byte stands that is not the token's.
        newlines: how many there are; one more than paragraphs, if none is within a paragraph.
    """

    raw: Bytes
    codes: Bytes
    begins: Ints
    ends: Ints
    newlines: int


SEPARATOR = " \n "  # blanks around the newline, so that it never touches a word
BEFORE = SEPARATOR.encode()
BEHIND = BEFORE + b" " * 16  # what an 8-byte window may read behind the last word


def join(paragraphs: Iterable[str]) -> str:
    """Join paragraphs, in which there should be no newline, to what `find_tokens` reads."""
    return SEPARATOR.join(paragraphs)


def find_tokens(text: str) -> Tokens:
    """Find the tokens of paragraphs that `join` has joined."""
    written = bytearray(BEFORE)
    written += text.encode("utf-8", "surrogatepass")
    written += BEHIND
    found = None
    if not text.isascii():
        found = _find_characters(written)
        marks = found.begins[found.classes == MARK]
        if marks.size:
            written = _compose(written, marks)
            found = _find_characters(written)
    raw = np.frombuffer(written, np.uint8)
    codes = np.frombuffer(written.translate(BYTE_CODES), np.uint8)
    newlines = int(np.count_nonzero(codes == NEWLINE))
    alone = _fold(codes, raw, found) if found is not None else NOWHERE
    return Tokens(raw, codes, *_find_bounds(codes, alone), newlines)


# --- outside ASCII ------------------------------------------------------------------------------


class Characters(NamedTuple):
    """Characters outside ASCII.

    Attributes:
        begins: where each begins.
        pairs: its first two bytes.
        classes: what class it is of, as those tell: `MARK` and so on, or 0.
    """

    begins: Ints
    pairs: Uints16
    classes: Bytes


MARK = 1  # an accent or a Hangul letter: to be composed with what stands before it
CAPITAL = 2  # of two bytes
CASED_THREE = 3  # of three bytes, which may be a capital: Vietnamese and ancient Greek
PUNCTUATION_TWO, PUNCTUATION_THREE = 4, 5  # quotes, dashes, bullets, odd spaces, by their bytes
WORD_ALONE = 6


def _find_characters(text: bytearray) -> Characters:
    raw = np.frombuffer(text, np.uint8)
    begins = (raw >= TWO).nonzero()[0]
    pairs = _pairs(raw)[begins]
    return Characters(begins, pairs, CLASSES[pairs])


def _pairs(text: Bytes) -> Uints16:
    """View each byte with the one behind it."""
    return np.ndarray((text.size - 1,), ">u2", text, strides=(1,))


# --- composing ----------------------------------------------------------------------------------


def compose(text: str) -> str:
    """Bring a text to Unicode normalization form C, but for words longer than `LONGEST`.

    That of many marks in disorder takes time by the square of their number.
    """
    if len(text) <= LONGEST:
        return unicodedata.normalize("NFC", text)
    words = (
        word if len(word) > LONGEST else unicodedata.normalize("NFC", word)
        for word in text.split(" ")
    )
    return " ".join(words)


LONGEST_COMPOSED = 4 * LONGEST + 3  # bytes of a line and what is around it: more is cut first


def _compose(text: bytearray, marks: Ints) -> bytearray:
    """Bring the lines in which marks are to Unicode normalization form C; no others."""
    parts: list[bytes | bytearray] = []
    done = 0
    for mark in marks.tolist():
        if mark < done:
            continue
        start, end = text.rfind(b"\n", done, mark), text.find(b"\n", mark)
        line: bytes | bytearray = text[start:end]
        if len(line) <= LONGEST_COMPOSED:
            composed = unicodedata.normalize("NFC", line.decode("utf-8", "surrogatepass"))
            line = composed.encode("utf-8", "surrogatepass")
        parts += text[done:start], line
        done = end
    return bytearray().join([*parts, text[done:]])


# --- folding ------------------------------------------------------------------------------------

NEWLINE = 0xFF  # what the end of a paragraph becomes: a byte that UTF-8 never has
BLANK = 0x20
WORD = 0x30  # bytes from here on are in words
TWO, FOUR = 0xC2, 0xF0  # first bytes by the length of the character
CHARACTER = 0xE2  # first bytes from here on begin a character that is a word by itself
TWO_BLANKS = 0x2020
NOWHERE: Ints = np.empty(0, np.int64)


def _byte_codes() -> bytes:
    codes = bytearray(range(256))
    for byte in range(128):
        character = chr(byte)
        codes[byte] = ord(character.lower()) if character.isalpha() else BLANK
        if character.isdigit():
            codes[byte] = ord("0")
    codes[ord("\n")] = NEWLINE
    return bytes(codes)


def _last_two(character: str) -> int:
    return int.from_bytes(character.encode()[-2:], "big")


def _small_pairs() -> Uints16:
    """Make a look-up from two bytes of a letter to those of the small letter.

    They are all there are, or else, in letters of the class `CASED_THREE`, the last.
    """
    small = np.arange(1 << 16, dtype=np.uint16)
    for first, last in ((0x80, 0x7FF), (0x1E00, 0x1FFF)):  # two bytes; three
        for character in map(chr, range(first, last + 1)):
            lower = character.lower()
            if len(lower) == 1 and first <= ord(lower) <= last:
                small[_last_two(character)] = _last_two(lower)
    return small


def _classes() -> Bytes:
    """Make a look-up from the first two bytes of a character to its class; later lines win."""
    classes = np.zeros(1 << 16, np.uint8)
    classes[0xC280:0xE000][SMALL_PAIRS[0xC280:0xE000] != np.arange(0xC280, 0xE000)] = CAPITAL
    for character in "\u00a0«\u00ad·»":  # no-break space, soft hyphen
        classes[_last_two(character)] = PUNCTUATION_TWO
    classes[0xCC80:0xCDB0] = MARK  # U+0300 to U+036F
    classes[0xD993:0xD996] = MARK  # U+0653 to U+0655: Arabic madda and hamza
    classes[0xE0B8:0xE182] = WORD_ALONE  # from Thai to Burmese
    classes[0xE184:0xE188] = MARK  # U+1100 to U+11FF
    classes[0xE19E:0xE1A0] = WORD_ALONE  # Khmer
    classes[0xE1B8:0xE1C0] = CASED_THREE  # U+1E00 to U+1FFF
    classes[CHARACTER << 8 :] = WORD_ALONE
    classes[0xE280] = PUNCTUATION_THREE  # U+2000 to U+203F
    return classes


BYTE_CODES = _byte_codes()
SMALL_PAIRS = _small_pairs()
CLASSES = _classes()


def _fold(codes: Bytes, raw: Bytes, found: Characters) -> Ints:
    """Fold what is not ASCII, in place; return where characters stand that are words themselves.

    Capitals become small letters in `codes`, and typographic punctuation blank; for `raw` see
    `Tokens`.
    """
    begins, pairs, classes = found
    pair_at = _pairs(codes)
    is_capital = classes == CAPITAL
    capitals = begins[is_capital]
    pair_at[capitals] = SMALL_PAIRS[pairs[is_capital]]
    raw[capitals] = ord("A")
    cased = begins[classes == CASED_THREE]
    if cased.size:
        last_two = pair_at[cased + 1]
        small = SMALL_PAIRS[last_two]
        pair_at[cased + 1] = small
        raw[cased[small != last_two]] = ord("A")
    pair_at[begins[classes == PUNCTUATION_TWO]] = TWO_BLANKS
    punctuation = begins[classes == PUNCTUATION_THREE]
    pair_at[punctuation] = TWO_BLANKS
    codes[punctuation + 2] = BLANK
    raw[punctuation] = raw[punctuation + 2]
    alone: Ints = begins[classes == WORD_ALONE]
    return alone


# --- bounds -------------------------------------------------------------------------------------


def _find_bounds(codes: Bytes, characters: Ints) -> tuple[Ints, Ints]:
    """Find where tokens begin and where they end; each of `characters` is one."""
    is_word = codes >= WORD
    is_bound = np.empty(codes.size, bool)
    is_bound[0] = False  # the first byte is blank
    np.not_equal(is_word[:-1], is_word[1:], out=is_bound[1:])
    bounds = is_bound.nonzero()[0]
    begins, ends = bounds[::2], bounds[1::2]
    cuts = np.concatenate([characters, characters + 3 + (codes[characters] >= FOUR)])
    cuts = cuts[is_word[cuts - 1] & is_word[cuts]]  # a token ends, the next one begins
    if not cuts.size:
        return begins.copy(), ends.copy()
    cuts.sort(kind="stable")  # two runs that rise: this merges them
    is_new = np.ones(cuts.size, bool)
    np.not_equal(cuts[1:], cuts[:-1], out=is_new[1:])
    cuts = cuts[is_new]
    if cuts.size > FEW_CUTS:
        return _merge(begins, cuts), _merge(ends, cuts)
    words = bounds.searchsorted(cuts) >> 1  # the numbers of those that are cut
    return _insert(begins, words + 1, cuts), _insert(ends, words, cuts)


FEW_CUTS = 60  # as many as most pieces of text in languages with blanks have


def _merge(places: Ints, more: Ints) -> Ints:
    """Put more places among others; both rise."""
    merged = np.concatenate([places, more])
    merged.sort(kind="stable")  # two runs that rise: this merges them
    return merged


def _insert(places: Ints, numbers: Ints, more: Ints) -> Ints:
    """Do the same where it is known before which of them each belongs; faster for a few."""
    edges = pairwise([0, *numbers.tolist(), places.size])
    parts = [places[start:end] for start, end in edges]
    pairs = zip(parts, more[:, None], strict=False)
    return np.concatenate([*(part for pair in pairs for part in pair), parts[-1]])
