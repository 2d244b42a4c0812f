"""The options of a call, checked: they mean the same everywhere."""

import reprlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from numbers import Real

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
    repeated: frozenset[str]
    kinds: frozenset[str] | None
    model: Model | None
    split: Split


def check_options(
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    repeated: Iterable[str] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
    split: Split = "auto",
) -> Options:
    """Check the options of a call; see `clean`."""
    if threshold is not None:
        if isinstance(threshold, bool) or not isinstance(threshold, Real):
            raise TypeError(f"threshold is {type(threshold).__name__}; it must be a number or None")
        if not 0 <= threshold <= 1:
            found = reprlib.repr(threshold)
            raise ValueError(f"threshold is {found}; it must be between 0 and 1")
        threshold = float(threshold)
    if kinds is not None:
        check_texts(kinds, "kinds")
        kinds = list(kinds)
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown:
            raise ValueError(f"unknown kinds {unknown}; there are {', '.join(KINDS)}")
        kinds = frozenset(kinds)
    if model is not None:
        check_model("model", model)
    check_split(split)
    return Options(
        threshold=threshold,
        keep=check_phrases(keep, "keep"),
        remove=check_phrases(remove, "remove"),
        repeated=check_repeated(repeated),
        kinds=kinds,
        model=model,
        split=split,
    )
