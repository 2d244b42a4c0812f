"""Clean a column of a polars frame."""

import polars as pl

from boilerstrip.adapters.polars import clean_column

TEXT = """The ferry runs again on Monday.

The bell of Ostrow Sound was rung at six to call it across.

Subscribe to our newsletter and never miss a story!"""

frame = pl.LazyFrame({"id": [1, 2], "text": [TEXT, None]})
frame = frame.with_columns(clean_column(pl.col("text")))
print(frame.collect().to_dicts())
