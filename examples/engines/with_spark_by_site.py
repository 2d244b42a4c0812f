"""Clean a Spark frame site by site: what pages of one site share goes."""

import os
import sys

import pyarrow as pa
from pyspark.sql import SparkSession

import boilerstrip

SHARED = "We are a small team, and this site has no owner but you."
PAGES = [
    f"The ferry runs again on Monday.\nThe bell was rung at six to call it across.\n{SHARED}",
    f"Snow fell on Ostrow overnight, and the school stays shut until noon.\n{SHARED}",
]


def clean_site(pages: pa.Table) -> pa.Table:
    """Clean the pages of one site."""
    texts = pages["text"].to_pylist()
    filled = [text or "" for text in texts]
    cleaned = boilerstrip.clean_many(filled, repeated=boilerstrip.find_repeated(filled))
    with_nulls = [None if text is None else each for text, each in zip(texts, cleaned, strict=True)]
    column = pa.array(with_nulls, pages["text"].type)
    return pages.set_column(pages.schema.get_field_index("text"), pages.field("text"), column)


os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the Python that has boilerstrip
spark = SparkSession.builder.master("local[2]").getOrCreate()
rows = [("a.example", page) for page in [*PAGES, None]]
frame = spark.createDataFrame(rows, "site string, text string")
frame = frame.groupBy("site").applyInArrow(clean_site, frame.schema)
print([row.text for row in frame.collect()])
spark.stop()
