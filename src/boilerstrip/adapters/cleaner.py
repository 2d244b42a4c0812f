"""What the adapters send to the workers of their engines: options, and the path of a model."""

import functools
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from boilerstrip.cleaning import clean_many
from boilerstrip.judging import Verdict, judge
from boilerstrip.model import Model, load_default
from boilerstrip.model_file import file_version
from boilerstrip.options import Options, check_options
from boilerstrip.paragraphs import Split, SplitTexts
from boilerstrip.phrases import Phrase, describe_phrase

__all__ = ["MODELS_HELD", "Cleaner", "check_column"]

MODELS_HELD = 4  # by each worker: more than a pipeline uses


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaner:
    """The options of `boilerstrip.clean`, checked, and small however large the model is.

    `repeated` is missing: it is of one site, and a column holds many. In place of `model` there is
    `model_path`; all others are as in `boilerstrip.clean`.

    Attributes:
        model_path: path of the model file, which each worker reads once; ``None``: the model that
            comes with boilerstrip.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`.
    """

    threshold: float | None
    keep: Iterable[Phrase]
    remove: Iterable[Phrase]
    kinds: Collection[str] | None
    split: Split
    model_path: str | os.PathLike[str] | None

    def __post_init__(self) -> None:
        for name in ("keep", "remove", "kinds"):
            if isinstance(values := getattr(self, name), Iterator):  # it can be read only once
                object.__setattr__(self, name, tuple(values))
        if not isinstance(self.model_path, str | os.PathLike | None):
            raise TypeError(
                f"model_path is {type(self.model_path).__name__}; it must be the path of a model "
                "file, which each worker reads for itself (see Model.save), or None"
            )
        self._options(None)
        # Sorted: equal options are to have equal pickles.
        object.__setattr__(self, "keep", _sort(self.keep))
        object.__setattr__(self, "remove", _sort(self.remove))
        if self.kinds is not None:
            object.__setattr__(self, "kinds", tuple(sorted(set(self.kinds))))
        if self.model_path is not None:
            object.__setattr__(self, "model_path", os.fspath(self.model_path))

    def clean(self, texts: Sequence[str | None]) -> list[str | None]:
        """Clean a column of texts.

        Args:
            texts: the column; ``None`` where there is none.

        Returns:
            A column of the same length, with ``None`` in the same places.

        Raises:
            TypeError: something else than a string is in it.
        """
        cleaned = clean_many(
            ("" if text is None else text for text in texts),
            threshold=self.threshold,
            keep=self.keep,
            remove=self.remove,
            kinds=self.kinds,
            model=_load(self.model_path),
            split=self.split,
        )
        return [None if text is None else each for text, each in zip(texts, cleaned, strict=True)]

    def judge(self, texts: list[str]) -> tuple[SplitTexts, Verdict]:
        """Find and judge the paragraphs of some texts.

        Args:
            texts: few enough to go through the model together.

        Returns:
            As `boilerstrip.judging.judge`.
        """
        return judge(texts, self._options(_load(self.model_path)))

    def _options(self, model: Model | None) -> Options:
        return check_options(
            threshold=self.threshold,
            keep=self.keep,
            remove=self.remove,
            kinds=self.kinds,
            model=model,
            split=self.split,
        )


def _sort(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    return tuple(sorted(set(phrases), key=lambda phrase: repr(describe_phrase(phrase))))


def check_column(column: str, names: Sequence[str]) -> None:
    """Check that just one of some columns has the name of the one to clean.

    Raises:
        KeyError: none has, or several have.
    """
    if names.count(column) != 1:
        raise KeyError(f"{names.count(column)} columns are named {column!r}; there are {names}")


def _load(path: str | os.PathLike[str] | None) -> Model:
    if path is None:
        return load_default()
    path = os.fspath(path)
    return _load_version(path, file_version(path))


@functools.lru_cache(MODELS_HELD)
def _load_version(path: str, _version: tuple[int, ...]) -> Model:
    """Read a model file once, and again when another one has taken its place."""
    return Model.load(path)
