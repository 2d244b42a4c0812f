"""boilerstrip on Hugging Face datasets, as the function of ``Dataset.map(..., batched=True)``.

See ``docs/engines.md``.
"""

import functools
import hashlib
import os
from collections.abc import Collection, Iterable, Mapping
from importlib import resources
from pathlib import Path

import boilerstrip
from boilerstrip.adapters.cleaner import MODELS_HELD, Cleaner, check_column
from boilerstrip.errors import BoilerstripError
from boilerstrip.model_file import file_version
from boilerstrip.paragraphs import Split
from boilerstrip.phrases import Phrase

__all__ = ["CleanColumn"]


class CleanColumn:
    """Clean a column of a dataset: ``dataset.map(CleanColumn("text"), batched=True)``.

    The fingerprint that datasets makes of it is the same wherever the options, the path and the
    contents of the model file and the version of boilerstrip are the same, so results are found in
    the cache, and a model that was trained again is not taken for the old one.

    Args:
        column: name of the column of strings to clean; ``None`` stays ``None``.
        threshold: this and the others: see `boilerstrip.clean`.
        keep: see there.
        remove: see there.
        kinds: see there.
        split: see there.
        model_path: path of a model file, read once by each process; ``None``: the model that
            comes with boilerstrip.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`.
        OSError: the model cannot be read.
    """

    def __init__(
        self,
        column: str,
        *,
        threshold: float | None = None,
        keep: Iterable[Phrase] = (),
        remove: Iterable[Phrase] = (),
        kinds: Collection[str] | None = None,
        split: Split = "auto",
        model_path: str | os.PathLike[str] | None = None,
    ) -> None:
        self.column = column
        self.cleaner = Cleaner(
            threshold=threshold,
            keep=keep,
            remove=remove,
            kinds=kinds,
            split=split,
            model_path=model_path,
        )
        # Both are there for the fingerprint.
        self.version = boilerstrip.__version__
        self.digest = _digest(self.cleaner.model_path)

    def __call__(self, batch: Mapping[str, list[str | None]]) -> dict[str, list[str | None]]:
        """Clean the column of a batch.

        Raises:
            BoilerstripError: the model file is not what it was when the step was made.
            KeyError: the batch has no such column.
            TypeError: it is no batch.
        """
        if not isinstance(batch, Mapping):
            raise TypeError(
                f"the batch is {type(batch).__name__}: call map without input_columns, on a "
                "dataset without a format (with_format(None)) or with that of numpy"
            )
        check_column(self.column, list(batch))
        texts = batch[self.column]
        if texts is None or isinstance(texts, str):
            raise TypeError(f"{self.column} is one text: call map with batched=True")
        cleaned = self.cleaner.clean(texts)
        self._check_model()  # now, so that a file which was replaced meanwhile is noticed too
        return {self.column: cleaned}

    def _check_model(self) -> None:
        path = self.cleaner.model_path
        if path is not None and _digest(path) != self.digest:
            raise BoilerstripError(
                f"{path} is not the model that it was when this step was made, and what it does "
                "would be cached as done by the old one: make a new CleanColumn"
            )


def _digest(path: str | os.PathLike[str] | None) -> str:
    if path is None:
        return _digest_version(None, None)
    path = os.fspath(path)
    return _digest_version(path, file_version(path))


@functools.lru_cache(MODELS_HELD)
def _digest_version(path: str | None, _version: tuple[int, ...] | None) -> str:
    """Digest a model file once, and again when another one has taken its place."""
    default = resources.files("boilerstrip") / "default_model.npz"
    contents = (default if path is None else Path(path)).read_bytes()
    return hashlib.sha256(contents).hexdigest()
