"""The adapter for datatrove."""

import itertools
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dill
import pytest
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.stats import PipelineStats

import boilerstrip
from boilerstrip.adapters.datatrove import BoilerplateRemover

Records = dict[str, dict[str, Any]]


def read(folder: Path) -> list[dict[str, Any]]:
    """Read all records that a pipeline wrote."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.jsonl"))]
    return [json.loads(line) for text in texts for line in text.split("\n") if line]


@pytest.fixture(scope="module")
def run(
    texts: list[str | None], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Records, Records, list[dict[str, Any]], PipelineStats]:
    """Run a pipeline over two files with two workers.

    Returns:
        The records in the files, those written, the paragraphs excluded, and the statistics.
    """
    folder = tmp_path_factory.mktemp("datatrove")
    (folder / "in").mkdir()
    records = [
        {"id": f"d{number}", "text": text, "url": f"https://example.org/{number}"}
        for number, text in enumerate(texts)
        if text
    ]
    for part in range(2):
        lines = [json.dumps(record, ensure_ascii=False) for record in records[part::2]]
        (folder / "in" / f"{part}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    executor = LocalPipelineExecutor(
        [
            JsonlReader(str(folder / "in")),
            BoilerplateRemover(
                threshold=0.5,
                remove=["the"],
                exclusion_writer=JsonlWriter(
                    str(folder / "removed"), "${rank}.jsonl", compression=None
                ),
            ),
            JsonlWriter(str(folder / "out"), "${rank}.jsonl", compression=None),
        ],
        tasks=2,
        workers=2,
        logging_dir=str(folder / "logs"),
    )
    statistics = executor.run()
    before = {record["id"]: record for record in records}
    after = {record["id"]: record for record in read(folder / "out")}
    return before, after, read(folder / "removed"), statistics


def removed_from(text: str) -> list[boilerstrip.Paragraph]:
    """Return what is removed from a text by the options of `run`."""
    paragraphs = boilerstrip.classify(text, threshold=0.5, remove=["the"])
    return [paragraph for paragraph in paragraphs if paragraph.label == "boilerplate"]


def as_span(paragraph: boilerstrip.Paragraph) -> dict[str, Any]:
    """Return a paragraph as the metadata have it."""
    return {
        "start": paragraph.start,
        "end": paragraph.end,
        "kind": paragraph.kind,
        "score": pytest.approx(paragraph.score, abs=1e-4),
    }


def test_texts(run: tuple[Records, Records, list[dict[str, Any]], PipelineStats]) -> None:
    """Every document is written, with the text that `clean` gives and its metadata."""
    before, after, _, _ = run
    assert after.keys() == before.keys()
    for name, record in before.items():
        expected = boilerstrip.clean(record["text"], threshold=0.5, remove=["the"])
        assert after[name].get("text", "") == expected
        assert after[name]["metadata"]["url"] == record["url"]


def test_spans(run: tuple[Records, Records, list[dict[str, Any]], PipelineStats]) -> None:
    """The metadata tell what was removed, where it was, and why."""
    before, after, _, _ = run
    for name, record in before.items():
        expected = [as_span(paragraph) for paragraph in removed_from(record["text"])]
        assert after[name]["metadata"]["boilerplate_spans"] == expected


def test_exclusions(run: tuple[Records, Records, list[dict[str, Any]], PipelineStats]) -> None:
    """The exclusion writer gets each removed paragraph, with its document's id and metadata."""
    before, _, removed, _ = run
    by_document = itertools.groupby(removed, key=lambda record: record["id"])
    found = {name: list(records) for name, records in by_document}
    for name, record in before.items():
        expected = [
            {
                "text": paragraph.text,
                "id": name,
                "metadata": {
                    "file_path": found[name][0]["metadata"]["file_path"],
                    "url": record["url"],
                    "boilerplate_spans": [as_span(paragraph)],
                },
            }
            for paragraph in removed_from(record["text"])
        ]
        assert found.get(name, []) == expected


def test_statistics(run: tuple[Records, Records, list[dict[str, Any]], PipelineStats]) -> None:
    """The statistics of all workers are those of the documents."""
    before, _, removed, statistics = run
    step = statistics.to_json()
    (found,) = (each for each in json.loads(step) if "boilerstrip" in each["name"])
    counts = {
        name: value["total"] if isinstance(value, dict) else value
        for name, value in found["stats"].items()
    }
    texts = [record["text"] for record in before.values()]
    cleaned = [boilerstrip.clean(text, threshold=0.5, remove=["the"]) for text in texts]
    by_kind = {name: count for name, count in counts.items() if name.startswith("removed_")}
    assert by_kind.pop("removed_characters") == sum(map(len, texts)) - sum(map(len, cleaned))
    assert sum(by_kind.values()) == counts["removed"] == len(removed)
    assert counts["total"] == len(texts)
    changed = [after for before, after in zip(texts, cleaned, strict=True) if after != before]
    assert counts["changed"] == len(changed)
    assert counts["emptied"] == sum(not text.strip() for text in changed)
    assert counts["paragraphs"] == sum(len(boilerstrip.classify(text)) for text in texts)


def test_emptied() -> None:
    """A document of which only blanks are left is counted as emptied."""
    step = BoilerplateRemover(remove=["donate"])
    texts = [document.text for document in step.run([Document("\n \n\nDonate now!\n", "1")])]
    assert texts == ["\n \n\n"]
    assert step.stats["emptied"].total == 1


def test_bounded() -> None:
    """The step reads a bounded number of documents ahead, also if they are empty."""
    read = 0

    def documents() -> Iterator[Document]:
        nonlocal read
        for read in itertools.count(1):
            yield Document("", str(read))

    first = next(iter(BoilerplateRemover().run(documents())))
    assert first.id == "1"
    assert read <= 10_000


def test_no_text() -> None:
    """A document whose text is none is named."""
    step = BoilerplateRemover()
    with pytest.raises(TypeError, match="the text of document 'b7' is int; it must be str"):
        list(step.run([Document("Rain fell on Leeds.", "b6"), Document(2024, "b7")]))


def test_wrong_option() -> None:
    """Options are checked when the pipeline is made."""
    with pytest.raises(ValueError, match="unknown kinds"):
        BoilerplateRemover(kinds=["spam"])


def test_pickle(stern_model: Path) -> None:
    """What is sent to each worker is small."""
    step = BoilerplateRemover(model_path=stern_model, kinds={"donation", "paywall"}, keep=["Leeds"])
    assert len(pickle.dumps(step)) < 1000
    assert len(dill.dumps(step)) < 1000
