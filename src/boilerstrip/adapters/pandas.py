"""boilerstrip on pandas. See ``docs/engines.md``."""

import os
from collections.abc import Collection, Iterable

from boilerstrip.adapters.cleaner import Cleaner
from boilerstrip.paragraphs import Split
from boilerstrip.phrases import Phrase

try:
    import pandas as pd
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "boilerstrip.adapters.pandas needs pandas: pip install 'boilerstrip[pandas]'",
        name=error.name,
    ) from error

__all__ = ["clean_column"]


def clean_column(
    column: "pd.Series[str]",
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    split: Split = "auto",
    model_path: str | os.PathLike[str] | None = None,
) -> "pd.Series[str]":
    """Clean a column of strings, such as ``frame["text"]``.

    Args:
        column: the column; missing values stay as they are.
        threshold: this and the others: see `boilerstrip.clean`.
        keep: see there.
        remove: see there.
        kinds: see there.
        split: see there.
        model_path: path of a model file, read once; ``None``: the model that comes with
            boilerstrip.

    Returns:
        A new column of the same index, name and type.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`; or `column` is not a column of strings.
    """
    if not isinstance(column, pd.Series):
        raise TypeError(
            f'column is {type(column).__name__}; it must be a Series, such as frame["text"]'
        )
    if isinstance(column.dtype, pd.CategoricalDtype):  # a new text would silently become missing
        raise TypeError("column holds categories; make it strings first: column.astype('string')")
    cleaner = Cleaner(
        threshold=threshold,
        keep=keep,
        remove=remove,
        kinds=kinds,
        split=split,
        model_path=model_path,
    )
    values = column.tolist()
    is_missing = column.isna().tolist()
    texts = [None if missing else value for value, missing in zip(values, is_missing, strict=True)]
    cleaned = [
        value if missing else text
        for value, missing, text in zip(values, is_missing, cleaner.clean(texts), strict=True)
    ]
    return pd.Series(cleaned, index=column.index, name=column.name, dtype=column.dtype)
