"""The options of a call, checked: they mean the same everywhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from boilerstrip.arguments import check_texts
from boilerstrip.model import Model, check_model
from boilerstrip.paragraphs import KINDS, Split, check_split
from boilerstrip.phrases import Phrase, Phrases, check_phrases
from boilerstrip.repeated import check_repeated

__all__ = ["Options", "check_options"]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a call, as `check_options` returns them; each is explained in `clean`."""

    threshold: float | None
    keep: Phrases
    remove: Phrases
    kinds: frozenset[str] | None
    model: Model | None
    split: Split
    repeated: frozenset[str]


def check_options(
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
    split: Split = "auto",
    *,
    repeated: Iterable[str] = (),
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
        check_phrases(keep, "keep"),
        check_phrases(remove, "remove"),
        kinds,
        model,
        split,
        check_repeated(repeated),
    )
