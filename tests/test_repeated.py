"""Paragraphs that stand on several pages of one site."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import boilerstrip
from boilerstrip import Model, find_repeated
from tests import strategies
from tests.strategies import PAGE

APPEAL = "Without you this ferry would have no bell."
STORY = "The mayor of Oban rang it for the first time on a wet Tuesday in March."


def logit(score: float) -> float:
    """Undo what makes a logit a probability."""
    return float(np.log(score / (1 - score)))


def test_find() -> None:
    """Two different texts make a paragraph repeated; twice in one, or one text twice, do not."""
    one, other = f"{STORY}\n{APPEAL}\n{APPEAL}", f"Gulls.\n\n {APPEAL}\n"
    assert find_repeated([one, one]) == frozenset()
    assert find_repeated(iter([one, "Gulls", other, one])) == {APPEAL}


def test_find_blanks() -> None:
    """The width of blank space does not matter."""
    assert find_repeated(["no\u00a0 bell\nx", "y\nno bell"]) == {"no bell"}
    assert find_repeated(["no\nbell\n\nx", "y\n\nno bell"], split="blank") == {"no bell"}


@pytest.mark.parametrize(
    ("texts", "options", "error", "message"),
    [
        ("one page", {}, TypeError, "texts is str; it must be several str"),
        ([b"page"], {}, TypeError, "a text is bytes; it must be str; decode it first"),
        ([], {"split": "word"}, ValueError, "split is 'word'"),
    ],
)
def test_find_wrong(
    texts: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """What is no text is an error that says what was found."""
    with pytest.raises(error, match=message):
        find_repeated(texts, **options)


def test_raised(model: Model) -> None:
    """A repeated paragraph gains two logits, the others nothing."""
    paragraphs = [STORY, APPEAL, STORY]
    before = boilerstrip.classify_paragraphs(paragraphs, model=model)
    after = boilerstrip.classify_paragraphs(paragraphs, model=model, repeated=[f" {APPEAL}\n"])
    gained = [logit(a.score) - logit(b.score) for a, b in zip(after, before, strict=True)]
    assert gained == pytest.approx([0, 2, 0], abs=1e-3)


def test_copy(model: Model) -> None:
    """A page most of whose content is repeated is a copy of another one, and left alone."""
    text = f"{STORY}\n{APPEAL}"
    plain = boilerstrip.classify(text, model=model)
    assert boilerstrip.classify(text, model=model, repeated=[STORY, APPEAL]) == plain
    assert boilerstrip.classify(text, model=model, repeated=[APPEAL]) != plain


@given(st.lists(strategies.pages, min_size=1, max_size=5), st.data())
def test_together(model: Model, texts: list[str], data: st.DataObject) -> None:
    """Texts are judged together as they are alone."""
    paragraphs = [p.text for text in texts for p in boilerstrip.classify(text, model=model)]
    assume(paragraphs)
    repeated = data.draw(st.sets(st.sampled_from(paragraphs)))
    options: dict[str, Any] = {"model": model, "repeated": repeated, "threshold": 0.5}
    together = boilerstrip.classify_many(texts, **options)
    for text, many in zip(texts, together, strict=True):
        alone = boilerstrip.classify(text, **options)
        assert [p.score for p in many] == pytest.approx([p.score for p in alone], abs=1e-5)


def test_keep(model: Model) -> None:
    """What `keep` says counts more; `remove` may be given as well."""
    options: dict[str, Any] = {"model": model, "threshold": 0, "repeated": [APPEAL]}
    text = f"{APPEAL}\n{STORY}\nGulls."
    assert boilerstrip.clean(text, keep=["ferry"], **options) == f"{APPEAL}\n"
    found = boilerstrip.classify(text, remove=["gulls"], **options)
    assert [p.score for p in found][2] == 1
    plain = boilerstrip.classify(text, remove=["gulls"], model=model)
    assert logit(found[0].score) - logit(plain[0].score) == pytest.approx(2, abs=1e-3)


@pytest.mark.parametrize("jobs", [1, 2])
def test_many(model: Model, jobs: int) -> None:
    """Streams of texts take the option too, in any number of processes."""
    repeated = find_repeated([PAGE, f"{STORY}\n{APPEAL}", f"Gulls.\n{APPEAL}"])
    texts = [f"{STORY}\n{APPEAL}"] * 3
    options: dict[str, Any] = {"model": model, "threshold": 0.9, "repeated": repeated}
    cleaned = boilerstrip.clean_many(texts, jobs=jobs, **options)
    assert list(cleaned) == [boilerstrip.clean(texts[0], **options)] * 3


@pytest.mark.parametrize(
    ("verb", "first"),
    [
        (boilerstrip.clean, "text"),
        (boilerstrip.classify, "text"),
        (boilerstrip.classify_paragraphs, ["text"]),
        (boilerstrip.clean_many, ["text"]),
        (boilerstrip.classify_many, ["text"]),
    ],
    ids=["clean", "classify", "classify_paragraphs", "clean_many", "classify_many"],
)
@pytest.mark.parametrize(
    ("repeated", "message"),
    [
        ("text", "repeated is str; it must be several str"),
        ([3], "a paragraph of repeated is int; it must be str"),
    ],
)
def test_wrong(verb: Callable[..., Any], first: Any, repeated: Any, message: str) -> None:
    """What is no paragraph is an error at once."""
    with pytest.raises(TypeError, match=message):
        verb(first, repeated=repeated)
