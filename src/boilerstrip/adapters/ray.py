"""boilerstrip on Ray Data, as the callable class of ``Dataset.map_batches``.

See ``docs/engines.md``.
"""

import os
from collections.abc import Collection, Iterable

from boilerstrip.adapters.arrow import Table, clean_arrow
from boilerstrip.adapters.cleaner import Cleaner
from boilerstrip.paragraphs import Split
from boilerstrip.phrases import Phrase

__all__ = ["CleanColumn"]


class CleanColumn:
    """Clean a column of a Ray dataset, as an actor that ``map_batches`` starts.

    ``dataset.map_batches(CleanColumn, fn_constructor_args=["text"], batch_format="pyarrow")``

    Args:
        column: name of the column of strings to clean; nulls stay nulls, other columns what they
            are.
        threshold: this and the others, to be given in ``fn_constructor_kwargs``: see
            `boilerstrip.clean`.
        keep: see there.
        remove: see there.
        kinds: see there.
        split: see there.
        model_path: path of a model file that all nodes can read, each actor once; ``None``: the
            model that comes with boilerstrip.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`.
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

    def __call__(self, batch: Table) -> Table:
        """Clean a batch.

        Raises:
            KeyError: the batch has no such column, or several.
            TypeError: it is no table of Arrow, or the column holds something else than strings.
        """
        if not isinstance(batch, Table):
            raise TypeError(
                f"the batch is {type(batch).__name__}; only Arrow's format has nulls for strings: "
                'call map_batches with batch_format="pyarrow"'
            )
        return clean_arrow(batch, self.column, self.cleaner)
