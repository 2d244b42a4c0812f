"""Parquet files: how much is read at a time, and which columns are meant."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import boilerstrip
from boilerstrip import CorpusError, clean_corpus
from boilerstrip.corpus.streams import BLOCK, Block
from boilerstrip.corpus.tables import ROWS, read_rows

LONG = BLOCK // 3
TABLES: dict[str, list[list[int]]] = {
    "long rows in a row group of their own": [[10] * 5000, [LONG] * 20],
    "long rows behind short ones": [[10] * 5000 + [LONG] * 20],
    "long rows here and there": [([10] * 300 + [LONG] * 5 + [BLOCK + 1]) * 4],
    "long rows only": [[BLOCK + 1] * 3],
    "even rows": [[500] * 3000] * 3,
    "short rows": [[1] * (2 * ROWS + 1)],
    "small row groups": [[20]] * 50,
}
"""The lengths of the texts, by row group."""


def write(path: Path, groups: list[list[int]]) -> pa.Table:
    """Write a table with texts of some lengths, beside a column that is a dictionary."""
    lengths = [length for group in groups for length in group]
    table = pa.table(
        {
            "n": range(len(lengths)),
            "text": [chr(97 + n % 26) * length for n, length in enumerate(lengths)],
            "site": pa.array([f"site {n % 7}" for n in range(len(lengths))]).dictionary_encode(),
        }
    )
    start = 0
    with pq.ParquetWriter(path, table.schema) as writer:
        for group in groups:
            writer.write_table(table.slice(start, len(group)), row_group_size=len(group))
            start += len(group)
    return table


def read(path: Path) -> list[Block]:
    """Read the blocks of a table."""
    with path.open("rb") as file:
        return list(read_rows(file, "text"))


@pytest.mark.parametrize("groups", TABLES.values(), ids=TABLES)
def test_blocks(tmp_path: Path, groups: list[list[int]]) -> None:
    """Blocks hold all rows in order, and none is larger than it may be, also when pickled."""
    path = tmp_path / "a.parquet"
    table = write(path, groups)
    blocks = read(path)
    found = pa.Table.from_batches([block.data for block in blocks])
    assert found.cast(table.schema).equals(table)
    first = 1
    for block in blocks:
        assert block.first == first
        first += len(block.data)
        assert len(block.data) <= ROWS
        assert len(pickle.dumps(block, 5)) < BLOCK + 10_000


@pytest.mark.parametrize(("length", "count"), [(500, 10_000), (40_000, 100)])
def test_full_blocks(tmp_path: Path, length: int, count: int) -> None:
    """Of even rows, all blocks but the last are nearly full."""
    write(tmp_path / "a.parquet", [[length] * count])
    *blocks, _ = read(tmp_path / "a.parquet")
    assert min(block.size for block in blocks) > 0.7 * BLOCK


def test_large_dictionary(tmp_path: Path) -> None:
    """A dictionary that is longer than a block does not put each row into a block of its own."""
    sites = pa.array([f"{n}" * 1000 for n in range(1000)]).dictionary_encode()
    table = pa.table({"text": ["Rain fell."] * 1000, "site": sites})
    assert sites.dictionary.nbytes > BLOCK
    pq.write_table(table, tmp_path / "a.parquet")
    (block,) = read(tmp_path / "a.parquet")
    assert pa.Table.from_batches([block.data]).cast(table.schema).equals(table)


Clean = Callable[..., boilerstrip.CorpusReport]


@pytest.fixture
def clean(tmp_path: Path, model_file: str) -> Clean:
    """Return what cleans `in.parquet`."""

    def clean(**options: Any) -> boilerstrip.CorpusReport:
        source, output = tmp_path / "in.parquet", tmp_path / "out"
        return clean_corpus([source], output, model_path=model_file, **options)

    return clean


@pytest.mark.parametrize("jobs", [1, 2])
def test_uneven(clean: Clean, tmp_path: Path, jobs: int) -> None:
    """A table of short and long rows comes out as it was where nothing is removed."""
    table = write(tmp_path / "in.parquet", TABLES["long rows here and there"])
    clean(jobs=jobs, threshold=1)
    assert pq.read_table(tmp_path / "out" / "in.parquet").equals(table)


@pytest.mark.parametrize(
    ("names", "options", "double"),
    [
        (["text", "text", "id"], {}, "text"),
        (["text", "id", "id"], {"removed": "r.jsonl"}, "id"),
        (["text", "url", "url"], {"removed": "r.jsonl", "id_field": "url"}, "url"),
        (["text", "url", "url"], {"removed": "r.jsonl", "site_field": "url"}, "url"),
    ],
)
def test_double_columns(
    clean: Clean,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    options: dict[str, Any],
    double: str,
) -> None:
    """Where a column that is needed is there twice, the message says so."""
    monkeypatch.chdir(tmp_path)
    pq.write_table(pa.table([["Read more"]] * 3, names), "in.parquet")
    with pytest.raises(CorpusError, match=f"there are 2 columns '{double}' among .*rename"):
        clean(**options)


def test_other_double_columns(clean: Clean, tmp_path: Path) -> None:
    """Columns that are not needed may be there twice."""
    table = pa.table([["Rain fell on Leeds."], ["a"], ["b"]], ["text", "id", "id"])
    pq.write_table(table, tmp_path / "in.parquet")
    clean(threshold=1)
    assert pq.ParquetFile(tmp_path / "out" / "in.parquet").read().equals(table)
