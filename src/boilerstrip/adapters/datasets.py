"""boilerstrip on Hugging Face datasets, as the function of ``Dataset.map(..., batched=True)``.

See ``docs/engines.md``.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from importlib import resources
from pathlib import Path

import boilerstrip
from boilerstrip.adapters.cleaner import Cleaner
from boilerstrip.cleaning import Phrase
from boilerstrip.paragraphs import Split

__all__ = ["CleanColumn"]


class CleanColumn:
    """Clean a column of a dataset: ``dataset.map(CleanColumn("text"), batched=True)``.

    The fingerprint that datasets makes of it is the same wherever the options, the contents of the
    model file and the version of boilerstrip are the same, so results are found in the cache, and
    a model that was trained again is not taken for the old one.

    Args:
        column: name of the column of strings to clean; ``None`` stays ``None``.
        threshold: this and the others: see `boilerstrip.clean`.
        keep: see there.
        remove: see there.
        kinds: see there.
        split: see there.
        model: path of a model file, read once by each process; ``None``: the model that comes with
            boilerstrip.

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
        model: str | Path | None = None,
    ) -> None:
        self.column = column
        self.cleaner = Cleaner(
            threshold=threshold, keep=keep, remove=remove, kinds=kinds, split=split, model=model
        )
        if model is None:
            contents = (resources.files("boilerstrip") / "default_model.npz").read_bytes()
        else:
            contents = Path(model).read_bytes()
        self.identity = f"{boilerstrip.__version__} {hashlib.sha256(contents).hexdigest()}"

    def __call__(self, batch: Mapping[str, list[str | None]]) -> dict[str, list[str | None]]:
        """Clean the column of a batch."""
        texts = batch[self.column]
        if isinstance(texts, str):
            raise TypeError(f"{self.column} is one str: call map with batched=True")
        return {self.column: self.cleaner.clean(texts)}
