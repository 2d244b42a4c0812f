"""boilerstrip on Spark, as the function of ``DataFrame.mapInArrow``.

See ``docs/engines.md``.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from boilerstrip.adapters.arrow import clean_arrow
from boilerstrip.adapters.cleaner import Cleaner
from boilerstrip.paragraphs import Split
from boilerstrip.phrases import Phrase

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CleanColumn"]


class CleanColumn:
    """Clean a column of a Spark frame: ``frame.mapInArrow(CleanColumn("text"), frame.schema)``.

    Args:
        column: name of the column of strings to clean; nulls stay nulls, other columns what they
            are.
        threshold: this and the others: see `boilerstrip.clean`.
        keep: see there.
        remove: see there.
        kinds: see there.
        split: see there.
        model_path: path of a model file that all executors can read, each Python worker once;
            ``None``: the model that comes with boilerstrip.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`, at once; what is wrong with the data is
            raised on the executors.
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

    def __call__(self, batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        """Clean the batches of a partition."""
        for batch in batches:
            yield clean_arrow(batch, self.column, self.cleaner)
