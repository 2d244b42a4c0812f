"""Phrases and patterns: the paragraphs that they are in are found, and no others."""

import re
from typing import Any
from unicodedata import normalize
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilerstrip
from boilerstrip import Model, tokens
from boilerstrip.phrases import check_phrases
from tests import strategies
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


@pytest.mark.parametrize("phrase", ["don't miss", "don\u2019t miss", "don\u02bct miss"])
def test_apostrophes(model: Model, phrase: str) -> None:
    """A phrase is found with any apostrophe."""
    text = "Don't miss it\nDon\u2019t miss it\nDon\u2018t miss it\n"
    assert boilerstrip.clean(text, model=model, threshold=0, keep=[phrase]) == text


@given(st.sampled_from(["NFC", "NFD"]), st.sampled_from(["NFC", "NFD"]))
def test_phrases_are_composed(model: Model, of_phrase: Any, of_text: Any) -> None:
    """A phrase is found whether accents, and Hangul letters, are characters of their own or not."""
    phrase, text = normalize(of_phrase, "CAFÉ 한글"), normalize(of_text, "Un café 한글 au port")
    assert boilerstrip.clean(text, model=model, threshold=0, keep=[phrase]) == text
    assert not boilerstrip.clean(text, model=model, threshold=0)


def test_many_accents() -> None:
    """A word of ten thousand accents or more, which would take long to compose, stays as it is."""
    marks = "\u0301\u0327" * tokens.LONGEST
    phrases = check_phrases([normalize("NFC", "café")], "keep")
    with mock.patch("unicodedata.normalize", wraps=normalize) as normalising:
        found = phrases.find([f"{normalize('NFD', 'café')} {marks}", marks])
    assert found.tolist() == [0]
    assert max(len(call.args[1]) for call in normalising.call_args_list) <= tokens.LONGEST


def test_case_is_folded(model: Model) -> None:
    """A phrase is found in any case, also where that changes the number of letters."""
    text = "IN DER HAUPTSTRASSE\nin der Hauptstraße\nΟΔΟΣ ΣΩΚΡΑΤΟΥΣ\n"
    kept = boilerstrip.clean(text, model=model, threshold=0, keep=["straße", "οδος"])
    assert kept == text


@given(strategies.paragraphs, st.lists(strategies.characters, min_size=1, max_size=3))
def test_found(paragraphs: list[str], phrases: list[str]) -> None:
    """Of many phrases, each is found where it would be found alone."""
    phrases = [phrase for phrase in phrases if phrase.strip()]
    together = check_phrases(phrases, "keep").find(paragraphs)
    alone = {
        number
        for phrase in phrases
        for number, paragraph in enumerate(paragraphs)
        if check_phrases([phrase], "keep").find([paragraph]).size
    }
    assert together.tolist() == sorted(alone)
    assert all(
        number in alone
        for phrase in phrases
        for number, paragraph in enumerate(paragraphs)
        if phrase.isalnum() and phrase.isascii() and phrase in paragraph
    )
