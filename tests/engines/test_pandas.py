"""The adapter for pandas."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from boilerstrip.adapters.pandas import clean_column

TEXTS = ["Rain fell on Leeds.", None, "Subscribe to our newsletter!"]
CLEANED = ["Rain fell on Leeds.", None, ""]


@pytest.mark.parametrize(
    "dtype",
    [
        "object",
        "string",
        "str",
        pd.StringDtype("pyarrow"),
        pd.ArrowDtype(pa.string()),
        pd.ArrowDtype(pa.large_string()),
    ],
)
def test_types(dtype: Any) -> None:
    """A column keeps its type, index, name and missing values, and the old one its texts."""
    index = pd.Index([7, 3, 7], name="number")
    column = pd.Series(TEXTS, index=index, name="text", dtype=dtype)
    before = column.copy()
    expected = pd.Series(CLEANED, index=index, name="text", dtype=dtype)
    pd.testing.assert_series_equal(clean_column(column), expected)
    pd.testing.assert_series_equal(column, before)


def test_missing_values() -> None:
    """In a column of objects, each missing value stays the very one that it was."""
    missing = [None, float("nan"), pd.NA]
    cleaned = clean_column(pd.Series([*missing, "Donate now"], dtype="object"))
    assert all(one is other for one, other in zip(cleaned[:3], missing, strict=True))


@pytest.mark.parametrize("dtype", ["float64", "object", "string"])
def test_nothing_there(dtype: str) -> None:
    """A column without a text, or without a row, comes back as it is."""
    for values in ([None, None], []):
        column = pd.Series(values, dtype=dtype)
        pd.testing.assert_series_equal(clean_column(column), column)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            pd.Series(["a", "b"], dtype="category"),
            r"make it strings first: column.astype\('string'\)",
        ),
        (pd.Series([1, 2]), "is int; it must be str"),
        (pd.Series([b"Donate"]), "is bytes; it must be str; decode it first"),
        (["a", "b"], r'column is list; it must be a Series, such as frame\["text"\]'),
        (pd.DataFrame({"text": ["a"]}), "column is DataFrame; it must be a Series"),
    ],
)
def test_no_strings(column: Any, message: str) -> None:
    """What is not a column of strings is refused."""
    with pytest.raises(TypeError, match=message):
        clean_column(column)


def test_surrogates() -> None:
    """Lone surrogates, which only Python's own strings can hold, pass."""
    column = pd.Series(["A \ud800 in Leeds fell over the rain."], dtype="object")
    assert clean_column(column, threshold=1).tolist() == column.tolist()
