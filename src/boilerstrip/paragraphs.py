"""Paragraphs: what they are, and how a text is split into them without losing a character."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

import numpy as np

from boilerstrip.arrays import Flags, Ints

__all__ = [
    "KINDS",
    "Label",
    "Paragraph",
    "Split",
    "SplitText",
    "check_split",
    "delete_paragraphs",
    "split_texts",
]

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
        score: calibrated probability that it is boilerplate, 0 to 1.
        kind: what sort of boilerplate, one of `KINDS`; ``None`` for content.
    """

    text: str
    start: int
    end: int
    label: Label
    score: float
    kind: str | None


class SplitText(NamedTuple):
    """The paragraphs of a text, and where each starts and ends in it, in code points."""

    paragraphs: list[str]
    starts: Ints
    ends: Ints


def check_split(split: object) -> None:
    """Check what a paragraph is said to be.

    Raises:
        ValueError: it is none of `Split`.
    """
    if split not in get_args(Split):
        raise ValueError(f"split is {split!r}; it must be one of {', '.join(get_args(Split))}")


def split_texts(texts: Sequence[str], split: Split = "auto") -> list[SplitText]:
    r"""Find the paragraphs of texts.

    A paragraph is a line, or, in hard-wrapped text (e-mail, plain-text books), a run of lines
    between blank ones, where they are prose. It begins and ends with a character that is not
    blank; between two paragraphs there is nothing but blank space, so the spans lose nothing.

    Args:
        texts: any texts.
        split: ``"line"``, ``"blank"`` (runs between blank lines), or ``"auto"``: runs whose lines
            look hard-wrapped, else lines.

    Returns:
        For each text its paragraphs, in order.

    Raises:
        ValueError: `split` is none of the three.

    >>> split_texts(["Home\n\n  It rained. \n"])[0].paragraphs
    ['Home', 'It rained.']
    """
    check_split(split)
    lines: list[str] = []
    edges = [0]
    for text in texts:
        lines += text.splitlines()
        edges.append(len(lines))
    lengths = _lengths(lines)
    starts = _line_starts(texts, lengths, edges)
    stripped = list(map(str.strip, lines))
    if stripped != lines:
        starts += lengths - _lengths(list(map(str.lstrip, lines)))
        lengths = _lengths(stripped)
    filled = lengths.nonzero()[0]  # numbers of the lines that are not blank
    if filled.size < len(lines):
        stripped = list(filter(None, stripped))
        starts, lengths = starts[filled], lengths[filled]
        edges = filled.searchsorted(edges).tolist()
    ends = starts + lengths
    found = [
        SplitText(stripped[first:behind], starts[first:behind], ends[first:behind])
        for first, behind in pairwise(edges)
    ]
    if split != "line":
        for number, (text, first, behind) in enumerate(zip(texts, edges, edges[1:], strict=False)):
            places = filled[first:behind]
            joins = _follow(places) if split == "blank" else _find_wraps(found[number], places)
            if joins is not None:
                found[number] = _join_lines(text, found[number], joins)
    return found


def _lengths(texts: Sequence[str]) -> Ints:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _line_starts(texts: Sequence[str], lengths: Ints, edges: Sequence[int]) -> Ints:
    """Tell where each line starts in its text."""
    widths = lengths + 1  # with the line break
    for text, first, behind in zip(texts, edges, edges[1:], strict=False):
        if "\r" in text:  # a line break may be two characters
            widths[first:behind] = _lengths(text.splitlines(keepends=True))
    starts = np.zeros(lengths.size + 1, np.int64)
    widths.cumsum(out=starts[1:])
    return starts[:-1] - starts[edges[:-1]].repeat(np.diff(edges))


NARROW, WIDE = 50, 130  # characters: the widths that people and programs wrap text at
FEW_ARE_WIDER = 50  # one line of so many, or less, may be wider than wrapped text is
FEWEST_WRAPS = 3
SHARE_OF_WRAPS = 0.9  # in a run of lines
LEAST_WRAPPED = 0.3  # of all lines that follow on another: else the runs are so by chance
MOST_WITHOUT_BLANKS = 0.3  # of lines: addresses, and scripts without blanks, tell nothing of words


def _follow(places: Ints) -> Flags:
    """Tell which lines but the first have no blank one before them."""
    follows: Flags = places[1:] == places[:-1] + 1
    return follows


def _find_width(lengths: Ints) -> int | None:
    """Tell how wide the lines of a text are, where people or programs may have wrapped it."""
    wider = -(-(lengths.size - 1) // FEW_ARE_WIDER)
    if lengths.size <= FEWEST_WRAPS or np.count_nonzero(lengths > WIDE) > wider:
        return None
    width = int(np.sort(lengths)[-1 - wider])
    return width if width >= NARROW else None


def _find_wraps(lines: SplitText, places: Ints) -> Flags | None:
    """Find out where lines were broken because the next word no longer fitted.

    In wrapped text every line but a paragraph's last is so long that the first word of the next
    line would have made it wider than the widest. In an e-mail this holds for the runs of lines
    that are prose, and not for its headers and lists.

    Args:
        lines: of a text, those that are not blank.
        places: their numbers among all lines.

    Returns:
        Whether each line but the first goes on with the paragraph of the line before; ``None``:
        none does.
    """
    lengths = lines.ends - lines.starts
    width = _find_width(lengths)
    if width is None:  # so end next to all pages: the rest need not be fast
        return None
    follows = _follow(places)
    count = np.count_nonzero(follows)
    if count < FEWEST_WRAPS:
        return None
    first_words = _lengths([line.partition(" ")[0] for line in lines.paragraphs])[1:]
    if (first_words == lengths[1:])[follows].mean() > MOST_WITHOUT_BLANKS:
        return None
    is_full = follows & (lengths[:-1] + 1 + first_words > width)
    runs = (~follows).cumsum()
    wraps, sizes = np.bincount(runs, is_full), np.bincount(runs, follows)
    is_wrapped = wraps >= np.maximum(SHARE_OF_WRAPS * sizes, 1)
    wraps_in_long_runs = wraps[is_wrapped & (sizes > 1)].sum()
    if wraps_in_long_runs < max(FEWEST_WRAPS, LEAST_WRAPPED * count):
        return None
    joins: Flags = follows & is_wrapped[runs]
    return joins


def _join_lines(text: str, lines: SplitText, joins: Flags) -> SplitText:
    """Join lines to paragraphs, each but the first to the one before or not."""
    is_break = ~joins
    starts = np.concatenate([lines.starts[:1], lines.starts[1:][is_break]])
    ends = np.concatenate([lines.ends[:-1][is_break], lines.ends[-1:]])
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    return SplitText([text[start:end] for start, end in spans], starts, ends)


def delete_paragraphs(text: str, starts: Ints, is_removed: Flags) -> str:
    """Delete paragraphs, each up to where the next one begins."""
    is_edge = is_removed.copy()
    is_edge[1:] ^= is_removed[:-1]
    edges = [0, *starts[is_edge].tolist(), len(text)]
    return "".join([text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=False)])
