"""Clean a column of a pandas frame."""

import pandas as pd

from boilerstrip.adapters.pandas import clean_column

TEXT = """The ferry runs again on Monday.

The bell of Ostrow Sound was rung at six to call it across.

Subscribe to our newsletter and never miss a story!"""

frame = pd.DataFrame({"id": [1, 2], "text": [TEXT, None]})
frame["text"] = clean_column(frame["text"])
print(frame.to_dict("records"))
