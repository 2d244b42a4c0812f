"""Paragraphs that stand on several pages of one site: most of them are boilerplate.

What the words of an appeal leave open, a second page with the same words on it tells. The caller
says which texts are of one site; how much it tells was measured on sites of the public corpora
(docs/choices.md).
"""

from collections.abc import Iterable, Sequence

import numpy as np

from boilerstrip.arguments import check_text, check_texts
from boilerstrip.arrays import AnyInts, Flags, Floats, Ints
from boilerstrip.paragraphs import Split, check_split, split_texts

__all__ = ["are_repeated", "check_repeated", "find_repeated", "raise_scores"]

RAISED_BY = 2  # logits
MOST_REPEATED = 0.5  # of the words of content of a page: of one that is no copy


def find_repeated(texts: Iterable[str], *, split: Split = "auto") -> frozenset[str]:
    r"""Find the paragraphs that stand in two or more texts of one site.

    Given as `repeated` to `clean` and all the others, they are likelier to be boilerplate: scores
    rise by two logits (.5 becomes .88). A text most of whose content is repeated is left alone,
    since it is a copy of another page.

    Args:
        texts: pages of one site, each once; the same text again does not count. They are gone
            through once; a hash of each paragraph is held in memory.
        split: as in `clean`.

    Returns:
        The paragraphs, every run of blank space in them made one blank.

    Raises:
        TypeError: a text is no str.
        ValueError: an unknown split.

    >>> find_repeated(["Rain in Leeds.\nHelp us stay free.", "Snow in York.\nHelp us stay free."])
    frozenset({'Help us stay free.'})
    """
    check_texts(texts, "texts")
    check_split(split)
    seen_texts: set[int] = set()  # hashes, which take less memory
    seen: set[int] = set()
    repeated: set[str] = set()
    for text in texts:
        check_text(text, "a text")
        if hash(text) in seen_texts:
            continue
        seen_texts.add(hash(text))
        for paragraph in set(map(_fold_blanks, split_texts([text], split).paragraphs)):
            if hash(paragraph) in seen:
                repeated.add(paragraph)
            else:
                seen.add(hash(paragraph))
    return frozenset(repeated)


def check_repeated(repeated: Iterable[str]) -> frozenset[str]:
    """Check an argument that is to be several paragraphs; return them as `are_repeated` takes them.

    Raises:
        TypeError: it is one text, or holds something else.
    """
    check_texts(repeated, "repeated")
    paragraphs = list(repeated)
    for paragraph in paragraphs:
        check_text(paragraph, "a paragraph of repeated")
    return frozenset(map(_fold_blanks, paragraphs))


def are_repeated(paragraphs: Sequence[str], repeated: frozenset[str]) -> Flags:
    """Tell which paragraphs are among the repeated ones."""
    found = (_fold_blanks(paragraph) in repeated for paragraph in paragraphs)
    return np.fromiter(found, bool, len(paragraphs))


def raise_scores(
    scores: Floats, words: AnyInts, is_repeated: Flags, document_starts: Ints
) -> Floats:
    """Raise the scores of repeated paragraphs, but not in copies of other pages.

    Args:
        scores: P(boilerplate) of each paragraph.
        words: words in each.
        is_repeated: whether each is repeated.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        The new scores.
    """
    content = words * (1 - scores)
    repeated_content = np.add.reduceat(content * is_repeated, document_starts)
    is_copy = repeated_content > MOST_REPEATED * np.add.reduceat(content, document_starts)
    sizes = np.diff(document_starts, append=scores.size)
    odds = np.where(is_repeated & ~is_copy.repeat(sizes), np.exp(np.float32(RAISED_BY)), 1)
    raised: Floats = (scores * odds / (1 + scores * (odds - 1))).astype(np.float32)
    return raised


def _fold_blanks(paragraph: str) -> str:
    return " ".join(paragraph.split())
