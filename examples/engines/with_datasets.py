"""Clean a column of a Hugging Face dataset."""

from datasets import Dataset

from boilerstrip.adapters.datasets import CleanColumn

TEXT = """The ferry runs again on Monday.

The bell of Ostrow Sound was rung at six to call it across.

Subscribe to our newsletter and never miss a story!"""

dataset = Dataset.from_dict({"id": [1, 2], "text": [TEXT, None]})
dataset = dataset.map(CleanColumn("text"), batched=True)  # num_proc=8: in eight processes
print(dataset.to_list())
