"""Training: a model comes out, always the same one, or an error that says why not."""

from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

import boilerstrip
from boilerstrip import (
    KINDS,
    Label,
    LabelledDocument,
    LabelledParagraph,
    Model,
    TrainingDataError,
    context,
    features,
    linear,
    train,
)
from boilerstrip.overlap import measure_overlap
from boilerstrip.training import adapting, run, step_1, step_2, views
from boilerstrip.training.descent import descend
from boilerstrip.training.table import tabulate
from tests.models import list_arrays


def make(content: int, boilerplate: int, sites: int = 9) -> list[LabelledDocument]:
    """Make documents of a paragraph each."""
    paragraphs = [
        *(
            LabelledParagraph(f"It rained {n} times on the hills.", "content")
            for n in range(content)
        ),
        *(
            LabelledParagraph(f"Subscribe for {n} euros!", "boilerplate", KINDS[n % 3])
            for n in range(boilerplate)
        ),
    ]
    return [
        LabelledDocument(str(number), (paragraph,), site=str(number % sites))
        for number, paragraph in enumerate(paragraphs)
    ]


WORDS: dict[str, Label] = {"mipsydold": "content", "zorblaxquorn": "boilerplate"}


@pytest.fixture(scope="module")
def tiny() -> Model:
    """Return a model of next to nothing."""
    return train(make(25, 25))


def arrays(model: Model) -> list[bytes]:
    """Return all numbers of a model."""
    return [array.tobytes() for array in list_arrays(model)]


def same(one: Model, other: Model) -> bool:
    """Tell whether two models are the same to the last bit."""
    return one.header == other.header and arrays(one) == arrays(other)


def test_learns(model: Model, documents: list[LabelledDocument]) -> None:
    """A model has learned what it was shown."""
    known = [p for d in documents if len(d.paragraphs) == 1 for p in d.paragraphs]
    scores = model.predict([p.text for p in known], np.arange(len(known))).boilerplate
    is_boilerplate = np.array([p.label == "boilerplate" for p in known])
    assert ((scores > 0.5) == is_boilerplate).mean() > 0.8


def test_deterministic(tiny: Model) -> None:
    """The same documents and seed give the same model, however many jobs share the work."""
    documents = make(25, 25)
    assert same(train(iter(documents), seed=0, jobs=2), tiny)


def test_seed(tiny: Model) -> None:
    """Another seed gives another model, and the header tells which."""
    other = train(make(25, 25), seed=1)
    assert not same(other, tiny)
    assert (tiny.header["training"]["seed"], other.header["training"]["seed"]) == (0, 1)


@pytest.mark.parametrize(
    ("seed", "error"), [(2**32, ValueError), (-1, ValueError), ("1", TypeError)]
)
def test_bad_seed(seed: int, error: type[Exception]) -> None:
    """A seed that scikit-learn would not take is an error before anything is fitted."""
    with pytest.raises(error, match="seed is"):
        train([], seed=seed)


def test_blank_space(tiny: Model) -> None:
    """Blank space around paragraphs, and blank paragraphs, teach nothing."""
    blank = LabelledParagraph(" ", None)
    spaced = [
        replace(d, paragraphs=(blank, *(replace(p, text=f" {p.text}\n") for p in d.paragraphs)))
        for d in make(25, 25)
    ]
    assert same(train(spaced), tiny)


def test_header(tiny: Model) -> None:
    """The header tells what the model was trained on."""
    facts = tiny.header["training"]
    assert {
        name: facts[name] for name in ("documents", "paragraphs", "content", "boilerplate")
    } == {
        "documents": 50,
        "paragraphs": 50,
        "content": 25,
        "boilerplate": 25,
    }
    assert len(facts["digest"]) == 64
    assert set(facts["versions"]) == {"boilerstrip", "python", "numpy", "scikit-learn"}


def test_digest(tiny: Model) -> None:
    """The digest in the header changes with a label."""
    documents = make(25, 25)
    (first,) = documents[0].paragraphs
    documents[0] = replace(documents[0], paragraphs=(replace(first, label=None),))
    assert train(documents).header["training"]["digest"] != tiny.header["training"]["digest"]


def test_weight() -> None:
    """Of documents that contradict each other those win that weigh more."""
    says = [LabelledParagraph("Zorblax quorn", label) for label in ("content", "boilerplate")]
    for weights in [(8, 1), (1, 8)]:
        contradictions = [
            LabelledDocument(f"{number} {paragraph.label}", (paragraph,), weight=weight)
            for number in range(20)
            for paragraph, weight in zip(says, weights, strict=True)
        ]
        found = train([*make(25, 25), *contradictions])
        (score,) = found.predict(["Zorblax quorn"], np.array([0])).boilerplate
        assert (score > 0.5) == (weights[1] == 8)


def test_unlearned_kinds(tiny: Model) -> None:
    """Boilerplate is never said to be of a kind that training has no example of."""
    texts = ["Subscribe for 7 euros!", "Home", "Accept", "All rights reserved", "Zorblax"]
    found = {p.kind for p in boilerstrip.classify_paragraphs(texts, model=tiny, threshold=0)}
    assert found <= set(KINDS[:3])
    unkind = [
        replace(d, paragraphs=tuple(replace(p, kind=None) for p in d.paragraphs))
        for d in make(25, 25)
    ]
    model = train(unkind)
    found = {p.kind for p in boilerstrip.classify_paragraphs(texts, model=model, threshold=0)}
    assert found == {"other"}


def test_constant_inputs(tiny: Model) -> None:
    """What does not vary in the training data is not looked at later."""
    first = context.OUTPUTS + context.OWN_SHAPE.index("begins outside ASCII")
    assert (tiny.network.entry[:, first] == 0).all()
    assert tiny.network.answer[0, tiny.network.units + first] == 0
    assert np.abs(tiny.network.entry).max() > 0


def test_seed_of_numpy(tmp_path: Path) -> None:
    """A model whose seed was a number of numpy can be saved."""
    model = train(make(25, 25), seed=np.int64(3))  # type: ignore[arg-type]
    model.save(tmp_path / "m.npz")
    assert Model.load(tmp_path / "m.npz").header["training"]["seed"] == 3


def test_empty_documents(tiny: Model) -> None:
    """Documents without paragraphs do not matter."""
    documents = [*make(25, 25), LabelledDocument("empty", (), site="1")]
    assert same(train(documents), tiny)


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([], "0 paragraphs of content"),
        (make(3, 30), r"3 paragraphs of content in \d+ documents; training takes 20 or more"),
        (make(30, 3), r"3 paragraphs of boilerplate in \d+ documents; training takes 20 or more"),
        (make(30, 30, sites=2), "documents of 2 sites; training takes 3 or more"),
    ],
)
def test_too_few(documents: list[LabelledDocument], message: str) -> None:
    """Too few paragraphs or sites are an error that says how many there are and must be."""
    with pytest.raises(TrainingDataError, match=message):
        train(documents)


@pytest.mark.parametrize("item", [None, "text", {"id": "a", "paragraphs": []}])
def test_no_documents(item: object) -> None:
    """What is no labelled document is an error that names its place and type."""
    with pytest.raises(TypeError, match=rf"documents\[0\] is {type(item).__name__}; .*Labelled"):
        train([item])  # type: ignore[list-item]


def test_unknown_first() -> None:
    """A text is learned though the first time it stands on a site its label is not known."""
    unknown = LabelledDocument("u", (LabelledParagraph("Subscribe now", None),), site="s")
    known = LabelledDocument("k", (LabelledParagraph("Subscribe now", "boilerplate"),), site="s")
    table = tabulate([unknown, known, known, *make(20, 20)])
    rows = step_1._first_occurrences(table)
    assert (table.labels[rows[:2]].tolist(), rows.size) == ([-1, 1], 42)


def test_large_weights() -> None:
    """A paragraph that counts much is seen so many times, up to a limit, and counts the same."""
    weights = np.array([0.25, 1, 2.5, 1000])
    rows, parts = step_1._split_large(np.arange(4), weights)
    assert np.bincount(rows).tolist() == [1, 1, 3, step_1.MOST_COPIES]
    assert np.allclose(np.bincount(rows, parts), weights)


@pytest.mark.parametrize(("weight", "counts"), [(0.5, 0.125), (1, 0.25), (9, 0.9)])
def test_prose_counts(weight: float, counts: float) -> None:
    """Long content of a document counts for what tells appeals, as much as the document allows."""
    long = "word " * 30
    document = LabelledDocument(
        "d", tuple(LabelledParagraph(text, "content") for text in [long, "word"] * 5), weight=weight
    )
    boilerplate = LabelledDocument("b", (LabelledParagraph(long, "boilerplate"),) * 10)
    lone = [
        LabelledDocument(str(number), (LabelledParagraph(long, "content"),)) for number in range(20)
    ]
    table = tabulate([document, boilerplate, boilerplate, *lone])
    weights = step_1._weights(table, step_1._targets(table))[:, context.LONE_OUTPUT]
    assert np.allclose(weights[:10], [counts, weight / 10] * 5)
    assert np.allclose(weights[10:30], 1 / 10)
    assert np.allclose(weights[30:], 1)


def test_folds() -> None:
    """All documents of a site are in one fold, and every fold has some."""
    table = tabulate(make(25, 25))
    with mock.patch.object(run, "fit_step_1", side_effect=InterruptedError) as fit:
        with pytest.raises(InterruptedError):
            run._fit(table, 0, 1)
        folds = fit.call_args.args[1]
    pairs = set(zip(table.groups.tolist(), folds.tolist(), strict=True))
    assert len(pairs) == table.groups.max() + 1
    assert {fold for _, fold in pairs} == set(range(step_1.FOLDS))


def test_out_of_fold() -> None:
    """What step 2 learns from is said by the step 1 that has not seen the paragraph's fold."""
    table = tabulate(make(25, 25))
    folds = table.groups % step_1.FOLDS
    fitted = step_1.fit_step_1(table, folds, 0, 1)
    outputs, _ = step_1.score_out_of_fold(fitted, table, folds)
    for fold in range(step_1.FOLDS):
        texts = [text for text, of in zip(table.texts, folds, strict=True) if of == fold]
        said = linear.run(fitted[fold].seen, features.extract(texts)).outputs
        assert (outputs[folds == fold] == said).all()
        by_all = linear.run(fitted[step_1.ALL].seen, features.extract(texts)).outputs
        assert (said != by_all).any()


def test_views() -> None:
    """Step 2 is shown every document whole, and others with lone paragraphs put in."""
    lone = make(30, 30)
    paragraphs = [LabelledParagraph(f"Line {n} of the page", "content") for n in range(7)]
    pages = [LabelledDocument(f"page {n}", tuple(paragraphs[:n]), site="s") for n in (2, 7)]
    table = tabulate([*lone, *pages])
    rows, starts = views.choose_views(table, np.random.default_rng(0))
    shown = [set(view.tolist()) for view in np.split(rows, starts[1:])]
    assert all(shown)
    for start, size in zip(table.starts.tolist(), table.sizes.tolist(), strict=True):
        assert set(range(start, start + size)) in shown
    assert any({*range(62, 69)} < view and max(view) < 69 and min(view) < 60 for view in shown)
    again, starts = views.choose_seen_again(table)
    assert (again.tolist(), starts.tolist()) == ([*range(62, 69)], [0])


def test_long_documents() -> None:
    """Documents that are all content, and not pages of one site, are joined to long ones."""

    def write(name: str, site: str | None = None) -> LabelledDocument:
        lines = [LabelledParagraph(f"Line {n} of {name}", "content") for n in range(50)]
        return LabelledDocument(name, tuple(lines), site=site)

    menu = LabelledParagraph("Menu", "boilerplate")
    mixed = [replace(d, paragraphs=(*d.paragraphs, menu)) for d in map(write, "abcdef")]
    pages = [write("x", "site"), write("y", "site")]
    table = tabulate([*make(30, 30), *mixed, *map(write, "ghijklmn"), *pages])
    rows, starts = views.choose_views(table, np.random.default_rng(0))
    long = [view.tolist() for view in np.split(rows, starts[1:]) if view.size > views.LONG]
    assert len(long) == 8 // views.FOR_ONE_LONG
    first = 60 + 6 * 51
    for view in long:
        assert view == list(range(view[0], view[-1] + 1))
        assert view[0] >= first
        assert view[-1] < first + 8 * 50


def test_put_in_counts() -> None:
    """What is put in counts more than it does alone, and a headline; the rest as its document."""
    heavy = [replace(document, weight=3) for document in make(30, 30)]
    page = tuple(LabelledParagraph(f"Line {n} of the page", "content") for n in range(7))
    table = tabulate([*heavy, LabelledDocument("page", page, weight=2)])
    folds = table.groups % step_1.FOLDS
    fitted = step_1.fit_step_1(table, folds, 0, 1)
    outputs, shape = step_1.score_out_of_fold(fitted, table, folds)
    with mock.patch.object(step_2, "descend", wraps=descend) as descending:
        step_2.fit_step_2(table, outputs, outputs, shape, np.random.default_rng(0))
    weights = descending.call_args.args[0].weights
    rows, starts = views.choose_views(table, np.random.default_rng(0))
    of_views = np.diff(starts, append=rows.size)
    sizes = of_views.repeat(of_views)
    is_lone, is_headline = rows < 60, rows == 60
    counts = weights[: rows.size] * np.sqrt(sizes)
    counts = (counts / counts[rows == 61][0] * 2).round(6)
    assert set(counts[is_lone & (sizes == 1)]) == {3}
    assert set(counts[is_lone & (sizes > 1)]) == {3 * step_2.PUT_IN_COUNTS}
    assert set(counts[is_headline]) == {2 * step_2.HEADLINE_COUNTS}
    assert set(counts[~is_lone & ~is_headline]) == {2}


def test_headline_counts() -> None:
    """The first content of a document counts more in step 2, if it is short."""
    long = "mipsydold rain fell on the hills of this valley and the bell rang for all of us twice"
    headed: list[tuple[str, Label]]
    headed = [("the menu", "boilerplate"), ("rain on hills", "content"), (long, "content")] * 2
    bare: list[tuple[str, Label]]
    bare = [("the menu", "boilerplate"), (long, "content"), ("rain on hills", "content")] * 2
    pages = [
        LabelledDocument(str(n), tuple(LabelledParagraph(text, label) for text, label in page))
        for n, page in enumerate([headed, bare, headed[:4], headed])
    ]
    table = tabulate([*make(30, 30), *pages])
    (piece,) = features.extract(table.texts)
    found = step_2._find_headlines(table, piece.shape[:, features.TOKENS])
    assert found.tolist() == [61, 60 + 6 + 6 + 4 + 1]


def test_overlap_of_views() -> None:
    """Overlaps are those of each view, however many views are measured together."""
    prose = "mipsydold rain fell on the hills of this valley and the bell rang for all of us"
    lines = ["mipsydold bell", "the menu", prose, "rain on the hills"]
    page = tuple(LabelledParagraph(line, "content") for line in lines)
    table = tabulate([*make(30, 30), *(LabelledDocument(f"page {n}", page) for n in range(3))])
    (piece,) = features.extract(table.texts)
    tokens = piece.shape[:, features.TOKENS]
    rows, starts = views.choose_views(table, np.random.default_rng(0))
    outputs = np.full((rows.size, context.OUTPUTS), -1, np.float32)
    with mock.patch.object(step_2, "BLOCK", 5):
        found = step_2._measure_overlaps(table, tokens, rows, outputs, starts)
    for view, overlap in zip(*(np.split(each, starts[1:]) for each in (rows, found)), strict=True):
        (seen,) = features.extract([table.texts[row] for row in view])
        sizes = seen.shape[:, features.TOKENS]
        logits = np.full(view.size, -1, np.float32)
        expected = measure_overlap(seen.stems, logits, sizes, np.zeros(1, np.int64))
        assert overlap.tolist() == expected.tolist()
    assert found.any()


def test_forgotten_words() -> None:
    """About half of the words and pairs are forgotten, and nothing of the shape."""
    weights = np.full((features.ROWS, 2), 200, np.uint8)
    known = step_1.Step1(weights, np.ones(2, np.float32), np.zeros(2, np.float32))
    forgetful = step_1.forget_words(known, np.random.default_rng(0)).weights
    assert (forgetful[features.WORD_ROWS :] == 200).all()
    forgotten = (forgetful[: features.WORD_ROWS] == linear.WEIGHT_ZERO).all(axis=1)
    assert forgotten.mean() == pytest.approx(step_1.FORGOTTEN, abs=0.01)
    assert (forgetful[: features.WORD_ROWS][~forgotten] == 200).all()


def test_few_sites() -> None:
    """What occurs on few sites is not learned, however often; what occurs on more is."""
    few, more = range(step_1.FEWEST_SITES - 1), range(step_1.FEWEST_SITES)
    documents = [
        LabelledDocument(f"{word}{n}", (LabelledParagraph(word, "boilerplate"),), site=f"s{n}")
        for word, sites in (("mipsydold", [*few, *few]), ("zorblaxquorn", more))
        for n in sites
    ]
    model = train([*make(25, 25), *documents])
    rare, known = (next(features.extract([word])).stems[0] for word in WORDS)
    assert (model.weights[rare] == linear.WEIGHT_ZERO).all()
    assert model.weights[known, 0] > linear.WEIGHT_ZERO


def test_known() -> None:
    """What is learned without a fold depends on the labelled sites of the others alone."""
    texts = ["mipsydold", "zorblaxquorn"] * 4 + ["mipsydold"] * 9 + ["else"] * 9
    matrix, rows = step_1.make_feature_matrix(texts)
    groups = np.array([0, 0, 0, 1, 2, 2, 3, 4, *range(5, 14), *range(20, 29)])
    folds = np.array([0, 0, 0, 1, 1, 1, 2, 2, *[0] * 9, *[0, 1, 2] * 3])
    is_counted = np.array([True] * 8 + [False] * 9 + [True] * 9)
    sites = step_1._count_sites(matrix, groups, folds, is_counted)
    of_words = [next(features.extract([word])).stems[0] for word in WORDS]
    places = [rows.tolist().index(row) for row in of_words]
    assert sites[places].tolist() == [[1, 1, 1], [1, 2, 1]]
    known = {fold: step_1._are_known(sites, fold)[places].tolist() for fold in range(-1, 3)}
    assert known == {-1: [True, True], 0: [False, True], 1: [False, False], 2: [False, True]}


@pytest.mark.parametrize("sites", [3, 4, 5])
def test_words_of_few_sites(sites: int) -> None:
    """Where there are few sites, words are learned nevertheless, also without a fold."""
    table = tabulate(make(25, 25, sites=sites))
    fitted = step_1.fit_step_1(table, table.groups % step_1.FOLDS, 0, 1)
    for each in fitted.values():
        assert (each.weights[: features.WORD_ROWS, 0] != linear.WEIGHT_ZERO).any()


def test_adapt(model: Model) -> None:
    """An adapted model has learned words that its base did not know; all else stays."""
    documents = [
        LabelledDocument(f"{label}{n}", (LabelledParagraph(f"{word} {n} {word}", label),))
        for n in range(30)
        for word, label in WORDS.items()
    ]
    adapted = train(documents, base=model)
    texts = [f"{word} 99 {word}" for word in WORDS]
    outputs = linear.run(adapted.packed, features.extract(texts)).outputs
    assert outputs[0, 0] < 0 < outputs[1, 0]
    assert (adapted.weights[features.WORD_ROWS :] == model.weights[features.WORD_ROWS :]).all()
    assert adapted.network is model.network
    assert adapted.header["training"] == model.header["training"]
    assert [facts["paragraphs"] for facts in adapted.header["adapted_on"]] == [60]
    again = train(documents[:40], base=adapted)
    assert [facts["paragraphs"] for facts in again.header["adapted_on"]] == [60, 40]


def test_adapt_bias(model: Model) -> None:
    """Where all is boilerplate, the adapted one leans there, up to a limit."""
    text = "Nothing that it knows"
    documents = [
        LabelledDocument(f"n{n}", (LabelledParagraph(text, "boilerplate"),)) for n in range(500)
    ]
    adapted = train([*documents, *make(20, 0)], base=model)
    shift = (adapted.biases - model.biases)[: context.OUTPUTS]
    assert shift == pytest.approx(adapting.LARGEST_SHIFT)
    assert (adapted.biases[2:] == model.biases[2:]).all()


def test_adapt_weight(model: Model) -> None:
    """A document that counts ten times is as good as ten of its kind."""
    documents = make(20, 20)
    heavy = replace(documents[0], weight=10)
    weighted = train([heavy, *documents[1:]], base=model)
    repeated = train([*[documents[0]] * 9, *documents], base=model)
    assert np.abs(weighted.weights.astype(int) - repeated.weights).max() <= 1
    assert weighted.biases == pytest.approx(repeated.biases, abs=1e-3)
    assert (weighted.weights != train(documents, base=model).weights).any()


def test_adapt_deterministic(model: Model) -> None:
    """The same documents make the same adapted model."""
    assert same(train(make(30, 30), base=model), train(make(30, 30), base=model))


def test_bad_base() -> None:
    """A base that is no model is an error that names its type."""
    with pytest.raises(TypeError, match=r"base is str; it must be a Model, see Model.load"):
        train([], base="shipped")  # type: ignore[arg-type]


def test_use(tiny: Model) -> None:
    """A trained model can be used at once."""
    (appeal,) = boilerstrip.classify("Subscribe for 3 euros!", model=tiny)
    (report,) = boilerstrip.classify("It rained again on the hills.", model=tiny)
    assert appeal.score > report.score
