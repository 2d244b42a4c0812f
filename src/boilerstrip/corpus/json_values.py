"""One value of a JSON object read and replaced in place; all other bytes of the line stay.

Parsing a whole record and writing it again would not do: numbers lose digits, escapes change,
repeated keys vanish. So the values wanted are found in the bytes. What is not JSON is rejected as
the standard library rejects it, with orjson installed or not, but for what is nested too deep:
orjson takes 1,024 levels, and some versions of Python take a few less.
"""

import functools
import json
import re
from collections.abc import Collection, Iterator
from typing import Any, TypeAlias

try:
    import orjson
except ImportError:  # it is only faster
    orjson = None  # type: ignore[assignment]

__all__ = ["Line", "decode_string", "encode", "encode_string", "find_values", "parse"]

Line: TypeAlias = bytes | bytearray

LONGEST = 1 << 20
"""Bytes of a string that are decoded at once; longer ones are decoded piece by piece."""

SPACE = rb"[ \t\r\n]*+"
STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
OPENING = re.compile(SPACE + rb"\{")
KEY = re.compile(rb"[ \t\r\n,]*+(" + STRING + b")" + SPACE + b":" + SPACE, re.DOTALL)
BRACKET = re.compile(STRING + rb"|([\[{])|([\]}])", re.DOTALL)
SCALAR = re.compile(rb"[^ \t\r\n,}\]]*+")
BACKSLASH = ord("\\")
SHOWN = 30  # bytes of a line that are told if it is no object


def parse(data: Line | memoryview) -> Any:  # noqa: ANN401 (whatever the JSON holds)
    """Parse JSON.

    Raises:
        ValueError: it is no JSON, or no UTF-8.
    """
    if orjson is not None:
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            pass  # it also rejects what others write: NaN, half a surrogate pair, wide numbers
    try:
        return json.loads(str(data, "utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: {error}") from error
    except json.JSONDecodeError as error:  # its own line number would be that within one line
        raise ValueError(f"not JSON: {error.msg} (character {error.pos})") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error


def encode(value: object) -> bytes:
    """Write a value as JSON, in one line and in UTF-8; what JSON does not know, as a string.

    Bytes are the string that they are in UTF-8, or else hexadecimal digits. The same is written
    with orjson installed or not: it has no part in this, since it writes other exponents and null
    for numbers that are not finite.
    """
    try:
        return _dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can express
        return _dumps(value, ensure_ascii=True).encode()


def _dumps(value: object, *, ensure_ascii: bool) -> str:
    try:
        return _encoder(ensure_ascii=ensure_ascii, allow_nan=False).encode(value)
    except ValueError:  # a number that is not finite, perhaps deep inside
        encoder = _encoder(ensure_ascii=ensure_ascii, allow_nan=True)
        finite = json.loads(encoder.encode(value), parse_constant=lambda name: str(float(name)))
        return encoder.encode(finite)


@functools.cache
def _encoder(*, ensure_ascii: bool, allow_nan: bool) -> json.JSONEncoder:
    return json.JSONEncoder(
        ensure_ascii=ensure_ascii, allow_nan=allow_nan, separators=(",", ":"), default=_as_string
    )


def _as_string(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def encode_string(text: str, *, ascii_only: bool = False) -> bytes:
    """Write a string as JSON, quotes included, in UTF-8, or with all but ASCII escaped."""
    if not ascii_only or text.isascii():
        try:
            if orjson is not None:
                return orjson.dumps(text)
            return json.dumps(text, ensure_ascii=False).encode()
        except (TypeError, UnicodeEncodeError):
            pass  # half a surrogate pair, which only an escape can express
    return json.dumps(text).encode()


def decode_string(line: Line, start: int, end: int) -> Iterator[str]:
    """Read the JSON string from `start` to `end`; a very long one in pieces, to bound the memory.

    Pieces end with an ASCII blank: a string that has none, as in Chinese, comes whole.

    Raises:
        ValueError: it is no JSON, or no UTF-8.
    """
    if end - start <= LONGEST:
        yield parse(line[start:end])
        return
    start, end = start + 1, end - 1
    while start < end:
        # Only behind a blank it is certain that no escape and no character is cut in two.
        cut = line.rfind(b" ", start, start + LONGEST) + 1 or line.find(b" ", start, end) + 1
        cut = min(cut or end, end)
        yield parse(b"".join((b'"', line[start:cut], b'"')))
        start = cut


def find_values(line: Line, names: Collection[bytes]) -> dict[bytes, tuple[int, int]]:
    """Find values of a JSON object by their names.

    Where a name is repeated the last value counts, as for all parsers. The line need not be valid
    JSON: what is found in one that is not means nothing.

    Args:
        line: the object.
        names: the wanted names, as `encode_string` writes them.

    Returns:
        For each name that is there, where its value begins and ends.

    Raises:
        ValueError: the line holds no object, or a string or bracket in it does not end.
    """
    found: dict[bytes, tuple[int, int]] = {}
    opening = OPENING.match(line)
    if opening is None:
        shown = bytes(line[:SHOWN]).decode(errors="replace").strip()
        raise ValueError(f"not a JSON object: it begins with {shown!r}")
    end = opening.end()
    while key := KEY.match(line, end):
        start = key.end()
        end = _value_end(line, start)
        name = bytes(key[1])
        if BACKSLASH in name:
            name = encode_string(parse(name))
        if name in names:
            found[name] = start, end
            if len(found) == len(names) and not _may_recur(line, end, names):
                break
    return found


def _may_recur(line: Line, start: int, names: Collection[bytes]) -> bool:
    """Whether one of the names may stand further on, be it with escapes."""
    return line.find(b"\\", start) >= 0 or any(line.find(name, start) >= 0 for name in names)


def _value_end(line: Line, start: int) -> int:
    opening = line[start : start + 1]
    if opening == b'"':
        return _string_end(line, start)
    if opening not in (b"{", b"["):
        scalar = SCALAR.match(line, start)
        return start if scalar is None else scalar.end()
    depth = 0
    for token in BRACKET.finditer(line, start):
        if token.lastindex is not None:
            depth += 1 if token.lastindex == 1 else -1
            if depth == 0:
                return token.end()
    raise ValueError("not JSON: a bracket that is never closed")


def _string_end(line: Line, start: int) -> int:
    end = line.find(b'"', start + 1)
    while end >= 0:
        before = end - 1
        while line[before] == BACKSLASH:
            before -= 1
        if (end - before) % 2:
            return end + 1
        end = line.find(b'"', end + 1)
    raise ValueError("not JSON: a string that never ends")
