"""Evaluation: the metrics of reports, and what stands behind the tables of docs/quality.md."""

import itertools
import json
import lzma
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from evaluation import bootstrap, corpora, errors, outcomes, protocols, tables, tasks
from evaluation.c4 import judge_by_c4, passes_c4
from evaluation.collection import OWN, OWN_FOLDERS, Example
from evaluation.errors import find_errors
from evaluation.sites import join_sites
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from boilerstrip import (
    LabelledDocument,
    LabelledParagraph,
    Model,
    Report,
    TrainingDataError,
    evaluate,
    evaluation,
)
from boilerstrip.arrays import Ints
from boilerstrip.evaluation import (
    LabelScores,
    Share,
    average_precision,
    calibration_error,
    word_f1,
)

scored = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]) | st.floats(0, 1)),
    min_size=2,
    max_size=40,
).filter(lambda pairs: len({truth for truth, _ in pairs}) == 2)

STORY = "The council met on Tuesday to talk about the bridge."
APPEAL = "Support independent journalism with a small gift today."
LONG = "A paragraph so long that no two pages of different sites would have it by chance. " * 2


def columns(pairs: list[tuple[bool, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Turn pairs into arrays of truth and score."""
    return np.array([truth for truth, _ in pairs]), np.array([score for _, score in pairs])


def label(
    name: str,
    *paragraphs: tuple[str, str | None],
    site: str | None = None,
    lang: str | None = None,
) -> LabelledDocument:
    """Make a labelled document of texts and labels; boilerplate may be labelled by its kind."""
    labelled = []
    for text, what in paragraphs:
        if what is None or what == "content":
            labelled.append(LabelledParagraph(text, "content" if what else None))
        else:
            labelled.append(LabelledParagraph(text, "boilerplate", what))
    return LabelledDocument(name, tuple(labelled), site, lang)


# --- metrics ------------------------------------------------------------------------------------


@given(scored)
def test_average_precision(pairs: list[tuple[bool, float]]) -> None:
    """It is what scikit-learn makes of the same scores, ties too."""
    truth, scores = columns(pairs)
    expected = metrics.average_precision_score(truth, scores)
    assert average_precision(truth, scores) == pytest.approx(expected)


@given(scored)
def test_rank_area(pairs: list[tuple[bool, float]]) -> None:
    """The area under the ROC curve is what scikit-learn makes of the same scores."""
    truth, scores = columns(pairs)
    assert tasks.rank_area(truth, scores) == pytest.approx(metrics.roc_auc_score(truth, scores))


def test_rank_area_of_one_label() -> None:
    """Where there is one label only, there is nothing to tell apart."""
    assert np.isnan(tasks.rank_area(np.ones(3, bool), np.array([0.1, 0.2, 0.3])))


def test_calibration_error() -> None:
    """It is the gap between scores and shares, weighted by how many paragraphs have the score."""
    scores = np.repeat([0.2, 1.0], 10)
    truth = np.arange(20) < 2
    assert calibration_error(truth, scores) == pytest.approx((0 * 10 + 1 * 10) / 20)
    truth = np.concatenate([np.arange(10) < 2, np.ones(10, bool)])
    assert calibration_error(truth, scores) == pytest.approx(0)


@pytest.mark.parametrize(
    ("text", "reference", "expected"),
    [
        ("It rained, again.", "it RAINED again", 1),
        ("", "", 1),
        ("...", "", 1),
        ("", "rain", 0),
        ("sun", "rain", 0),
        ("rain rain", "rain", 2 / 3),
        ("It rained all day", "it rained", 2 / 3),
    ],
)
def test_word_f1(text: str, reference: str, expected: float) -> None:
    """Words count as often as they are there; case and punctuation do not."""
    assert word_f1(text, reference) == pytest.approx(expected)


def test_recalls() -> None:
    """Boilerplate counts that scores above all but the given share of the content."""
    truth = np.arange(200) >= 100
    scores = np.concatenate([np.arange(100) / 100, np.arange(100) / 100 + 0.005])
    found = tasks.recalls(truth, scores, [0, 0.02])
    assert found == pytest.approx([0.01, 0.03])  # above 0.99: 0.995 alone; above 0.97: three


# --- the report ---------------------------------------------------------------------------------


def test_report(model: Model, documents: list[LabelledDocument]) -> None:
    """A report says what it was made from, and tells a model from chance."""
    report = evaluate(model, documents)
    assert report.documents == len(documents)
    labels = [paragraph.label for document in documents for paragraph in document.paragraphs]
    assert report.paragraphs == len(labels) - labels.count(None)
    assert report.labels["content"].paragraphs == labels.count("content")
    assert report.labels["boilerplate"].f1 > 0.7
    assert report.languages["en"] == report.labels["boilerplate"]
    assert set(report.kinds) == {p.kind for d in documents for p in d.paragraphs} - {None}
    assert "decided for each document" in str(report)


def test_report_by_hand(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every number of a report is what can be worked out by hand."""
    monkeypatch.setattr(evaluation, "score_documents", lambda *_: ([SCORES], [SCORES >= 0.5]))
    parts = (("ba be bi", "content"), ("do de", "donation"), ("pa", "paywall"), ("?", None))
    report = evaluate(model, [label("a", *parts)], threshold=0.5)
    assert report.labels["content"] == pytest.approx((1 / 2, 1, 2 / 3, 1))
    assert report.labels["boilerplate"] == pytest.approx((1, 1 / 2, 2 / 3, 2))
    assert report.kinds == {"donation": (1, 1), "paywall": (0, 1)}
    assert report.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert report.calibration_error == pytest.approx((0.2 + 0.1 + 0.9) / 3)
    assert report.content_words_lost == 0
    assert report.word_f1 == pytest.approx(2 * 3 / (4 + 3))
    assert (report.documents, report.paragraphs, report.threshold) == (1, 3, 0.5)


SCORES = np.array([0.2, 0.9, 0.1, 0.9], np.float32)


def test_report_as_text() -> None:
    """The text of a report says of each number what it is of, and leaves out empty tables."""
    scores = LabelScores(precision=0.5, recall=1, f1=2 / 3, paragraphs=3)
    report = Report(
        documents=2,
        paragraphs=6,
        labels={"content": scores, "boilerplate": scores},
        average_precision=0.9,
        calibration_error=0.1,
        content_words_lost=0.025,
        word_f1=0.95,
        kinds={"donation": Share(recall=0.25, paragraphs=2)},
        languages={"en": scores},
        threshold=0.5,
    )
    assert str(report).splitlines() == [
        "2 documents, 6 paragraphs, decided at 0.5",
        "average precision    0.900",
        "calibration error    0.100",
        "content words lost   2.50%",
        "word F1              0.950",
        "",
        "by label                   precision      recall          F1  paragraphs",
        "content                        0.500       1.000       0.667           3",
        "boilerplate                    0.500       1.000       0.667           3",
        "",
        "boilerplate by language    precision      recall          F1  paragraphs",
        "en                             0.500       1.000       0.667           3",
        "",
        "boilerplate by kind           recall  paragraphs",
        "donation                       0.250           2",
    ]
    assert str(replace(report, kinds={}, languages={})).splitlines() == str(report).splitlines()[:9]


def test_report_in_json(model: Model, documents: list[LabelledDocument]) -> None:
    """A report goes through JSON and back unharmed."""
    report = evaluate(model, documents[:40], threshold=np.float32(0.5))  # type: ignore[arg-type]
    found = json.loads(json.dumps(report.as_dict()))
    assert found == report.as_dict()
    assert set(found) == {field.name for field in fields(Report)}


def test_report_at_the_ends(model: Model) -> None:
    """At threshold 0 everything goes, and with it all words of content."""
    documents = [label("a", (STORY, "content"), (APPEAL, "donation"), ("Home", None))]
    report = evaluate(model, documents, threshold=0)
    assert report.content_words_lost == 1
    assert report.word_f1 == 0
    assert report.kinds["donation"] == (1, 1)
    assert evaluate(model, documents, threshold=1).content_words_lost == 0


@pytest.mark.parametrize("kind", ["content", "donation"])
def test_report_of_one_label(model: Model, kind: str) -> None:
    """Of one label alone, what cannot be told is NaN, a dash in text, and None for JSON."""
    report = evaluate(model, [label("a", (STORY, kind), lang="en")], threshold=1)
    absent = "boilerplate" if kind == "content" else "content"
    assert np.isnan(report.average_precision)
    assert np.isnan(report.labels[absent][:3]).all()
    assert np.isnan(report.content_words_lost) == (absent == "content")
    assert np.isnan(report.languages["en"].f1) == (absent == "boilerplate")
    lines = [line.split() for line in str(report).splitlines()]
    assert ["average", "precision", "-"] in lines
    assert [absent, "-", "-", "-", "0"] in lines
    assert (["content", "words", "lost", "-"] in lines) == (absent == "content")
    found = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert found["average_precision"] is None
    assert found["labels"][absent] == {
        "precision": None,
        "recall": None,
        "f1": None,
        "paragraphs": 0,
    }


def test_report_of_content_without_words(model: Model) -> None:
    """Where content has no words, it cannot be told how many of them are lost."""
    report = evaluate(model, [label("a", ("...", "content"), (APPEAL, "donation"))])
    assert np.isnan(report.content_words_lost)


def test_report_of_unknown_labels(model: Model) -> None:
    """Paragraphs of unknown label count for nothing."""
    known = [(STORY, "content"), (APPEAL, "donation")]
    report = evaluate(model, [label("a", *known, ("Home", None))], threshold=1)
    assert report.paragraphs == 2
    assert report.word_f1 == evaluate(model, [label("a", *known)], threshold=1).word_f1
    with pytest.raises(TrainingDataError, match="no labelled paragraph"):
        evaluate(model, [label("a", ("Home", None))])


def test_report_without_labels(model: Model) -> None:
    """A document without any label changes nothing."""
    documents = [label("a", (STORY, "donation"), (APPEAL, "content"))]
    unknown = label("b", (STORY, None))
    assert evaluate(model, [*documents, unknown]) == evaluate(model, documents)


def test_blanks(model: Model) -> None:
    """Blank space around paragraphs, and blank paragraphs, whatever their label, change nothing."""
    known = [(STORY, "content"), (APPEAL, "donation")]
    spaced = [(f" {text}\n", kind) for text, kind in known]
    report = evaluate(model, [label("a", *known)])
    assert evaluate(model, [label("a", spaced[0], (" ", "content"), spaced[1])]) == report


def test_bad_arguments(model: Model) -> None:
    """What is no labelled document, and what is no model, is an error that names its type."""
    with pytest.raises(TypeError, match=r"documents\[0\] is str; it must be a LabelledDocument"):
        evaluate(model, ["text"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"model is str; it must be a Model, see Model.load"):
        evaluate("mine.npz", [])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="model is NoneType; it must be a Model"):
        evaluate(None, [])  # type: ignore[arg-type]


def test_threshold_out_of_range(model: Model) -> None:
    """A threshold is a probability."""
    with pytest.raises(ValueError, match="must be between 0 and 1"):
        evaluate(model, iter([label("a", ("x", "content"))]), threshold=1.5)


def test_threshold_first(model: Model) -> None:
    """A wrong threshold is an error before any document is read."""
    documents = iter([label("a", ("x", "content"))])
    with pytest.raises(TypeError, match="threshold is str"):
        evaluate(model, documents, threshold="1")  # type: ignore[arg-type]
    assert next(documents)


# --- intervals ----------------------------------------------------------------------------------


def test_interval() -> None:
    """The interval of a mean is about as wide as theory has it."""
    values = np.random.default_rng(1).normal(5, 2, 400)
    (mean,) = bootstrap.estimate(lambda drawn: values[drawn].mean(keepdims=True), 400)
    assert mean.value == pytest.approx(values.mean(), abs=1e-4)
    assert mean.high - mean.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)
    assert mean.documents == 400


def test_sites_are_drawn() -> None:
    """Where documents of a site are alike, drawing sites gives the wider interval."""
    values = np.repeat(np.random.default_rng(0).normal(size=40), 10)
    sites = np.arange(40).repeat(10)

    def measure(sites: Ints | None) -> float:
        (mean,) = bootstrap.estimate(
            lambda drawn: values[drawn].mean(keepdims=True), 400, sites=sites
        )
        return mean.high - mean.low

    assert measure(sites) == pytest.approx(10**0.5 * measure(None), rel=0.15)


def test_interval_of_nothing() -> None:
    """A number that cannot be measured stays one that is missing."""
    (number,) = bootstrap.estimate(lambda _: np.array([np.nan]), 5)
    assert np.isnan(number[:3]).all()


# --- protocols ----------------------------------------------------------------------------------


def page(site: str, *paragraphs: tuple[str, str | None], corpus: str = "one") -> Example:
    """Make a page of a site."""
    return Example(label(f"{site}#page", *paragraphs, site=site), "page", corpus, gold=STORY)


def find_sites(pages: Sequence[Example]) -> list[str]:
    """Join sites; name that of each page."""
    return [d.group for d in join_sites([p.document for p in pages])]


def test_publishers(tmp_path: Path) -> None:
    """Where a page is named after its publisher, that is its site."""
    for corpus, name in (("fundus-tests", "DerBote_2024_05_03"), ("dragnet", "R_1")):
        record = {"id": f"{corpus}/{name}", "gold": "", "views": {"page": [[STORY, 1]]}}
        with lzma.open(tmp_path / f"{corpus}.jsonl.xz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
    sites = [
        views["page"].site
        for corpus in ("fundus-tests", "dragnet")
        for _, views in corpora.read_pages(tmp_path, corpus)
    ]
    assert sites == ["fundus-tests:DerBote", "dragnet:dragnet/R_1"]


def test_long_paragraph() -> None:
    """Sites are one that share a long paragraph, unless many have it."""
    pages = [page(f"site-{n}", (f"Story {n}.", "content")) for n in range(3)]
    pages += [page(f"twin-{n}", (LONG, "content")) for n in range(2)]
    pages += [page(f"forum-{n}", (f"Powered by {LONG}", "legal")) for n in range(11)]
    sites = find_sites(pages)
    assert sites[3:5] == ["twin-0", "twin-0"]
    assert len(set(sites)) == 15


@pytest.mark.parametrize(("shared", "others", "are_one"), [(10, 30, True), (9, 0, False)])
def test_many_lines(*, shared: int, others: int, are_one: bool) -> None:
    """Sites are one that share ten lines or more."""
    menu = [(f"Section {n} of the paper", "navigation") for n in range(shared)]
    pages = [
        page(f"site-{n}", *menu, *((f"Story {n} number {k}.", "content") for k in range(others)))
        for n in range(2)
    ]
    assert (len(set(find_sites(pages))) == 1) == are_one


def test_few_of_the_lines() -> None:
    """Shared lines tell nothing if they are few of either page's, or if many sites have them."""
    menu = [(f"Section {n} of the paper", "navigation") for n in range(10)]
    long_pages = [
        page(f"site-{n}", *menu, *((f"Story {n} number {k}.", "content") for k in range(60)))
        for n in range(2)
    ]
    assert find_sites(long_pages) == ["site-0", "site-1"]
    many = [page(f"blog-{n}", *menu) for n in range(61)]
    assert len(set(find_sites(many))) == 61


def test_folds() -> None:
    """Each document is held out once, and no site is on both sides."""
    pages = [page(f"site-{n % 9}", (f"Story {n}.", "content")) for n in range(40)]
    steps = list(protocols.by_site(pages))
    assert sorted(e.document.paragraphs[0].text for s in steps for e in s.held_out) == sorted(
        e.document.paragraphs[0].text for e in pages
    )
    for step in steps:
        sites = [{e.document.site for e in part} for part in (step.training, step.held_out)]
        assert not sites[0] & sites[1]
        assert len(step.training) + len(step.held_out) == 40


def test_corpora() -> None:
    """Each public corpus is held out in turn, the project's own texts never."""
    pages = [page("a", (STORY, "content"), corpus=corpus) for corpus in ("one", "two", "own")]
    steps = list(protocols.by_corpus(pages))
    assert [step.name for step in steps] == ["corpora-one", "corpora-two"]
    assert [e.corpus for e in steps[0].training] == ["two", "own"]


def test_own_folders() -> None:
    """No folder of the project's own texts is left out of training."""
    folders = {path.name for path in OWN.iterdir() if path.is_dir()}
    assert folders == set(OWN_FOLDERS)


def test_hidden() -> None:
    """What is tested word for word is not learned from, unless it is short."""
    training = [page("a", (STORY, "content"), (APPEAL, "donation"), ("Home", "navigation"))]
    held_out = [page("b", (APPEAL, "donation"), ("Home", "navigation"))]
    (hidden,) = protocols.hide_shared(training, held_out)
    labels = [paragraph.label for paragraph in hidden.document.paragraphs]
    assert labels == ["content", None, "boilerplate"]


# --- outcomes and tasks -------------------------------------------------------------------------


def judge_by_length(documents: Sequence[LabelledDocument]) -> dict[str, outcomes.Judgement]:
    """Take what is short for boilerplate, the surer the shorter."""
    scores = [np.array([1 / len(p.text) for p in d.paragraphs]) for d in documents]
    removed = [each > 1 / 20 for each in scores]
    judgement = outcomes.Judgement(removed, scores)
    return {outcomes.DEFAULT: judgement} | dict.fromkeys(outcomes.FIXED.values(), judgement)


JUDGES = (outcomes.judge_by_labels, judge_by_length, judge_by_c4)


@pytest.fixture
def observed() -> outcomes.Outcomes:
    """Return what the judges did to a few documents."""
    whole = label(
        "p1#page", (STORY, "content"), (APPEAL, "donation"), ("Menu", "navigation"), ("Ad", None)
    )
    output = label("p1#readability", (STORY, "content"), ("Menu", "navigation"))
    lone = [
        label("l1", (STORY, "content"), lang="en"),
        label("l2", ("Give now", "donation"), lang="en"),
        label("l3", (APPEAL, "donation"), lang="en"),
        label("l4", ("Merci", "newsletter"), lang="fr"),
    ]
    return outcomes.observe(
        [
            Example(whole, "page", "wcxb-dev", page_type="article", gold=STORY),
            Example(output, "extractor", "wcxb-dev", "article", "readability", STORY),
            *(Example(d, "lone", "appeals", is_doubtful=d.id == "l3") for d in lone),
            Example(whole, "document", "own"),
        ],
        JUDGES,
    )


def test_observed(observed: outcomes.Outcomes) -> None:
    """Words and paragraphs are counted by label; unknown ones are left out, but of the F1."""
    facts = {name: column[0].item() for name, column in observed.examples.items()}
    assert (facts["content"], facts["boilerplate"]) == (10, 9)
    assert (facts["content paragraphs"], facts["boilerplate paragraphs"]) == (1, 2)
    assert (facts["found: boilerstrip"], facts["wrong: boilerstrip"]) == (1, 0)
    assert (facts["lost: boilerstrip"], facts["kept: boilerstrip"]) == (0, 8)
    assert facts["f1: boilerstrip"] == pytest.approx(2 * 10 / (18 + 10))
    assert facts["f1: all but boilerplate"] == pytest.approx(2 * 10 / (11 + 10))
    assert observed.paragraphs["example"].tolist() == [0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 6, 6]


def test_kept_outcomes(observed: outcomes.Outcomes, tmp_path: Path) -> None:
    """Outcomes come back from a file as they were, and parts of them join to the whole."""
    observed.save(tmp_path / "step.npz")
    loaded = outcomes.Outcomes.load(tmp_path / "step.npz")
    is_page = loaded.examples["task"] == "page"
    joined = outcomes.Outcomes.join([loaded.where(is_page), loaded.where(~is_page)])
    for table in ("examples", "paragraphs"):
        for name, column in getattr(observed, table).items():
            np.testing.assert_array_equal(getattr(joined, table)[name], column)


def test_other_methods(observed: outcomes.Outcomes) -> None:
    """A method that judged only one of two joined parts is unknown in the other."""
    lone = Example(label("x", (STORY, "content")), "lone", "own")
    joined = outcomes.Outcomes.join([outcomes.observe([lone], [judge_by_length]), observed])
    assert np.isnan(joined.examples["found: C4 line rules"]).tolist() == [True] + [False] * 7
    own = joined.where(joined.examples["corpus"] == "own")
    assert "C4 line rules" in own.methods("found")
    assert "C4 line rules" not in own.where(own.examples["task"] == "lone").methods("found")


def test_pages(observed: outcomes.Outcomes) -> None:
    """Pages are measured by corpus and type; the best possible may keep what is unknown or not."""
    measured = tasks.measure_pages(observed)
    assert set(measured) == {"all", "corpus wcxb-dev", "type article"}
    means = {method: number.value for method, number in measured["all"].items()}
    assert means["best possible with the labels"] == 1
    assert means["everything kept"] == pytest.approx(2 * 10 / (20 + 10), abs=1e-5)
    assert "content alone" not in means


def test_beside(observed: outcomes.Outcomes) -> None:
    """Extractors are measured on all pages; where one found nothing, by 0."""
    measured = tasks.measure_beside(observed)["type article"]
    assert measured["readability"].value == pytest.approx(2 * 10 / (11 + 10), abs=1e-5)
    assert measured["boilerstrip"].value == pytest.approx(2 * 10 / (18 + 10), abs=1e-5)
    is_page = observed.examples["task"] == "page"
    twice = outcomes.Outcomes.join([observed, observed.where(is_page)])
    twice.examples["id"][-1] = "p2#page"
    assert tasks.measure_beside(twice)["all"]["readability"].value == pytest.approx(
        10 / (11 + 10), abs=1e-5
    )
    assert tasks.measure_beside(observed.where(is_page)) == {}


def test_extractors(observed: outcomes.Outcomes) -> None:
    """The gain is what cleaning adds, and its share that of what could be gained."""
    measured = tasks.measure_extractors(observed)["all"]["readability"]
    assert measured["own"].value == pytest.approx(2 * 10 / (11 + 10), abs=1e-5)
    assert measured["gain"].value == pytest.approx(1 - measured["own"].value, abs=1e-5)
    assert measured["share"].value == 1


def test_lone(observed: outcomes.Outcomes) -> None:
    """Lone paragraphs are told apart by score and by decision, by kind and by language."""
    measured = tasks.measure_lone(observed)["appeals"]
    method = measured["methods"]["boilerstrip"]
    assert method["recall"].value == pytest.approx(2 / 3, abs=1e-5)
    assert method["recall at 0.01"].value == pytest.approx(2 / 3, abs=1e-5)
    assert method["area"].value == pytest.approx(2 / 3, abs=1e-5)
    assert "area" not in measured["methods"]["C4 line rules"]
    assert measured["methods"]["C4 line rules"]["recall"].value == pytest.approx(2 / 3, abs=1e-5)
    assert measured["kinds"]["donation"]["recall"][::3] == (0.5, 2)
    assert list(measured["languages"]) == ["en"]
    assert measured["clear"]["boilerstrip"]["recall"][::3] == (1, 3)


def test_documents(observed: outcomes.Outcomes) -> None:
    """Documents are measured by the boilerplate found and the words of content lost."""
    measured = tasks.measure_documents(observed)["own"]
    assert measured["boilerstrip"]["recall"].value == 0.5
    assert measured["boilerstrip"]["lost"].value == 0
    assert measured["everything kept"]["recall"].value == 0


def test_thresholds(observed: outcomes.Outcomes) -> None:
    """Each task says what is lost and what is kept."""
    measured = tasks.measure_thresholds(observed)
    assert set(measured) == {"page", "extractor", "lone", "document"}
    assert measured["page"]["boilerstrip at 0.8"]["kept"].value == pytest.approx(8 / 9, abs=1e-5)


# --- rules and tables ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        (STORY, True),
        ("“Who would have thought of it?”", True),
        ("It rained a lot", False),
        ("It rained today.", False),
        ("Please enable Javascript to read this page.", False),
        ("This page uses cookies to know you.", False),
        ("Lorem ipsum dolor sit amet it says.", False),
        ("if (a) { return the value of b; }.", False),
    ],
)
def test_c4(line: str, stays: bool) -> None:  # noqa: FBT001 (what is expected)
    """A line stays that ends like a sentence, has five words, and no word that gives it away."""
    assert passes_c4(line) is stays


def test_section(observed: outcomes.Outcomes, tmp_path: Path) -> None:
    """The tables go between the markers, and the rest of the page stays."""
    results = {
        "steps": 2,
        "done": ["sites-1"],
        "pages": tasks.measure_pages(observed),
        "beside": tasks.measure_beside(observed),
        "extractors": tasks.measure_extractors(observed),
        "lone": tasks.measure_lone(observed),
        "documents": tasks.measure_documents(observed),
        "thresholds": tasks.measure_thresholds(observed),
        "calibration": tasks.measure_calibration(observed),
    }
    path = tmp_path / "quality.md"
    path.write_text(
        f"# Quality\n\n{tables.BEGIN}\noutdated\n{tables.END}\n\nMore.\n", encoding="utf-8"
    )
    for _ in range(2):  # the second time, it takes the place of the first
        tables.replace_section(path, tables.lay_out({"sites": results}, "figures"))
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Quality\n")
    assert text.endswith("\n\nMore.\n")
    assert "outdated" not in text
    assert text.count("## By site") == 1
    assert "Unfinished: 1 of 2" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for row, following in itertools.pairwise(rows):
        if following.startswith("| ---"):
            assert row.count("|") == following.count("|")


@pytest.mark.parametrize("number", [None, bootstrap.Estimate(np.nan, np.nan, np.nan, 5)])
def test_missing_number(number: bootstrap.Estimate | None) -> None:
    """A number that was not measured, or could not be, leaves its cell empty."""
    assert tables._number(number) == tables._percent(number) == ""


def test_written_number() -> None:
    """A number is written with half the width of its interval."""
    number = bootstrap.Estimate(0.5, 0.46, 0.56, 5)
    assert tables._number(number) == "0.500 ±0.050"
    assert tables._percent(number) == "50.00 ±5.00%"


def test_page_without_markers(tmp_path: Path) -> None:
    """A page with nowhere to put the tables is left alone."""
    path = tmp_path / "quality.md"
    path.write_text("# Quality\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must be in it"):
        tables.replace_section(path, "new")
    assert path.read_text(encoding="utf-8") == "# Quality\n"


# --- errors to be read --------------------------------------------------------------------------


def test_find_errors(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """The surest errors come first: few of a document, no text twice, none of an extractor."""
    page = label("page", *((f"Rain {n}", "content") for n in range(5)), ("Home", "navigation"))
    lone = [label(f"lone{n}", (text, "content")) for n, text in enumerate(["a", "b", "a"])]
    examples = [
        Example(page, "page", "x"),
        Example(page, "extractor", "x"),
        *(Example(document, "lone", "y") for document in lone),
    ]
    scores = [[0.6, 0.7, 0.8, 0.9, 0.4, 0.2], [0.95], [0.3], [0.85]]
    monkeypatch.setattr(errors, "score_documents", lambda *_: (list(map(np.array, scores)), []))
    found = [(*error.group, error.place, error.score) for error in find_errors(model, examples, 2)]
    assert found == [
        ("false positive", "lone", 0, 0.95),
        ("false positive", "page", 3, 0.9),
        ("false positive", "page", 2, 0.8),
        ("false negative", "page", 5, 0.2),
    ]
