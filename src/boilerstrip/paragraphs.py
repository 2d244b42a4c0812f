"""Paragraphs: what they are, and how a text is split into them without losing a character."""

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
    joins = _find_joins(found, widths, filled, split)
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
SHARE_OF_WRAPS = 0.9  # in a run of lines
LEAST_WRAPPED = 0.3  # of all lines that follow on another: else they are so by chance
MOST_CAPITALS = 0.75  # of the lines that go on: verses and headlines begin with them all
MOST_WITHOUT_BLANKS = 0.3  # of lines: addresses, and scripts without blanks, tell nothing of words


def _find_joins(lines: SplitTexts, widths: Ints, places: Ints, split: Split) -> Flags:
    """Find the lines that go on with the paragraph of the line before.

    Args:
        lines: those that are not blank.
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
            joins[here] = _find_wraps(lines.paragraphs[here], widths[here], follows[here])
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


def _find_wraps(lines: Sequence[str], widths: Ints, follows: Flags) -> Flags:
    """Find out where lines were broken because the next word no longer fitted.

    In wrapped text a line is full, unless a paragraph ends there: with the first word of the next
    line it would be too wide. Of a run of lines that are full, but for one in ten, all are joined.
    Of others, such as a heading and the prose below it, those are that are full beside another full
    one, or all but full where the next begins with a small letter. In an e-mail that holds for its
    prose, and not for its headers and lists.

    Args:
        lines: of a text, those that are not blank.
        widths: of the same, as for `_find_joins`.
        follows: whether there is no blank one before each.

    Returns:
        Whether each goes on with the paragraph of the line before.
    """
    none = np.zeros(follows.size, bool)
    count = np.count_nonzero(follows)
    first_words = _lengths([line.partition(" ")[0] for line in lines])
    alone = np.count_nonzero((first_words == _lengths(lines)) & follows)
    if count < FEWEST_WRAPS or alone > MOST_WITHOUT_BLANKS * count:
        return none
    before = np.append(0, widths[:-1])  # width of the line before, and with the first word of this
    extended = before + 1 + first_words
    width = _find_width(before[follows], extended[follows])
    is_full = follows & (extended > width) & (before <= width + SLACK)
    is_among = _are_neighbours(is_full)
    wraps = np.count_nonzero(is_among)
    if wraps < max(FEWEST_WRAPS, LEAST_WRAPPED * count):
        return none
    capitals = sum(lines[number][0].isupper() for number in is_among.nonzero()[0].tolist())
    if capitals > MOST_CAPITALS * wraps:
        return none
    runs = (~follows).cumsum() - 1
    wraps_of_runs, sizes = np.bincount(runs, is_full), np.bincount(runs, follows)
    is_wrapped = wraps_of_runs >= np.maximum(SHARE_OF_WRAPS * sizes, 1)
    is_small = np.array([line[0].islower() for line in lines])
    joins: Flags = is_wrapped[runs] | is_among | (is_small & (before > width - RAGGED))
    return joins & follows


def _find_width(before: Ints, extended: Ints) -> int:
    """Find the width that most lines keep to, but would not with one word more."""
    change = np.bincount(before.clip(max=WIDE), minlength=WIDE + 1)
    change -= np.bincount(extended.clip(max=WIDE), minlength=WIDE + 1)
    return NARROW + int(change.cumsum()[NARROW:WIDE].argmax())


def _are_neighbours(flags: Flags) -> Flags:
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
