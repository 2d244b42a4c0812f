"""Values of JSON objects, found and replaced without touching anything else."""

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerstrip.corpus import json_values
from tests import strategies

names = st.sampled_from(["text", "t", "id", "é", 'q"', "\\", "\ud800", ""]) | st.text(max_size=3)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(strategies.characters)
values = st.recursive(leaves, lambda v: st.lists(v) | st.dictionaries(names, v), max_leaves=8)


@given(
    st.dictionaries(names, values),
    st.text(strategies.characters),
    st.booleans(),
    st.sampled_from([None, 1, "\t"]),
    st.sampled_from([bytes, bytearray]),
)
def test_find_values(
    record: dict[str, Any],
    text: str,
    ascii_only: bool,  # noqa: FBT001
    indent: int | str | None,
    kind: type[bytes] | type[bytearray],
) -> None:
    """A value is found wherever it stands, and can be replaced without touching another."""
    line = kind(
        json.dumps(record, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "replace")
    )
    record = json.loads(line)
    for name, value in record.items():
        quoted = json_values.encode_string(name)
        ((start, end),) = json_values.find_values(line, [quoted]).values()
        assert repr(json.loads(line[start:end])) == repr(value)
        edited = line[:start] + json_values.encode_string(text, ascii_only=ascii_only) + line[end:]
        assert repr(json.loads(edited)) == repr(record | {name: text})
        if isinstance(value, str):
            assert "".join(json_values.decode_string(line, start, end)) == value


stamps = st.dates() | st.datetimes() | st.times()
exact = st.none() | st.booleans() | st.integers() | stamps | st.text(strategies.characters)


@given(st.floats() | st.recursive(exact, lambda v: st.lists(v) | st.dictionaries(names, v)))
def test_encode(value: object) -> None:
    """With orjson or without, the same bytes are written, and they are JSON in one line."""
    line = json_values.encode(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_values, "orjson", None)
        assert json_values.encode(value) == line
    assert b"\n" not in line

    def reject(name: str) -> None:
        raise ValueError(name)

    expected = json.dumps(value, default=str)
    if expected in {"NaN", "Infinity", "-Infinity"}:
        expected = json.dumps(str(value))
    assert json.loads(line, parse_constant=reject) == json.loads(expected)


@pytest.mark.parametrize("has_orjson", [True, False])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"é": ["ü"]}, '{"é":["ü"]}'),
        ({"é": "\ud800"}, '{"\\u00e9":"\\ud800"}'),
        (datetime(2024, 5, 1, 12, tzinfo=UTC), '"2024-05-01 12:00:00+00:00"'),
        ([date(2024, 5, 1), time(12)], '["2024-05-01","12:00:00"]'),
        (1e16, "1e+16"),
        (float("inf"), '"inf"'),
        (b"\xff", '"ff"'),
        ([b"caf\xc3\xa9"], '["café"]'),
    ],
)
def test_encoded(
    monkeypatch: pytest.MonkeyPatch,
    value: object,
    expected: str,
    has_orjson: bool,  # noqa: FBT001
) -> None:
    """Values are in UTF-8 where that can express them, and those that JSON lacks are strings."""
    if not has_orjson:
        monkeypatch.setattr(json_values, "orjson", None)
    assert json_values.encode(value) == expected.encode()


@given(st.text(strategies.characters), st.integers(1, 9))
def test_decode_long_strings(text: str, longest: int) -> None:
    """A string that is decoded in pieces is the same as one that is decoded at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_values, "LONGEST", longest)
        for token in (json.dumps(text), json.dumps(text + " " + text)):
            line = token.encode()
            assert "".join(json_values.decode_string(line, 0, len(line))) == json.loads(token)
