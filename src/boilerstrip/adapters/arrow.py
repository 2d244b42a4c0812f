"""Arrow tables and record batches: what Spark and Ray Data hand to Python."""

import itertools
from collections.abc import Sequence
from typing import TypeVar

from boilerstrip.adapters.cleaner import Cleaner, check_column

try:
    import pyarrow as pa
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "boilerstrip's steps for Spark and Ray Data need pyarrow: "
        "pip install 'boilerstrip[spark]' or pip install 'boilerstrip[ray]'",
        name=error.name,
    ) from error

__all__ = ["Table", "clean_arrow"]

Table = pa.Table

Columns = TypeVar("Columns", pa.Table, pa.RecordBatch)
Values = TypeVar("Values", pa.Array, pa.ChunkedArray)


def clean_arrow(columns: Columns, column: str, cleaner: Cleaner) -> Columns:
    """Clean one column of a table or record batch, and leave the others alone.

    Args:
        columns: the table or batch.
        column: the name of a column of strings and nulls.
        cleaner: how to clean.

    Returns:
        A table or batch of the same schema and length.

    Raises:
        KeyError: it has no such column, or several.
        TypeError: the column holds something else than strings.
    """
    names = columns.schema.names
    check_column(column, names)
    arrays = list(columns.columns)
    number = names.index(column)
    texts = cleaner.clean(arrays[number].to_pylist())
    arrays[number] = _like(arrays[number], texts)
    return type(columns).from_arrays(arrays, schema=columns.schema)


def _like(array: Values, texts: Sequence[str | None]) -> Values:
    """Make an array of the same type, in the same chunks: each may have a dictionary of its own."""
    if isinstance(array, pa.Array):
        return pa.array(texts, array.type)
    rest = iter(texts)
    chunks = [pa.array(itertools.islice(rest, len(chunk)), array.type) for chunk in array.chunks]
    return pa.chunked_array(chunks, array.type)
