"""Clean a column of a Spark frame."""

import os
import sys

from pyspark.sql import SparkSession

from boilerstrip.adapters.spark import CleanColumn

TEXT = """The ferry runs again on Monday.

The bell of Ostrow Sound was rung at six to call it across.

Subscribe to our newsletter and never miss a story!"""

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the Python that has boilerstrip
spark = SparkSession.builder.master("local[2]").getOrCreate()
frame = spark.createDataFrame([(1, TEXT), (2, None)], "id int, text string")
frame = frame.mapInArrow(CleanColumn("text"), frame.schema)
print(frame.collect())
spark.stop()
