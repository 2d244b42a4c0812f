"""What is done with the blocks of a file, by its format: read, clean, write."""

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from boilerstrip.corpus.documents import Document, Settings, judge_documents
from boilerstrip.corpus.files import CorpusFile
from boilerstrip.corpus.json_values import encode
from boilerstrip.corpus.lines import clean_lines, read_lines
from boilerstrip.corpus.report import Counts
from boilerstrip.corpus.streams import (
    BLOCK,
    Block,
    UnreadableError,
    check_magic,
    gzip_member,
    split_long,
    zstd_compressor,
)
from boilerstrip.corpus.tables import clean_rows, open_table, read_rows
from boilerstrip.corpus.warc import clean_records, read_records
from boilerstrip.paragraphs import KINDS
from boilerstrip.whole_file import sync

__all__ = ["Outcome", "clean_block", "open_output", "read_blocks"]


def read_blocks(file: CorpusFile, settings: Settings) -> Iterator[Block]:
    """Read a file.

    Raises:
        UnreadableError: nothing in it can be used.
        CorpusError: an extra is not installed.
        OSError: it cannot be read.
    """
    with file.source.open("rb") as stream:
        check_magic(stream, file.suffix)
        if file.suffix == ".parquet":
            yield from read_rows(stream, settings.text_field)
        elif file.suffix == ".txt":
            yield from _read_text(stream)
        elif file.suffix == ".warc.wet.gz":
            yield from read_records(stream)
        else:
            yield from read_lines(stream, file.suffix)


class Outcome(NamedTuple):
    """What comes of a block.

    Attributes:
        data: what to write, piece by piece: bytes, or a `pyarrow.RecordBatch`.
        removed: what to write to the file of removed paragraphs, piece by piece.
        counts: what was found and done.
        problems: number and fault of each bad record.
        fields: those of ids and sites that a document has.
        position: as in the block.
    """

    data: list[Any]
    removed: list[bytes]
    counts: Counts
    problems: list[tuple[int, str]]
    fields: set[str]
    position: int


def clean_block(block: Block, file: CorpusFile, settings: Settings) -> Outcome:
    """Clean the documents of a block."""
    data: list[Any]
    if file.suffix == ".parquet":
        data, documents = clean_rows(block, file.name, settings)
    elif file.suffix == ".txt":
        data, documents = _clean_text(block, file.name, settings)
    elif file.suffix == ".warc.wet.gz":
        data, documents = clean_records(block, file.name, settings)
    else:
        data, documents = clean_lines(block, file.name, settings)
    if file.suffix == ".jsonl.gz":
        data = [gzip_member(data)]
    problems = {each.number: each.problem for each in documents if each.problem is not None}
    if block.damage is not None:  # it is what is wrong with the record there, if any
        problems.update([block.damage])
    good = [each for each in documents if each.problem is None]
    removed = [line for document in good for line in document.removed]
    if settings.removed == ".jsonl.gz" and removed:
        removed = [gzip_member(removed)]
    counts = _count(good)
    counts.errors, counts.bytes = len(problems), block.size
    fields = {field for document in good for field in document.fields}
    return Outcome(data, removed, counts, list(problems.items()), fields, block.position)


def _count(documents: list[Document]) -> Counts:
    characters = np.zeros(len(KINDS), np.int64)
    for each in documents:
        characters += each.characters
    return Counts(
        documents=len(documents),
        emptied=sum(each.is_empty for each in documents),
        paragraphs=sum(each.paragraphs for each in documents),
        removed=sum(each.boilerplate for each in documents),
        removed_characters={
            kind: count for kind, count in zip(KINDS, characters.tolist(), strict=True) if count
        },
    )


@contextmanager
def open_output(
    path: Path, file: CorpusFile, settings: Settings
) -> Iterator[Callable[[Any], object]]:
    """Open a new file for what comes of another.

    Yields:
        A function that writes a piece of `Outcome.data`. When the context is left without an
        error, all is on the disk.

    Raises:
        UnreadableError: the other file is no table that can be written again.
        CorpusError: an extra is not installed.
        OSError: it cannot be written.
    """
    with path.open("xb") as output:
        if file.suffix == ".parquet":
            with open_table(output, file.source, settings) as write:
                yield write
        elif file.suffix == ".jsonl.zst":
            # One frame: many readers take the end of the first one for the end of the file.
            compressor = zstd_compressor()
            yield lambda data: output.write(compressor.compress(data))
            output.write(compressor.flush())
        else:
            yield output.write
            if file.suffix.endswith(".gz") and output.tell() == 0:
                output.write(gzip_member([]))
        sync(output)


# --- plain text, one document a file ------------------------------------------------------------


def _read_text(file: IO[bytes]) -> Iterator[Block]:
    """Read a text in parts, so that it may be longer than the memory."""
    place = 0
    for part in split_long(_decode(file)):
        yield Block(place, part, len(part.encode()), file.tell())
        place += len(part)


def _decode(file: IO[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    start = 0
    while True:
        data = file.read(BLOCK)
        try:
            yield decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            place = start + error.start
            raise UnreadableError(f"not UTF-8 at byte {place} ({error.reason})") from error
        if not data:
            return
        start = file.tell() - len(decoder.getstate()[0])


def _clean_text(block: Block, name: str, settings: Settings) -> tuple[list[bytes], list[Document]]:
    document = Document(1, [block.data], place=block.first)
    id_field = settings.id_field or ""

    def get(field: str) -> bytes:
        return encode(name) if field == id_field else b""  # a text has no other fields

    document.identify(get, id_field, name, settings)
    judge_documents([document], settings)
    return document.kept or [block.data.encode()], [document]
