"""Clean the documents of a datatrove pipeline, and write what was removed beside them."""

import json
import tempfile
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from boilerstrip.adapters.datatrove import BoilerplateRemover

TEXT = """The ferry runs again on Monday.

The bell of Ostrow Sound was rung at six to call it across.

Subscribe to our newsletter and never miss a story!"""

if __name__ == "__main__":  # datatrove starts processes, which import this file again
    folder = Path(tempfile.mkdtemp())
    (folder / "in").mkdir()
    (folder / "in" / "part.jsonl").write_text(json.dumps({"id": "1", "text": TEXT}))
    LocalPipelineExecutor(
        [
            JsonlReader(str(folder / "in")),
            BoilerplateRemover(exclusion_writer=JsonlWriter(str(folder / "removed"))),
            JsonlWriter(str(folder / "out"), compression=None),
        ],
        logging_dir=str(folder / "logs"),
    ).run()
    print((folder / "out" / "00000.jsonl").read_text())
