"""JSON lines, one record a line."""

import codecs
import functools
import io
from collections.abc import Iterator
from typing import IO, NamedTuple

from boilerstrip.corpus.documents import SPANS, Document, Settings, judge_documents
from boilerstrip.corpus.json_values import (
    Line,
    decode_string,
    encode,
    encode_string,
    find_values,
    parse,
)
from boilerstrip.corpus.streams import BLOCK, CHUNK, Block, DamageError, inflate, read_zstd

__all__ = ["clean_lines", "read_lines"]


def read_lines(file: IO[bytes], suffix: str) -> Iterator[Block]:
    """Read blocks of whole lines; a line longer than a block is alone in one."""
    number, held, damage = 1, bytearray(), None
    chunks = _decompress(file, suffix)
    while True:
        seen = len(held)
        try:
            held += next(chunks)
        except StopIteration:
            break
        except DamageError as error:
            damage = number + held.count(b"\n"), str(error)
            break
        if len(held) < BLOCK:
            continue
        end = 1 + (held.rfind(b"\n") if seen < BLOCK else held.find(b"\n", seen))
        if end:
            block, held = held, held[end:]
            del block[end:]
            yield Block(number, block, len(block), file.tell())
            number += block.count(b"\n")
            del block  # not to be kept while the next one is read
    if held or damage:
        yield Block(number, held, len(held), file.tell(), damage)


def _decompress(file: IO[bytes], suffix: str) -> Iterator[bytes]:
    if suffix.endswith(".gz"):
        return inflate(file)
    if suffix.endswith(".zst"):
        return read_zstd(file)
    return iter(lambda: file.read(CHUNK), b"")


class _Record(NamedTuple):
    """A line. A blank one has no document; in others the text is the JSON from start to end."""

    line: Line
    document: Document | None
    start: int = 0
    end: int = 0


def clean_lines(block: Block, name: str, settings: Settings) -> tuple[list[Line], list[Document]]:
    """Clean a block of lines.

    Returns:
        The lines to write, in pieces, and the documents.
    """
    # Some programs begin a file with a byte-order mark; it is no part of the first line.
    mark = codecs.BOM_UTF8 if block.first == 1 and block.data.startswith(codecs.BOM_UTF8) else b""
    del block.data[: len(mark)]
    # A line that is alone may be very long: neither it nor what comes of it is copied.
    is_alone = block.data.find(b"\n", 0, len(block.data) - 1) < 0
    lines = [block.data] if is_alone else io.BytesIO(block.data).readlines()
    records = [
        _read(line, number, name, settings) for number, line in enumerate(lines, block.first)
    ]
    documents = [record.document for record in records if record.document is not None]
    judge_documents(documents, settings)
    data: list[Line] = [mark]
    for record in records:
        data += _edit(record, settings)
    return data if is_alone else [b"".join(data)], documents


def _read(line: Line, number: int, name: str, settings: Settings) -> _Record:
    if not line or line.isspace():
        return _Record(line, None)
    try:
        values = _find_values(line, settings)
    except ValueError as error:
        return _Record(line, Document(number, problem=str(error)))
    start, end = values[_quoted(settings.text_field)]
    document = Document(
        number,
        _decode(line, start, end),
        _escape_ascii if line.isascii() else _escape,
        is_long=end - start > BLOCK,
    )

    def get(field: str) -> bytes:
        return bytes(line[slice(*values.get(_quoted(field), (0, 0)))])

    document.identify(get, "id", name, settings)
    return _Record(line, document, start, end)


def _find_values(line: Line, settings: Settings) -> dict[bytes, tuple[int, int]]:
    """Find the values that are wanted of a record, of which the text is there and is a string."""
    fields = [settings.text_field]
    if settings.needs_fields:
        fields += [settings.id_field or "id", settings.site_field or settings.text_field]
    values = find_values(line, set(map(_quoted, fields)))
    start, end = values.get(_quoted(settings.text_field), (0, 0))
    try:
        parse(b"".join((line[:start], b'""', line[end:])) if end else line)
    except ValueError:
        parse(line)  # tells the place as it is counted in the whole line
        raise
    if not end:
        raise ValueError(f"there is no field {settings.text_field!r} (text_field, --text-field)")
    if not line.startswith(b'"', start):
        found = line[start : min(end, start + 20)].decode(errors="replace")
        raise ValueError(f"the field {settings.text_field!r} is {found}; it must be a string")
    if settings.spans and find_values(line, [_quoted(SPANS)]):
        raise ValueError(f"there is a field {SPANS!r} already")
    return values


def _decode(line: Line, start: int, end: int) -> Iterator[str]:
    try:
        yield from decode_string(line, start, end)
    except ValueError:
        parse(line)  # tells the place as it is counted in the whole line
        raise


def _edit(record: _Record, settings: Settings) -> list[Line]:
    line, document, start, end = record
    if document is None:
        return [line]
    if document.is_dropped(settings):
        return []
    if document.problem is not None:
        return [line]
    if settings.spans:
        brace = line.rindex(b"}")
        return [line[:brace], b", %b: %b" % (_quoted(SPANS), encode(document.spans)), line[brace:]]
    if document.boilerplate:
        return [line[:start], b'"', *document.kept, b'"', line[end:]]
    return [line]


@functools.cache
def _quoted(field: str) -> bytes:
    return encode_string(field)


def _escape(text: str) -> bytes:
    return encode_string(text)[1:-1]


def _escape_ascii(text: str) -> bytes:
    return encode_string(text, ascii_only=True)[1:-1]
