"""The adapter for Ray Data."""

from pathlib import Path

import pyarrow as pa
import pytest
import ray
from ray import cloudpickle

from boilerstrip.adapters.ray import CleanColumn

TABLE = pa.table(
    {
        "number": [1, 2, 3],
        "text": ["Rain fell on Leeds.", None, "Subscribe to our newsletter!"],
        "deep": [[{"a": 1}], [], None],
    }
)

ACTOR = ray.data.ActorPoolStrategy(size=1)


@pytest.fixture
def dataset(ray_cluster: None) -> ray.data.Dataset:  # noqa: ARG001 (it must be there)
    """Return a small dataset."""
    return ray.data.from_arrow(TABLE)


def test_other_columns(dataset: ray.data.Dataset) -> None:
    """Other columns are what they were, and nulls stay nulls."""
    cleaned = dataset.map_batches(
        CleanColumn, fn_constructor_args=["text"], batch_format="pyarrow", compute=ACTOR
    )
    rows = sorted(cleaned.take_all(), key=lambda row: row["number"])
    expected = TABLE.set_column(1, "text", pa.array(["Rain fell on Leeds.", None, ""]))
    assert rows == expected.to_pylist()


def test_chunks() -> None:
    """A table in pieces, or of large strings, keeps its types."""
    for type_ in (pa.string(), pa.large_string()):
        table = TABLE.set_column(1, "text", TABLE["text"].cast(type_))
        cleaned = CleanColumn("text")(pa.concat_tables([table, table, table.slice(0, 0)]))
        assert cleaned.schema == table.schema
        assert cleaned["text"].to_pylist() == 2 * ["Rain fell on Leeds.", None, ""]


def test_dictionaries() -> None:
    """Chunks whose dictionaries would not fit into one stay chunks."""
    type_ = pa.dictionary(pa.int8(), pa.string())
    texts = [f"Rain fell on Leeds for {number} hours." for number in range(200)]
    chunks = [pa.array(texts[half::2]).dictionary_encode().cast(type_) for half in (0, 1)]
    table = pa.table({"text": pa.chunked_array(chunks)})
    assert CleanColumn("text")(table) == table


def test_default_format(dataset: ray.data.Dataset) -> None:
    """Where the format of the batches was forgotten, the error says so."""
    cleaned = dataset.map_batches(CleanColumn, fn_constructor_args=["text"], compute=ACTOR)
    with pytest.raises(Exception, match='call map_batches with batch_format="pyarrow"'):
        cleaned.take_all()
    with pytest.raises(TypeError, match="the batch is DataFrame; only Arrow"):
        CleanColumn("text")(TABLE.to_pandas())


def test_wrong_option(dataset: ray.data.Dataset) -> None:
    """An actor whose options are wrong tells what is wrong with them."""
    cleaned = dataset.map_batches(
        CleanColumn,
        fn_constructor_args=["text"],
        fn_constructor_kwargs={"kinds": ["spam"]},
        batch_format="pyarrow",
        compute=ACTOR,
    )
    with pytest.raises(Exception, match=r"unknown kinds \['spam'\]"):
        cleaned.take_all()


def test_missing_column() -> None:
    """A name that the table does not have is told, with those it has."""
    with pytest.raises(KeyError, match=r"0 columns are named 'body'; there are \['number', 'text'"):
        CleanColumn("body")(TABLE)


def test_pickle(stern_model: Path) -> None:
    """What Ray sends to each actor is small."""
    options = {"model_path": stern_model, "kinds": {"donation", "paywall"}, "keep": ["Leeds"]}
    assert len(cloudpickle.dumps((CleanColumn, ["text"], options))) < 1000
