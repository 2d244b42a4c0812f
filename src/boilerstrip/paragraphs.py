"""Paragraphs: what they are, and how a text is split into them without losing a character."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, TypeVar, get_args

import numpy as np

from boilerstrip.arrays import Flags, Ints

__all__ = [
    "BYTE_ORDER_MARK",
    "KINDS",
    "Label",
    "Paragraph",
    "Split",
    "SplitTexts",
    "check_split",
    "delete_paragraphs",
    "find_firsts",
    "split_texts",
]

BYTE_ORDER_MARK = "\ufeff"  # which files decoded as plain UTF-8 may begin with

Number = TypeVar("Number", int, Ints)
Label = Literal["content", "boilerplate"]
Split = Literal["auto", "line", "blank"]

KINDS = (
    "donation",
    "paywall",
    "newsletter",
    "cookie",
    "navigation",
    "social",
    "related",
    "legal",
    "advert",
    "comments",
    "credit",
    "other",
)
"""The kinds of boilerplate."""


class Paragraph(NamedTuple):
    """One paragraph of a document, and what the model thinks of it.

    Attributes:
        text: the paragraph, without the blank space around it (but as given to
            `classify_paragraphs`).
        start: where it begins in its document, in code points.
        end: where it ends: ``text == document[start:end]``.
        label: ``"content"`` or ``"boilerplate"``.
        score: probability that it is boilerplate, 0 to 1.
        kind: what sort of boilerplate, one of `KINDS`; ``None`` for content.
    """

    text: str
    start: int
    end: int
    label: Label
    score: float
    kind: str | None


class SplitTexts(NamedTuple):
    """The paragraphs of some texts, one text after the other.

    Attributes:
        paragraphs: of all texts.
        starts: where each starts in its text, in code points.
        ends: where it ends there.
        edges: which paragraph is the first of each text, and at the end how many there are; shape
            ``(texts + 1,)``.
    """

    paragraphs: list[str]
    starts: Ints
    ends: Ints
    edges: Ints

    def spans(self) -> Iterator[tuple[Ints, Ints]]:
        """Give, for each text, where its paragraphs start and end."""
        for first, behind in pairwise(self.edges.tolist()):
            yield self.starts[first:behind], self.ends[first:behind]


def check_split(split: object) -> None:
    """Check what a paragraph is said to be.

    Raises:
        ValueError: it is none of `Split`.
    """
    if split not in get_args(Split):
        raise ValueError(f"split is {split!r}; it must be one of {', '.join(get_args(Split))}")


def split_texts(texts: Sequence[str], split: Split = "auto") -> SplitTexts:
    r"""Find the paragraphs of texts.

    A paragraph is a line, or, in hard-wrapped text (e-mail, plain-text books, manual pages), all
    lines of prose that were broken at the margin. It begins and ends with a character that is not
    blank; between two paragraphs there is nothing but blank space, so the spans lose nothing. A
    byte order mark at the head of a text counts as blank.

    Args:
        texts: any texts.
        split: ``"line"``, ``"blank"`` (runs between blank lines), or ``"auto"``: lines, those that
            look hard-wrapped joined.

    Returns:
        The paragraphs, in order.

    Raises:
        ValueError: `split` is none of the three.

    >>> split_texts(["Home\n\n  It rained. \n"]).paragraphs
    ['Home', 'It rained.']
    """
    check_split(split)
    lines: list[str] = []
    counts = [0]
    for text in texts:
        lines += text.splitlines()
        if text.startswith(BYTE_ORDER_MARK):
            lines[counts[-1]] = " " + lines[counts[-1]][1:]
        counts.append(len(lines))
    edges = np.array(counts, np.int64)
    lengths = _lengths(lines)
    starts = _line_starts(texts, lengths, edges)
    stripped = list(map(str.strip, lines))
    widths = lengths  # of the lines with the blank space before them
    if stripped != lines:
        indents = lengths - _lengths(list(map(str.lstrip, lines)))
        starts += indents
        lengths = _lengths(stripped)
        widths = indents + lengths
    filled = lengths.nonzero()[0]  # numbers of the lines that are not blank
    if filled.size < len(lines):
        stripped = list(filter(None, stripped))
        starts, lengths, widths = starts[filled], lengths[filled], widths[filled]
        edges = filled.searchsorted(edges)
    found = SplitTexts(stripped, starts, starts + lengths, edges)
    if split == "line":
        return found
    joins = _find_joins(texts, found, widths, filled, split)
    return _join_lines(texts, found, joins) if joins.any() else found


def _lengths(texts: Sequence[str]) -> Ints:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _line_starts(texts: Sequence[str], lengths: Ints, edges: Ints) -> Ints:
    """Tell where each line starts in its text."""
    widths = lengths + 1  # with the line break
    for number, text in enumerate(texts):
        if "\r" in text:  # a line break may be two characters
            widths[edges[number] : edges[number + 1]] = _lengths(text.splitlines(keepends=True))
    starts = np.zeros(lengths.size + 1, np.int64)
    widths.cumsum(out=starts[1:])
    return starts[:-1] - starts[edges[:-1]].repeat(edges[1:] - edges[:-1])


NARROW, WIDE = 50, 130  # characters: the widths that people and programs wrap text at
FEW_ARE_WIDER = 50  # one line of so many, or less, may be wider than wrapped text is
SLACK = 5  # characters that a line may be wider than most, where somebody has edited it
RAGGED = 12  # that it may be narrower, if the next one begins with a small letter
FEWEST_WRAPS = 3
LEAST_WRAPPED = 0.3  # of all lines behind one that is not narrow: else they are so by chance, ...
LEAST_CASELESS = 0.6  # ... and where letters have no case, that tells less
LEAST_SMALL = 0.25  # of lines that go on: verses, headlines, tables begin otherwise
LEAST_OPEN = 0.7  # of lines that go on: of those of source code, fewer end with a letter
LONGEST_WORD = 20  # characters of a line without a blank: else an address, or no script with blanks
NEVER, OTHER, CASELESS, SMALL = range(4)  # what a line begins with, as `_tell_beginning` says


def _find_joins(
    texts: Sequence[str], lines: SplitTexts, widths: Ints, places: Ints, split: Split
) -> Flags:
    """Find the lines that go on with the paragraph of the line before.

    Args:
        texts: the texts.
        lines: those of their lines that are not blank.
        widths: of these, in characters, with the blank space before them.
        places: their numbers among all lines.
        split: ``"blank"`` or ``"auto"``.

    Returns:
        Whether each line does.
    """
    if split == "blank":
        return _follow(places, lines.edges)
    joins = np.zeros(places.size, bool)
    if wrapped := _may_be_wrapped(widths, lines.edges):
        follows = _follow(places, lines.edges)
        for number in wrapped:
            here = slice(lines.edges[number], lines.edges[number + 1])
            said = lines.paragraphs[here]
            if "\n>" in texts[number]:
                said = [line.lstrip(QUOTE) or line for line in said]
            firsts = [line.partition(" ")[0] for line in said]
            joins[here] = _find_wraps(lines.paragraphs[here], firsts, widths[here], follows[here])
    return joins


def _follow(places: Ints, edges: Ints) -> Flags:
    """Tell which lines stand in the same text as the one before, with no blank one between them."""
    follows = np.zeros(places.size, bool)
    follows[1:] = places[1:] == places[:-1] + 1
    follows[find_firsts(edges)] = False
    return follows


def find_firsts(edges: Ints) -> Ints:
    """Number the first paragraph, or line, of each text that has one."""
    firsts = edges[:-1]
    return firsts[firsts < edges[1:]]


def _may_be_wrapped(widths: Ints, edges: Ints) -> list[int]:
    """Number the texts of which few lines or none are wider than wrapped text is."""
    counts = edges[1:] - edges[:-1]
    too_wide = (widths > WIDE).nonzero()[0].searchsorted(edges)
    may_be = (counts > FEWEST_WRAPS) & (too_wide[1:] - too_wide[:-1] <= _count_wider(counts))
    numbers: list[int] = may_be.nonzero()[0].tolist()
    return numbers


def _count_wider(counts: Number) -> Number:
    """Tell how many of so many lines may be wider than wrapped text is."""
    return -(-(counts - 1) // FEW_ARE_WIDER)


def _find_wraps(
    lines: Sequence[str], first_words: Sequence[str], widths: Ints, follows: Flags
) -> Flags:
    """Find out where lines were broken because the next word no longer fitted.

    In wrapped text a line is full, unless a paragraph ends there: with the first word of the next
    line it would be too wide. Lines are joined that are full beside another full one, or where no
    other line is near; and those that are all but full, where the next goes on with a small letter.
    So headings stay lines, and in an e-mail its headers and lists.

    Args:
        lines: of a text, those that are not blank.
        first_words: of the same.
        widths: of the same, as for `_find_joins`.
        follows: whether there is no blank one before each.

    Returns:
        Whether each goes on with the paragraph of the line before.
    """
    none = np.zeros(follows.size, bool)
    before = np.append(0, widths[:-1])  # width of the line before, and with the first word of this
    extended = before + 1 + _lengths(first_words)
    is_behind_long = follows & (before >= NARROW)
    count = np.count_nonzero(is_behind_long)
    if count < FEWEST_WRAPS:
        return none
    width = _find_width(before[is_behind_long], extended[is_behind_long])
    is_full = is_behind_long & (extended > width) & (before <= width + SLACK)
    if np.count_nonzero(is_full) < max(FEWEST_WRAPS, LEAST_WRAPPED * count):
        return none
    is_quoted = np.array([line.startswith(">") for line in lines])
    is_alike = is_quoted == np.append(False, is_quoted[:-1])  # this line and the one before
    beginnings = _tell_beginnings(lines, is_full & is_alike)
    is_full = beginnings != NEVER
    is_among = _have_neighbours(is_full)
    is_small = beginnings == SMALL
    wraps = is_full & (is_among | is_small)
    of_wraps = np.bincount(beginnings[wraps], minlength=SMALL + 1)
    cased = of_wraps[OTHER] + of_wraps[SMALL]
    least = LEAST_WRAPPED if of_wraps[SMALL] else LEAST_CASELESS
    if of_wraps.sum() < max(FEWEST_WRAPS, least * count) or of_wraps[SMALL] < LEAST_SMALL * cased:
        return none
    is_open = np.array([False, *(line[-1].isalpha() or line[-1] in OPEN for line in lines[:-1])])
    if is_open[wraps].mean() < LEAST_OPEN:
        return none
    is_ragged = follows & is_alike & (before > width - RAGGED) & is_open
    is_ragged = _tell_beginnings(lines, is_ragged) == SMALL
    joins: Flags = wraps | (is_full & ~_have_neighbours(follows)) | is_ragged
    return joins


QUOTE = "> "  # what lines of an e-mail begin with that another one quotes
OPEN = ",-\u2010"  # what a line ends with, beside letters, that goes on in the next one
ITEM = re.compile(r"[-*+•·|#] |\d+[.)] ")  # what a list's item, or a table's row, begins with


def _tell_beginnings(lines: Sequence[str], wanted: Flags) -> Ints:
    """Tell of some lines what they begin with; of all others, that they never go on."""
    beginnings = np.full(wanted.size, NEVER)
    numbers = wanted.nonzero()[0]
    beginnings[numbers] = [_tell_beginning(lines[number]) for number in numbers.tolist()]
    return beginnings


def _tell_beginning(line: str) -> int:
    """Tell by what a line begins with whether it may go on with the paragraph of another."""
    said = line.lstrip(QUOTE)
    is_word = " " not in said
    if not said or ITEM.match(said) or (is_word and len(said) > LONGEST_WORD):
        return NEVER
    first = said[0]
    if first.islower() or first == "(":
        return SMALL
    return CASELESS if first.isalpha() and not first.isupper() else OTHER


def _find_width(before: Ints, extended: Ints) -> int:
    """Find the width that most lines keep to, but would not with one word more."""
    change = np.bincount(before.clip(max=WIDE), minlength=WIDE + 1)
    change -= np.bincount(extended.clip(max=WIDE), minlength=WIDE + 1)
    return NARROW + int(change.cumsum()[NARROW:WIDE].argmax())


def _have_neighbours(flags: Flags) -> Flags:
    """Tell which of the flags that are set stand beside another one that is."""
    beside = np.zeros(flags.size, bool)
    beside[1:] = flags[:-1]
    beside[:-1] |= flags[1:]
    return beside & flags


def _join_lines(texts: Sequence[str], lines: SplitTexts, joins: Flags) -> SplitTexts:
    """Join lines to paragraphs, each to the one before or not."""
    firsts = (~joins).nonzero()[0]
    lasts = np.append(firsts[1:], joins.size) - 1
    starts, ends = lines.starts[firsts], lines.ends[lasts]
    edges = firsts.searchsorted(lines.edges)
    paragraphs = [lines.paragraphs[number] for number in firsts.tolist()]
    for number in (firsts < lasts).nonzero()[0]:
        text = texts[int(edges.searchsorted(number, "right")) - 1]
        paragraphs[number] = text[starts[number] : ends[number]]
    return SplitTexts(paragraphs, starts, ends, edges)


def delete_paragraphs(texts: Sequence[str], found: SplitTexts, is_removed: Flags) -> list[str]:
    """Delete paragraphs of texts, each up to where the next one begins.

    Args:
        texts: the texts.
        found: their paragraphs.
        is_removed: whether each of these is to be deleted.
    """
    is_edge = is_removed.copy()  # where what is removed begins or ends
    is_edge[1:] ^= is_removed[:-1]
    firsts = find_firsts(found.edges)
    is_edge[firsts] = is_removed[firsts]
    numbers = is_edge.nonzero()[0]
    places = found.starts[numbers].tolist()
    bounds = pairwise(numbers.searchsorted(found.edges).tolist())
    return [
        _leave_out(text, places[first:behind])
        for text, (first, behind) in zip(texts, bounds, strict=True)
    ]


def _leave_out(text: str, places: list[int]) -> str:
    """Leave out of a text what lies from the first place to the second, from the third on ..."""
    edges = [0, *places, len(text)]
    return "".join([text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=False)])
