"""Parquet files, one record a row."""

import io
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from boilerstrip.corpus.documents import SPANS, Document, Settings, judge_documents
from boilerstrip.corpus.json_values import encode
from boilerstrip.corpus.streams import (
    BLOCK,
    Block,
    DamageError,
    UnreadableError,
    decode,
    require,
)

__all__ = ["clean_rows", "open_table", "read_rows"]

ID = "id"  # the column with ids, if no other is named
ROWS = 10_000  # of a block, at most
ROWS_READ = 32  # at a time, at most: how long they are is known only then
ROW_GROUP = 1 << 25  # bytes of rows that are written together
DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}  # of a second, in the units that Arrow has


def read_rows(file: IO[bytes], column: str) -> Iterator[Block]:
    """Read blocks of rows; a row longer than a block is alone in one.

    Raises:
        UnreadableError: the file is no table, or has no such column of strings.
    """
    table = _open(file)
    schema, rows = table.schema_arrow, table.metadata.num_rows
    _check(schema, column)
    length = os.fstat(file.fileno()).st_size
    number, size = 1, 0
    held: list[Any] = []

    def take(damage: tuple[int, str] | None = None) -> Block:
        nonlocal number, size
        batch = _join(held, schema)
        held.clear()  # not kept while the block is worked on
        size = 0
        number += len(batch)
        position = length * (number - 1) // max(rows, 1)
        return Block(number - len(batch), batch, batch.nbytes, position, damage)

    try:
        for batch in _read_batches(table):
            more = _size(batch)
            if held and (size + more > BLOCK or sum(map(len, held)) + len(batch) > ROWS):
                yield take()
            held.append(batch)
            size += more
            del batch
            if size >= BLOCK:  # a long row is not kept while the next one is read
                yield take()
    except DamageError as error:
        yield take((number + sum(map(len, held)), str(error)))
        return
    if held:
        yield take()


def _read_batches(table: Any) -> Iterator[Any]:  # noqa: ANN401 (of RecordBatch)
    """Read row group by row group, so that a damaged one does not spoil those before it."""
    errors = (require("pyarrow", "parquet").ArrowException, OSError)
    for number in range(table.num_row_groups):
        group = table.metadata.row_group(number)
        # By quarters of a block, or the blocks would be full in the middle of what is read.
        rows = BLOCK // 4 * group.num_rows // max(group.total_byte_size, 1)
        rows = min(max(rows, 1), ROWS_READ)
        try:
            for batch in table.iter_batches(rows, [number], use_threads=False):
                parts = _split(batch)
                is_whole = len(parts) == 1
                del batch  # a long one is kept by nobody but who it is given to
                while parts:
                    yield parts.pop() if is_whole else _copy(parts.pop(0))
        except errors as error:
            if isinstance(error, OSError) and error.errno is not None:  # of the file itself
                raise
            raise DamageError(f"the table is damaged: {error}") from error


def _split(batch: Any) -> list[Any]:  # noqa: ANN401 (RecordBatch)
    """Halve a batch until each part is no longer than a block, or one row."""
    if len(batch) <= 1 or _size(batch) <= BLOCK:
        return [batch]
    half = len(batch) // 2
    return [*_split(batch.slice(0, half)), *_split(batch.slice(half))]


def _size(batch: Any) -> int:  # noqa: ANN401 (a pyarrow.RecordBatch)
    """Count the bytes of its rows, without the dictionaries, which are there at any length."""
    size: int = batch.nbytes - batch.slice(0, 0).nbytes
    return size


def _copy(batch: Any) -> Any:  # noqa: ANN401 (RecordBatch)
    """Copy a part of a batch: it would be pickled with all that it is a part of."""
    arrow = require("pyarrow", "parquet")
    columns = [arrow.concat_arrays([column]) for column in batch.columns]
    return arrow.RecordBatch.from_arrays(columns, schema=batch.schema)


def _join(batches: list[Any], schema: Any) -> Any:  # noqa: ANN401 (RecordBatch, Schema)
    if len(batches) == 1:
        return batches[0]
    arrow = require("pyarrow", "parquet")
    joined = arrow.Table.from_batches(batches, schema).combine_chunks().to_batches()
    return joined[0] if joined else arrow.RecordBatch.from_pylist([], schema)


def _open(file: IO[bytes] | Path) -> Any:  # noqa: ANN401 (a ParquetFile, if pyarrow is there)
    arrow, parquet = require("pyarrow", "parquet"), require("pyarrow.parquet", "parquet")
    try:
        # Spark writes microseconds as INT96, and pyarrow's nanoseconds do not reach the year 2263.
        return parquet.ParquetFile(file, pre_buffer=False, coerce_int96_timestamp_unit="us")
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # of the file itself
            raise
        raise UnreadableError(f"no Parquet file: {error}") from error


def _check(schema: Any, column: str) -> None:  # noqa: ANN401 (a pyarrow.Schema)
    types = require("pyarrow", "parquet").types
    if column not in schema.names:
        names = f"{schema.names} (text_field, --text-field)"
        raise UnreadableError(f"there is no column {column!r} among {names}")
    _check_single(schema, column)
    found = schema.field(column).type
    if not types.is_string(found) and not types.is_large_string(found):
        raise UnreadableError(f"the column {column!r} is of type {found}; it must be string")


def _check_single(schema: Any, column: str | None) -> None:  # noqa: ANN401 (a pyarrow.Schema)
    count = schema.names.count(column)
    if count > 1:
        raise UnreadableError(
            f"there are {count} columns {column!r} among {schema.names}; "
            "there must be one: rename the others"
        )


def clean_rows(block: Block, name: str, settings: Settings) -> tuple[list[Any], list[Document]]:
    """Clean a block of rows.

    Returns:
        The rows to write, as one `pyarrow.RecordBatch`, and the documents.
    """
    arrow = require("pyarrow", "parquet")
    batch = block.data
    position = batch.schema.get_field_index(settings.text_field)
    documents = [_document(batch, row, block.first, name, settings) for row in range(len(batch))]
    judge_documents(documents, settings)
    columns, schema = batch.columns, batch.schema
    is_edited = [bool(each.boilerplate and each.problem is None) for each in documents]
    if settings.spans:
        schema = schema.append(_span_field())
        columns.append(arrow.array([each.spans for each in documents], schema.field(SPANS).type))
    elif any(is_edited):
        columns[position] = _replace(columns[position], is_edited, documents)
    is_kept = [not each.is_dropped(settings) for each in documents]
    batch = arrow.RecordBatch.from_arrays(columns, schema=schema)
    return [batch if all(is_kept) else batch.filter(arrow.array(is_kept))], documents


def _replace(column: Any, is_edited: list[bool], documents: list[Document]) -> Any:  # noqa: ANN401
    arrow, compute = require("pyarrow", "parquet"), require("pyarrow.compute", "parquet")
    texts = []
    for document in itertools.compress(documents, is_edited):
        texts.append(b"".join(document.kept))
        document.kept.clear()  # a long one should not be there twice
    edited = arrow.array(texts, column.type)
    if all(is_edited):
        return edited
    return compute.replace_with_mask(column, arrow.array(is_edited), edited)


def _document(batch: Any, row: int, first: int, name: str, settings: Settings) -> Document:  # noqa: ANN401
    value = batch.column(settings.text_field)[row]
    if not value.is_valid:
        problem = f"the column {settings.text_field!r} is null; it must be a string"
        return Document(first + row, problem=problem)
    content = memoryview(value.as_buffer())
    document = Document(first + row, decode(content), is_long=len(content) > BLOCK)

    def get(field: str) -> bytes:
        if field not in batch.schema.names:
            return b""
        return encode(_plain(batch.column(field)[row]))

    document.identify(get, ID, name, settings)
    return document


def _plain(value: Any) -> Any:  # noqa: ANN401 (a pyarrow.Scalar)
    """Return a value as what `encode` knows, or in a readable way, with pandas or without."""
    arrow = require("pyarrow", "parquet")
    if not value.is_valid:
        return None
    if arrow.types.is_duration(value.type):  # as ISO 8601 has it
        return f"PT{Decimal(value.value).scaleb(-DIGITS[value.type.unit]):f}S"
    # Python's times end with microseconds: for more pyarrow takes those of pandas, or fails.
    if getattr(value.type, "unit", None) != "ns" or value.value % 1000 == 0:
        with suppress(ValueError, OverflowError):
            return value.as_py()
    return arrow.array([value], value.type).to_string(skip_new_lines=True)[1:-1]


def _span_field() -> Any:  # noqa: ANN401 (a pyarrow.Field)
    arrow = require("pyarrow", "parquet")
    number, text, score = arrow.int64(), arrow.string(), arrow.float64()
    members = [("start", number), ("end", number), ("kind", text), ("score", score)]
    return arrow.field(SPANS, arrow.list_(arrow.struct(members)))


@contextmanager
def open_table(
    output: IO[bytes], source: Path, settings: Settings
) -> Iterator[Callable[[Any], None]]:
    """Write a table with the schema and the compression of another.

    The values of lists keep the name that they have in the file: older programs write `item`.

    Yields:
        A function that writes a `pyarrow.RecordBatch`.

    Raises:
        UnreadableError: the other is no table, has a column of spans already, or several of the
            name that ids or sites are taken from.
    """
    arrow, parquet = require("pyarrow", "parquet"), require("pyarrow.parquet", "parquet")
    with _open(source) as table:
        schema, metadata = table.schema_arrow, table.metadata
    if settings.needs_fields:
        for column in (settings.id_field or ID, settings.site_field):
            _check_single(schema, column)
    # A dictionary of texts, or the first and last in order, is of no use and keeps them once more.
    options: dict[str, Any] = {"use_compliant_nested_type": False}
    if metadata.num_row_groups:
        columns = [metadata.row_group(0).column(n) for n in range(metadata.num_columns)]
        names = _columns_written(schema, options)
        codecs = {name: each.compression for name, each in zip(names, columns, strict=True)}
        others = [name for name in codecs if name != settings.text_field]
        options |= {
            "compression": {
                name: "none" if codec == "UNCOMPRESSED" else codec for name, codec in codecs.items()
            },
            "use_dictionary": others,
            "write_statistics": others,
        }
    if settings.spans:
        if SPANS in schema.names:
            raise UnreadableError(f"there is a column {SPANS!r} already")
        schema = schema.append(_span_field())
    held: list[Any] = []

    def write(batch: Any) -> None:  # noqa: ANN401 (a pyarrow.RecordBatch)
        held.append(batch)
        if sum(each.nbytes for each in held) >= ROW_GROUP:
            write_held()

    def write_held() -> None:
        writer.write_table(arrow.Table.from_batches(held, schema))
        held.clear()

    with parquet.ParquetWriter(output, schema, **options) as writer:
        yield write
        if held:
            write_held()


def _columns_written(schema: Any, options: dict[str, Any]) -> list[str]:  # noqa: ANN401 (Schema)
    """Name the columns of a table as they will be written, in the order of those that were read.

    Groups within lists and maps get other names than some programs have for them.
    """
    parquet = require("pyarrow.parquet", "parquet")
    output = io.BytesIO()
    parquet.ParquetWriter(output, schema, **options).close()
    written = parquet.ParquetFile(output).schema
    return [written.column(number).path for number in range(len(written))]
