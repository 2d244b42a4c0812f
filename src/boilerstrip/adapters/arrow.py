"""Arrow tables and record batches: what Spark and Ray Data hand to Python."""

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

__all__ = ["clean_arrow"]

Columns = TypeVar("Columns", pa.Table, pa.RecordBatch)


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
    arrays[number] = pa.array(texts, arrays[number].type)
    return type(columns).from_arrays(arrays, schema=columns.schema)
