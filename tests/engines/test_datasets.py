"""The adapter for Hugging Face datasets."""

import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import dill
import pytest
from datasets import Dataset, IterableDataset, load_from_disk
from datasets.fingerprint import Hasher

from boilerstrip import Model
from boilerstrip.adapters.datasets import CleanColumn
from tests.models import make_sterner

COLUMNS: dict[str, list[Any]] = {
    "number": [1, 2, 3],
    "text": ["Rain fell on Leeds.", None, "Subscribe to our newsletter!"],
}
CLEANED = ["Rain fell on Leeds.", None, ""]


def test_other_columns() -> None:
    """Other columns, the order of all, and the features are what they were."""
    dataset = Dataset.from_dict(COLUMNS)
    cleaned = dataset.map(CleanColumn("text"), batched=True)
    assert cleaned.features == dataset.features
    assert cleaned.column_names == dataset.column_names
    assert cleaned.to_dict() == {**COLUMNS, "text": CLEANED}


def test_streamed() -> None:
    """A dataset that is streamed is cleaned as it passes."""
    dataset = (
        Dataset.from_dict(COLUMNS).to_iterable_dataset().map(CleanColumn("text"), batched=True)
    )
    assert isinstance(dataset, IterableDataset)
    assert [row["text"] for row in dataset] == CLEANED


def test_nulls_first() -> None:
    """A first batch of nulls does not make the column one of nulls."""
    dataset = Dataset.from_dict({"text": [None] * 2500 + ["Donate now"]})
    cleaned = dataset.map(CleanColumn("text"), batched=True)
    assert cleaned["text"][2499:] == [None, ""]


def test_unbatched() -> None:
    """Where ``batched=True`` was forgotten, the error says so."""
    dataset = Dataset.from_dict(COLUMNS)
    with pytest.raises(TypeError, match="call map with batched=True"):
        dataset.map(CleanColumn("text"))


@pytest.mark.parametrize("options", [{"input_columns": ["text"]}, {}])
def test_other_batches(options: dict[str, Any]) -> None:
    """Batches without the names of columns, and those of formats, are refused."""
    dataset = Dataset.from_dict(COLUMNS)
    dataset = dataset if options else dataset.with_format("arrow")
    with pytest.raises(TypeError, match=r"the batch is \w+: call map without input_columns"):
        dataset.map(CleanColumn("text"), batched=True, **options)


def test_missing_column() -> None:
    """A name that the dataset does not have is told, with those it has."""
    dataset = Dataset.from_dict(COLUMNS)
    message = r"0 columns are named 'body'; there are \['number', 'text'\]"
    with pytest.raises(KeyError, match=message):
        dataset.map(CleanColumn("body"), batched=True)


FINGERPRINT = """
import re
from datasets.fingerprint import Hasher
from boilerstrip.adapters.datasets import CleanColumn
step = CleanColumn(
    "text",
    kinds={"donation", "paywall", "cookie", "legal"},
    keep={"our readers", re.compile("(?i)tea"), "ferry", "Leeds"},
    threshold=0.5,
)
print(Hasher.hash(step))
"""


def test_fingerprint() -> None:
    """The fingerprint is the same in every process, whatever its hash seed."""
    seen = {
        subprocess.run(  # noqa: S603 (our own command)
            [sys.executable, "-c", FINGERPRINT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(seen) == 1


def test_other_fingerprints(stern_model: Path) -> None:
    """Each option makes another fingerprint."""
    steps = [
        CleanColumn("text"),
        CleanColumn("body"),
        CleanColumn("text", threshold=0.5),
        CleanColumn("text", keep=["tea"]),
        CleanColumn("text", keep=[re.compile("tea")]),
        CleanColumn("text", remove=["tea"]),
        CleanColumn("text", kinds=["cookie"]),
        CleanColumn("text", split="line"),
        CleanColumn("text", model_path=stern_model),
    ]
    assert len({Hasher.hash(step) for step in steps}) == len(steps)


def test_cache(stern_model: Path, tmp_path: Path) -> None:
    """A result is found in the cache again, until the model in the file is another one."""
    path = tmp_path / "model.npz"
    path.write_bytes(stern_model.read_bytes())
    Dataset.from_dict(COLUMNS).save_to_disk(tmp_path / "data")
    dataset = load_from_disk(tmp_path / "data")
    first, again = (
        dataset.map(CleanColumn("text", model_path=path), batched=True) for _ in range(2)
    )
    assert first.cache_files
    assert again.cache_files == first.cache_files
    make_sterner(Model.load(path), by=100).save(path)
    anew = dataset.map(CleanColumn("text", model_path=path), batched=True)
    assert anew.cache_files != first.cache_files
    assert anew["text"][:] == ["", None, ""]


def test_pickle(stern_model: Path) -> None:
    """What is sent to each process is small."""
    step = CleanColumn(
        "text", model_path=stern_model, kinds={"donation", "paywall"}, keep=["Leeds"]
    )
    assert len(pickle.dumps(step)) < 1000
    assert len(dill.dumps(step)) < 1000
