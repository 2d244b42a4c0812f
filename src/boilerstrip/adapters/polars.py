"""boilerstrip on polars, as an expression. See ``docs/engines.md``."""

import os
from collections.abc import Collection, Iterable

from boilerstrip.adapters.cleaner import Cleaner
from boilerstrip.paragraphs import Split
from boilerstrip.phrases import Phrase

try:
    import polars as pl
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "boilerstrip.adapters.polars needs polars: pip install 'boilerstrip[polars]'",
        name=error.name,
    ) from error

__all__ = ["clean_column"]


def clean_column(
    column: pl.Expr,
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    split: Split = "auto",
    model_path: str | os.PathLike[str] | None = None,
) -> pl.Expr:
    """Clean a column of strings: ``frame.with_columns(clean_column(pl.col("text")))``.

    Args:
        column: the column; nulls stay nulls.
        threshold: this and the others: see `boilerstrip.clean`.
        keep: see there.
        remove: see there.
        kinds: see there.
        split: see there.
        model_path: path of a model file, read once; ``None``: the model that comes with
            boilerstrip.

    Returns:
        An expression for the cleaned column, in eager, lazy and streaming frames.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`; or `column` is not an expression.
    """
    if not isinstance(column, pl.Expr):
        raise TypeError(
            f'column is {type(column).__name__}; it must be an expression, such as pl.col("text")'
        )
    cleaner = Cleaner(
        threshold=threshold,
        keep=keep,
        remove=remove,
        kinds=kinds,
        split=split,
        model_path=model_path,
    )

    def clean(series: pl.Series) -> pl.Series:
        return pl.Series(series.name, cleaner.clean(series.to_list()), pl.String)

    return column.map_batches(clean, return_dtype=pl.String, is_elementwise=True)
