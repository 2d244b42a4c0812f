"""Whole corpora: formats, fidelity, errors, and runs that are broken off."""

import base64
import codecs
import gzip
import hashlib
import io
import json
import logging
import os
import pickle
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

import boilerstrip
from boilerstrip import CorpusError, Model, clean_corpus, cli, corpus_cli
from boilerstrip.corpus import blocks, journal, json_values, lines, streams, work
from boilerstrip.corpus.documents import Settings, load_options, model_version
from boilerstrip.corpus.files import CorpusFile, find_files
from boilerstrip.corpus.journal import Journal
from boilerstrip.corpus.plan import Plan
from boilerstrip.corpus.report import Counts

PAGES = (
    "Support independent journalism: donate today!\n\nThe council met on Tuesday.\nRead more\n",
    "Rain fell on Leeds all day, and the river rose.\r\nSubscribe to our newsletter!\r\n",
    "“It will stand,” said the engineer.\n\nAdvertisement\n\nNobody drove over it. 🌉\n",
    "Subscribe to our newsletter and never miss a story.",
    "Дождь прекратился вечером.\nПоддержите нас!\n",
    "",
)
APPEALS = ("donate today", "read more", "subscribe to", "advertisement", "поддержите нас")
FORMATS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet", ".warc.wet.gz")


@pytest.fixture
def clean(tmp_path: Path, model_file: str) -> Callable[..., boilerstrip.CorpusReport]:
    """Return `clean_corpus` with the small model, from the folder `in` to the folder `out`."""

    def clean(**options: Any) -> boilerstrip.CorpusReport:
        inputs, output = options.pop("inputs", [tmp_path / "in"]), options.pop("output", "out")
        return clean_corpus(inputs, tmp_path / output, model_path=model_file, **options)

    return clean


Clean = Callable[..., boilerstrip.CorpusReport]


# --- reading and writing the formats, as others do ----------------------------------------------


def records(count: int = 40) -> list[dict[str, Any]]:
    """Make some records."""
    return [
        {
            "id": f"r{number}",
            "text": PAGES[number % len(PAGES)],
            "url": f"https://a.example/{number}",
        }
        for number in range(count)
    ]


def write(path: Path, items: list[dict[str, Any]]) -> None:
    """Write records in the format that the name tells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = b"".join(json.dumps(item, ensure_ascii=False).encode() + b"\n" for item in items)
    if path.name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(items), path, compression="zstd", row_group_size=16)
    elif path.name.endswith(".warc.wet.gz"):
        path.write_bytes(b"".join(map(gzip.compress, [WARCINFO, *map(warc_record, items)])))
    elif path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(lines))
    elif path.name.endswith(".zst"):
        half = len(lines) // 2
        path.write_bytes(zstd.compress(lines[:half]) + zstd.compress(lines[half:]))
    else:
        path.write_bytes(lines)


WARCINFO = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 13\r\n\r\nisPartOf: CC\n\r\n\r\n"


def warc_record(item: dict[str, Any]) -> bytes:
    """Make a conversion record as Common Crawl writes it."""
    content = item["text"].encode()
    return (
        b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: %b\r\nX-odd-CASE: kept\r\n"
        b"WARC-Record-ID: <%b>\r\nWARC-Block-Digest: sha1:OLD\r\nWARC-Payload-Digest: sha1:OLD\r\n"
        b"Content-Length: %d\r\n\r\n"
        b"%b\r\n\r\n"
    ) % (item["url"].encode(), item["id"].encode(), len(content), content)


def read(path: Path) -> list[dict[str, Any]]:
    """Read records in the format that the name tells."""
    if path.name.endswith(".parquet"):
        found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return found
    if path.name.endswith(".warc.wet.gz"):
        return [
            {
                "id": (record.record_id or "").strip("<>"),
                "text": record.reader.read().decode(),
                "url": record.headers["WARC-Target-URI"],
            }
            for record in ArchiveIterator(io.BytesIO(gzip.decompress(path.read_bytes())))
            if record.headers["WARC-Type"] == "conversion"
        ]
    return [json.loads(line) for line in read_lines(path)]


def read_lines(path: Path) -> list[bytes]:
    """Read the lines of a file."""
    data = path.read_bytes()
    if path.name.endswith(".gz"):
        data = gzip.decompress(data)
    elif path.name.endswith(".zst"):
        data = zstd.decompress(data)
    return data.splitlines(keepends=True)


def files(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder but the journal."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".boilerstrip"
    }


# --- formats ------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_formats(clean: Clean, tmp_path: Path, model: Model, suffix: str) -> None:
    """In every format, texts come out as `clean` makes them, and all else as it was."""
    write(tmp_path / "in" / "sub" / f"part{suffix}", records())
    report = clean(remove=APPEALS)
    expected = [
        {**r, "text": boilerstrip.clean(r["text"], model=model, remove=APPEALS)} for r in records()
    ]
    assert read(tmp_path / "out" / "sub" / f"part{suffix}") == expected
    assert report.documents == len(expected)
    assert report.files == 1
    assert 0 < report.removed < report.paragraphs
    assert report.bytes > 0


def test_text_files(clean: Clean, tmp_path: Path, model: Model) -> None:
    """A plain text is one document."""
    (tmp_path / "in").mkdir()
    for number, page in enumerate(PAGES):
        (tmp_path / "in" / f"{number}.txt").write_bytes(page.encode())
    report = clean()
    assert report.documents == len(PAGES)
    assert files(tmp_path / "out") == {
        f"{number}.txt": boilerstrip.clean(page, model=model).encode()
        for number, page in enumerate(PAGES)
    }


def test_warc_headers(clean: Clean, tmp_path: Path) -> None:
    """Length and digests are those of the new content; other headers and records stay."""
    write(tmp_path / "in" / "a.warc.wet.gz", records(1))
    clean(remove=["Read more", "donate"], threshold=1)
    data = gzip.decompress((tmp_path / "out" / "a.warc.wet.gz").read_bytes())
    content = b"The council met on Tuesday.\n"
    assert data == WARCINFO + warc_record({**records(1)[0], "text": content.decode()}).replace(
        b"sha1:OLD",
        b"sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()),
    )


def test_parquet_schema(clean: Clean, tmp_path: Path) -> None:
    """A table keeps its schema, its metadata, its other columns and its compression."""
    schema = pa.schema(
        [
            pa.field("n", pa.int8(), metadata={"unit": "m"}),
            pa.field("text", pa.large_string(), nullable=False),
            pa.field("tags", pa.list_(pa.string())),
        ],
        metadata={"who": "me"},
    )
    rows = [{"n": n, "text": PAGES[n % 4], "tags": ["a"] * (n % 3)} for n in range(50)]
    source = tmp_path / "in" / "a.parquet"
    source.parent.mkdir()
    pq.write_table(
        pa.Table.from_pylist(rows, schema),
        source,
        compression={"n": "none", "text": "zstd", "tags.list.element": "gzip"},
    )
    clean()
    found = pq.ParquetFile(tmp_path / "out" / "a.parquet")
    assert found.schema_arrow.equals(pq.read_schema(source), check_metadata=True)
    assert found.schema_arrow.field("text").type == pa.large_string()
    assert [r["n"] for r in found.read().to_pylist()] == list(range(50))
    columns = [found.metadata.row_group(0).column(n).compression for n in range(3)]
    assert columns == ["UNCOMPRESSED", "ZSTD", "GZIP"]


@pytest.mark.parametrize("name", ["item", "element"])
def test_parquet_lists(clean: Clean, tmp_path: Path, name: str) -> None:
    """The values of a list keep the name that the program gave them, and their compression."""
    source = tmp_path / "in" / "a.parquet"
    source.parent.mkdir()
    pq.write_table(
        pa.Table.from_pylist([{"text": page, "tags": [["a"]]} for page in PAGES]),
        source,
        compression={"text": "zstd", f"tags.list.{name}.list.{name}": "gzip"},
        use_compliant_nested_type=name == "element",
    )
    clean()
    found = pq.ParquetFile(tmp_path / "out" / "a.parquet")
    assert found.schema.equals(pq.ParquetFile(source).schema)
    assert found.metadata.row_group(0).column(1).compression == "GZIP"
    assert found.read().column("tags").to_pylist() == [[["a"]]] * len(PAGES)


def test_parquet_spark_times(clean: Clean, tmp_path: Path) -> None:
    """Times of type INT96 stay what they are, in any year, as microseconds."""
    times = [datetime(9999, 12, 31), datetime(1, 1, 1), datetime(2024, 5, 1, 12, 0, 0, 1)]  # noqa: DTZ001 (has none)
    source = tmp_path / "in" / "a.parquet"
    source.parent.mkdir()
    columns = {"text": ["Rain fell."] * 3, "at": pa.array(times, pa.timestamp("us"))}
    pq.write_table(pa.table(columns), source, use_deprecated_int96_timestamps=True)
    clean()
    found = pq.read_table(tmp_path / "out" / "a.parquet").column("at")
    assert found.to_pylist() == times
    assert found.type == pa.timestamp("us")


def test_empty_files(clean: Clean, tmp_path: Path) -> None:
    """Files without a record give files without a record."""
    for suffix in FORMATS[:-1]:
        items = pa.schema([("text", pa.string())])
        write(tmp_path / "in" / f"a{suffix}", [])
        if suffix == ".parquet":
            pq.write_table(items.empty_table(), tmp_path / "in" / "a.parquet")
    assert clean().documents == 0
    for suffix in FORMATS[:-1]:
        assert read(tmp_path / "out" / f"a{suffix}") == []


@pytest.mark.parametrize(
    "name", ["a.ndjson", "A.JSONL", "a.json.gz", "a.ndjson.gz", "a.Json.zst", "a.ndjson.zst"]
)
def test_other_names(clean: Clean, tmp_path: Path, name: str) -> None:
    """Files of known formats are read by their other names too, and written by the same."""
    write(tmp_path / "in" / name.lower(), records())
    (tmp_path / "in" / name.lower()).rename(tmp_path / "in" / name)
    assert clean().documents == 40
    assert [path.name for path in (tmp_path / "out").glob("[aA]*")] == [name]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".warc.wet.gz"])
def test_bytes(clean: Clean, tmp_path: Path, suffix: str) -> None:
    """All that a file holds is counted as read, decompressed, over all blocks."""
    path = tmp_path / "in" / f"a{suffix}"
    write(path, records(20_000))
    assert clean(dry_copy=True).bytes == sum(map(len, read_lines(path)))


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst"])
def test_one_frame(clean: Clean, tmp_path: Path, suffix: str) -> None:
    """Readers that stop at the end of the first zstd frame miss nothing; times are not written."""
    write(tmp_path / "in" / f"a{suffix}", records())
    clean()
    data = (tmp_path / "out" / f"a{suffix}").read_bytes()
    if suffix.endswith(".zst"):
        decompressor = zstd.ZstdDecompressor()
        decompressor.decompress(data)
        assert decompressor.eof
        assert not decompressor.unused_data
    if suffix.endswith(".gz"):
        assert data[3:8] == bytes(5)


@pytest.mark.parametrize("exponent", [17, 18])
def test_wide_zstd_window(clean: Clean, tmp_path: Path, exponent: int) -> None:
    """Zstandard data is read whatever window it needs, as `zstd --long=31` makes it."""
    (tmp_path / "in").mkdir()
    header = b"\x28\xb5\x2f\xfd\x00" + bytes([exponent << 3])  # a window of 2 ** (10 + exponent)
    block = (len(GOOD) << 3 | 1).to_bytes(3, "little")  # the last one, not compressed
    (tmp_path / "in" / "a.jsonl.zst").write_bytes(header + block + GOOD)
    assert clean(keep=["rain"]).documents == 1
    assert read_lines(tmp_path / "out" / "a.jsonl.zst") == [GOOD]


# --- fidelity -----------------------------------------------------------------------------------

LINES = (
    b'{"n": 1.0e5, "big": 123456789012345678901234567890, "text": "%b", "n": 2, "x": NaN}\r\n',
    b'  {"meta":{"text":"Read more","a":[{"b":"}]\\""}]},\t"text" :"%b" ,"t\\u0065x":"\\ud83d"}\n',
    b'{"text": "old", "t\\u0065xt": "%b", "e": "caf\xc3\xa9 \\u00e9 \\/"}\n',
    b"   \n",
    b'{"text": "%b"}',
)


def test_other_bytes_stay(clean: Clean, tmp_path: Path) -> None:
    """Numbers, escapes, blanks, repeated and nested names: all but the text stays as it is."""
    (tmp_path / "in").mkdir()
    text = rb"Rain \u2014 and \"snow\".\nRead more\n\u0000\\ Sun."
    (tmp_path / "in" / "a.jsonl").write_bytes(b"".join(LINES).replace(b"%b", text))
    clean(remove=["read more"], threshold=1)
    found = (tmp_path / "out" / "a.jsonl").read_bytes()
    escaped, plain = rb"Rain \u2014 and \"snow\".\n\u0000\\ Sun.", "Rain — and".encode()
    assert found == b"".join(LINES).replace(b"%b", escaped).replace(
        b'"t\\u0065xt": "Rain \\u2014 and', b'"t\\u0065xt": "' + plain
    )


def test_unchanged_bytes(clean: Clean, tmp_path: Path) -> None:
    """Where nothing is removed, nothing changes, not even the way that the text is escaped."""
    (tmp_path / "in").mkdir()
    data = rb'{"text": "Rain\/snow \u0041\ud800"}' + b"\n"
    (tmp_path / "in" / "a.jsonl").write_bytes(data)
    clean(threshold=1)
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == data


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
@pytest.mark.parametrize("first", [b'{"text": "Read more"}\n', b'{"text": "\n', b"\n", b""])
def test_byte_order_mark(clean: Clean, tmp_path: Path, suffix: str, first: bytes) -> None:
    """A byte-order mark that a file begins with stays there, also if the first record does not."""
    pack = gzip.compress if suffix.endswith(".gz") else bytes
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"a{suffix}").write_bytes(pack(codecs.BOM_UTF8 + first + GOOD))
    report = clean(remove=["read more"], keep=["rain"], drop_empty=True, on_error="skip")
    kept = first if first.isspace() else b""
    assert b"".join(read_lines(tmp_path / "out" / f"a{suffix}")) == codecs.BOM_UTF8 + kept + GOOD
    assert report.errors == (first == b'{"text": "\n')


DEFAULTS = Settings(
    threshold=None,
    keep=(),
    remove=(),
    kinds=None,
    split="auto",
    model_path=None,
    model_version=None,
    text_field="text",
    id_field=None,
    site_field=None,
    by_site=False,
    removed=None,
    spans=False,
    drop_empty=False,
    on_error="skip",
    dry_copy=False,
)


json_like = st.lists(
    st.sampled_from([*'{}[]:,"\\', '"text"', "\\u00", "1", "-", "null", "NaN", " ", "é", "a"])
).map("".join)


@given(
    st.one_of(
        json_like.map(str.encode),
        json_like.map(lambda inside: b'{"text":"' + inside.encode() + b'"}'),
        st.binary().map(lambda inside: b'{"text":"' + inside.replace(b"\n", b"") + b'"}'),
    ),
    st.booleans(),
)
def test_what_is_a_record(line: bytes, has_orjson: bool) -> None:  # noqa: FBT001
    """A line is good if Python's own parser finds a string there, orjson or not."""
    try:
        record = json.loads(line.decode())
        is_good = isinstance(record, dict) and isinstance(record.get("text"), str)
    except ValueError:
        is_good = False
    with pytest.MonkeyPatch.context() as patch:
        if not has_orjson:
            patch.setattr(json_values, "orjson", None)
        block = streams.Block(1, bytearray(line), len(line), 0)
        file = CorpusFile(Path("a"), Path("b"), ".jsonl", "a")
        outcome = blocks.clean_block(block, file, replace(DEFAULTS, dry_copy=True))
    is_blank = not line or line.isspace()
    assert bool(outcome.problems) == (not is_good and not is_blank)
    assert b"".join(outcome.data) == (line if is_good or is_blank else b"")


# --- very long documents and lines --------------------------------------------------------------


@pytest.mark.parametrize("suffix", [*FORMATS, ".txt"])
def test_long_document(clean: Clean, tmp_path: Path, model: Model, suffix: str) -> None:
    """A document of several megabytes is judged in parts, cut where lines end."""
    page = "".join(PAGES[:3]) * 100
    text = page * (2_500_000 // len(page))
    if suffix == ".txt":
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "a.txt").write_bytes(text.encode())
    else:
        write(tmp_path / "in" / f"a{suffix}", [*records(2), {"id": "x", "text": text, "url": "u"}])
    report = clean(removed=tmp_path / "removed.jsonl")
    removed = [line for line in read(tmp_path / "removed.jsonl") if "r" not in line["id"]]
    assert all(text[line["start"] : line["end"]] == line["text"] for line in removed)
    parts = list(streams.split_long([text]))
    assert len(parts) == 3
    assert all(part.endswith("\n") for part in parts)
    expected = "".join(boilerstrip.clean(part, model=model) for part in parts)
    target = tmp_path / "out" / f"a{suffix}"
    found = target.read_bytes().decode() if suffix == ".txt" else read(target)[-1]["text"]
    assert found == expected
    assert report.documents == (1 if suffix == ".txt" else 3)


BREAKS = "\n\r\u2028"


@given(st.lists(st.text(f"ab {BREAKS}")), st.integers(1, 9))
def test_split_long(pieces: list[str], longest: int) -> None:
    """Parts rebuild the text, are short enough, and end with a line or at a blank if they can."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK", longest)
        parts = list(streams.split_long(pieces))
    assert "".join(parts) == "".join(pieces)
    assert all(len(part) <= longest for part in parts)
    assert all(
        part[-1] in BREAKS or not {*part} & {*BREAKS, " "} - {part[-1]} for part in parts[:-1]
    )


@given(
    st.lists(st.text(st.sampled_from("ab\n"), max_size=30)),
    st.integers(1, 20),
    st.sampled_from([".jsonl", ".jsonl.gz", ".jsonl.zst"]),
)
def test_blocks_of_lines(pieces: list[str], size: int, suffix: str) -> None:
    """Blocks rebuild the file, hold whole lines, and know the number of the first one."""
    data = "".join(pieces).encode()
    packed = {".jsonl": data, ".jsonl.gz": gzip.compress(data), ".jsonl.zst": zstd.compress(data)}
    with pytest.MonkeyPatch.context() as patch:
        for module in (streams, lines):
            patch.setattr(module, "BLOCK", size)
            patch.setattr(module, "CHUNK", size)
        found = list(lines.read_lines(io.BytesIO(packed[suffix]), suffix))
    assert b"".join(block.data for block in found) == data
    number = 1
    for block in found:
        assert block.first == number
        number += block.data.count(b"\n")
    assert all(block.data.endswith(b"\n") for block in found[:-1])
    assert all(len(block.data) < 3 * size or block.data.count(b"\n") == 1 for block in found[:-1])


@given(st.text("ab \n", min_size=1, max_size=99), st.integers(4, 30))
def test_no_short_rest(line: str, lines: int) -> None:
    """The last parts of a long text are about as long as each other, so that none is tiny."""
    text = f"{line}\n" * lines
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK", 4 * (len(line) + 1))
        parts = list(streams.split_long(text))
        assert parts == list(streams.split_long([text]))
    assert len(parts) == 1 or min(map(len, parts)) >= 2 * (len(line) + 1)


# --- many processes -----------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [1, 9])
def test_jobs(clean: Clean, tmp_path: Path, parts: int) -> None:
    """Outputs do not depend on the number of processes, nor on which of them does what."""
    for number in range(parts):
        for suffix in FORMATS:
            write(tmp_path / "in" / f"{number}{suffix}", records(9000 // parts))
    write(tmp_path / "in" / "bad.jsonl", records(3))
    with (tmp_path / "in" / "bad.jsonl").open("ab") as file:
        file.write(b"{")
    found, reports = [], []
    for jobs in (1, 2):
        output = tmp_path / f"out{jobs}"
        removed = output / "removed.jsonl.gz"
        report = clean(output=output, removed=removed, on_error="skip", jobs=jobs)
        found.append(files(output))
        reports.append(report.as_dict() | {"seconds": 0, "megabytes_per_second": 0})
    assert found[0] == found[1]
    assert len(found[0]) == 5 * parts + 2
    assert reports[0] == reports[1]


@pytest.mark.parametrize(
    ("sizes", "jobs", "expected"),
    [
        ([1], 32, 1),
        ([1, 1, 1], 32, 1),
        ([1] * 5, 32, 5),
        ([1] * 5, 3, 3),
        ([3 << 20], 32, 4),
        ([3 << 20], 2, 2),
        ([3 << 20] * 7, 2, 2),
        ([3 << 20] * 30, 32, 30),
    ],
)
def test_no_idle_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int], jobs: int, expected: int
) -> None:
    """There are no more processes than files or blocks that they could be at work on."""
    found = []
    for number, size in enumerate(sizes):
        source = tmp_path / f"{number}.jsonl"
        with source.open("wb") as file:
            file.truncate(size)
        found.append(CorpusFile(source, tmp_path / "out" / source.name, ".jsonl", source.name))
    started = []

    def start(_files: Any, _settings: Any, _tag: Any, jobs: int, _tick: Any, **_: Any) -> list[Any]:
        started.append(jobs)
        return []

    monkeypatch.setattr(work, "_clean_in_processes", start)
    monkeypatch.setattr(work, "_clean_file", lambda *_: None)
    list(work.clean_files(found, DEFAULTS, "1", jobs, print))
    assert started == ([] if expected == 1 else [expected])


def test_back_pressure(clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly blocks are written, few are read ahead."""
    write(tmp_path / "in" / "a.jsonl", [{"text": "Rain fell on Leeds. " * 5000}] * 200)
    most = 0
    take = work._take

    def take_slowly(path: Path) -> Any:
        nonlocal most
        time.sleep(0.02)
        most = max(most, len(unfinished_files(path.parent)))
        return take(path)

    monkeypatch.setattr(work, "_take", take_slowly)
    clean(jobs=2)
    assert most <= 2 * 2 * work.BLOCKS_A_JOB + 1


def test_settings_are_small(model_file: str) -> None:
    """What every process gets has the model's path, not the model."""
    settings = replace(DEFAULTS, model_path=model_file, model_version=model_version(model_file))
    assert load_options(settings).model is not None
    assert len(pickle.dumps(settings)) < 1000


def constant_model(model: Model, score: int) -> Model:
    """Make a model that gives each paragraph the same score, 0 or 1."""
    network = model.network
    bias = network.answer_bias * 0 + (50 if score else -50)
    constant = network._replace(answer=network.answer * 0, answer_bias=bias)
    return replace(model, network=constant)


@pytest.mark.parametrize("jobs", [1, 2])
def test_model_replaced(tmp_path: Path, model: Model, jobs: int) -> None:
    """A model that takes the place of another is used, also by processes that are there already."""
    for number in range(work.FILES_A_JOB * 2):
        write(tmp_path / "in" / f"{number}.jsonl", records(4))
    for score in (0, 1):
        constant_model(model, score).save(tmp_path / "m.npz")
        report = clean_corpus(
            [tmp_path / "in"],
            tmp_path / "out",
            model_path=tmp_path / "m.npz",
            threshold=0.5,
            force=True,
            jobs=jobs,
        )
        assert report.removed == score * report.paragraphs


def test_model_replaced_during_run(model_file: str) -> None:
    """A process that starts late does not go on with another model."""
    settings = replace(DEFAULTS, model_path=model_file, model_version=(0, 0, 0))
    with pytest.raises(CorpusError, match=r"model\.npz was replaced"):
        load_options(settings)


def test_problems_in_processes(
    clean: Clean,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What other processes find wrong is told once, here, one file after the other."""
    (tmp_path / "in").mkdir()
    for number in range(work.FILES_A_JOB * 2):
        (tmp_path / "in" / f"é{number}.jsonl").write_bytes(GOOD + b"{\n" + GOOD + b"[]\n")
    caplog.set_level(logging.WARNING)
    report = clean(on_error="skip", jobs=2)
    places = [message.split(": ")[0] for message in caplog.messages]
    files_of_two = list(zip(places[::2], places[1::2], strict=True))
    assert sorted(files_of_two) == [
        (f"{path}:2", f"{path}:4") for path in sorted((tmp_path / "in").iterdir())
    ]
    assert report.errors == len(places)
    assert capfd.readouterr().err == ""
    assert not unfinished_files(tmp_path / "out")


def test_unreadable_tail(clean: Clean, tmp_path: Path) -> None:
    """Blocks that were read before a file turned out to be unreadable are not left behind."""
    (tmp_path / "in").mkdir()
    text = b"Rain fell on Leeds.\n" * 260_000
    (tmp_path / "in" / "a.txt").write_bytes(text + b"\xff")
    (tmp_path / "in" / "b.txt").write_bytes(text)
    report = clean(on_error="skip", jobs=2, dry_copy=True)
    assert (report.documents, report.errors) == (1, 1)
    assert files(tmp_path / "out") == {"b.txt": text}


# --- what is written ----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_removed(clean: Clean, tmp_path: Path, suffix: str) -> None:
    """Every removed paragraph is written, with the document it is from, and where it was in it."""
    items = [{"n": number, **record} for number, record in enumerate(records(12))]
    write(tmp_path / "in" / f"a{suffix}", items)
    fields = {"id_field": "id", "site_field": "url"}
    if suffix == ".warc.wet.gz":
        fields = {"site_field": "WARC-Target-URI"}
    report = clean(removed=tmp_path / "removed.jsonl", remove=APPEALS, **fields)
    removed = read(tmp_path / "removed.jsonl")
    assert len(removed) == report.removed > 0
    rest = {item["id"]: item["text"] for item in items}
    for line in reversed(removed):
        item = items[int(line["id"].strip("<>")[1:])]
        assert line["site"] == item["url"]
        assert item["text"][line["start"] : line["end"]] == line["text"]
        assert line["kind"] in boilerstrip.KINDS
        assert 0 <= line["score"] <= 1
        text = rest[item["id"]]
        rest[item["id"]] = text[: line["start"]] + text[line["end"] :]
    for record in read(tmp_path / "out" / f"a{suffix}"):
        assert record["text"].split() == rest[record["id"]].split()
    kinds = {line["kind"] for line in removed}
    assert report.removed_characters == {
        kind: sum(len(line["text"]) for line in removed if line["kind"] == kind) for kind in kinds
    }


def test_removed_without_id(clean: Clean, tmp_path: Path) -> None:
    """A document without an id is named by file and line; ids are copied as they are."""
    (tmp_path / "in" / "sub").mkdir(parents=True)
    data = (
        b'\n{"text":"Read more"}\n{"text":"Read more","id":12345678901234567890.50}\n'
        b'{"id": null , "text":"Read more"}\n'
    )
    for name in ("a.jsonl", "sub/a.jsonl"):
        (tmp_path / "in" / name).write_bytes(data)
    clean(remove=["read more"], threshold=1, removed=tmp_path / "r.jsonl", site_field="site")
    ids = [line.split(b',"start"')[0] for line in read_lines(tmp_path / "r.jsonl")]
    assert ids == [
        b'{"id":"a.jsonl:2","site":null',
        b'{"id":12345678901234567890.50,"site":null',
        b'{"id":"a.jsonl:4","site":null',
        b'{"id":"sub/a.jsonl:2","site":null',
        b'{"id":12345678901234567890.50,"site":null',
        b'{"id":"sub/a.jsonl:4","site":null',
    ]


@pytest.mark.parametrize("id_field", [None, "url"])
def test_removed_from_text_file(clean: Clean, tmp_path: Path, id_field: str | None) -> None:
    """A text file is named by where it is, whatever is the id of others, and has no site."""
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "a.txt").write_text("Read more")
    removed = tmp_path / "r.jsonl"
    clean(remove=["read more"], removed=removed, id_field=id_field, site_field="name")
    assert [(line["id"], line["site"]) for line in read(removed)] == [("sub/a.txt", None)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_fields_that_no_record_has(
    clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture, jobs: int
) -> None:
    """A field of ids or sites that a file has nowhere is told once, for each such file."""
    for suffix in (".jsonl", ".parquet", ".warc.wet.gz"):
        write(tmp_path / "in" / f"a{suffix}", records(20))
    write(tmp_path / "in" / "b.jsonl", [*records(20), {"text": "Rain", "ur1": None}])
    write(tmp_path / "in" / "c.jsonl", [])
    (tmp_path / "in" / "d.txt").write_text("Rain fell.")
    clean(removed=tmp_path / "r.jsonl", site_field="ur1", jobs=jobs)
    assert sorted(caplog.messages) == [
        f"{tmp_path / 'in' / name}: no record has 'ur1', which site_field (--site-field) names"
        for name in ("a.jsonl", "a.parquet", "a.warc.wet.gz")
    ]


def test_fields_without_use(clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """That fields of ids and sites are of no use is told, and what would use them."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    clean(id_field="id", site_field="url")
    assert caplog.messages == [
        "id_field (--id-field) does nothing without removed (--removed)",
        "site_field (--site-field) does nothing without removed (--removed) or by_site (--by-site)",
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".warc.wet.gz"])
@pytest.mark.parametrize("id_field", ["é", "missing"])
def test_removed_beyond_ascii(
    clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, id_field: str
) -> None:
    """Names, ids and file names are written as they are, with orjson or without."""
    items = [{"é": "ñ", **record, "id": "ü", "url": "ŝ"} for record in records(6)]
    write(tmp_path / "in" / f"ö{suffix}", items)
    found = []
    for output in ("fast", "slow"):
        removed = tmp_path / f"{output}.jsonl"
        clean(output=output, removed=removed, remove=APPEALS, id_field=id_field, site_field="url")
        found.append(removed.read_bytes())
        monkeypatch.setattr(json_values, "orjson", None)
    assert found[0] == found[1]
    has_id = id_field == "é" and suffix != ".warc.wet.gz"
    assert f'"id":"{"ñ" if has_id else f"ö{suffix}:"}'.encode() in found[0]


@pytest.mark.parametrize(
    ("number", "expected"), [(1e16, b"1e+16"), (1.5, b"1.5"), (float("nan"), b'"nan"')]
)
def test_ids_of_tables(
    clean: Clean,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: float,
    expected: bytes,
) -> None:
    """Ids that JSON knows in many ways, or in none, are written in one, with orjson or without."""
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    items = [{"id": noon, "n": number, "text": "Read more"}]
    (tmp_path / "in").mkdir()
    pq.write_table(pa.Table.from_pylist(items), tmp_path / "in" / "a.parquet")
    for output in ("fast", "slow"):
        clean(output=output, removed=tmp_path / output / "r.jsonl", remove=APPEALS, site_field="n")
        start = b'{"id":"2024-05-01 12:00:00+00:00","site":%b,"start":0' % expected
        assert (tmp_path / output / "r.jsonl").read_bytes().startswith(start)
        monkeypatch.setattr(json_values, "orjson", None)


SHARED = "You will find our office in Mill Lane, open from nine to five."
NEWS = (
    "Rain fell on Leeds for the ninth day in a row, and the river is over its banks.",
    "Snow fell on York overnight, and the trains to Scarborough stood still until noon.",
    "The council of Hull has opened two schools as shelters for those who had to leave.",
)


def page(number: int, url: str) -> dict[str, Any]:
    """Make a record of news with a sentence that its site has on all pages, or may have."""
    return {"id": f"r{number}", "text": f"{NEWS[number % len(NEWS)]}\n{SHARED}", "url": url}


def clean_by_site(
    source: Path, target: Path, site_field: str = "url", **options: Any
) -> boilerstrip.CorpusReport:
    """Clean a file or folder with the shipped model, comparing the pages of each site."""
    return clean_corpus([source], target, site_field=site_field, by_site=True, **options)


@pytest.mark.parametrize("suffix", FORMATS)
def test_by_site(tmp_path: Path, suffix: str) -> None:
    """What pages of one host share goes; what stands once on a host, or has none, stays."""
    urls = ["https://a.example/1", "http://b.example/", "https://A.example:443/2?x", "c", "[::]"]
    items = [page(number, url) for number, url in enumerate(urls)]
    write(tmp_path / "in" / f"a{suffix}", items)
    site_field = "WARC-Target-URI" if suffix == ".warc.wet.gz" else "url"
    clean_by_site(tmp_path / "in", tmp_path / "out", site_field)
    found = [record["text"] for record in read(tmp_path / "out" / f"a{suffix}")]
    texts = [item["text"] for item in items]
    shared = boilerstrip.find_repeated(texts)
    assert found == [
        boilerstrip.clean(text, repeated=shared if "a.example" in url.lower() else ())
        for text, url in zip(texts, urls, strict=True)
    ]
    assert [SHARED in text for text in found] == [False, True, False, True, True]


def test_by_site_without_scheme(tmp_path: Path) -> None:
    """The host of an address is found without its scheme; a name with a slash is a name."""
    urls = ["https://a.example/0", "A.example/1?x", "b/1"]
    write(tmp_path / "a.jsonl", [page(number, url) for number, url in enumerate(urls)])
    clean_by_site(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    found = [SHARED in record["text"] for record in read(tmp_path / "b.jsonl")]
    assert found == [False, False, True]


@pytest.mark.parametrize(
    "site", [None, "", " ", 5, "a.example", "//a.example/x", {"name": "https://["}]
)
def test_by_site_named(tmp_path: Path, site: object) -> None:
    """A site may be named by anything; pages without one are not compared."""
    items = [page(number, "") | {"site": site} for number in range(2)]
    write(tmp_path / "a.jsonl", items)
    clean_by_site(tmp_path / "a.jsonl", tmp_path / "b.jsonl", "site")
    found = [SHARED in record["text"] for record in read(tmp_path / "b.jsonl")]
    assert found == [site in (None, "", " ")] * 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_by_site_with_bad_records(tmp_path: Path, jobs: int) -> None:
    """Records that are bad, or long, among the pages of a site do as they do without it."""
    long = {"text": f"{NEWS[0]} {NEWS[1]}\n" * (streams.BLOCK // 120), "url": "https://a.example/"}
    items = [page(0, "https://a.example/0"), long, page(1, "https://a.example/1"), {"text": 5}]
    items += [page(2, "https://a.example/2"), page(3, "https://a.example/3")]
    write(tmp_path / "in" / "a.jsonl", items)
    torn = b'{"text": "\\ud800\\", "url": "https://a.example/"}\n'
    with (tmp_path / "in" / "a.jsonl").open("ab") as file:
        file.write(torn)
    report = clean_by_site(tmp_path / "in", tmp_path / "out", on_error="pass", jobs=jobs)
    assert (report.documents, report.errors) == (5, 2)
    data = (tmp_path / "out" / "a.jsonl").read_bytes()
    assert data.endswith(torn)
    found = [json.loads(line) for line in data.splitlines()[:-1]]
    assert found[1] == long
    assert found[3] == {"text": 5}
    assert [SHARED in record["text"] for record in (found[0], *found[4:])] == [True, False, False]


def test_by_site_with_bad_text(tmp_path: Path) -> None:
    """A page whose text turns out to be no UTF-8 is named, and the others are compared."""
    bad = warc_record(page(9, "https://a.example/9")).replace(b"Mill Lane", b"M\xffll Lane")
    write(tmp_path / "a.warc.wet.gz", [page(number, "https://a.example/") for number in range(2)])
    with (tmp_path / "a.warc.wet.gz").open("ab") as file:
        file.write(gzip.compress(bad))
    source, target = tmp_path / "a.warc.wet.gz", tmp_path / "b.warc.wet.gz"
    report = clean_by_site(source, target, "WARC-Target-URI", on_error="skip")
    assert (report.documents, report.errors) == (2, 1)
    assert [record["text"] for record in read(tmp_path / "b.warc.wet.gz")] == [
        f"{NEWS[0]}\n",
        f"{NEWS[1]}\n",
    ]


def test_by_site_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """On the command line it is asked for by name, with the field of the site, or is refused."""
    write(tmp_path / "a.jsonl", [page(number, "https://a.example/") for number in range(2)])
    command = ["corpus", str(tmp_path / "a.jsonl"), "-o", str(tmp_path / "b.jsonl"), "--by-site"]
    with pytest.raises(SystemExit):
        cli.main(command)
    assert "by_site (--by-site) needs site_field (--site-field)" in capfd.readouterr().err
    assert cli.main([*command, "--site-field", "url"]) == 0
    assert SHARED not in (tmp_path / "b.jsonl").read_text()


NOON = 1_714_564_800  # seconds since 1970


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (NOON * 10**9 + 1, pa.timestamp("ns"), '"2024-05-01 12:00:00.000000001"'),
        (NOON * 10**9 + 1000, pa.timestamp("ns"), '"2024-05-01 12:00:00.000001"'),
        (NOON * 10**9 + 1, pa.timestamp("ns", "UTC"), '"2024-05-01 12:00:00.000000001Z"'),
        (NOON * 10**9, pa.timestamp("ns", "UTC"), '"2024-05-01 12:00:00+00:00"'),
        (-(10**15), pa.timestamp("ms"), '"-29719-04-05 22:13:20.000"'),
        (1001, pa.time64("ns"), '"00:00:00.000001001"'),
        (90_061_000_000_001, pa.duration("ns"), '"PT90061.000000001S"'),
        (-90_061, pa.duration("s"), '"PT-90061S"'),
        ("é".encode(), pa.binary(), '"é"'),
        (b"\xff\0", pa.binary(), '"ff00"'),
        (None, pa.duration("s"), '"a.parquet:1"'),
    ],
)
def test_readable_ids_of_tables(
    clean: Clean, tmp_path: Path, value: Any, type_: pa.DataType, expected: str
) -> None:
    """Ids of types that neither JSON nor Python has are written as one would read them."""
    (tmp_path / "in").mkdir()
    columns = {"id": pa.array([value], type_), "text": ["Read more"]}
    pq.write_table(pa.table(columns), tmp_path / "in" / "a.parquet")
    clean(removed=tmp_path / "r.jsonl", remove=APPEALS)
    assert (tmp_path / "r.jsonl").read_text().startswith(f'{{"id":{expected},"start":0')


@pytest.mark.parametrize("value", [[1e16, 1e-7], {"a": [float("nan"), float("-inf")]}, ["é", 5]])
def test_encode(monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    """Numbers inside of others are written in one way too, with orjson or without."""
    found = json_values.encode(value)
    monkeypatch.setattr(json_values, "orjson", None)
    assert json_values.encode(value) == found
    expected = {"a": ["nan", "-inf"]} if isinstance(value, dict) else value

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

    assert json.loads(found, parse_constant=refuse) == expected


@pytest.mark.parametrize("suffix", FORMATS[:-1])
def test_spans(clean: Clean, tmp_path: Path, model: Model, suffix: str) -> None:
    """Spans are added behind the other fields, and the texts left alone."""
    write(tmp_path / "in" / f"a{suffix}", records())
    clean(spans=True)
    for found, record in zip(read(tmp_path / "out" / f"a{suffix}"), records(), strict=True):
        spans = found.pop("boilerplate_spans")
        assert found == record
        expected = [p for p in boilerstrip.classify(record["text"], model=model) if p.kind]
        assert [(s["start"], s["end"], s["kind"]) for s in spans] == [
            (p.start, p.end, p.kind) for p in expected
        ]


@pytest.mark.parametrize("suffix", FORMATS)
def test_drop_empty(clean: Clean, tmp_path: Path, suffix: str) -> None:
    """Documents with nothing left are counted, and left out if that is wanted."""
    write(tmp_path / "in" / f"a{suffix}", records(12))
    options: dict[str, Any] = {
        "remove": [line for page in PAGES[3:5] for line in page.splitlines()],
        "keep": ["rain fell", "the council", "the engineer"],
    }
    kept = clean(**options)
    assert len(read(tmp_path / "out" / f"a{suffix}")) == 12
    dropped = clean(**options, drop_empty=True, force=True)
    assert kept.emptied == dropped.emptied == 6
    assert kept.documents == dropped.documents == 12
    found = [record["id"] for record in read(tmp_path / "out" / f"a{suffix}")]
    assert found == ["r0", "r1", "r2", "r6", "r7", "r8"]


def test_drop_empty_text_file(clean: Clean, tmp_path: Path) -> None:
    """An empty text file is left out, also when an earlier run had written one."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Read more")
    assert clean(remove=["read more"]).emptied == 1
    assert files(tmp_path / "out") == {"a.txt": b""}
    clean(remove=["read more"], drop_empty=True, force=True)
    assert files(tmp_path / "out") == {}
    assert clean(remove=["read more"], drop_empty=True, resume=True).finished_before == 1


def test_dry_copy(clean: Clean, tmp_path: Path) -> None:
    """A dry copy changes nothing."""
    for suffix in FORMATS:
        write(tmp_path / "in" / f"a{suffix}", records())
    report = clean(dry_copy=True, drop_empty=True)
    for suffix in FORMATS:
        assert read(tmp_path / "out" / f"a{suffix}") == read(tmp_path / "in" / f"a{suffix}")
    assert report.removed == report.emptied == 0


# --- bad input ----------------------------------------------------------------------------------

GOOD = b'{"text": "Rain fell on Leeds."}\n'
BAD_LINES = {
    "not JSON": b'{"text": "Rain"\n',
    "not a JSON object: it begins with '[\"text\"]'": b'["text"]\n',
    "not a JSON object: it begins with '<html>Rain fell on Leeds for t'": (
        b"<html>Rain fell on Leeds for the ninth day\n"
    ),
    "no field 'text'": b'{"txt": "Rain"}\n',
    "is null; it must be a string": b'{"text": null}\n',
    "is 5; it must be a string": b'{"text": 5}\n',
    'is ["Rain"]; it must be a string': b'{"text": ["Rain"]}\n',
    "not UTF-8": b'{"text": "caf\xe9"}\n',
    "codec can't decode": b'{"name": "caf\xe9", "text": "Rain"}\n',
    "Invalid control character": b'{"text": "a\tb"}\n',
    "bracket that is never closed": b'{"a": [1, {"text": "Rain"}, \n',
    "recursion": b'{"text": "Rain", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
}


@pytest.mark.parametrize("fault", BAD_LINES)
@pytest.mark.parametrize("on_error", ["fail", "skip", "pass"])
def test_bad_lines(
    clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: str, on_error: str
) -> None:
    """A bad record is named by file and line, and ends the run, is left out or passed on."""
    source, target = tmp_path / "in" / "a.jsonl", tmp_path / "out" / "a.jsonl"
    source.parent.mkdir()
    source.write_bytes(GOOD + BAD_LINES[fault] + GOOD)
    if on_error == "fail":
        with pytest.raises(CorpusError) as error:
            clean()
        messages = [str(error.value)]
        assert files(tmp_path / "out") == {}
    else:
        report = clean(on_error=on_error, keep=["rain"])
        messages = caplog.messages
        assert (report.documents, report.errors) == (2, 1)
        passed = BAD_LINES[fault] if on_error == "pass" else b""
        assert target.read_bytes() == GOOD + passed + GOOD
    assert len(messages) == 1
    assert messages[0].startswith(f"{source}:2: ")
    assert fault in messages[0]


@pytest.mark.parametrize(
    "line", [b'{"text": "Rain fell on Leeds.", "a": }', b'{"a": 1, "text": "Rain\tfell"}']
)
def test_place_in_line(clean: Clean, tmp_path: Path, line: bytes) -> None:
    """Where a line is no JSON is told as it is counted in the whole line."""
    with pytest.raises(json.JSONDecodeError) as fault:
        json.loads(line)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(line)
    place = f"{fault.value.msg} (character {fault.value.pos});"
    with pytest.raises(CorpusError, match=re.escape(f"a.jsonl:1: not JSON: {place}")):
        clean()


def test_torn_last_line(clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A last line without an end is as good as others, if it is whole."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(GOOD + GOOD[:-1])
    (tmp_path / "in" / "b.jsonl").write_bytes(GOOD + GOOD[:-9])
    assert clean(on_error="skip", keep=["rain"]).documents == 3
    assert files(tmp_path / "out") == {"a.jsonl": GOOD + GOOD[:-1], "b.jsonl": GOOD}
    torn = f"{tmp_path / 'in' / 'b.jsonl'}:2: not JSON: a string that never ends"
    assert caplog.messages == [torn]


@pytest.mark.parametrize("suffix", [".jsonl.gz", ".jsonl.zst", ".warc.wet.gz"])
@pytest.mark.parametrize("damage", ["cut", "overwritten", "behind"])
def test_damaged(
    clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture, suffix: str, damage: str
) -> None:
    """What can be read of a damaged file is; where it is damaged is told."""
    source, target = tmp_path / "in" / f"a{suffix}", tmp_path / "out" / f"a{suffix}"
    noise = random.Random(0)  # noqa: S311 (nobody is to be kept from guessing)
    items = [{**record, "url": str(noise.random())} for record in records(6000)]
    write(source, items)
    data = source.read_bytes()
    place = len(data) * 3 // 4
    if damage == "cut":
        data = data[:place]
    elif damage == "overwritten":
        data = data[:place] + bytes(40) + data[place + 40 :]
    else:
        data += b"rubbish"
    source.write_bytes(data)
    with pytest.raises(CorpusError, match=r"damaged|cut short"):
        clean()
    assert files(tmp_path / "out") == {}
    report = clean(on_error="skip")
    found = read(target)
    assert len(found) == report.documents
    assert len(found) == 6000 if damage == "behind" else 1000 < len(found) < 6000
    assert report.errors == len(caplog.messages) >= 1
    number = int(caplog.messages[-1].removeprefix(f"{source}:").split(":")[0])
    assert len(found) < number <= 6002  # WET files have one record more
    if damage != "overwritten":  # gzip notices that only at the end
        assert [record["id"] for record in found] == [item["id"] for item in items[: len(found)]]
        assert number - len(found) <= 2


@pytest.mark.parametrize("header", [b"content-length: %d", b"Content-Length: %d; x=1"])
@pytest.mark.parametrize("last", [1, 3])
def test_odd_length_of_record(
    clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture, header: bytes, last: int
) -> None:
    """A record whose length is not understood is not taken for an empty one; the rest is told."""
    whole = [*map(warc_record, records(4))]
    odd = header % len(records(1)[0]["text"].encode())
    whole[1] = warc_record({**records(1)[0], "id": "odd"}).replace(
        b"Content-Length: %d" % len(records(1)[0]["text"].encode()), odd
    )
    source = tmp_path / "in" / "a.warc.wet.gz"
    source.parent.mkdir()
    source.write_bytes(b"".join(map(gzip.compress, whole[: last + 1])))
    report = clean(on_error="skip")
    assert (report.documents, report.errors) == (1, 1)
    assert [record["id"] for record in read(tmp_path / "out" / "a.warc.wet.gz")] == ["r0"]
    (message,) = caplog.messages
    assert message == (
        f"{source}:2: a record with the header {odd.decode()!r}; it must be 'Content-Length: ' and "
        "a number. The rest of the file, from this record on, is not read"
    )


def test_small_length_of_record(clean: Clean, tmp_path: Path) -> None:
    """A record without content is good, however its length is written."""
    record = warc_record({"id": "r", "text": "", "url": "u"})
    source = tmp_path / "in" / "a.warc.wet.gz"
    source.parent.mkdir()
    source.write_bytes(gzip.compress(record.replace(b"Content-Length", b"content-length")))
    assert (clean().documents, clean(force=True).emptied) == (1, 1)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.warc.wet.gz"])
@pytest.mark.parametrize("data", [GOOD, b""])
def test_not_compressed(
    clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, data: bytes
) -> None:
    """A file that is not compressed as its name says is left out, or copied."""
    source, target = tmp_path / "in" / name, tmp_path / "out" / name
    source.parent.mkdir()
    source.write_bytes(data)
    with pytest.raises(CorpusError, match="data, though it is named"):
        clean()
    assert clean(on_error="skip").errors == 1
    assert not target.exists()
    clean(on_error="pass", force=True)
    assert target.read_bytes() == data
    assert all(message.startswith(f"{source}: no ") for message in caplog.messages)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (gzip.compress(GOOD), "gzip data, though its name does not end with .gz"),
        (zstd.compress(GOOD), "zstd data, though its name does not end with .zst"),
        (GOOD.decode().encode("utf-16"), "JSON in UTF-16; it must be in UTF-8: convert it"),
        (GOOD.decode().encode("utf-16-le"), "JSON in UTF-16; it must be in UTF-8: convert it"),
        (GOOD.decode().encode("utf-16-be"), "JSON in UTF-16; it must be in UTF-8: convert it"),
    ],
    ids=["gzip", "zstd", "UTF-16", "UTF-16 LE", "UTF-16 BE"],
)
def test_not_plain(
    clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture, data: bytes, fault: str
) -> None:
    """What is no plain JSON by its first bytes is named as what it is, once."""
    source = tmp_path / "in" / "a.ndjson"
    source.parent.mkdir()
    source.write_bytes(data)
    assert clean(on_error="skip").errors == 1
    assert caplog.messages == [f"{source}: {fault}"]


@pytest.mark.parametrize("on_error", ["fail", "skip", "pass"])
def test_half_a_line(
    clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture, on_error: str
) -> None:
    """The line that a damaged file ends with is no fault of its own: the damage is told, once."""
    source = tmp_path / "in" / "a.jsonl.gz"
    source.parent.mkdir()
    half = b'{"text": "Rain'
    source.write_bytes(gzip.compress(GOOD + half)[:-8])
    if on_error == "fail":
        with pytest.raises(CorpusError, match=r"a\.jsonl\.gz:2: the gzip data is cut short"):
            clean()
        return
    report = clean(on_error=on_error, keep=["rain"])
    assert (report.documents, report.errors) == (1, 1)
    assert caplog.messages == [f"{source}:2: the gzip data is cut short"]
    passed = [half] if on_error == "pass" else []
    assert read_lines(tmp_path / "out" / "a.jsonl.gz") == [GOOD, *passed]


@pytest.mark.parametrize("zeros", [0, 1, streams.CHUNK, 3 * streams.CHUNK])
def test_padded_gzip(zeros: int) -> None:
    """Zeros behind a gzip member, as tapes have them, are no damage, however many there are."""
    data = gzip.compress(b"Rain") + bytes(zeros) + gzip.compress(b"Sun") + bytes(zeros)
    assert b"".join(streams.inflate(io.BytesIO(data))) == b"RainSun"


def test_damaged_table(clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A table that is damaged somewhere is read up to there; null is no text."""
    source, target = tmp_path / "in" / "a.parquet", tmp_path / "out" / "a.parquet"
    items = records(3000)
    items[1]["text"] = None
    write(source, items)
    data = source.read_bytes()
    start = pq.ParquetFile(source).metadata.row_group(100).column(1).data_page_offset
    source.write_bytes(data[:start] + bytes(40) + data[start + 40 :])
    report = clean(on_error="skip")
    assert report.errors == 2
    assert caplog.messages[0] == f"{source}:2: the column 'text' is null; it must be a string"
    assert "the table is damaged" in caplog.messages[1]
    found = read(target)
    assert [record["id"] for record in found[:3]] == ["r0", "r2", "r3"]
    assert len(found) == report.documents
    clean(on_error="pass", force=True)
    assert read(target)[1] == items[1]


UNREADABLE = {
    "a.txt": (b"caf\xe9 au lait", "not UTF-8 at byte 3"),
    "a.parquet": (b"PAR1 and no more", "no Parquet file"),
}


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("jobs", [1, 2])
def test_unreadable(
    clean: Clean, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, jobs: int
) -> None:
    """A file of which nothing can be used ends the run, is left out, or copied."""
    data, fault = UNREADABLE[name]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(data)
    with pytest.raises(CorpusError, match=fault):
        clean(jobs=jobs)
    removed = tmp_path / "removed.jsonl"
    report = clean(on_error="skip", removed=removed, jobs=jobs)
    assert (report.documents, report.errors) == (0, 1)
    assert files(tmp_path / "out") == {}
    assert removed.read_bytes() == b""
    assert fault in caplog.text
    clean(on_error="pass", jobs=jobs)
    assert files(tmp_path / "out") == {name: data}


@pytest.mark.parametrize(
    ("schema", "options", "fault"),
    [
        ({"txt": pa.string()}, {}, r"no column 'text' among \['txt'\]"),
        ({"text": pa.int8()}, {}, "the column 'text' is of type int8; it must be string"),
        (
            {"text": pa.string(), "boilerplate_spans": pa.int8()},
            {"spans": True},
            "there is a column 'boilerplate_spans' already",
        ),
    ],
)
def test_wrong_columns(
    clean: Clean, tmp_path: Path, schema: dict[str, Any], options: dict[str, Any], fault: str
) -> None:
    """A table without a column of texts cannot be used."""
    (tmp_path / "in").mkdir()
    pq.write_table(pa.schema(schema).empty_table(), tmp_path / "in" / "a.parquet")
    with pytest.raises(CorpusError, match=fault):
        clean(**options)


def test_spans_twice(clean: Clean, tmp_path: Path) -> None:
    """Spans that are there already are not written over."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    clean(spans=True)
    with pytest.raises(CorpusError, match=r"a\.jsonl:1: there is a field 'boilerplate_spans'"):
        clean(spans=True, inputs=[tmp_path / "out"], output=tmp_path / "out2")


@pytest.mark.parametrize(
    ("suffix", "module", "extra"),
    [
        (".jsonl.zst", "backports.zstd", "zstd"),
        (".parquet", "pyarrow", "parquet"),
        (".warc.wet.gz", "fastwarc.warc", "warc"),
    ],
)
def test_missing_extra(
    clean: Clean,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
    module: str,
    extra: str,
) -> None:
    """A package that is missing is named with the command that installs it."""
    write(tmp_path / "in" / f"a{suffix}", records(3))
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(CorpusError, match=rf"{module}.*: pip install 'boilerstrip\[{extra}\]'"):
        clean()


def test_without_fast(clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without orjson and isal the same comes out, only slower."""
    for suffix in FORMATS:
        write(tmp_path / "in" / f"a{suffix}", records())
    fast = clean(removed=tmp_path / "fast.jsonl")
    monkeypatch.setattr(json_values, "orjson", None)
    monkeypatch.setattr(streams, "fast_zlib", zlib)
    slow = clean(removed=tmp_path / "slow.jsonl", output=tmp_path / "slow")
    for suffix in FORMATS:
        assert read(tmp_path / "slow" / f"a{suffix}") == read(tmp_path / "out" / f"a{suffix}")
    assert read(tmp_path / "slow.jsonl") == read(tmp_path / "fast.jsonl")
    assert slow.removed == fast.removed


# --- files --------------------------------------------------------------------------------------


def test_find_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders are searched, patterns expanded, and places below them kept."""
    monkeypatch.chdir(tmp_path)
    for name in ("a/x.jsonl", "a/b/x.jsonl", "a/.h/x.jsonl", "a/.y.txt", "a/note.md", "c/x.txt"):
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def targets(*inputs: str) -> list[str]:
        return [str(file.target) for file in find_files(inputs, "out")]

    assert targets("a") == ["out/b/x.jsonl", "out/x.jsonl"]
    assert targets("a/x.jsonl", "c") == ["out/x.jsonl", "out/x.txt"]
    assert targets("*/x.*") == ["out/a/x.jsonl", "out/c/x.txt"]
    assert targets("a/**/*.jsonl") == ["out/b/x.jsonl", "out/x.jsonl"]
    assert find_files(["c/x.txt"], "y.txt") == [(Path("c/x.txt"), Path("y.txt"), ".txt", "x.txt")]
    assert [file.name for file in find_files(["a"], "out")] == ["b/x.jsonl", "x.jsonl"]


@pytest.mark.parametrize("inputs", [["in"], ["in/**"]])
def test_files_left_out(
    clean: Clean,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    inputs: list[str],
) -> None:
    """Files in folders that are of no known format are told and counted, hidden ones are not."""
    monkeypatch.chdir(tmp_path)
    write(Path("in/x.jsonl"), records(3))
    for name, count in (("a.html", 1), (".hidden", 1), ("sub/b.pdf", 2)):
        Path("in", name).parent.mkdir(exist_ok=True)
        Path("in", name).touch()
        caplog.clear()
        report = clean(inputs=inputs, force=True)
        more = " and 1 more" if count > 1 else ""
        first = Path("in", "a.html")
        assert caplog.messages == [f"left out, no file of a known format: {first}{more}"]
        assert report.left_out == count


def test_what_spark_writes_beside_the_data(clean: Clean, tmp_path: Path) -> None:
    """In folders, names that begin with an underscore are left out as hidden ones are."""
    names = ["a.jsonl", "_b.jsonl", "_temporary/0/c.jsonl", "_SUCCESS", "sub/_delta_log/d.jsonl"]
    for name in names:
        write(tmp_path / "in" / name, records(3))
    assert clean().left_out == 0
    assert list(files(tmp_path / "out")) == ["a.jsonl"]
    clean(inputs=[tmp_path / "in" / "_b.jsonl", tmp_path / "in" / "_temporary"], output="out2")
    assert list(files(tmp_path / "out2")) == ["0/c.jsonl", "_b.jsonl"]


def test_no_files(
    clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Pipes and links that lead nowhere are told in folders, and refused where they are named."""
    monkeypatch.chdir(tmp_path)
    write(Path("in/a.jsonl"), records(3))
    os.mkfifo("in/b.jsonl")
    Path("in/c.jsonl").symlink_to("nowhere")
    assert clean(inputs=["in"]).left_out == 2
    assert caplog.messages == ["left out, no file of a known format: in/b.jsonl and 1 more"]
    for pipe in ("in/b.jsonl", "in/[ab].jsonl"):
        with pytest.raises(CorpusError, match=r"in/b\.jsonl is a pipe or a device; only files are"):
            clean(inputs=[pipe], output="out2")
    for link in ("in/c.jsonl", "in/[ac].jsonl"):
        with pytest.raises(FileNotFoundError, match=r"in/c\.jsonl"):
            clean(inputs=[link], output="out2")


def test_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links to folders are followed, but not in circles."""
    monkeypatch.chdir(tmp_path)
    for name in ("a/x.jsonl", "b/c/x.jsonl"):
        Path(name).parent.mkdir(parents=True)
        Path(name).touch()
    Path("a/b").symlink_to("../b")
    Path("a/self").symlink_to(".")
    Path("b/c/a").symlink_to("../../a")
    places = [file.name for file in find_files(["a"], "out")]
    assert places == ["b/c/x.jsonl", "x.jsonl"]


@pytest.mark.parametrize("pattern", ["in/*.jsonl", "in/*", "in/**", "in/**/*.jsonl"])
def test_folder_named_like_a_file(
    clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    """A folder that a pattern finds is read like one that is named, and nothing is read twice."""
    monkeypatch.chdir(tmp_path)
    names = ["a.jsonl", "b.jsonl/part-0.jsonl", "b.jsonl/sub/part-1.jsonl"]
    for name in names:
        write(tmp_path / "in" / name, records(3))
    (tmp_path / "in" / "b.jsonl" / "_SUCCESS").touch()
    clean(inputs=[pattern])
    assert list(files(tmp_path / "out")) == names
    with pytest.raises(CorpusError, match=r"r\.jsonl lies in in/.*, which is read"):
        clean(inputs=[pattern], output="out2", removed="in/b.jsonl/r.jsonl")


@pytest.mark.parametrize("place", ["out/a.jsonl", "r.jsonl"])
def test_folder_in_place_of_an_output(clean: Clean, tmp_path: Path, place: str) -> None:
    """A folder where a file is to be written is found before anything is done."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    (tmp_path / place).mkdir(parents=True)
    with pytest.raises(CorpusError, match=rf"{place} is a folder; name another output"):
        clean(removed=tmp_path / "r.jsonl", force=True, progress=pytest.fail)


@pytest.mark.parametrize(
    ("inputs", "output", "fault"),
    [
        ([], "out", "there is no input"),
        (["a"], "a/out", "a/out lies in a, which is read"),
        (["a/**/*.jsonl"], "a/out", "a/out/b/z.jsonl lies in a/**/*.jsonl, which is"),
        (["a/b/z.jsonl", "*/*.jsonl"], "d", "d/z.jsonl lies in */*.jsonl, which is read"),
        (["a/x.jsonl", "*/*.jsonl"], "d", "would be read twice, for the inputs a/x.jsonl and */*."),
        (["a/x.jsonl", "./a/x.jsonl"], "d", "x.jsonl would be read twice"),
        (["a", "a/b"], "d", "a/b/z.jsonl would be read twice, for the inputs a and a/b; leave out"),
        (["a/b", ".link"], "d", "z.jsonl would be read twice, for the inputs a/b and .link;"),
        (["a/x.jsonl"], "a", "a/x.jsonl is read and would be written"),
        (["a/x.jsonl", "b/x.jsonl"], "out", "out/x.jsonl; name the folder that holds both"),
        (["a", "b"], "out.jsonl", "out.jsonl is one file and 3 are read; name a folder without"),
        (["a", "b"], "out.jsonl", "make one of this name first: mkdir out.jsonl"),
        (["a/x.jsonl"], "out.jsonl.gz", "must have the same of these endings: .jsonl "),
        (["note.md"], "out", "note.md: of no known format; the known endings are .jsonl "),
        (["c"], "out", "c: no file with one of these endings"),
        (["c/*"], "out", "c/*: no file with one of these endings"),
        (["*.zst"], "out", "*.zst: there is nothing that this pattern matches"),
        (["-"], "out", "-: no file or folder of this machine"),
        (["s3://bucket/a.jsonl"], "out", "s3://bucket/a.jsonl: no file or folder of this machine"),
        (["s3://bucket/*.jsonl"], "out", "s3://bucket/*.jsonl: no file or folder of this machine"),
        ([Path("s3://bucket")], "out", "s3:/bucket: no file or folder of this machine"),
        (["a"], "gs://bucket/out", "gs:/bucket/out: no file or folder of this machine"),
        (["a/x.jsonl"], "out.json", "out.json is no folder, and has none of the endings of what"),
        (["a"], "out.CSV", "out.CSV is no folder, and has none of the endings of what is written"),
        (["a"], "note", "note is no folder, and has none of the endings of what is written"),
    ],
)
def test_wrong_files(
    tmp_path: Path,
    model_file: str,
    monkeypatch: pytest.MonkeyPatch,
    inputs: list[str | Path],
    output: str,
    fault: str,
) -> None:
    """Files that cannot be read, or would get into each other's way, are named."""
    monkeypatch.chdir(tmp_path)
    for name in ("a/x.jsonl", "a/b/z.jsonl", "b/x.jsonl", "c/note.md", "note.md", "note"):
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    Path(".link").symlink_to("a/b")
    with pytest.raises(CorpusError) as error:
        clean_corpus(inputs, output, model_path=model_file)
    assert fault in str(error.value)


def test_output_beside_inputs(
    clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a pattern does not find may be written below its folder, and nothing else."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "in" / "a.jsonl", records(3))
    for finished in (0, 1):
        report = clean(inputs=["in/*.jsonl"], output="in/out", resume=True)
        assert report.finished_before == finished
    with pytest.raises(CorpusError, match=r"in/r\.jsonl lies in in/\*\.jsonl, which is read"):
        clean(inputs=["in/*.jsonl"], output="out", removed="in/r.jsonl")


def test_found_by_scandir(tmp_path: Path, model_file: str) -> None:
    """Inputs and the model may be anything that stands for a path."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    with os.scandir(tmp_path / "in") as inputs, os.scandir(Path(model_file).parent) as models:
        found: Any = next(each for each in models if each.path == model_file)
        names: Any = inputs
        clean_corpus(names, tmp_path / "out", model_path=found)
    assert len(read(tmp_path / "out" / "a.jsonl")) == 3


def test_iterators(clean: Clean, tmp_path: Path) -> None:
    """Whatever there can be several of may come from an iterator."""
    write(tmp_path / "in" / "a.jsonl", records())
    several = {"keep": ["rain"], "remove": APPEALS, "kinds": boilerstrip.KINDS}
    listed = clean(**several)
    again = clean(
        inputs=iter([tmp_path / "in"]),
        force=True,
        **{name: iter(values) for name, values in several.items()},
    )
    assert again.removed == listed.removed > 0


def test_existing_outputs(clean: Clean, tmp_path: Path) -> None:
    """What exists is not written over, unless that is forced."""
    write(tmp_path / "in" / "a.jsonl", records())
    for name in ("out/a.jsonl", "removed.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
        for resume in (False, True):
            with pytest.raises(CorpusError, match=name):
                clean(removed=tmp_path / "removed.jsonl", resume=resume)
        assert path.read_text() == "mine"
        if name == "out/a.jsonl":
            path.unlink()
    clean(removed=tmp_path / "removed.jsonl", force=True)
    assert len(read(tmp_path / "out" / "a.jsonl")) == len(records())


@pytest.mark.parametrize(
    ("options", "error", "fault"),
    [
        ({"threshold": 2}, ValueError, "threshold"),
        ({"kinds": {"spam"}}, ValueError, "spam"),
        ({"keep": "a phrase"}, TypeError, "keep"),
        ({"on_error": "ignore"}, ValueError, "on_error is 'ignore'"),
        ({"jobs": 0}, ValueError, "jobs"),
        ({"jobs": "2"}, TypeError, "jobs"),
        ({"removed": "a.csv"}, ValueError, "removed"),
        ({"removed": "in/r.jsonl"}, CorpusError, "r.jsonl lies in"),
        ({"removed": "out/a.jsonl"}, CorpusError, "read or written already"),
        ({"spans": True, "drop_empty": True}, ValueError, "spans"),
        ({"spans": True}, CorpusError, "spans can only be added"),
        ({"inputs": "in"}, TypeError, "inputs"),
        ({"inputs": Path("in")}, TypeError, "inputs is PosixPath; it must be several"),
        ({"inputs": None}, TypeError, "inputs is NoneType; it must be several"),
        ({"inputs": [5]}, TypeError, "inputs holds int; it must hold paths"),
        ({"inputs": ["in", ""]}, ValueError, "an empty name; the folder at hand is '.'"),
        ({"force": "no"}, TypeError, "force is str; it must be bool"),
        ({"drop_empty": 1}, TypeError, "drop_empty is int; it must be bool"),
        ({"progress": 5}, TypeError, "progress is int; it must be callable, or None"),
        ({"text_field": None}, TypeError, "text_field is NoneType; it must be str"),
        ({"id_field": 5}, TypeError, "id_field is int; it must be str, or None"),
        ({"by_site": True}, ValueError, "by_site .* needs site_field"),
        ({"site_field": b"url"}, TypeError, "site_field is bytes; it must be str, or None"),
    ],
)
def test_wrong_options(
    clean: Clean, tmp_path: Path, options: dict[str, Any], error: type[Exception], fault: str
) -> None:
    """Options that are wrong are told before anything is written."""
    (tmp_path / "in").mkdir()
    for name in ("a.jsonl", "b.txt"):
        (tmp_path / "in" / name).touch()
    if "removed" in options:
        options = options | {"removed": tmp_path / options["removed"]}
    with pytest.raises(error, match=fault):
        clean(**options)
    assert not (tmp_path / "out").exists()


def test_output_without_name(tmp_path: Path, model_file: str) -> None:
    """An empty name is no output, as where a variable of the shell is not set."""
    write(tmp_path / "in" / "a.jsonl", records(1))
    with pytest.raises(ValueError, match=r"an empty name; the folder at hand is '\.'"):
        clean_corpus([tmp_path / "in"], "", model_path=model_file)


def test_model_for_path(tmp_path: Path, model: Model) -> None:
    """A model where its path is due is told."""
    with pytest.raises(TypeError, match="model_path is Model; it must be the path of a file"):
        clean_corpus([tmp_path], tmp_path / "out", model_path=model)  # type: ignore[arg-type]


def test_missing_model(tmp_path: Path) -> None:
    """A model that is not there is named."""
    write(tmp_path / "a.jsonl", records())
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        clean_corpus([tmp_path / "a.jsonl"], tmp_path / "out", model_path="none.npz")


# --- runs that are broken off -------------------------------------------------------------------


def states(folder: Path) -> dict[str, tuple[int, int]]:
    """Tell which files there are, and when they were made."""
    found = {name: (folder / name).stat() for name in files(folder)}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in found.items()}


def test_resume(clean: Clean, tmp_path: Path) -> None:
    """Finished files are not done again, unless their inputs or they themselves have changed."""
    for name in ("a.jsonl", "b.jsonl.gz", "c.jsonl.zst"):
        write(tmp_path / "in" / name, records())
    removed = tmp_path / "out" / "removed.jsonl"
    first = clean(removed=removed)
    before, whole = states(tmp_path / "out"), files(tmp_path / "out")
    again = clean(removed=removed, resume=True)
    assert states(tmp_path / "out") == before
    assert again.finished_before == 3
    assert again.removed_characters == first.removed_characters
    (tmp_path / "out" / "b.jsonl.gz").unlink()
    clean(removed=removed, resume=True)
    assert files(tmp_path / "out") == whole
    write(tmp_path / "in" / "a.jsonl", records(3))
    assert clean(removed=removed, resume=True).documents == 3 + 2 * len(records())
    assert len(read(tmp_path / "out" / "a.jsonl")) == 3


def test_changed_output(clean: Clean, tmp_path: Path) -> None:
    """What somebody has changed in an output is not lost by resuming, unless that is forced."""
    write(tmp_path / "in" / "a.jsonl", records())
    options: dict[str, Any] = {"removed": tmp_path / "removed.jsonl", "resume": True}
    clean(**options)
    for path in (tmp_path / "out" / "a.jsonl", tmp_path / "removed.jsonl"):
        path.write_text("mine")
        with pytest.raises(CorpusError, match=f"{path.name} was changed after a run"):
            clean(**options)
        assert path.read_text() == "mine"
        clean(**options, force=True)
        assert "mine" not in path.read_text()


def test_noted_too_early(clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that died between note and name can be resumed, though an older output is there."""
    write(tmp_path / "in" / "a.jsonl", records())
    clean()
    write(tmp_path / "in" / "a.jsonl", records(3))
    note = Journal.note

    def die(*facts: Any) -> None:
        note(*facts)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "note", die)
        with pytest.raises(KeyboardInterrupt):
            clean(resume=True)
    assert len(read(tmp_path / "out" / "a.jsonl")) == len(records())
    clean(resume=True)
    assert len(read(tmp_path / "out" / "a.jsonl")) == 3


def test_resume_differently(clean: Clean, tmp_path: Path) -> None:
    """A run cannot go on with other settings; what they were is told."""
    write(tmp_path / "in" / "a.jsonl", records())
    clean(threshold=0.5, keep=["rain"])
    with pytest.raises(CorpusError, match=r"threshold was 0\.5 and is 0\.7, keep was \['rain'\]"):
        clean(threshold=0.7, resume=True)
    clean(threshold=0.7, resume=True, force=True)
    assert clean(threshold=0.7, resume=True).finished_before == 1


def test_resume_with_other_phrases(clean: Clean, tmp_path: Path) -> None:
    """Of phrases it is told which differ; their order is none of the settings."""
    write(tmp_path / "in" / "a.jsonl", records())
    clean(keep=["rain", "hail", re.compile("x")])
    assert clean(keep=[re.compile("x"), "hail", "rain"], resume=True).finished_before == 1
    with pytest.raises(CorpusError, match=r"keep has lost \['rain'\] and gained \['fog'\]"):
        clean(keep=["hail", "fog", re.compile("x")], resume=True)


def test_resume_with_other_inputs(clean: Clean, tmp_path: Path) -> None:
    """An output of a file that is not read now is not replaced, unless that is forced."""
    for number, folder in enumerate(("p", "q")):
        write(tmp_path / folder / "a.jsonl", records(6 + number))
    clean(inputs=[tmp_path / "p"], resume=True)
    before = files(tmp_path / "out")
    with pytest.raises(CorpusError, match=r"out/a\.jsonl was made from .*/p/a\.jsonl, and would"):
        clean(inputs=[tmp_path / "q"], resume=True)
    assert files(tmp_path / "out") == before
    clean(inputs=[tmp_path / "q"], resume=True, force=True)
    assert len(read(tmp_path / "out" / "a.jsonl")) == 7


def test_removed_from_other_inputs(clean: Clean, tmp_path: Path) -> None:
    """Removed paragraphs of files that are not read now are not lost by resuming."""
    for name in ("p.jsonl", "q.jsonl"):
        write(tmp_path / name, records())
    options: dict[str, Any] = {"removed": tmp_path / "r.jsonl", "remove": APPEALS}
    clean(**options, inputs=[tmp_path / "p.jsonl"])
    removed = options["removed"].read_bytes()
    with pytest.raises(CorpusError, match=r"r\.jsonl was made from .*/p\.jsonl, and would"):
        clean(**options, inputs=[tmp_path / "q.jsonl"], resume=True)
    assert options["removed"].read_bytes() == removed
    report = clean(**options, inputs=[tmp_path / "p.jsonl", tmp_path / "q.jsonl"], resume=True)
    assert len(read(options["removed"])) == report.removed
    assert options["removed"].read_bytes().startswith(removed)


def test_resume_by_other_paths(clean: Clean, tmp_path: Path) -> None:
    """What is finished is known again however the paths are spelled."""
    write(tmp_path / "in" / "a.jsonl", records())
    clean(removed=tmp_path / "removed.jsonl")
    before = states(tmp_path)
    (tmp_path / "link").symlink_to("out")
    removed = tmp_path / "in" / ".." / "removed.jsonl"
    for output in ("in/../out", "link"):
        assert clean(output=output, removed=removed, resume=True).finished_before == 1
    assert states(tmp_path).items() >= before.items()


def test_resume_with_other_policy(clean: Clean, tmp_path: Path) -> None:
    """A run that a bad record ended goes on as its message says; only bad files are done again."""
    write(tmp_path / "in" / "a.jsonl", records())
    (tmp_path / "in" / "b.jsonl").write_bytes(GOOD + b"{\n")
    removed = tmp_path / "removed.jsonl"
    with pytest.raises(CorpusError, match="on-error skip"):
        clean(removed=removed)
    before = states(tmp_path / "out")["a.jsonl"]
    assert clean(removed=removed, resume=True, on_error="skip").finished_before == 1
    assert states(tmp_path / "out")["a.jsonl"] == before
    assert clean(removed=removed, resume=True, on_error="skip").finished_before == 2
    clean(removed=removed, resume=True, on_error="pass")
    assert (tmp_path / "out" / "b.jsonl").read_bytes().endswith(b"{\n")
    assert clean(removed=removed, resume=True, on_error="pass").finished_before == 2
    with pytest.raises(CorpusError, match=r"b\.jsonl:2: not JSON"):
        clean(removed=removed, resume=True)


def break_off(clean: Clean, **options: Any) -> None:
    """End a run when all its files are done, but what is removed not yet put together."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Plan, "join_removed", interrupt)
        with pytest.raises(KeyboardInterrupt):
            clean(**options)


def test_torn_parts(clean: Clean, tmp_path: Path) -> None:
    """Removed paragraphs that were not all on the disk when the machine crashed are found again."""
    for name in ("a.jsonl", "b.jsonl"):
        write(tmp_path / "in" / name, records())
    options: dict[str, Any] = {"removed": tmp_path / "removed.jsonl", "remove": APPEALS}
    clean(**options, output="expected")
    expected = options["removed"].read_bytes()
    options["removed"].unlink()
    break_off(clean, **options)
    (tmp_path / "out" / ".a.jsonl.removed").write_bytes(b"")
    assert clean(**options, resume=True).finished_before == 1
    assert options["removed"].read_bytes() == expected


def test_old_removed(clean: Clean, tmp_path: Path) -> None:
    """Removed paragraphs of inputs that have changed are not those of an earlier run."""
    options: dict[str, Any] = {"removed": tmp_path / "removed.jsonl", "remove": APPEALS}
    write(tmp_path / "in" / "a.jsonl", records(6))
    clean(**options)
    write(tmp_path / "in" / "a.jsonl", records(3))
    break_off(clean, **options, resume=True)
    report = clean(**options, resume=True)
    assert report.finished_before == 1
    assert len(read(options["removed"])) == report.removed > 0


def test_on_the_disk(clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the journal notes is on the disk by then: outputs, copies, removed paragraphs."""
    write(tmp_path / "in" / "a.jsonl", records())
    (tmp_path / "in" / "b.txt").write_bytes(b"\xff")
    synced, noted = set(), []
    note = Journal.note

    def sync(file: int) -> None:
        synced.add(os.fstat(file).st_ino)

    def check(journal: Journal, output: Path, *facts: Any) -> None:
        others = {".boilerstrip", ".removed.jsonl.lock"}
        written = [path for path in output.parent.iterdir() if path.name not in others]
        assert {path.stat().st_ino for path in written} <= synced
        noted.append(output.name)
        note(journal, output, *facts)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Journal, "note", check)
    clean(on_error="pass", removed=tmp_path / "out" / "removed.jsonl")
    assert noted == ["a.jsonl", "b.txt", "removed.jsonl"]


def test_torn_journal(clean: Clean, tmp_path: Path) -> None:
    """A journal whose last line is torn loses that line only."""
    for name in ("a.jsonl", "b.jsonl", "c.jsonl"):
        write(tmp_path / "in" / name, records())
    clean()
    journal = tmp_path / "out" / ".boilerstrip"
    journal.write_bytes(journal.read_bytes()[:-20])
    (tmp_path / "out" / "c.jsonl").unlink()
    assert clean(resume=True).finished_before == 2
    assert clean(resume=True).finished_before == 3


@pytest.mark.parametrize("line", [b"[1]", b'{"a": 1}', b'{"output": "b.jsonl"}', b"7"])
def test_foreign_journal(clean: Clean, tmp_path: Path, line: bytes) -> None:
    """A line of the journal that notes nothing is passed over."""
    write(tmp_path / "in" / "a.jsonl", records())
    clean()
    journal = tmp_path / "out" / ".boilerstrip"
    journal.write_bytes(line + b"\n" + journal.read_bytes())
    assert clean(resume=True).finished_before == 1


@pytest.mark.parametrize("options", [{"resume": True}, {"force": True}])
def test_run_beside_run(clean: Clean, tmp_path: Path, options: dict[str, Any]) -> None:
    """Where a run is at work another one is refused, and does no harm."""
    write(tmp_path / "in" / "a.jsonl", records())
    refused = []

    def intrude(_: Any) -> None:
        with pytest.raises(CorpusError, match="another run writes here") as error:
            clean(**options)
        refused.append(error)

    clean(progress=intrude)
    assert refused
    assert len(read(tmp_path / "out" / "a.jsonl")) == len(records())
    assert clean(resume=True).finished_before == 1


@pytest.mark.parametrize("options", [{}, {"removed": "r.jsonl"}, {"force": True}])
def test_output_meanwhile(clean: Clean, tmp_path: Path, options: dict[str, Any]) -> None:
    """What another program writes where a run was to, that run does not replace."""
    write(tmp_path / "in" / "a.jsonl", records())
    options = {name: tmp_path / v if name == "removed" else v for name, v in options.items()}
    target = options.get("removed", tmp_path / "out" / "a.jsonl")

    def write_too(_: Any) -> None:
        target.write_bytes(b"mine")

    with pytest.raises(CorpusError, match=r"l was written by another program since this run began"):
        clean(progress=write_too, **options)
    assert target.read_bytes() == b"mine"


@pytest.mark.parametrize("options", [{}, {"resume": True}, {"force": True}])
def test_same_removed(clean: Clean, tmp_path: Path, options: dict[str, Any]) -> None:
    """Two runs with different outputs do not write their removed paragraphs to the same file."""
    write(tmp_path / "in" / "a.jsonl", records())
    removed = tmp_path / "removed" / "r.jsonl"

    def intrude(_: Any) -> None:
        with pytest.raises(CorpusError, match=r"another run writes here: .*r\.jsonl"):
            clean(output="out2", removed=removed, **options)

    report = clean(removed=removed, progress=intrude)
    assert len(read(removed)) == report.removed
    assert not (tmp_path / "out2").exists()
    assert list(removed.parent.iterdir()) == [removed]


def test_same_removed_just_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run does not take the lock that another one is about to remove for its own."""
    removed = tmp_path / "r.jsonl"
    lock = journal._lock

    def wait(file: Any) -> None:
        (tmp_path / ".r.jsonl.lock").unlink()
        lock(file)

    monkeypatch.setattr(journal, "_lock", wait)
    with (
        pytest.raises(CorpusError, match=r"has just written here: .*r\.jsonl; start again"),
        journal.lock_beside(removed),
    ):
        pass


def test_run_meanwhile(tmp_path: Path) -> None:
    """A run does not go on from a journal that another one has added to since it was read."""
    journal, other = (Journal(tmp_path / ".boilerstrip", {}, "fail") for _ in range(2))
    with other.lock():
        other.note(tmp_path / "a.jsonl", [], None, Counts())
    with pytest.raises(CorpusError, match="another run has just written here"), journal.lock():
        pass


@pytest.mark.parametrize("what", [".a.jsonl.*.tmp", ".a.jsonl.*.removed.tmp"])
def test_unfinished_file_removed(clean: Clean, tmp_path: Path, what: str) -> None:
    """When somebody removes what a run is writing, the run fails, and finished outputs stay."""
    write(tmp_path / "in" / "a.jsonl", records())
    removed = tmp_path / "removed.jsonl"
    clean(removed=removed)
    before = states(tmp_path / "out")

    def remove(_: Any) -> None:
        for path in (tmp_path / "out").glob(what):
            path.unlink()

    with pytest.raises(CorpusError, match=r"\.tmp is gone"):
        clean(removed=removed, force=True, progress=remove)
    assert states(tmp_path / "out") == before
    assert clean(removed=removed, resume=True).finished_before == 1


def test_leftovers(clean: Clean, tmp_path: Path) -> None:
    """What a killed run has left is no hindrance, though it had the number of this process."""
    write(tmp_path / "in" / "a.jsonl", records())
    (tmp_path / "out").mkdir()
    for ending in ("tmp", "removed.tmp", "0.tmp"):
        (tmp_path / "out" / f".a.jsonl.{os.getpid()}.{ending}").touch()
    clean(removed=tmp_path / "removed.jsonl")
    assert list(files(tmp_path / "out")) == ["a.jsonl"]


def test_leftovers_with_removed(clean: Clean, tmp_path: Path) -> None:
    """What was removed in a run that was broken off does not stay, if it is not wanted any more."""
    write(tmp_path / "in" / "a.jsonl", records())
    write(tmp_path / "in" / "b.jsonl", [{"text": 5}])
    with pytest.raises(CorpusError):
        clean(removed=tmp_path / "removed.jsonl")
    assert (tmp_path / "out" / ".a.jsonl.removed").exists()
    clean(force=True, on_error="skip")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".boilerstrip",
        "a.jsonl",
        "b.jsonl",
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_long_names(clean: Clean, tmp_path: Path, jobs: int) -> None:
    """A file may have a name as long as may be."""
    names = [f"{letter * 249}.jsonl" for letter in "abcdefghij"]
    for name in names:
        write(tmp_path / "in" / name, records(3))
    options: dict[str, Any] = {"removed": tmp_path / f"{'r' * 249}.jsonl", "jobs": jobs}
    clean(**options)
    assert sorted(files(tmp_path / "out")) == names
    assert clean(**options, resume=True).finished_before == len(names)
    clean(output=tmp_path / f"{'o' * 249}.jsonl", inputs=[tmp_path / "in" / names[0]])


@pytest.mark.parametrize("count", [1, work.FILES_A_JOB * 2])
def test_killed_process(
    clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """When one of its processes is killed, a run says so, and can be resumed."""
    for number in range(count):
        write(tmp_path / "in" / f"{number}.jsonl", records(12_000))

    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        for name in ("_clean_block_in_worker", "_clean_file_in_worker"):
            patch.setattr(work, name, die)
        with pytest.raises(CorpusError, match="a process was ended from outside"):
            clean(jobs=2)
    assert files(tmp_path / "out") == {}
    clean(jobs=2, resume=True)
    assert len(files(tmp_path / "out")) == count


CRASHES = """
import functools, os, random, shutil, signal, sys, time
from boilerstrip import clean_corpus

clean = functools.partial(clean_corpus, ["in"], model_path=sys.argv[1], drop_empty=True)
clean("warm")  # loads all that is needed, before the first fork

def start(resume, step=None):
    '''Run in a process of its own, which may end before the file operation of a number.'''
    child = os.fork()
    if child:
        return child

    def count(event, arguments):
        nonlocal step
        if event in ("open", "os.rename", "os.remove", "os.mkdir"):
            step -= 1
            if step < 0:
                os._exit(9)

    if step is not None:
        sys.addaudithook(count)
    clean("out", removed="out/removed.jsonl", resume=resume)
    os._exit(0)

def end(child):
    '''Wait for the end of a process, and say whether it was finished.'''
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 9, -9)
    print("finished" if code == 0 else "broken off", flush=True)
    input()
    return code == 0
"""
KILLS = """
random.seed(0)
started = time.perf_counter()
assert end(start(False))
duration = time.perf_counter() - started
kills = 0
while kills < 30:
    shutil.rmtree("out")
    is_finished = False
    while not is_finished:
        child = start(True)
        time.sleep(random.random() ** 2 * duration)
        os.kill(child, signal.SIGKILL)
        is_finished = end(child)
        kills += not is_finished
"""
STEPS = """
step, is_finished = 0, False
while not is_finished:
    shutil.rmtree("out", ignore_errors=True)
    is_finished = end(start(False, step))
    assert is_finished or end(start(True))
    step += 1
assert step > 50
"""


@pytest.mark.parametrize(
    ("script", "count"), [(KILLS, 1200), (STEPS, 12)], ids=["killed", "step by step"]
)
def test_broken_off(clean: Clean, tmp_path: Path, model_file: str, script: str, count: int) -> None:
    """A run that ends at any moment can be resumed, and in the end all files are the same.

    After the end of each run, files with final names are whole; what was finished is not done
    again. Runs are killed at thirty random moments, or before each single file operation.
    """
    for suffix in (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet"):
        write(tmp_path / "in" / f"a{suffix}", records(count))
    (tmp_path / "in" / "b.txt").write_text("")
    (tmp_path / "in" / "c.txt").write_text(PAGES[0])
    expected_folder = tmp_path / "expected"
    removed = expected_folder / "removed.jsonl"
    clean(output=expected_folder, removed=removed, drop_empty=True)
    expected = files(expected_folder)
    finished: dict[str, tuple[int, int]] = {}
    with subprocess.Popen(  # noqa: S603 (our script)
        [sys.executable, "-c", CRASHES + script, model_file],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            found = files(tmp_path / "out") if (tmp_path / "out").exists() else {}
            named = {name: data for name, data in found.items() if not name.startswith(".")}
            now = states(tmp_path / "out") if found else {}
            assert named.items() <= expected.items()
            assert finished.items() <= now.items()
            finished = {name: now[name] for name in named}
            if line == "finished\n":
                assert found == expected
                finished = {}
            process.stdin.write("\n")
            process.stdin.flush()
    assert process.returncode == 0


WORKERS = """
import signal
import joblib
from boilerstrip.corpus.work import _start_workers

look = joblib.delayed(signal.pthread_sigmask)
with joblib.Parallel(2, return_as="generator") as parallel:
    _start_workers(parallel, 2)
    masks = list(parallel(look(signal.SIG_BLOCK, []) for _ in range(8)))
assert all(signal.SIGINT in mask for mask in masks)
assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
"""


def test_workers_uninterrupted() -> None:
    """Ctrl-C does not reach the processes, not even while they start; it does reach the run."""
    subprocess.run([sys.executable, "-c", WORKERS], check=True)  # noqa: S603 (our script)


def start(folder: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start the command."""
    code = "import sys; from boilerstrip.cli import main; sys.exit(main())"
    return subprocess.Popen(  # noqa: S603 (our command)
        [sys.executable, "-c", code, "corpus", *arguments],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )


def unfinished_files(folder: Path) -> list[Path]:
    """Tell what is not finished yet."""
    return list(folder.glob(".*.tmp"))


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_interrupted(
    clean: Clean, tmp_path: Path, model_file: str, jobs: str, how: signal.Signals
) -> None:
    """Interrupted, a run tidies up; killed, its processes end with it; both can be resumed."""
    for number in range(3):
        write(tmp_path / "in" / f"{number}.jsonl", records(8000))
    clean(output=tmp_path / "expected")
    arguments = ("in", "-o", "out", "--model", model_file, "--jobs", jobs)
    with start(tmp_path, *arguments) as process:
        while not (tmp_path / "out" / "0.jsonl").exists() or not unfinished_files(tmp_path / "out"):
            assert process.poll() is None
            time.sleep(0.005)
        os.kill(process.pid, how)
        _, messages = process.communicate(timeout=300)  # until the last of its processes ended
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert messages == "boilerstrip: interrupted; the same command goes on with --resume\n"
        assert not unfinished_files(tmp_path / "out")
    else:
        assert process.returncode == -how
    with start(tmp_path, *arguments, "--resume") as process:
        _, messages = process.communicate()
    assert process.returncode == 0
    assert "1 of them finished before" in messages or "2 of them finished before" in messages
    assert files(tmp_path / "out") == files(tmp_path / "expected")


def test_quiet_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What joblib's thread misses when a run is interrupted is not shown; all else is."""
    shown: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: shown.append(failure.thread.name))
    with corpus_cli._quiet_end():
        for name in ("ExecutorManagerThread", "another"):
            thread = threading.Thread(target={}.pop, args=("missing",), name=name)
            thread.start()
            thread.join()
    assert shown == ["another"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_disk_full(tmp_path: Path, model_file: str, jobs: str) -> None:
    """When no more can be written, the file is named, and nothing half is left."""
    write(tmp_path / "in" / "0.jsonl", records(300))
    write(tmp_path / "in" / "1.jsonl", records(20_000))
    with start(
        tmp_path,
        *("in", "-o", "out", "--model", model_file, "--jobs", jobs),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, 1_200_000)),
    ) as process:
        _, messages = process.communicate()
    assert messages == "boilerstrip: out/1.jsonl: File too large\n"
    assert process.returncode == 1
    assert list(files(tmp_path / "out")) == ["0.jsonl"]


# --- the command line ---------------------------------------------------------------------------


@pytest.fixture
def run(
    tmp_path: Path,
    model_file: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str]]:
    """Return a function that runs the command where the corpus is; it returns code and messages."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        try:
            code = cli.main(["corpus", "--model", model_file, *arguments])
        except SystemExit as error:
            code = int(error.code or 0)
        output = capsys.readouterr()
        assert output.out == ""
        return code, output.err

    return run


Run = Callable[..., tuple[int, str]]


def test_command(run: Run, tmp_path: Path) -> None:
    """Every option does what it says."""
    write(tmp_path / "in" / "a.jsonl", [{"t": r["text"], "i": r["id"]} for r in records(12)])
    (tmp_path / "keep").write_text("  advertisement\n\nrain\nsubscribe\ncouncil\nstand\nnobody\n")
    (tmp_path / "remove").write_text("read  MORE\nПоддержите нас!\nдождь\ndonate\n")
    code, messages = run(
        *("in/*.jsonl", "-o", "out", "--text-field", "t", "--id-field", "i", "--threshold", "1"),
        *("--keep-file", "keep", "--remove-file", "remove", "--removed", "r.jsonl"),
        *("--drop-empty", "--stats", "out/stats.json", "--split", "line"),
    )
    assert code == 0
    assert messages.startswith("1 files, ")
    texts = [record["t"] for record in read(tmp_path / "out" / "a.jsonl")]
    assert texts[:4] == ["The council met on Tuesday.\n", *PAGES[1:4]]
    assert len(texts) == 8
    assert {line["id"] for line in read(tmp_path / "r.jsonl")} == {"r0", "r4", "r6", "r10"}
    stats = json.loads((tmp_path / "out" / "stats.json").read_text())
    assert (stats["documents"], stats["emptied"], stats["removed"]) == (12, 4, 8)
    assert (stats["errors"], stats["paragraphs"]) == (0, 22)


def test_phrases_with_byte_order_mark(run: Run, tmp_path: Path) -> None:
    """A byte-order mark is no part of the first phrase."""
    (tmp_path / "a.txt").write_text("Rain fell.\n")
    (tmp_path / "remove").write_text("rain FELL\n", "utf-8-sig")
    assert run("a.txt", "-o", "b.txt", "--remove-file", "remove")[0] == 0
    assert (tmp_path / "b.txt").read_bytes() == b""


def test_command_model(run: Run, tmp_path: Path) -> None:
    """The model that comes with boilerstrip has a name, the same as for the other commands."""
    write(tmp_path / "a.jsonl", records(3))
    assert run("a.jsonl", "-o", "out", "--model", "shipped")[0] == 0
    assert run("a.jsonl", "-o", "out", "--model", "./shipped")[0] == 1


def test_command_kinds(run: Run, tmp_path: Path) -> None:
    """Only the kinds that are named are removed; a single file is written to a file."""
    write(tmp_path / "a.jsonl", records())
    assert run("a.jsonl", "-o", "b.jsonl", "--kinds", "donation, paywall", "--spans")[0] == 0
    spans = [span for record in read(tmp_path / "b.jsonl") for span in record["boilerplate_spans"]]
    assert {span["kind"] for span in spans} <= {"donation", "paywall"}


@pytest.mark.parametrize("place", ["a.jsonl", "out", "out/a.jsonl", "r.jsonl", "phrases", "m.npz"])
def test_stats_in_place_of_another(run: Run, tmp_path: Path, model_file: str, place: str) -> None:
    """The summary does not replace what is read or written, but an older one."""
    write(tmp_path / "a.jsonl", records(3))
    (tmp_path / "phrases").write_text("rain\n")
    (tmp_path / "m.npz").write_bytes(Path(model_file).read_bytes())
    arguments = ("a.jsonl", "-o", "out", "--removed", "r.jsonl", "--keep-file", "phrases")
    before = files(tmp_path)
    code, messages = run(*arguments, "--model", "m.npz", "--stats", f"./{place}")
    assert code == 1
    assert f"{place} is read or written already; name another file" in messages
    assert files(tmp_path) == before
    for _ in range(2):
        assert run(*arguments, "--resume", "--stats", "s.json")[0] == 0
    assert json.loads((tmp_path / "s.json").read_text())["finished_before"] == 1


@pytest.mark.parametrize("place", ["out/.boilerstrip", "link"])
def test_stats_in_place_of_the_journal(run: Run, tmp_path: Path, place: str) -> None:
    """The summary does not replace a journal, by which runs go on."""
    write(tmp_path / "a.jsonl", records(3))
    (tmp_path / "link").symlink_to("out/.boilerstrip")
    assert run("a.jsonl", "-o", "out")[0] == 0
    before = files(tmp_path)
    code, messages = run("a.jsonl", "-o", "out", "--resume", "--stats", place)
    assert code == 1
    assert f"{place} is named like the journal of a run; name another file" in messages
    assert files(tmp_path) == before


def test_stats_to_full_device(run: Run, tmp_path: Path) -> None:
    """A summary that cannot be written is named, after what was done."""
    write(tmp_path / "a.jsonl", records(3))
    code, messages = run("a.jsonl", "-o", "out", "--stats", "/dev/full")
    assert code == 1
    assert messages.startswith("1 files, ")
    assert messages.endswith("boilerstrip: /dev/full: No space left on device\n")


def test_stats_of_files_left_out(run: Run, tmp_path: Path) -> None:
    """The summary tells how many files were left out, so that a program can notice."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    (tmp_path / "in" / "b.html").touch()
    code, messages = run("in", "-o", "out", "--stats", "s.json")
    assert (code, "\n1 other files left out\n" in messages) == (0, True)
    assert json.loads((tmp_path / "s.json").read_text())["left_out"] == 1


def test_stats_where_none_may_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the summary cannot be written is found out before anything is cleaned."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    monkeypatch.setattr(os, "access", lambda *_: False)  # to root all folders are open
    code, messages = run("in", "-o", "out", "--stats", "s.json")
    assert (code, "cannot write s.json" in messages) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("in", "-o", "out", "--threshold", "7"), 2, "threshold is 7.0"),
        (("in", "-o", "out", "--jobs", "0"), 2, "--jobs: 0 is less than 1"),
        (("in", "-o", "out", "--spans", "--drop-empty"), 2, "choose one"),
        (("in", "-o", "out", "--removed", "x.txt"), 2, "must end with .jsonl"),
        (("in",), 2, "-o/--output"),
        (("in", "-o", "out", "--stats", "nodir/s.json"), 2, "cannot write nodir/s.json"),
        (("in", "-o", "out", "--stats", "in"), 2, "cannot write in"),
        (("in", "-o", "out", "--stats", "in/s.jsonl"), 1, "in/s.jsonl lies in in, which is read"),
        (("nowhere", "-o", "out"), 1, "boilerstrip: nowhere: No such file or directory\n"),
        (("in", "-o", "file/out"), 1, "boilerstrip: file/out: Not a directory\n"),
        (("in", "-o", "out", "--keep-file", "binary"), 1, "binary: not UTF-8 at byte 1"),
        (("bad.jsonl", "-o", "out"), 1, "bad.jsonl:1: not JSON"),
        (("bad.jsonl", "-o", "out"), 1, "or use --on-error skip (leave it out) or pass (keep it)"),
        (("bad.jsonl", "-o", "out"), 1, 'in Python on_error="skip" or on_error="pass"'),
        (("bad.jsonl", "-o", "./bad.jsonl"), 2, "cannot write ./bad.jsonl: it is read; name"),
        (("file", "in", "-o", "in"), 2, "cannot write in: it is read; name another output"),
        (("in", "-o", "out", "--text-field", "t"), 1, "no field 't' (text_field, --text-field)"),
        (("bad.jsonl", "-o", "out", "--on-error", "pass"), 0, "bad.jsonl:1: not JSON"),
    ],
)
def test_command_errors(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """A mistake is named, with the right exit code."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    (tmp_path / "file").touch()
    (tmp_path / "bad.jsonl").write_text('{"text": "Rain')
    (tmp_path / "binary").write_bytes(b"a\xff")
    found, messages = run(*arguments)
    assert found == code
    assert message in messages
    assert code != 2 or not (tmp_path / "out").exists()


def test_every_record_bad(run: Run, tmp_path: Path) -> None:
    """A run that skips every record fails and says so; one good record is enough."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    skip = ("--on-error", "skip")
    code, messages = run("in", "-o", "out", "--text-field", "t", *skip, "--stats", "s.json")
    assert code == 1
    assert messages.endswith(
        "boilerstrip: nothing was cleaned, since every record is bad; check --text-field\n"
    )
    assert json.loads((tmp_path / "s.json").read_text())["errors"] == 3
    write(tmp_path / "in" / "b.jsonl", [{"t": "Rain fell."}])
    assert run("in", "-o", "other", "--text-field", "t", *skip)[0] == 0
    (tmp_path / "empty.jsonl").touch()
    assert run("empty.jsonl", "-o", "none", *skip)[0] == 0


def test_closed_pipe(tmp_path: Path, model_file: str) -> None:
    """Nobody may be reading the messages; the work is done all the same."""
    write(tmp_path / "in" / "a.jsonl", records())
    reader, writer = os.pipe()
    os.close(reader)
    code = "import sys; from boilerstrip.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "corpus", "in", "-o", "out", "--model", model_file]
    ended = subprocess.run(  # noqa: S603 (our command)
        command, cwd=tmp_path, stderr=writer, check=False
    )
    assert ended.returncode == 0
    os.close(writer)
    assert len(read(tmp_path / "out" / "a.jsonl")) == len(records())


def test_progress(clean: Clean, tmp_path: Path) -> None:
    """Progress never goes back, and ends when all is done."""
    for number in range(2):
        write(tmp_path / "in" / f"{number}.jsonl.gz", records(12_000))
    steps: list[Any] = []
    clean(progress=steps.append)
    size = sum(path.stat().st_size for path in (tmp_path / "in").iterdir())
    assert steps[-1] == (size, size, 24_000)
    assert steps == sorted(steps)
    assert len(steps) == 6  # two blocks and the end of each file


def test_progress_bar(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets a progress bar, with the bad records above it."""
    write(tmp_path / "in" / "a.jsonl", records(3))
    with (tmp_path / "in" / "a.jsonl").open("ab") as file:
        file.write(b"{")
    assert "documents]" not in run("in", "-o", "quiet", "--on-error", "skip")[1]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    code, messages = run("in", "-o", "out", "--on-error", "skip")
    assert code == 0
    assert "3 documents]" in messages
    assert "a.jsonl:4: not JSON" in messages
    monkeypatch.setitem(sys.modules, "tqdm", None)
    _, messages = run("in", "-o", "out", "--on-error", "skip", "--force")
    assert "pip install 'boilerstrip[progress]'" in messages
