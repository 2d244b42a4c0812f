"""Cleaning and classifying: what users call."""

import collections
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, get_args
from unittest import mock

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import boilerstrip
from boilerstrip import KINDS, Model, Paragraph, cleaning
from boilerstrip.paragraphs import Split
from tests import strategies
from tests.strategies import PAGE

splits = st.sampled_from(get_args(Split))
thresholds = st.one_of(st.none(), st.floats(0, 1))
kinds = st.one_of(st.none(), st.sets(st.sampled_from(KINDS)))


# --- clean and classify -------------------------------------------------------------------------


@given(strategies.texts | strategies.pages, splits, thresholds, kinds)
def test_lossless(
    model: Model, text: str, split: Split, threshold: float | None, kinds: set[str] | None
) -> None:
    """Spans and the blanks between them are the text; what is not removed is the cleaned text."""
    options: dict[str, Any] = {
        "model": model,
        "split": split,
        "threshold": threshold,
        "kinds": kinds,
    }
    paragraphs = boilerstrip.classify(text, **options)
    cleaned = ""
    end = 0
    is_kept = True
    for paragraph in paragraphs:
        blank = text[end : paragraph.start]
        assert not blank.strip()
        assert paragraph.text == text[paragraph.start : paragraph.end]
        cleaned += blank if is_kept else ""
        is_kept = paragraph.label == "content"
        cleaned += paragraph.text if is_kept else ""
        end = paragraph.end
    assert not text[end:].strip()
    cleaned += text[end:] if is_kept else ""
    assert boilerstrip.clean(text, **options) == cleaned


@given(strategies.pages, thresholds, kinds)
def test_paragraphs(
    model: Model, text: str, threshold: float | None, kinds: set[str] | None
) -> None:
    """Scores are probabilities, boilerplate has a kind that was asked for, content has none."""
    for paragraph in boilerstrip.classify(text, model=model, threshold=threshold, kinds=kinds):
        assert isinstance(paragraph, Paragraph)
        assert 0 <= paragraph.score <= 1
        if paragraph.label == "content":
            assert paragraph.kind is None
        else:
            assert paragraph.kind in (KINDS if kinds is None else kinds)
            assert threshold is None or paragraph.score >= threshold


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t\u2028"])
def test_blank(model: Model, text: str) -> None:
    """Of a blank text nothing is removed."""
    assert boilerstrip.clean(text, model=model, threshold=0) == text
    assert boilerstrip.classify(text, model=model) == []


@pytest.mark.parametrize(
    "text",
    [
        "One line",
        "A\r\n\r\nB\r\n",
        "A\u2028B\u2029C",
        "A\x00B\nC\x00",
        "\ud800 lone\n\udfff\n",
        "word " * 2_000_000,
        "word\n" * 200_000,
        strategies.SENTENCES[0] + "\n" + "\n" * 100_000 + strategies.SENTENCES[1],
    ],
    ids=["line", "CR LF", "U+2028", "NUL", "surrogate", "10 MB line", "200,000 lines", "blanks"],
)
def test_odd_texts(model: Model, text: str) -> None:
    """Texts of any form and size go through, and nothing of them is lost."""
    assert boilerstrip.clean(text, model=model, keep=[re.compile("")]) == text
    assert boilerstrip.clean(text, model=model, threshold=0) == ""
    paragraphs = boilerstrip.classify(text, model=model)
    assert all(text[p.start : p.end] == p.text for p in paragraphs)
    edges = [0, *(edge for p in paragraphs for edge in (p.start, p.end)), len(text)]
    between = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert not "".join(between).strip()


@pytest.mark.parametrize("split", get_args(Split))
def test_split(model: Model, split: Split) -> None:
    """How a text is split can be chosen."""
    counts = {"line": 6, "auto": 6, "blank": 3}
    assert len(boilerstrip.classify(PAGE, model=model, split=split)) == counts[split]


def test_shipped_model() -> None:
    """Without a model, the one that comes with boilerstrip is used."""
    cleaned = boilerstrip.clean(PAGE)
    assert "The council met on Tuesday" in cleaned
    assert "donate today" not in cleaned


ARTICLE = """\
The council voted on Tuesday to close two of the town's four libraries, ending months of argument.
Residents packed the chamber for three hours, and several were asked to leave after shouting.
"You are taking away the only warm room some people have," said Margaret Ellis, a volunteer.
{inserted}
The leader of the council spoke of a heavy heart. He pointed to a fall in grants of a third.
The two branches will shut at the end of March. Their books will go to the central library.
Opponents will ask for a review. A petition has gathered nine thousand signatures.
"""

APPEALS = """\
We cover local government because no one else does any more. It costs about $400 to send a \
reporter to a meeting like this one, and we have no owner to send the bill to. If this story \
was useful to you, consider becoming a member.
Our reporting is free to read because readers like you pay for it. Will you chip in today?
"""
REPORTS = """\
"Please, if you can spare five pounds, give it to the hospice," she told the crowd from the back \
of the lorry. "They looked after my husband for eleven weeks and never sent us a bill."
The newspaper put up a paywall in 2019 and lost two thirds of its readers within a year; \
subscriptions, which cost eight pounds a month, have not made up for the fall in advertising.
"""


@pytest.mark.parametrize(
    ("inserted", "label"),
    [
        *((text, "boilerplate") for text in APPEALS.splitlines()),
        *((text, "content") for text in REPORTS.splitlines()),
    ],
)
def test_inserted(inserted: str, label: str) -> None:
    """An appeal inside an article goes, content about the same stays, and so does all around."""
    paragraphs = boilerstrip.classify(ARTICLE.format(inserted=inserted), split="line")
    assert [p.label for p in paragraphs] == [*["content"] * 3, label, *["content"] * 3]


# --- paragraphs that are already split ----------------------------------------------------------


@given(strategies.paragraphs, thresholds)
def test_classify_paragraphs(model: Model, paragraphs: list[str], threshold: float | None) -> None:
    """Each paragraph given comes back, blank ones too, with its span in their join."""
    classified = boilerstrip.classify_paragraphs(
        collections.deque(paragraphs), model=model, threshold=threshold
    )
    assert [p.text for p in classified] == paragraphs
    joined = "\n".join(paragraphs)
    assert [joined[p.start : p.end] for p in classified] == paragraphs


def test_blank_around(model: Model) -> None:
    """Blank space around paragraphs, and blank ones among them, tell nothing."""
    lines = PAGE.splitlines()
    spaced = boilerstrip.classify_paragraphs(
        [each for line in lines for each in (f"\n {line}\t", "", " \u3000")], model=model
    )
    plain = boilerstrip.classify_paragraphs(lines, model=model)
    assert [p[3:] for p in spaced[::3]] == [p[3:] for p in plain]
    assert {p[3:] for p in spaced[1::3] + spaced[2::3]} == {("content", 0.0, None)}


@given(strategies.pages)
def test_same_as_classify(model: Model, text: str) -> None:
    """A text that is split beforehand is classified the same."""
    whole = boilerstrip.classify(text, model=model, split="line")
    assert boilerstrip.classify_paragraphs(tuple(text.splitlines()), model=model) == whole


# --- many texts ---------------------------------------------------------------------------------

MANY: list[Callable[..., Iterator[Any]]] = [boilerstrip.clean_many, boilerstrip.classify_many]


@settings(max_examples=30)
@given(st.lists(strategies.pages | strategies.texts, max_size=8), st.integers(1, 300))
def test_many(model: Model, texts: list[str], batch: int) -> None:
    """Many texts give what each one gives alone, in order, in batches of any size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cleaning, "BATCH", batch)
        patch.setattr(cleaning, "MADE_TOGETHER", 3)
        cleaned = list(boilerstrip.clean_many(texts, model=model, threshold=0.5))
        classified = list(boilerstrip.classify_many(texts, model=model, threshold=0.5))
    alone = [boilerstrip.classify(text, model=model, threshold=0.5) for text in texts]
    assert len(cleaned) == len(classified) == len(texts)
    for text, found, paragraphs, expected in zip(texts, cleaned, classified, alone, strict=True):
        assert all((p.label == "boilerplate") == (p.score >= 0.5) for p in paragraphs)
        assert [p[:3] for p in paragraphs] == [p[:3] for p in expected]
        assert np.allclose([p.score for p in paragraphs], [p.score for p in expected], atol=1e-5)
        if [p.label for p in paragraphs] == [p.label for p in expected]:
            assert found == boilerstrip.clean(text, model=model, threshold=0.5)


@pytest.mark.parametrize(
    "options",
    [
        {"threshold": 0},
        {"threshold": 1, "remove": ["council"]},
        {"threshold": 0, "keep": ["newsletter"]},
        {"threshold": 0, "kinds": []},
        {"split": "blank"},
    ],
)
def test_options_of_many(model: Model, options: dict[str, Any]) -> None:
    """Many texts are judged with the options that were given."""
    assert list(boilerstrip.clean_many([PAGE], model=model, **options)) == [
        boilerstrip.clean(PAGE, model=model, **options)
    ]
    assert list(boilerstrip.classify_many([PAGE], model=model, **options)) == [
        boilerstrip.classify(PAGE, model=model, **options)
    ]


@pytest.mark.parametrize("many", MANY)
def test_jobs(many: Callable[..., Iterator[Any]], model: Model) -> None:
    """Two processes give the same as one, in order, and see the same options."""
    texts = [f"{PAGE}\nPage {number} of {'x' * (number % 7)}" for number in range(300)]
    options: dict[str, Any] = {
        "model": model,
        "keep": [re.compile("Page 1")],
        "remove": ["council"],
        "kinds": KINDS[:5],
        "split": "line",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cleaning, "BATCH", 4000)
        here = list(many(texts, **options))
        there = list(many(iter(texts), jobs=2, **options))
    assert here == there


@pytest.mark.parametrize("many", MANY)
@pytest.mark.parametrize(("jobs", "ahead"), [(1, 3), (2, 50)])
def test_lazy(
    many: Callable[..., Iterator[Any]],
    jobs: int,
    ahead: int,
    model: Model,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is read before it is needed, and only a bounded number of texts ahead."""
    monkeypatch.setattr(cleaning, "BATCH", 2 * len(PAGE))  # two texts
    read: list[str] = []

    def texts() -> Iterator[str]:
        while True:
            read.append(PAGE)
            yield PAGE

    results = many(texts(), model=model, jobs=jobs)
    assert not read
    for number in range(1, 20):
        next(results)
        assert number <= len(read) <= number + ahead
    results.close()  # type: ignore[attr-defined]


def test_few_texts(model: Model) -> None:
    """No more processes are started than there are batches to work on."""
    with mock.patch.object(joblib, "Parallel", wraps=joblib.Parallel) as parallel:
        cleaned = list(boilerstrip.clean_many([PAGE] * 3, model=model, jobs=64))
    assert cleaned == [boilerstrip.clean(PAGE, model=model)] * 3
    parallel.assert_called_once_with(n_jobs=1, pre_dispatch="all")


@pytest.mark.parametrize("many", MANY)
@pytest.mark.parametrize("jobs", [1, 2])
def test_no_texts(many: Callable[..., Iterator[Any]], jobs: int, model: Model) -> None:
    """No texts, no results."""
    assert list(many([], model=model, jobs=jobs)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_bad_text_among_many(jobs: int, model: Model) -> None:
    """A text of the wrong type is an error when it is reached, and nothing before it is lost."""
    results = boilerstrip.clean_many(itertools.chain([PAGE] * 5, [None]), model=model, jobs=jobs)  # type: ignore[list-item]
    assert len(list(itertools.islice(results, 5))) == 5
    with pytest.raises(TypeError, match=r"texts\[5\] is NoneType; it must be str"):
        next(results)


# --- arguments ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [boilerstrip.clean, boilerstrip.classify])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "text is NoneType; it must be str"),
        (b"text", "text is bytes; it must be str; decode it first"),
        (bytearray(b"text"), "decode it first"),
        (["text"], "text is list"),
        (3, "text is int"),
    ],
)
def test_bad_text(verb: Callable[[Any], Any], text: Any, message: str) -> None:
    """A text that is no text is an error that says what it is."""
    with pytest.raises(TypeError, match=message):
        verb(text)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("text", "is str; it must be several str, e.g. a list of them"),
        (b"text", "is bytes; it must be several str"),
        (None, "is NoneType; it must be several str"),
        (3, "is int; it must be several str"),
        ({"id": 1, "text": PAGE}, "is dict; it must be several str"),
    ],
)
@pytest.mark.parametrize("verb", [*MANY, boilerstrip.classify_paragraphs])
def test_bad_texts(verb: Callable[[Any], Any], texts: Any, message: str) -> None:
    """A lone string where several are due is an error at once."""
    with pytest.raises(TypeError, match=message):
        verb(texts)


@pytest.mark.parametrize(
    ("paragraphs", "message"),
    [
        (iter(["text"]), "is list_iterator; it must be a sequence of str"),
        ({"text"}, "is set; it must be a sequence of str"),
        (["text", None], r"paragraphs\[1\] is NoneType; it must be str"),
        (["text", b"text"], r"paragraphs\[1\] is bytes; it must be str; decode it first"),
    ],
)
def test_bad_paragraphs(paragraphs: Any, message: str) -> None:
    """Paragraphs come in a sequence, and each is a string."""
    with pytest.raises(TypeError, match=message):
        boilerstrip.classify_paragraphs(paragraphs)


@pytest.mark.parametrize("many", MANY)
@pytest.mark.parametrize(
    ("jobs", "error", "message"),
    [
        (0, ValueError, "jobs is 0; it must be 1 or more"),
        (-1, ValueError, "jobs is -1; it must be 1 or more"),
        (2.0, TypeError, "jobs is float; it must be int"),
        (True, TypeError, "jobs is bool"),
    ],
)
def test_bad_jobs(
    many: Callable[..., Any], jobs: Any, error: type[Exception], message: str
) -> None:
    """A wrong number of jobs is an error at once."""
    with pytest.raises(error, match=message):
        many(["text"], jobs=jobs)
