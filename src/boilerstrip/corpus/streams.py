"""Bytes and text in and out: blocks, compression, very long texts in parts.

A block holds whole records in their order, about a megabyte of them, or one longer record alone.
Where blocks begin and end depends on the file only, so that the same file always gives the same
output, however many processes share the work.
"""

import codecs
import importlib
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from io import BufferedReader
from types import ModuleType
from typing import IO, Any, NamedTuple

from boilerstrip.errors import CorpusError

try:
    from isal import isal_zlib as fast_zlib
except ImportError:  # it is only faster
    fast_zlib = zlib  # type: ignore[misc]

__all__ = [
    "BLOCK",
    "CHUNK",
    "GZIP",
    "Block",
    "DamageError",
    "UnreadableError",
    "check_magic",
    "decode",
    "gzip_member",
    "inflate",
    "read_zstd",
    "require",
    "split_long",
    "zstd_compressor",
]

BLOCK = 1 << 20
"""Bytes, decompressed, from which a block is full, and characters of the longest part of a text."""

CHUNK = 1 << 16
"""Bytes read from a file at a time."""

GZIP_ERRORS: tuple[Any, ...] = (zlib.error, fast_zlib.error)
LEVEL = 6 if fast_zlib is zlib else 2  # of at most 9; of isal's at most 3
GZIP = f"{fast_zlib.__name__} {LEVEL}"
"""What compresses: another program or level gives other bytes."""


class UnreadableError(CorpusError):
    """Nothing in a file can be used."""


class DamageError(Exception):
    """From some place on, a file cannot be read."""


class Block(NamedTuple):
    """Some records of a file, in order.

    Attributes:
        first: number of the first record, from 1; of a plain text: the place of the first
            character, from 0.
        data: lines as bytes, a `pyarrow.RecordBatch`, a list of `warc.Record`, or text.
        size: bytes, decompressed.
        position: bytes of the file that are read so far, still compressed.
        damage: from which number on nothing can be read, and why.
    """

    first: int
    data: Any
    size: int
    position: int
    damage: tuple[int, str] | None = None


def require(module: str, extra: str) -> ModuleType:
    """Import a module that comes with an extra.

    Raises:
        CorpusError: it is not installed; the message tells how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise CorpusError(
            f"this needs {module}, which is not installed: pip install 'boilerstrip[{extra}]'"
        ) from error


# --- text ---------------------------------------------------------------------------------------


def decode(data: bytes | memoryview) -> Iterator[str]:
    """Decode UTF-8, in pieces.

    Raises:
        UnicodeDecodeError: it is none.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), BLOCK):
        yield decoder.decode(data[start : start + BLOCK])
    yield decoder.decode(b"", final=True)


def split_long(pieces: Iterable[str]) -> Iterator[str]:
    """Cut a text so long that it is judged in parts: where lines end, or at blanks if it must be.

    Args:
        pieces: the text.

    Yields:
        The same text, in parts of at most `BLOCK` characters; one part if it is short or empty.
        The last two are about as long as each other: little can be told of a short rest.
    """
    held, start = "", 0
    for piece in pieces:
        held = held[start:] + piece  # once a piece, not once a part: a piece may be very long
        start = 0
        while len(held) - start > 2 * BLOCK:
            end = _cut(held, start, BLOCK)
            yield held[start:end]
            start = end
    while len(held) - start > BLOCK:
        end = _cut(held, start, (len(held) - start + 1) // 2)
        yield held[start:end]
        start = end
    yield held[start:]


def _cut(text: str, start: int, most: int) -> int:
    """Tell where a part of at most so many characters ends that begins at `start`."""
    end = start + most
    return text.rfind("\n", start, end) + 1 or _cut_line(text, start, end)


def _cut_line(text: str, start: int, end: int) -> int:
    """Tell the same where no newline is there: at another line break, or a blank, or the end."""
    lines = text[start : end + 1].splitlines(keepends=True)  # so that no \r parts from its \n
    if len(lines) > 1:
        return end + 1 - len(lines[-1])
    return text.rfind(" ", start, end) + 1 or end


# --- compression --------------------------------------------------------------------------------


MAGIC = {
    ".gz": ("gzip", re.compile(rb"\x1f\x8b")),
    ".zst": ("zstd", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")),
}
"""How compressed files begin, by the end of their names."""

UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|\{\0|\0\{")
"""How JSON begins in UTF-16, with a byte-order mark or without."""


def check_magic(file: BufferedReader, suffix: str) -> None:
    """Check that a file is compressed as its name says, without reading on.

    Raises:
        UnreadableError: it is not, or is in UTF-16.
    """
    start = file.peek(4)
    for ending, (name, magic) in MAGIC.items():
        if suffix.endswith(ending) and not magic.match(start):
            raise UnreadableError(f"no {name} data, though it is named {ending}")
        if suffix == ".jsonl" and magic.match(start):
            raise UnreadableError(f"{name} data, though its name does not end with {ending}")
    if suffix == ".jsonl" and UTF_16.match(start):
        raise UnreadableError("JSON in UTF-16; it must be in UTF-8: convert it")


def inflate(file: IO[bytes]) -> Iterator[bytes]:
    """Decompress gzip members, giving all that can be had of one that is cut short.

    The file classes of `gzip` and isal keep back what they read before they notice.

    Raises:
        DamageError: the data is cut short or damaged.
    """
    data = b""
    while True:
        member = fast_zlib.decompressobj(wbits=31)
        while not member.eof:
            data = data or file.read(CHUNK)
            if not data:
                raise DamageError("the gzip data is cut short")
            try:
                yield member.decompress(data, BLOCK)
            except GZIP_ERRORS as error:
                raise DamageError(f"the gzip data is damaged: {error}") from error
            data = member.unused_data if member.eof else member.unconsumed_tail
        while not (data := data.lstrip(b"\0")):  # zeros may fill up a tape block
            data = file.read(CHUNK)
            if not data:
                return


def gzip_member(pieces: Iterable[bytes | bytearray]) -> bytes:
    """Compress into one gzip member, without name and time: the same data gives the same bytes."""
    member = fast_zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    return b"".join([*map(member.compress, pieces), member.flush()])


def _zstd() -> ModuleType:
    return require("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd", "zstd")


def read_zstd(file: IO[bytes]) -> Iterator[bytes]:
    """Decompress zstd frames, whatever window they need: what `zstd --long=31` writes, too.

    Raises:
        DamageError: the data is cut short or damaged.
    """
    library = _zstd()
    limit = library.DecompressionParameter.window_log_max
    _, most = limit.bounds()  # a limit only: the memory is that of the window which a frame has
    with library.ZstdFile(file, options={limit: most}) as stream:
        try:
            while chunk := stream.read1(BLOCK):
                yield chunk
        except (EOFError, library.ZstdError) as error:
            raise DamageError(f"the zstd data is cut short or damaged: {error}") from error


def zstd_compressor() -> Any:  # noqa: ANN401 (its module may not be there)
    """Make an object that compresses into one zstd frame, with a check sum."""
    library = _zstd()
    return library.ZstdCompressor(options={library.CompressionParameter.checksum_flag: 1})
