"""The whole evaluation on made-up pages: what it writes, and what it takes up."""

import functools
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import evaluation
import pytest
from evaluation import bootstrap, tasks
from evaluation.c4 import judge_by_c4
from evaluation.collection import Example

import boilerstrip
from boilerstrip import LabelledDocument, LabelledParagraph, Model

CORPORA = ("wcxb-dev", "wcxb-dev", "dragnet")  # of three sites: one for each fold

Run = Callable[..., dict[str, Any]]


def make_examples(number: int, corpus: str) -> list[Example]:
    """Make a page of a site, what an extractor kept of it, a document, and lone paragraphs."""
    content = LabelledParagraph(f"The council of town {number} met to talk of a bridge.", "content")
    appeal = LabelledParagraph(f"Support journal {number}: donate!", "boilerplate", "donation")

    def label(name: str, *paragraphs: LabelledParagraph) -> LabelledDocument:
        return LabelledDocument(f"{number}#{name}", paragraphs, site=f"site {number}", lang="en")

    return [
        Example(label("page", content, appeal), "page", corpus, gold=content.text),
        Example(
            label("trafilatura", content, appeal),
            "extractor",
            corpus,
            view="trafilatura",
            gold=content.text,
        ),
        Example(label("document", content, appeal), "document", "own"),
        Example(label("content", content), "lone", "appeals"),
        Example(label("appeal", appeal), "lone", "appeals"),
    ]


@pytest.fixture
def train(model: Model, monkeypatch: pytest.MonkeyPatch) -> mock.Mock:
    """Return what stands for training, and gives the small model whatever it is to learn from."""
    train = mock.Mock(return_value=model)
    monkeypatch.setattr(boilerstrip, "train", train)
    return train


@pytest.fixture
def run(train: mock.Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs the evaluation and reads its results.

    Figures and peers need more installed than tests do: nothing is drawn, and the rules of C4 are
    the only peer.
    """
    for name in ("figures", "peers"):
        monkeypatch.setattr(evaluation, name, mock.Mock(), raising=False)
    spec = importlib.util.find_spec("evaluation.run")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)  # for this test alone
    spec.loader.exec_module(script)
    examples = [e for place in enumerate(CORPORA) for e in make_examples(*place)]
    monkeypatch.setattr(script, "load", lambda *_, **__: examples)
    monkeypatch.setattr(script, "_fit_peers", lambda *_: [judge_by_c4])
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(tasks, "estimate", functools.partial(bootstrap.estimate, resamples=20))

    def run(*options: str) -> dict[str, Any]:
        train.reset_mock()
        script.main(["--corpora", "none", *options])
        text = (tmp_path / "evaluation" / "results.json").read_text(encoding="utf-8")
        assert "NaN" not in text
        found: dict[str, Any] = json.loads(text)
        return found

    return run


def test_protocols(run: Run, tmp_path: Path) -> None:
    """Each protocol holds out everything once, and peers stand beside the model by site alone."""
    found = run()
    assert found["sites"]["done"] == ["sites-1", "sites-2", "sites-3"]
    assert found["corpora"]["done"] == ["corpora-wcxb-dev", "corpora-appeals", "corpora-dragnet"]
    for protocol in ("sites", "corpora"):
        pages = found[protocol]["pages"]["all"]
        assert {number[3] for number in pages.values()} == {len(CORPORA)}
        assert ("C4 line rules" in pages) == (protocol == "sites")
        assert found[protocol]["extractors"]["all"]["trafilatura"]["possible"][0] == 1
        assert found[protocol]["lone"]["appeals"]["kinds"]["donation"]["recall"][3] == len(CORPORA)
    page = (tmp_path / "docs" / "quality.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## By site",
        "## By corpus",
    ]


def test_one_protocol(run: Run, train: mock.Mock) -> None:
    """A run of one protocol leaves what is known of the other one as it is."""
    both = run()
    found = run("--protocol", "sites")
    assert train.call_count == len(both["sites"]["done"])
    assert found["corpora"] == both["corpora"]


def test_resumed(run: Run, train: mock.Mock) -> None:
    """What a run left is taken up where it is asked for and still holds, and nothing else."""
    first = run("--protocol", "sites")
    assert train.call_count == len(first["sites"]["done"])
    assert run("--protocol", "sites", "--resume") == first
    train.assert_not_called()
    both = run("--resume")
    assert both["sites"] == first["sites"]
    assert train.call_count == len(both["corpora"]["done"])
    run("--protocol", "sites", "--resume", "--seed", "2")
    assert train.call_count == len(first["sites"]["done"])
