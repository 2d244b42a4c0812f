"""Paragraphs that stand on several pages of one site."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import boilerstrip
from boilerstrip import KINDS, Model, find_repeated
from boilerstrip.repeated import raise_scores
from tests import strategies

APPEAL = "Without you this ferry would have no bell."
STORY = "The mayor of Oban rang it for the first time on a wet Tuesday in March."
PAGE = f"{STORY}\n{APPEAL}\n{STORY}"


def logit(score: float) -> float:
    """Undo what makes a logit a probability."""
    return float(np.log(score / (1 - score)))


def gained(after: float, before: float) -> float:
    """Tell by how many logits a score has risen."""
    return logit(after) - logit(before)


# --- finding ------------------------------------------------------------------------------------


def test_find() -> None:
    """Two different texts make a paragraph repeated; twice in one, or one text twice, do not."""
    one, other = f"{STORY}\n{APPEAL}\n{APPEAL}", f"Gulls.\n\n {APPEAL}\n"
    assert find_repeated([one, one]) == frozenset()
    assert find_repeated([one, one.replace("\n", "\r\n\r\n") + "\n"]) == frozenset()
    assert find_repeated(iter([one, "Gulls", other, one])) == {APPEAL}


def test_find_folded() -> None:
    """Neither the width of blank space matters nor whether accents are composed."""
    assert find_repeated(["no\u00a0 bell\nx", "y\nno bell"]) == {"no bell"}
    assert find_repeated(["no\nbell\n\nx", "y\n\nno bell"], split="blank") == {"no bell"}
    assert find_repeated(["cafe\u0301\nx", "y\ncafé"]) == {"café"}


@pytest.mark.parametrize(
    ("texts", "options", "error", "message"),
    [
        ("one page", {}, TypeError, "texts is str; it must be several str"),
        ([b"page"], {}, TypeError, r"texts\[0\] is bytes; it must be str; decode it first"),
        ([], {"split": "word"}, ValueError, "split is 'word'"),
    ],
)
def test_find_wrong(
    texts: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """What is no text is an error that says what was found."""
    with pytest.raises(error, match=message):
        find_repeated(texts, **options)


# --- raising scores -----------------------------------------------------------------------------


def raise_first(scores: list[float], words: list[int]) -> list[float]:
    """Raise the first paragraph of one document, if it may be."""
    is_repeated = np.arange(len(scores)) == 0
    raised = raise_scores(np.array(scores, np.float32), np.array(words), is_repeated, np.array([0]))
    assert raised.dtype == np.float32
    return [float(score) for score in raised]


def test_copy_share() -> None:
    """A page just half of whose content is repeated is no copy; one word more, and it is."""
    assert raise_first([0.5, 0.2], [16, 10]) == pytest.approx([0.880797, 0.2])
    assert raise_first([0.5, 0.2], [17, 10]) == pytest.approx([0.5, 0.2])


def test_certain() -> None:
    """What is certain stays so, and what has no word stays as it is."""
    assert raise_first([0, 0.2], [1, 10]) == pytest.approx([0, 0.2])
    assert raise_first([1, 0.2], [30, 10]) == pytest.approx([1, 0.2])
    assert raise_first([0.5, 0.2], [0, 10]) == pytest.approx([0.5, 0.2])


# --- the option ---------------------------------------------------------------------------------

VERBS: list[tuple[Callable[..., Any], Any]] = [
    (boilerstrip.clean, PAGE),
    (boilerstrip.classify, PAGE),
    (boilerstrip.classify_paragraphs, PAGE.split("\n")),
    (boilerstrip.clean_many, [PAGE]),
    (boilerstrip.classify_many, [PAGE]),
]
NAMES = [verb.__name__ for verb, _ in VERBS]


@pytest.mark.parametrize(("verb", "first"), VERBS, ids=NAMES)
def test_every_verb(model: Model, verb: Callable[..., Any], first: Any) -> None:
    """Each function takes repeated paragraphs into account."""
    plain, raised = (
        boilerstrip.classify(PAGE, model=model, repeated=repeated)[1].score
        for repeated in ((), [APPEAL])
    )
    options = {"model": model, "threshold": (plain + raised) / 2}

    def run(**more: Any) -> object:
        result = verb(first, **options, **more)
        return result if isinstance(result, str) else list(result)

    assert run(repeated=frozenset([APPEAL])) == run(repeated=[APPEAL]) != run()


@pytest.mark.parametrize(("verb", "first"), VERBS, ids=NAMES)
@pytest.mark.parametrize(
    ("repeated", "message"),
    [
        ("text", "repeated is str; it must be several str"),
        ([["text"]], r"repeated\[0\] is list; it must be str"),
        (frozenset([b"x"]), r"repeated\[0\] is bytes; it must be str; decode it first"),
    ],
)
def test_wrong(verb: Callable[..., Any], first: Any, repeated: Any, message: str) -> None:
    """What is no paragraph is an error at once."""
    with pytest.raises(TypeError, match=message):
        verb(first, repeated=repeated)


@pytest.mark.parametrize(
    "repeated", [APPEAL, f" {APPEAL}\n", APPEAL.replace(" ", "\n ").replace("bell", "be\u0301ll")]
)
def test_raised(model: Model, repeated: str) -> None:
    """A repeated paragraph gains two logits, the others nothing, however it is written."""
    appeal = APPEAL.replace(" ", "\u00a0\t")
    if "\u0301" in repeated:
        appeal = appeal.replace("bell", "béll")
    paragraphs = [STORY, appeal, STORY]
    before = boilerstrip.classify_paragraphs(paragraphs, model=model)
    after = boilerstrip.classify_paragraphs(paragraphs, model=model, repeated=[repeated])
    rises = [gained(a.score, b.score) for a, b in zip(after, before, strict=True)]
    assert rises == pytest.approx([0, 2, 0], abs=1e-3)


def test_copy(model: Model) -> None:
    """A page most of whose content is repeated is left alone, as a copy of another one."""
    plain = boilerstrip.classify(PAGE, model=model)
    assert boilerstrip.classify(PAGE, model=model, repeated=[STORY, APPEAL]) == plain
    assert boilerstrip.classify(PAGE, model=model, repeated=[APPEAL]) != plain


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


def test_keep_and_remove(model: Model) -> None:
    """What `keep` and `remove` say counts more, and leaves what is repeated among the rest."""
    text = f"Gulls.\n{APPEAL}\n{STORY}\n{STORY} Again."
    options: dict[str, Any] = {"model": model, "remove": ["gulls"], "keep": ["again"]}
    before = boilerstrip.classify(text, **options)
    after = boilerstrip.classify(text, repeated=[APPEAL, f"{STORY} Again."], **options)
    assert [p.score for p in before][::3] == [p.score for p in after][::3] == [1, 0]
    assert after == before  # what stays is content: with it, most of this page is repeated
    after = boilerstrip.classify(text, repeated=["Gulls.", APPEAL], **options)
    assert gained(after[1].score, before[1].score) == pytest.approx(2, abs=1e-3)
    assert after[2] == before[2]


def test_kinds(model: Model) -> None:
    """With kinds, scores rise as without."""
    plain = boilerstrip.classify(PAGE, model=model, repeated=[APPEAL])
    some = boilerstrip.classify(PAGE, model=model, repeated=[APPEAL], kinds=KINDS)
    assert [p.score for p in some] == [p.score for p in plain]


def test_processes(model: Model) -> None:
    """The option reaches other processes."""
    options: dict[str, Any] = {"model": model, "repeated": [APPEAL]}
    together = list(boilerstrip.classify_many([PAGE] * 3, jobs=2, **options))
    alone = boilerstrip.classify(PAGE, **options)[1].score
    assert [paragraphs[1].score for paragraphs in together] == pytest.approx([alone] * 3, abs=1e-5)
