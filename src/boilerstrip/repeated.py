"""Paragraphs that stand on several pages of one site: most of them are boilerplate.

What the words of an appeal leave open, a second page with the same words on it tells. The caller
says which texts are of one site; how much it tells was measured on sites of the public corpora
(docs/experiments.md).
"""

import functools
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from boilerstrip.arguments import check_text, check_texts
from boilerstrip.arrays import AnyInts, Flags, Floats, Ints, find_sizes
from boilerstrip.paragraphs import Split, check_split, split_texts
from boilerstrip.tokens import compose

__all__ = ["are_repeated", "check_repeated", "find_repeated", "raise_scores"]

LOGITS_ADDED = 2
COPY_SHARE = 0.5  # a page with more of its content repeated is taken for a copy of another one
SETS_HELD = 4  # checked, and kept in memory: a call is not to look through a large one again


def find_repeated(texts: Iterable[str], *, split: Split = "auto") -> frozenset[str]:
    r"""Find the paragraphs that stand in two or more texts of one site.

    Given as `repeated` to `clean` and the others, their scores rise by two logits: .5 becomes .88.
    Leave out front pages and lists of articles, which repeat the headlines. A text more than half
    of whose content, as the model sees it, is repeated is judged as if nothing were: it may be a
    copy of another one.

    Args:
        texts: pages of one site. A page with the same paragraphs as an earlier one does not count.
            They are gone through once; a hash of each paragraph is held in memory.
        split: as it will be in `clean`; for `classify_paragraphs`, ``"line"``.

    Returns:
        The paragraphs, every run of blank space in them made one blank, and composed (NFC).

    Raises:
        TypeError: a text is no str.
        ValueError: an unknown split.

    >>> find_repeated(["Rain in Leeds.\nHelp us stay free.", "Snow in York.\nHelp us stay free."])
    frozenset({'Help us stay free.'})
    """
    check_texts(texts, "texts")
    check_split(split)
    seen_pages: set[int] = set()  # hashes, which take less memory
    seen: set[int] = set()
    repeated: set[str] = set()
    for number, text in enumerate(texts):
        check_text(text, "texts", number)
        page = tuple(map(_fold, split_texts([text], split).paragraphs))
        page_hash = hash(page)
        if page_hash in seen_pages:
            continue
        seen_pages.add(page_hash)
        for paragraph in set(page):
            paragraph_hash = hash(paragraph)
            if paragraph_hash in seen:
                repeated.add(paragraph)
            seen.add(paragraph_hash)
    return frozenset(repeated)


def check_repeated(repeated: Iterable[str]) -> frozenset[str]:
    """Check an argument that is to be several paragraphs; return them as `are_repeated` takes them.

    Raises:
        TypeError: it is one text, or holds something else.
    """
    check_texts(repeated, "repeated")
    if isinstance(repeated, frozenset):
        return _fold_set(repeated)
    return _fold_all(list(repeated))


def _fold_all(paragraphs: Collection[str]) -> frozenset[str]:
    for number, paragraph in enumerate(paragraphs):
        check_text(paragraph, "repeated", number)
    return frozenset(map(_fold, paragraphs))


_fold_set = functools.lru_cache(SETS_HELD)(_fold_all)  # a frozenset knows its own hash


def are_repeated(paragraphs: Sequence[str], repeated: frozenset[str]) -> Flags:
    """Tell which paragraphs are among the repeated ones."""
    found = (_fold(paragraph) in repeated for paragraph in paragraphs)
    return np.fromiter(found, bool, len(paragraphs))


def raise_scores(
    scores: Floats, words: AnyInts, is_repeated: Flags, document_starts: Ints
) -> Floats:
    """Raise the scores of repeated paragraphs that have a word, but not in copies of other pages.

    Args:
        scores: P(boilerplate) of each paragraph.
        words: words in each.
        is_repeated: whether each is repeated.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        The new scores.
    """
    content = words * (1 - scores)
    all_content = np.add.reduceat(content, document_starts)
    is_copy = np.add.reduceat(content * is_repeated, document_starts) > COPY_SHARE * all_content
    sizes = find_sizes(document_starts, scores.size)
    is_raised = is_repeated & (words > 0) & ~is_copy.repeat(sizes)
    odds = np.where(is_raised, np.exp(np.float32(LOGITS_ADDED)), np.float32(1))
    raised: Floats = scores * odds / (1 + scores * (odds - 1))
    return raised


def _fold(paragraph: str) -> str:
    """Fold away the width of blanks, and whether accents are characters of their own."""
    if not paragraph.isascii():
        paragraph = compose(paragraph)
    return " ".join(paragraph.split())
