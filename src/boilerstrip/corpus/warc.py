"""WET files: the plain text of web pages, as the conversion records of a WARC file."""

import base64
import hashlib
import io
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from boilerstrip.corpus.documents import Document, Settings, judge_documents
from boilerstrip.corpus.json_values import encode
from boilerstrip.corpus.streams import (
    BLOCK,
    Block,
    DamageError,
    decode,
    gzip_member,
    inflate,
    require,
)

__all__ = ["Record", "clean_records", "read_records"]


class Record(NamedTuple):
    """A record of a WARC file."""

    version: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes


def read_records(file: IO[bytes]) -> Iterator[Block]:
    """Read blocks of records."""
    warc = require("fastwarc.warc", "warc")
    number, size, told, damage = 1, 0, 0, None
    records: list[Record] = []
    stream = _Stream(inflate(file))
    archive = warc.ArchiveIterator(stream, parse_http=False)
    while True:
        try:
            record = next(archive, None)
            if record is None:
                break
            records.append(_read(record))
        except DamageError as error:
            damage = number + len(records), str(error)
            break
        except OSError as error:
            if error.errno is not None:  # of the file itself
                raise
            damage = number + len(records), f"the WARC data is damaged: {error}"
            break
        size += len(records[-1].content)
        if size >= BLOCK:
            yield Block(number, records, stream.tell() - told, file.tell())
            number += len(records)
            records, size, told = [], 0, stream.tell()
    if records or damage or stream.tell() > told:
        yield Block(number, records, stream.tell() - told, file.tell(), damage)


def _read(record: Any) -> Record:  # noqa: ANN401 (FastWARC may not be there)
    headers = record.headers.items_bytes()
    lengths = [header for header in headers if header[0].lower() == b"content-length"]
    if not lengths:
        raise DamageError("a record without Content-Length")
    for header in lengths:  # FastWARC takes what it does not understand, or small letters, for 0
        if not _is_length(header[1], record.content_length):
            found = b": ".join(header).decode(errors="replace")
            raise DamageError(
                f"a record with the header {found!r}; it must be 'Content-Length: ' and a number. "
                "The rest of the file, from this record on, is not read"
            )
    content = record.reader.read()
    if len(content) != record.content_length:
        raise DamageError("a record is cut short")
    return Record(record.headers.status_line_bytes, headers, content)


def _is_length(value: bytes, length: int) -> bool:
    try:
        return int(value) == length
    except ValueError:
        return False


class _Stream(io.RawIOBase):
    """A file that has the bytes that an iterator gives."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._held = memoryview(b"")
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 (whatever has a buffer)
        while not self._held:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._held = memoryview(chunk)
        size = min(len(buffer), len(self._held))
        buffer[:size], self._held = self._held[:size], self._held[size:]
        self._position += size
        return size

    def tell(self) -> int:
        return self._position


def clean_records(
    block: Block, name: str, settings: Settings
) -> tuple[list[bytes], list[Document]]:
    """Clean a block of records.

    Returns:
        The records to write, each a gzip member, and the documents.
    """
    records = [
        (record, _document(record, number, name, settings))
        for number, record in enumerate(block.data, block.first)
    ]
    documents = [document for _, document in records if document is not None]
    judge_documents(documents, settings)
    data = []
    for record, document in records:
        if document is None:
            data.append(_write(record))
        elif not document.is_dropped(settings):
            is_edited = document.problem is None and document.boilerplate
            data.append(_write(_edit(record, document.kept) if is_edited else record))
    return data, documents


def _document(record: Record, number: int, name: str, settings: Settings) -> Document | None:
    headers = {key.lower(): value for key, value in record.headers}
    if headers.get(b"warc-type") != b"conversion":
        return None
    is_long = len(record.content) > BLOCK
    document = Document(number, decode(record.content), is_long=is_long)

    def get(field: str) -> bytes:
        value = headers.get(field.lower().encode())
        return b"" if value is None else encode(value.decode(errors="replace"))

    document.identify(get, "WARC-Record-ID", name, settings)
    return document


def _edit(record: Record, kept: list[bytes]) -> Record:
    content = b"".join(kept)
    digest = b"sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest())
    new = {b"content-length": b"%d" % len(content)}
    new |= dict.fromkeys((b"warc-block-digest", b"warc-payload-digest"), digest)
    headers = tuple((key, new.get(key.lower(), value)) for key, value in record.headers)
    return record._replace(headers=headers, content=content)


def _write(record: Record) -> bytes:
    headers = [b"%b: %b\r\n" % header for header in record.headers]
    return gzip_member([record.version, b"\r\n", *headers, b"\r\n", record.content, b"\r\n\r\n"])
