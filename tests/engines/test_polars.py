"""The adapter for polars."""

from typing import Any

import polars as pl
import pytest

from boilerstrip.adapters.polars import clean_column

FRAME = pl.DataFrame(
    {"number": [1, 2, 3], "text": ["Rain fell on Leeds.", None, "Subscribe to our newsletter!"]}
)
CLEANED = FRAME.with_columns(text=pl.Series(["Rain fell on Leeds.", None, ""]))


def test_eager() -> None:
    """In a frame, the cleaned column takes the place of the old one."""
    assert FRAME.with_columns(clean_column(pl.col("text"))).equals(CLEANED)


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_lazy(engine: Any) -> None:
    """In a lazy frame, the schema is known before anything is done."""
    lazy = FRAME.lazy().with_columns(clean_column(pl.col("text")))
    assert lazy.collect_schema() == CLEANED.schema
    assert lazy.collect(engine=engine).equals(CLEANED)


def test_expressions() -> None:
    """What follows on a cleaned column sees the cleaned texts."""
    emptied = FRAME.filter(clean_column(pl.col("text")) == "")
    assert emptied["number"].to_list() == [3]
    categories = FRAME.select(clean_column(pl.col("text").cast(pl.Categorical)))
    assert categories.equals(CLEANED.select("text"))


def test_nothing_there() -> None:
    """A column of nulls, or without a row, becomes one of strings."""
    for values in ([None, None], []):
        cleaned = pl.DataFrame({"text": values}).select(clean_column(pl.col("text")))
        assert cleaned.equals(pl.DataFrame({"text": values}, schema={"text": pl.String}))


@pytest.mark.parametrize("column", ["text", FRAME["text"]])
def test_no_expression(column: Any) -> None:
    """A name or a series is refused, with what to give instead."""
    with pytest.raises(TypeError, match=r'it must be an expression, such as pl.col\("text"\)'):
        clean_column(column)


def test_no_strings() -> None:
    """A column of something else is refused."""
    with pytest.raises((TypeError, pl.exceptions.ComputeError), match="is int; it must be str"):
        FRAME.select(clean_column(pl.col("number")))
