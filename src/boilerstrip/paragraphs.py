"""Paragraphs: what they are, and how a text is split into them without losing a character."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

__all__ = ["KINDS", "Label", "Paragraph", "Split", "split_paragraphs"]

Label = Literal["content", "boilerplate"]
Split = Literal["auto", "line", "blank"]
Ints = npt.NDArray[np.int64]

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
        text: the paragraph, without the blank space around it.
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


def split_paragraphs(text: str, split: Split = "auto") -> tuple[Ints, Ints]:
    r"""Find the paragraphs of a text.

    A paragraph is a line, or, in hard-wrapped text (e-mail, plain-text books), a run of lines
    between blank ones. It begins and ends with a character that is not blank; between two
    paragraphs there is nothing but blank space, so the spans lose nothing.

    Args:
        text: any text.
        split: ``"line"``, ``"blank"`` (runs between blank lines), or ``"auto"``: runs where the
            lines look hard-wrapped, else lines.

    Returns:
        The starts and the ends of the paragraphs, in code points, in order.

    Raises:
        ValueError: `split` is none of the three.

    >>> starts, ends = split_paragraphs("Home\n\n  It rained. \n")
    >>> [(int(start), int(end)) for start, end in zip(starts, ends)]
    [(0, 4), (8, 18)]
    """
    if split not in get_args(Split):
        raise ValueError(f"split is {split!r}; it must be one of {', '.join(get_args(Split))}")
    lines = text.splitlines(keepends=True)
    starts, ends = _strip(lines)
    filled = np.flatnonzero(ends > starts)
    starts, ends = starts[filled], ends[filled]
    if split == "line" or filled.size == 0:
        return starts, ends
    is_first = np.diff(filled, prepend=-2) > 1
    if split == "auto" and not _is_hard_wrapped(text, starts, ends, is_first):
        return starts, ends
    is_last = np.append(is_first[1:], True)
    return starts[is_first], ends[is_last]


def _lengths(texts: Sequence[str]) -> Ints:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _strip(lines: Sequence[str]) -> tuple[Ints, Ints]:
    """Where each line's text begins and ends in the whole; a blank line ends where it begins."""
    lengths = _lengths(lines)
    line_ends = lengths.cumsum()
    without_left = list(map(str.lstrip, lines))
    starts = line_ends - _lengths(without_left)
    return starts, starts + _lengths(list(map(str.rstrip, without_left)))


NARROW, WIDE = 50, 130  # characters: the widths that people and programs wrap text at
FEWEST_WRAPS = 3
SHARE_OF_WRAPS = 0.9


def _is_hard_wrapped(text: str, starts: Ints, ends: Ints, is_first: npt.NDArray[np.bool_]) -> bool:
    """Whether lines were broken where the next word no longer fitted.

    In wrapped text every line but a paragraph's last is so long that the first word of the next
    line would have made it wider than the widest.
    """
    lengths = ends - starts
    width = np.quantile(lengths, 0.98, method="lower")
    if not NARROW <= width <= WIDE:
        return False
    followers = np.flatnonzero(~is_first)
    if followers.size < FEWEST_WRAPS:
        return False
    wrapped = 0
    for line in followers:
        word, _, _ = text[starts[line] : ends[line]].partition(" ")
        wrapped += lengths[line - 1] + 1 + len(word) > width
    return bool(wrapped >= SHARE_OF_WRAPS * followers.size)
