"""Clean a column of a Ray dataset with two actors."""

import ray

from boilerstrip.adapters.ray import CleanColumn

TEXT = """The ferry runs again on Monday.

The bell of Ostrow Sound was rung at six to call it across.

Subscribe to our newsletter and never miss a story!"""

ray.init(num_cpus=3)  # two for the actors, one for what feeds them
dataset = ray.data.from_items([{"id": 1, "text": TEXT}, {"id": 2, "text": None}])
dataset = dataset.map_batches(
    CleanColumn,
    fn_constructor_args=["text"],
    fn_constructor_kwargs={"threshold": 0.5},
    batch_format="pyarrow",
    compute=ray.data.ActorPoolStrategy(size=2),
)
print(dataset.take_all())
