"""The adapter for Spark."""

import datetime as dt
import pickle
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark import cloudpickle
from pyspark.errors import PythonException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from boilerstrip.adapters.spark import CleanColumn

ROWS = [("Rain fell on Leeds.", 1), (None, 2), ("Subscribe to our newsletter!", 3)]


@pytest.fixture
def frame(spark: SparkSession) -> DataFrame:
    """Return a small frame of texts and numbers."""
    return spark.createDataFrame(ROWS, "text string, number int")


def test_other_columns(frame: DataFrame) -> None:
    """Other columns, of whatever type, are what they were."""
    others = frame.select(
        "text",
        "number",
        sql.lit(dt.datetime(2026, 3, 1, 12, 30)).alias("time"),  # noqa: DTZ001 (as in Spark)
        sql.lit(Decimal("1.50")).alias("price"),
        sql.lit(b"\0\xff").alias("bytes"),
        sql.array(sql.struct(sql.col("text"), sql.create_map(sql.lit("a"), sql.lit(1)))).alias(
            "deep"
        ),
    )
    cleaned = others.mapInArrow(CleanColumn("text"), others.schema)
    assert cleaned.schema == others.schema
    before, after = (
        sorted(rows.collect(), key=lambda row: row.number) for rows in (others, cleaned)
    )
    assert [row[1:] for row in after] == [row[1:] for row in before]
    assert [row.text for row in after] == ["Rain fell on Leeds.", None, ""]


def test_large_strings(spark: SparkSession, frame: DataFrame) -> None:
    """Where Spark is set to use Arrow's large strings, they stay large."""
    spark.conf.set("spark.sql.execution.arrow.useLargeVarTypes", "true")
    try:
        cleaned = frame.mapInArrow(CleanColumn("text"), frame.schema).collect()
    finally:
        spark.conf.unset("spark.sql.execution.arrow.useLargeVarTypes")
    assert {row.text for row in cleaned} == {"Rain fell on Leeds.", None, ""}


def test_missing_column(frame: DataFrame) -> None:
    """A name that the frame does not have is told, with those it has."""
    cleaned = frame.mapInArrow(CleanColumn("body"), frame.schema)
    with pytest.raises(PythonException, match=r"0 columns are named 'body'; there are \['text'"):
        cleaned.collect()


def test_no_strings(frame: DataFrame) -> None:
    """A column of something else is refused."""
    cleaned = frame.mapInArrow(CleanColumn("number"), frame.schema)
    with pytest.raises(PythonException, match="is int; it must be str"):
        cleaned.collect()


def test_wrong_option() -> None:
    """Options are checked before Spark gets to see the step."""
    with pytest.raises(ValueError, match="unknown kinds"):
        CleanColumn("text", kinds=["spam"])


def test_pickle(stern_model: Path) -> None:
    """What Spark sends to each executor is small."""
    step = CleanColumn(
        "text", model_path=stern_model, kinds={"donation", "paywall"}, keep=["Leeds"]
    )
    assert len(cloudpickle.dumps(step)) < 1000
    assert len(pickle.dumps(step)) < 1000
