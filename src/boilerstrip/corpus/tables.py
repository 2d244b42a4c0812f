"""Parquet files, one record a row."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

ROWS = 10_000  # of a block, at most
ROW_GROUP = 1 << 25  # bytes of rows that are written together


def read_rows(file: IO[bytes], column: str) -> Iterator[Block]:
    """Read blocks of rows.

    Raises:
        UnreadableError: the file is no table, or has no such column of strings.
    """
    table = _open(file)
    schema, metadata = table.schema_arrow, table.metadata
    _check(schema, column)
    size = sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups))
    rows = min(max(BLOCK * metadata.num_rows // max(size, 1), 1), ROWS)
    length = os.fstat(file.fileno()).st_size
    number = 1
    held: list[Any] = []

    def take(damage: tuple[int, str] | None = None) -> Block:
        nonlocal number
        batch = _join(held, schema)
        held.clear()  # not kept while the block is worked on
        number += len(batch)
        position = length * (number - 1) // max(metadata.num_rows, 1)
        return Block(number - len(batch), batch, batch.nbytes, position, damage)

    try:
        for batch in _read_batches(table, rows):
            held.append(batch)
            del batch
            if sum(map(len, held)) >= rows:
                yield take()
    except DamageError as error:
        yield take((number + sum(map(len, held)), str(error)))
        return
    if held:
        yield take()


def _read_batches(table: Any, rows: int) -> Iterator[Any]:  # noqa: ANN401 (of RecordBatch)
    """Read row group by row group, so that a damaged one does not spoil those before it."""
    errors = (require("pyarrow", "parquet").ArrowException, OSError)
    for group in range(table.num_row_groups):
        try:
            yield from table.iter_batches(rows, [group], use_threads=False)
        except errors as error:
            if isinstance(error, OSError) and error.errno is not None:  # of the file itself
                raise
            raise DamageError(f"the table is damaged: {error}") from error


def _join(batches: list[Any], schema: Any) -> Any:  # noqa: ANN401 (RecordBatch, Schema)
    if len(batches) == 1:
        return batches[0]
    arrow = require("pyarrow", "parquet")
    joined = arrow.Table.from_batches(batches, schema).combine_chunks().to_batches()
    return joined[0] if joined else arrow.RecordBatch.from_pylist([], schema)


def _open(file: IO[bytes] | Path) -> Any:  # noqa: ANN401 (a ParquetFile, if pyarrow is there)
    arrow, parquet = require("pyarrow", "parquet"), require("pyarrow.parquet", "parquet")
    try:
        return parquet.ParquetFile(file, pre_buffer=False)
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # of the file itself
            raise
        raise UnreadableError(f"no Parquet file: {error}") from error


def _check(schema: Any, column: str) -> None:  # noqa: ANN401 (a pyarrow.Schema)
    types = require("pyarrow", "parquet").types
    position = schema.get_field_index(column)
    if position < 0:
        raise UnreadableError(f"there is no column {column!r} among {schema.names}")
    found = schema.field(position).type
    if not types.is_string(found) and not types.is_large_string(found):
        raise UnreadableError(f"the column {column!r} is of type {found}; it must be string")


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
        found = batch.column(field)[row].as_py() if field in batch.schema.names else None
        return b"" if found is None else encode(found)

    document.name(get, "id", name, settings)
    return document


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

    Yields:
        A function that writes a `pyarrow.RecordBatch`.

    Raises:
        UnreadableError: the other is no table, or has a column of spans already.
    """
    arrow, parquet = require("pyarrow", "parquet"), require("pyarrow.parquet", "parquet")
    with _open(source) as table:
        schema, metadata = table.schema_arrow, table.metadata
    # A dictionary of texts, or the first and last in order, is of no use and keeps them once more.
    options: dict[str, Any] = {}
    if metadata.num_row_groups:
        columns = [metadata.row_group(0).column(n) for n in range(metadata.num_columns)]
        codecs = {each.path_in_schema: each.compression for each in columns}
        others = [name for name in codecs if name != settings.text_field]
        options = {
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
