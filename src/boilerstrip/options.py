"""The options of a call, checked: they mean the same everywhere."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from boilerstrip.arguments import check_texts
from boilerstrip.model import Model, check_model
from boilerstrip.paragraphs import KINDS, Split, check_split

__all__ = ["Options", "Phrase", "check_options"]

Phrase = str | re.Pattern[str]
"""A literal phrase, compared regardless of case, letter by letter, of how much blank space, of
whether accents are characters of their own and apostrophes straight; or a pattern."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a call, as `check_options` returns them; each is explained in `clean`."""

    threshold: float | None
    keep: tuple[re.Pattern[str], ...]
    remove: tuple[re.Pattern[str], ...]
    kinds: frozenset[str] | None
    model: Model | None
    split: Split


def check_options(
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
    split: Split = "auto",
) -> Options:
    """Check the options of a call; see `clean`."""
    if threshold is not None:
        if isinstance(threshold, bool) or not isinstance(
            threshold, int | float | np.integer | np.floating
        ):
            raise TypeError(f"threshold is {type(threshold).__name__}; it must be a number or None")
        threshold = float(threshold)
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold is {threshold}; it must be between 0 and 1")
    if kinds is not None:
        check_texts(kinds, "kinds")
        kinds = frozenset(kinds)
        unknown = sorted(kinds - set(KINDS), key=str)
        if unknown:
            raise ValueError(f"unknown kinds {unknown}; there are {', '.join(KINDS)}")
    if model is not None:
        check_model("model", model)
    check_split(split)
    return Options(
        threshold,
        _patterns(keep, "keep"),
        _patterns(remove, "remove"),
        kinds,
        model,
        split,
    )


def _patterns(phrases: Iterable[Phrase], name: str) -> tuple[re.Pattern[str], ...]:
    check_texts(phrases, name)
    patterns = []
    for phrase in phrases:
        if isinstance(phrase, re.Pattern) and isinstance(phrase.pattern, str):
            patterns.append(phrase)
        elif not isinstance(phrase, str):
            found = type(phrase).__name__
            raise TypeError(f"{name} holds {found}; it must hold str and compiled str patterns")
        elif not phrase.strip():
            raise ValueError(f"{name} holds a phrase without a visible character")
        else:
            patterns.append(_literal(phrase))
    return tuple(patterns)


def _literal(phrase: str) -> re.Pattern[str]:
    """Make a pattern of a phrase, with accents composed, apart, or as they were written."""
    written = {phrase, *(unicodedata.normalize(form, phrase) for form in ("NFC", "NFD"))}
    forms = (r"\s+".join(map(re.escape, each.split())) for each in sorted(written))
    return re.compile(re.sub("['\u2019]", "['\u2019]", "|".join(forms)), re.IGNORECASE)
