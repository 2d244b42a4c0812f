"""Judging: thresholds, kinds, and what is not seen."""

import math
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilerstrip
from boilerstrip import KINDS, Model, judging
from boilerstrip.decision import decide_all
from boilerstrip.options import check_options
from tests import strategies
from tests.strategies import PAGE

thresholds = st.one_of(st.none(), st.floats(0, 1))


@given(strategies.pages, st.floats(0, 1), st.floats(0, 1))
def test_threshold(model: Model, text: str, one: float, other: float) -> None:
    """A higher threshold never removes more; 0 removes all."""
    low, high = sorted((one, other))

    def removed(threshold: float) -> set[int]:
        paragraphs = boilerstrip.classify(text, model=model, threshold=threshold)
        return {p.start for p in paragraphs if p.label == "boilerplate"}

    assert removed(high) <= removed(low)
    assert boilerstrip.clean(text, model=model, threshold=0).strip() == ""


@given(strategies.pages)
def test_exact_threshold(model: Model, text: str) -> None:
    """A threshold is met by its own score, and missed by the next number above."""
    for paragraph in boilerstrip.classify(text, model=model):
        for threshold in (paragraph.score, min(np.nextafter(paragraph.score, 1), 1)):
            labelled = boilerstrip.classify(text, model=model, threshold=threshold)
            assert [p.label == "boilerplate" for p in labelled] == [
                p.score >= threshold for p in labelled
            ]


@given(strategies.pages, thresholds, st.sets(st.sampled_from(KINDS)))
def test_kinds(model: Model, text: str, threshold: float | None, kinds: set[str]) -> None:
    """With kinds, what is removed is what would be removed anyway, and of one of these kinds."""
    everything = boilerstrip.classify(text, model=model, threshold=threshold)
    some = boilerstrip.classify(text, model=model, threshold=threshold, kinds=kinds)
    assert [p.kind for p in some] == [p.kind if p.kind in kinds else None for p in everything]
    assert [p.score for p in some] == [p.score for p in everything]


def test_kinds_of_any_collection(model: Model) -> None:
    """Any collection of kinds will do; none at all removes nothing."""
    labels = [
        [p.label for p in boilerstrip.classify(PAGE, model=model, threshold=0, kinds=kinds)]
        for kinds in (KINDS, set(KINDS), list(KINDS), [])
    ]
    assert labels[0] == labels[1] == labels[2] == ["boilerplate"] * 6
    assert labels[3] == ["content"] * 6


def test_own_kind(model: Model) -> None:
    """Each removed paragraph is told its own kind, but for those that a phrase removes: other."""
    lines = PAGE.splitlines()
    kinds = {}
    for line in filter(None, lines):
        (alone,) = boilerstrip.classify_paragraphs([line], model=model, threshold=0)
        kinds[line.strip()] = alone.kind
    assert len(set(kinds.values())) > 1
    found = boilerstrip.classify(PAGE, model=model, keep=["council"], remove=["newsletter"])
    assert {p.label for p in found} == {"content", "boilerplate"}
    kinds |= {text: "other" for text in kinds if "newsletter" in text}
    assert all(p.kind == kinds[p.text] for p in found if p.label == "boilerplate")


def test_remove_beats_kinds(model: Model) -> None:
    """What a phrase removes goes whatever kinds were asked for."""
    assert "council" not in boilerstrip.clean(PAGE, model=model, kinds=[], remove=["council"])


@given(strategies.pages, strategies.pages, st.randoms())
def test_removed_are_not_seen(model: Model, text: str, others: str, random: Any) -> None:
    """Paragraphs removed by phrase change nothing for their neighbours."""
    lines = text.splitlines()
    mixed = lines + [f"{line} {'and so on ' * 20}XYZ" for line in others.splitlines()]
    random.shuffle(mixed)
    order = sorted(range(len(mixed)), key=lambda i: mixed[i].endswith("XYZ"))
    visible = [mixed[i] for i in order if not mixed[i].endswith("XYZ")]
    with_them = boilerstrip.classify("\n".join(mixed), model=model, remove=["xyz"], split="line")
    without = boilerstrip.classify("\n".join(visible), model=model, split="line")
    seen = [p for p in with_them if not p.text.endswith("XYZ")]
    assert [(p.text, p.label, p.kind) for p in seen] == [(p.text, p.label, p.kind) for p in without]
    assert np.allclose([p.score for p in seen], [p.score for p in without], atol=1e-5)
    assert all(p.label == "boilerplate" for p in with_them if p.text.endswith("XYZ"))


@pytest.mark.parametrize("most", ["MOST_PARAGRAPHS", "LONGEST"])
@given(documents=st.lists(strategies.paragraphs))
def test_groups(model: Model, most: str, documents: list[list[str]]) -> None:
    """However documents are judged together or in parts, each gets what it gets alone."""
    documents = [[each.strip() or "-" for each in paragraphs] for paragraphs in documents]
    options = check_options(threshold=0.5, model=model)
    with mock.patch.object(judging, most, 4):
        together = judging.judge_given(documents, options)
        parts = [split_evenly(paragraphs, 4) for paragraphs in documents]
        alone = [judging.judge_given(each, options) for each in parts]
    assert len(together) == len(documents)
    for found, expected in zip(together, alone, strict=True):
        scores = [score for each in expected for score in each.scores.tolist()]
        assert np.allclose(found.scores, scores, atol=1e-5)
        assert (found.is_boilerplate == (found.scores >= 0.5)).all()


def test_decided_as_a_whole(model: Model) -> None:
    """A long document is seen in parts, but what goes is decided for all of it."""
    lines = ["The council met on Tuesday.", "Read more", "Home", "Share this", "He was 84."] * 2
    decide = mock.Mock(wraps=decide_all)
    with mock.patch.multiple(judging, LONGEST=3, decide_all=decide):
        (verdict,) = judging.judge_given([lines], check_options(model=model))
    (scores, _, starts), _ = decide.call_args
    assert starts.tolist() == [0]
    assert scores.tolist() == verdict.scores.tolist()


def split_evenly(paragraphs: list[str], most: int) -> list[list[str]]:
    """Split a document into as few parts as may be, of the same size but for the last."""
    size = math.ceil(len(paragraphs) / math.ceil(len(paragraphs) / most)) if paragraphs else 1
    return [paragraphs[start : start + size] for start in range(0, len(paragraphs), size)]


def test_end_of_a_long_document(model: Model) -> None:
    """The last line of a document too long to be judged at once is not judged by itself."""
    line = "The council met on Tuesday to talk about the bridge over the river."
    lines = [line] * judging.MOST_PARAGRAPHS + ["He was 84."]
    whole = boilerstrip.classify_paragraphs(lines, model=model)
    assert [p.text for p in whole] == lines
    half = boilerstrip.classify_paragraphs(lines[len(lines) // 2 + 1 :], model=model)
    assert [p[3:] for p in whole[-len(half) :]] == [p[3:] for p in half]
