"""The options of a call: phrases and patterns that keep and remove, and errors that tell."""

import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilerstrip
from boilerstrip import Model
from tests.strategies import PAGE


def test_remove(model: Model) -> None:
    """What a phrase of `remove` is in goes, with the blanks behind it, whatever the model says."""
    options: dict[str, Any] = {"model": model, "threshold": 1}
    cleaned = boilerstrip.clean(PAGE, remove=["COUNCIL   met\non"], **options)
    assert cleaned == PAGE.replace(
        "The council met on Tuesday to talk about the bridge over the river Orr.\n", ""
    )
    (removed,) = [
        p
        for p in boilerstrip.classify(PAGE, remove=["council met"], **options)
        if p.label == "boilerplate"
    ]
    assert removed.text.startswith("The council")
    assert removed.score == 1
    assert removed.kind == "other"


def test_keep(model: Model) -> None:
    """What a phrase of `keep` is in stays, whatever else is said of it."""
    kept = boilerstrip.classify(
        PAGE, model=model, threshold=0, keep=["read MORE"], remove=["read more"]
    )
    assert [p.text for p in kept if p.label == "content"] == ["Read more"]
    assert kept[-1].score == 0


def test_patterns(model: Model) -> None:
    """Compiled patterns are searched for as they are, in any part of a paragraph."""
    paragraphs = boilerstrip.classify(
        PAGE, model=model, threshold=0, keep=[re.compile(r"^Read more$"), re.compile("COUNCIL")]
    )
    assert [p.text for p in paragraphs if p.label == "content"] == ["Read more"]


def test_phrases_are_literal(model: Model) -> None:
    """Phrases are no patterns."""
    text = "What is 1+1?\nWhat is 11?"
    kept = boilerstrip.clean(text, model=model, threshold=0, keep=["1+1?"])
    assert kept == "What is 1+1?\n"


@pytest.mark.parametrize("phrase", ["don't miss", "don\u2019t miss"])
def test_apostrophes(model: Model, phrase: str) -> None:
    """A phrase is found with either apostrophe."""
    text = "Don't miss it\nDon\u2019t miss it\n"
    assert boilerstrip.clean(text, model=model, threshold=0, keep=[phrase]) == text


@given(st.sampled_from(["NFC", "NFD"]), st.sampled_from(["NFC", "NFD"]))
def test_phrases_are_composed(model: Model, of_phrase: Any, of_text: Any) -> None:
    """A phrase is found whether accents, and Hangul letters, are characters of their own or not."""
    phrase, text = normalize(of_phrase, "CAFÉ 한글"), normalize(of_text, "Un café 한글 au port")
    assert boilerstrip.clean(text, model=model, threshold=0, keep=[phrase]) == text
    assert not boilerstrip.clean(text, model=model, threshold=0)


BAD_OPTIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"threshold": -0.1}, ValueError, "threshold is -0.1; it must be between 0 and 1"),
    ({"threshold": 1.1}, ValueError, "threshold is 1.1; it must be between 0 and 1"),
    ({"threshold": float("nan")}, ValueError, "threshold is nan"),
    ({"threshold": "0.5"}, TypeError, "threshold is str; it must be a number or None"),
    ({"threshold": True}, TypeError, "threshold is bool"),
    ({"threshold": np.complex64(1)}, TypeError, "threshold is complex64"),
    ({"keep": "Read more"}, TypeError, "keep is str; it must be several str"),
    ({"remove": re.compile("x")}, TypeError, "remove is Pattern; it must be several str"),
    ({"keep": [b"x"]}, TypeError, "keep holds bytes; it must hold str and compiled str patterns"),
    ({"keep": [re.compile(b"x")]}, TypeError, "keep holds Pattern"),
    ({"remove": [None]}, TypeError, "remove holds NoneType"),
    ({"remove": ["x", " \n"]}, ValueError, "remove holds a phrase without a visible character"),
    ({"kinds": "donation"}, TypeError, "kinds is str; it must be several str"),
    ({"kinds": 3}, TypeError, "kinds is int"),
    ({"kinds": ["donation", "spam"]}, ValueError, r"unknown kinds \['spam'\]; there are donation,"),
    ({"kinds": [1, None]}, ValueError, r"unknown kinds \[1, None\]"),
    ({"model": "news.npz"}, TypeError, "model is str; it must be a Model, see Model.load"),
]


@pytest.mark.parametrize(("options", "error", "message"), BAD_OPTIONS)
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
def test_bad_options(
    verb: Callable[..., Any],
    first: Any,
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    """A wrong option is an error at once that says what was found and what is expected."""
    with pytest.raises(error, match=message):
        verb(first, **options)


@pytest.mark.parametrize("verb", [boilerstrip.clean, boilerstrip.classify])
def test_bad_split(verb: Callable[..., Any]) -> None:
    """An unknown way to split is an error that names the known ones."""
    with pytest.raises(ValueError, match="split is 'word'; it must be one of auto, line, blank"):
        verb("text", split="word")


def test_numpy_threshold(model: Model) -> None:
    """Numbers of numpy are numbers."""
    assert boilerstrip.clean("text", model=model, threshold=np.float64(0)) == ""
