"""What the adapters send to the workers of their engines: options, and the path of a model."""

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from boilerstrip.cleaning import clean_many
from boilerstrip.judging import Verdict, judge
from boilerstrip.model import Model, load_default
from boilerstrip.model_file import file_version
from boilerstrip.options import Options, check_options
from boilerstrip.paragraphs import Split, SplitTexts
from boilerstrip.phrases import Phrase

__all__ = ["MODELS_HELD", "Cleaner"]

MODELS_HELD = 4  # by each worker: more than a pipeline uses


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaner:
    """The options of `boilerstrip.clean`, checked, and small however large the model is.

    All are as in `boilerstrip.clean`, but for one:

    Attributes:
        model: path of the model file, which each worker reads once; ``None``: the model that comes
            with boilerstrip.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`.
    """

    threshold: float | None
    keep: Iterable[Phrase]
    remove: Iterable[Phrase]
    kinds: Collection[str] | None
    split: Split
    model: str | Path | None

    def __post_init__(self) -> None:
        for name in ("keep", "remove", "kinds"):
            if isinstance(values := getattr(self, name), Iterator):  # it can be read only once
                object.__setattr__(self, name, tuple(values))
        if self.model is not None and not isinstance(self.model, str | Path):
            raise TypeError(
                f"model is {type(self.model).__name__}; here it must be the path of a model file, "
                "which each worker reads for itself (see Model.save), or None"
            )
        self._options(None)
        object.__setattr__(self, "keep", tuple(self.keep))
        object.__setattr__(self, "remove", tuple(self.remove))
        if self.kinds is not None:  # sorted: equal options are to have equal pickles
            object.__setattr__(self, "kinds", tuple(sorted(set(self.kinds))))
        if self.model is not None:
            object.__setattr__(self, "model", str(self.model))

    def clean(self, texts: Sequence[str | None]) -> list[str | None]:
        """Clean a column of texts.

        Args:
            texts: the column; ``None`` where there is none.

        Returns:
            A column of the same length, with ``None`` in the same places.
        """
        cleaned = clean_many(
            (text for text in texts if text is not None),
            threshold=self.threshold,
            keep=self.keep,
            remove=self.remove,
            kinds=self.kinds,
            model=_load(self.model),
            split=self.split,
        )
        return [None if text is None else next(cleaned) for text in texts]

    def judge(self, texts: list[str]) -> tuple[SplitTexts, Verdict]:
        """Find and judge the paragraphs of some texts.

        Args:
            texts: few enough to go through the model together.

        Returns:
            As `boilerstrip.judging.judge`.
        """
        return judge(texts, self._options(_load(self.model)))

    def _options(self, model: Model | None) -> Options:
        return check_options(self.threshold, self.keep, self.remove, self.kinds, model, self.split)


def _load(path: str | Path | None) -> Model:
    if path is None:
        return load_default()
    return _load_version(path, file_version(path))


@functools.lru_cache(MODELS_HELD)
def _load_version(path: str | Path, _version: tuple[int, ...]) -> Model:
    """Read a model file once, and again when another one has taken its place."""
    return Model.load(path)
