"""Phrases and patterns: which paragraphs the user says are to stay or to go."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from boilerstrip.arguments import check_texts
from boilerstrip.arrays import Ints
from boilerstrip.tokens import compose

__all__ = ["Phrase", "Phrases", "check_phrases", "describe_phrase"]

Phrase = str | re.Pattern[str]
"""A literal phrase, compared regardless of case, of how much blank space, of whether accents are
characters of their own, of whether apostrophes are straight, and of blank space at its ends; or a
pattern."""


class Phrases(NamedTuple):
    """What paragraphs are looked through for.

    Attributes:
        literals: phrases, folded.
        patterns: regular expressions, for paragraphs without the blank space around them.
    """

    literals: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]

    def find(self, paragraphs: Sequence[str]) -> Ints:
        """Find the paragraphs that one of the phrases is in, or that a pattern matches."""
        found = set(_find_literals(self.literals, paragraphs)) if self.literals else set()
        if self.patterns:
            found.update(
                number
                for number, text in enumerate(paragraphs)
                if any(pattern.search(text) for pattern in self.patterns)
            )
        return np.array(sorted(found), np.int64)


def check_phrases(phrases: Iterable[Phrase], name: str) -> Phrases:
    """Check an argument of that name that is to be several phrases and patterns.

    Raises:
        TypeError: it is one phrase, or holds something else.
        ValueError: it holds a phrase without a visible character.
    """
    check_texts(phrases, name)
    literals = []
    patterns = []
    for phrase in phrases:
        if isinstance(phrase, re.Pattern) and isinstance(phrase.pattern, str):
            patterns.append(phrase)
        elif not isinstance(phrase, str):
            found = type(phrase).__name__
            if isinstance(phrase, re.Pattern):
                found = "a compiled pattern of bytes"
            raise TypeError(f"{name} holds {found}; it must hold str and compiled str patterns")
        elif not phrase.strip():
            raise ValueError(f"{name} holds a phrase without a visible character")
        else:
            literals.append(_fold(phrase))
    return Phrases(tuple(literals), tuple(patterns))


def describe_phrase(phrase: Phrase) -> str | list[str | int]:
    """Tell a phrase or pattern as JSON can hold it; its `repr` sorts both."""
    return phrase if isinstance(phrase, str) else [phrase.pattern, phrase.flags]


APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'")


def _find_literals(literals: Iterable[str], paragraphs: Sequence[str]) -> Iterable[int]:
    """Find phrases by one quick look at all paragraphs for each."""
    folded = [_fold(paragraph) for paragraph in paragraphs]
    text = "\n".join(folded)  # which no folded phrase holds
    ends = list(accumulate(len(each) + 1 for each in folded))
    for literal in literals:
        place = text.find(literal)
        while place >= 0:
            number = bisect_right(ends, place)
            yield number
            place = text.find(literal, ends[number])


def _fold(text: str) -> str:
    """Fold away what a phrase is compared regardless of.

    Case folds to more than one letter in some cases: ``ß`` is ``ss``. The two i of Turkish stay
    letters of their own. Composing before and after is near to the canonical caseless match of The
    Unicode Standard, section 3.13.
    """
    if not text.isascii():
        text = compose(text).translate(APOSTROPHES)
        return " ".join(compose(text.casefold()).split())
    return " ".join(text.lower().split())
