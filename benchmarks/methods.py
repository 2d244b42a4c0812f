"""What is timed: boilerstrip, and what people would use instead."""

import collections
import functools
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import fasttext
import justext
import winnow
from evaluation.peers import justext_page
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import boilerstrip
from benchmarks.texts import Texts
from boilerstrip import Label, Model, features, linear

__all__ = ["FASTTEXT", "SCIKIT_LEARN", "Method", "Methods", "make"]

FASTTEXT = "fastText"
SCIKIT_LEARN = "scikit-learn, words"
LITTLE = 200_000  # bytes: enough to time what is slow


class Method(NamedTuple):
    """Something that is timed.

    Attributes:
        run: does the work.
        most: bytes of text that it is given at most; ``None``: all there are.
    """

    run: Callable[[Texts], object]
    most: int | None = None


class Methods(NamedTuple):
    """All methods, by their names.

    Attributes:
        for_many: those that are given many documents.
        in_jobs: the same for some numbers of jobs.
        for_one: those that are given the paragraphs of one document, and its text.
    """

    for_many: Mapping[str, Method]
    in_jobs: Mapping[str, Callable[[Texts], object]]
    for_one: Mapping[str, Callable[[Sequence[str], str], object]]


def make(training: Sequence[tuple[str, Label]]) -> Methods:
    """Make all methods; those that learn do so from pairs of text and label."""
    model = boilerstrip.load_default()
    fast = _fit_fasttext(training)
    words = _fit_scikit_learn(training, analyzer="word", ngram_range=(1, 2))
    characters = _fit_scikit_learn(training, analyzer="char_wb", ngram_range=(2, 5))
    for_many = {
        FASTTEXT: Method(lambda texts: fast.predict(texts.paragraphs)),
        SCIKIT_LEARN: Method(lambda texts: words.predict_proba(texts.paragraphs), LITTLE),
        "scikit-learn, characters": Method(
            lambda texts: characters.predict_proba(texts.paragraphs), LITTLE
        ),
        "jusText": Method(lambda texts: list(map(_run_justext, texts.documents)), LITTLE),
        "winnow-md": Method(lambda texts: list(map(_run_winnow, texts.documents)), LITTLE),
        "step 1": Method(lambda texts: _score(model, texts.paragraphs)),
        "clean_many": Method(functools.partial(_consume, boilerstrip.clean_many)),
        "classify_many": Method(functools.partial(_consume, boilerstrip.classify_many)),
        "join and encode": Method(lambda texts: "\n".join(texts.paragraphs).encode()),
    }
    in_jobs = {
        f"{run.__name__}, jobs={jobs}": functools.partial(_consume, run, jobs=jobs)
        for run in (boilerstrip.clean_many, boilerstrip.classify_many)
        for jobs in (1, 2)
    }
    for_one = {
        FASTTEXT: lambda paragraphs, _: fast.predict(paragraphs),
        SCIKIT_LEARN: lambda paragraphs, _: words.predict_proba(paragraphs),
        "step 1": lambda paragraphs, _: _score(model, paragraphs),
        "clean": lambda _, text: boilerstrip.clean(text),
        "classify": lambda _, text: boilerstrip.classify(text),
    }
    return Methods(for_many, in_jobs, for_one)


def _consume(
    run: Callable[..., Iterator[object]],
    texts: Texts,
    **options: Any,  # noqa: ANN401 (those of the function)
) -> None:
    """Take all results, as a program does that writes them out: one after the other."""
    collections.deque(run(texts.joined, **options), maxlen=0)


def _fit_fasttext(training: Sequence[tuple[str, Label]]) -> Any:  # noqa: ANN401 (it has no types)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "paragraphs.txt")
        with path.open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(f"__label__{label} {text}\n" for text, label in training)
        return fasttext.train_supervised(str(path), dim=16, wordNgrams=2, thread=1, verbose=0)


def _fit_scikit_learn(
    training: Sequence[tuple[str, Label]],
    **features: Any,  # noqa: ANN401 (what the vectoriser takes)
) -> Any:  # noqa: ANN401 (it has no types)
    texts, labels = zip(*training[:MOST_FITTED], strict=True)
    pipeline = make_pipeline(HashingVectorizer(**features), LogisticRegression())
    return pipeline.fit(texts, labels)


MOST_FITTED = 5_000  # paragraphs; more would not change how fast it is used


def _score(model: Model, paragraphs: Sequence[str]) -> object:
    return linear.run(model.packed, features.extract(paragraphs))


def _run_justext(paragraphs: Sequence[str]) -> object:
    return justext.justext(justext_page(paragraphs), STOP_WORDS)


STOP_WORDS = justext.get_stoplist("English")


def _run_winnow(paragraphs: Sequence[str]) -> object:
    return winnow.clean("\n\n".join(paragraphs))
