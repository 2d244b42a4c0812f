"""Cleaning and classifying: what users call."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, get_args
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import boilerstrip
from boilerstrip import KINDS, Model, Paragraph, cleaning, judging
from boilerstrip.paragraphs import Split
from tests import strategies

PAGE = """\
Support independent journalism: donate today!

The council met on Tuesday to talk about the bridge over the river Orr.
Nobody who spoke wanted to see it closed, and nobody wanted to pay for it.\r
  Subscribe to our newsletter and never miss a story.\x20\x20

“It will stand,” said the engineer, “if nobody drives over it.”
Read more
"""

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


@given(strategies.pages, st.floats(0, 1), st.floats(0, 1))
def test_threshold(model: Model, text: str, one: float, other: float) -> None:
    """A higher threshold never removes more; 0 removes all."""
    low, high = sorted((one, other))

    def removed(threshold: float) -> set[int]:
        paragraphs = boilerstrip.classify(text, model=model, threshold=threshold)
        return {p.start for p in paragraphs if p.label == "boilerplate"}

    assert removed(high) <= removed(low)
    assert boilerstrip.clean(text, model=model, threshold=0).strip() == ""


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


# --- keep and remove ----------------------------------------------------------------------------


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


# --- paragraphs that are already split ----------------------------------------------------------


@given(strategies.paragraphs, thresholds)
def test_classify_paragraphs(model: Model, paragraphs: list[str], threshold: float | None) -> None:
    """Each paragraph given comes back, blank ones too, with its span in their join."""
    classified = boilerstrip.classify_paragraphs(paragraphs, model=model, threshold=threshold)
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
def test_exact_threshold(model: Model, text: str) -> None:
    """A threshold is met by its own score, and missed by the next number above."""
    for paragraph in boilerstrip.classify(text, model=model):
        for threshold in (paragraph.score, min(np.nextafter(paragraph.score, 1), 1)):
            labelled = boilerstrip.classify(text, model=model, threshold=threshold)
            assert [p.label == "boilerplate" for p in labelled] == [
                p.score >= threshold for p in labelled
            ]


@given(strategies.pages)
def test_same_as_classify(model: Model, text: str) -> None:
    """A text that is split beforehand is classified the same."""
    whole = boilerstrip.classify(text, model=model, split="line")
    assert boilerstrip.classify_paragraphs(tuple(text.splitlines()), model=model) == whole


def test_end_of_a_long_document(model: Model) -> None:
    """The last line of a document too long to be judged at once is not judged by itself."""
    line = "The council met on Tuesday to talk about the bridge over the river."
    lines = [line] * judging.MOST_PARAGRAPHS + ["He was 84."]
    whole = boilerstrip.classify_paragraphs(lines, model=model)
    assert [p.text for p in whole] == lines
    half = boilerstrip.classify_paragraphs(lines[len(lines) // 2 + 1 :], model=model)
    assert [p[3:] for p in whole[-len(half) :]] == [p[3:] for p in half]


# --- many texts ---------------------------------------------------------------------------------

MANY: list[Callable[..., Iterator[Any]]] = [boilerstrip.clean_many, boilerstrip.classify_many]


@settings(max_examples=30)
@given(st.lists(strategies.pages | strategies.texts, max_size=8), st.integers(1, 300))
def test_many(model: Model, texts: list[str], batch: int) -> None:
    """Many texts give what each one gives alone, in order, in batches of any size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cleaning, "BATCH", batch)
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
    read = itertools.count()
    texts = (PAGE + " " * (0 * next(read)) for _ in itertools.count())
    results = many(texts, model=model, jobs=jobs)
    assert next(read) == 0
    for number in range(1, 20):
        next(results)
        assert next(read) - number <= number + ahead
    results.close()  # type: ignore[attr-defined]


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
    with pytest.raises(TypeError, match="a text is NoneType; it must be str"):
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
        (["text", None], "a paragraph is NoneType; it must be str"),
        (["text", b"text"], "a paragraph is bytes; it must be str; decode it first"),
    ],
)
def test_bad_paragraphs(paragraphs: Any, message: str) -> None:
    """Paragraphs come in a sequence, and each is a string."""
    with pytest.raises(TypeError, match=message):
        boilerstrip.classify_paragraphs(paragraphs)


BAD_OPTIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"threshold": -0.1}, ValueError, "threshold is -0.1; it must be between 0 and 1"),
    ({"threshold": 1.1}, ValueError, "threshold is 1.1; it must be between 0 and 1"),
    ({"threshold": float("nan")}, ValueError, "threshold is nan"),
    ({"threshold": "0.5"}, TypeError, "threshold is str; it must be a number or None"),
    ({"threshold": True}, TypeError, "threshold is bool"),
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


def test_numpy_threshold(model: Model) -> None:
    """Numbers of numpy are numbers."""
    assert boilerstrip.clean("text", model=model, threshold=np.float64(0)) == ""
