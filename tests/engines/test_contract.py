"""All adapters do to a column of texts what `boilerstrip.clean` does to each of them."""

import json
import operator
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import polars as pl
import pytest
import ray
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.writers import JsonlWriter

import boilerstrip
from boilerstrip import Model
from boilerstrip.adapters.datasets import CleanColumn as DatasetsStep
from boilerstrip.adapters.datatrove import BoilerplateRemover
from boilerstrip.adapters.pandas import clean_column as clean_pandas
from boilerstrip.adapters.polars import clean_column as clean_polars
from boilerstrip.adapters.ray import CleanColumn as RayStep
from boilerstrip.adapters.spark import CleanColumn as SparkStep

Texts = list[str | None]
Engine = Callable[[Texts, dict[str, Any], pytest.FixtureRequest], Texts]

OPTIONS: list[dict[str, Any]] = [
    {},
    {"threshold": 0.3, "split": "line"},
    {"kinds": {"newsletter", "donation", "cookie"}, "threshold": 0.5},
    {"keep": ["log in", re.compile(r"\d{3}")], "remove": ["the", re.compile("[.!]$")]},
]


def with_pandas(texts: Texts, options: dict[str, Any], _request: pytest.FixtureRequest) -> Texts:
    """Clean texts as a nullable column of pandas."""
    column = clean_pandas(pd.Series(texts, dtype="string"), **options)
    return [None if value is pd.NA else value for value in column]


def with_polars(texts: Texts, options: dict[str, Any], _request: pytest.FixtureRequest) -> Texts:
    """Clean texts as a lazy frame of polars, streamed."""
    frame = pl.LazyFrame({"text": texts}).with_columns(clean_polars(pl.col("text"), **options))
    return list(frame.collect(engine="streaming")["text"])


def with_datasets(texts: Texts, options: dict[str, Any], _request: pytest.FixtureRequest) -> Texts:
    """Clean texts in a dataset, by two processes."""
    dataset = datasets.Dataset.from_dict({"text": texts})
    return list(dataset.map(DatasetsStep("text", **options), batched=True, num_proc=2)["text"])


def with_spark(texts: Texts, options: dict[str, Any], request: pytest.FixtureRequest) -> Texts:
    """Clean texts in four partitions of a Spark frame."""
    spark = request.getfixturevalue("spark")
    frame = spark.createDataFrame(list(enumerate(texts)), "number int, text string").repartition(4)
    rows = frame.mapInArrow(SparkStep("text", **options), frame.schema).collect()
    return [row.text for row in sorted(rows)]


def with_ray(texts: Texts, options: dict[str, Any], request: pytest.FixtureRequest) -> Texts:
    """Clean texts in four blocks of a Ray dataset, by two actors."""
    request.getfixturevalue("ray_cluster")
    table = pd.DataFrame({"number": range(len(texts)), "text": pd.Series(texts, dtype="string")})
    dataset = ray.data.from_pandas(table).repartition(4)
    cleaned = dataset.map_batches(
        RayStep,
        fn_constructor_args=["text"],
        fn_constructor_kwargs=options,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=2),
    )
    return [row["text"] for row in sorted(cleaned.take_all(), key=lambda row: row["number"])]


def with_datatrove(texts: Texts, options: dict[str, Any], request: pytest.FixtureRequest) -> Texts:
    """Clean texts in a datatrove pipeline."""
    folder = request.getfixturevalue("tmp_path")
    documents = [Document(text, str(n)) for n, text in enumerate(texts) if text is not None]
    executor = LocalPipelineExecutor(
        [
            documents,
            BoilerplateRemover(**options),
            JsonlWriter(str(folder), "${rank}.jsonl", compression=None),
        ],
        logging_dir=str(folder / "logs"),
    )
    executor.run()
    lines = (folder / "00000.jsonl").read_text(encoding="utf-8").split("\n")
    records = [json.loads(line) for line in lines if line]
    written = {int(record["id"]): record.get("text", "") for record in records}
    return [written.get(number) for number in range(len(texts))]


ENGINES = [with_pandas, with_polars, with_datasets, with_spark, with_ray, with_datatrove]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("engine", ENGINES)
def test_same_as_clean(
    engine: Engine,
    options: dict[str, Any],
    texts: Texts,
    request: pytest.FixtureRequest,
) -> None:
    """A column through an engine is what `clean` makes of each text, and nulls stay."""
    expected = [None if text is None else boilerstrip.clean(text, **options) for text in texts]
    assert sum(map(operator.ne, expected, texts)) > len(texts) / 20
    assert engine(texts, options, request) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_model_by_path(
    engine: Engine, texts: Texts, stern_model: Path, request: pytest.FixtureRequest
) -> None:
    """The workers use the model whose path they are given."""
    model = Model.load(stern_model)
    expected = [None if text is None else boilerstrip.clean(text, model=model) for text in texts]
    assert engine(texts, {"model_path": stern_model}, request) == expected
