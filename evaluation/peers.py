"""What people would use instead, on the same documents: tools and plain classifiers."""

import functools
import html
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import fasttext
import justext
import numpy as np
import winnow
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from boilerstrip import LabelledDocument
from evaluation.outcomes import Judge, Judgement

__all__ = ["fit_fasttext", "fit_tfidf", "judge_by_justext", "judge_by_winnow", "justext_page"]

JUSTEXT = "jusText"
WINNOW = "winnow-md"
TFIDF = "TF-IDF + logistic regression"
FASTTEXT = "fastText"

LONE_COUNTS = 10  # a lone paragraph counts as so many of a page: pages outnumber them by far
HAN_OR_KANA = r"[\u3040-\u30ff\u3400-\u9fff]"
LETTER = r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0eff\u1000-\u109f\u1780-\u17ff]"
WORD = rf"(?:{HAN_OR_KANA}|(?:(?!{HAN_OR_KANA}){LETTER})+)"
"""A run of letters with their marks; a character where words are not told apart by blanks."""


# --- tools --------------------------------------------------------------------------------------


def judge_by_justext(documents: Sequence[LabelledDocument]) -> Mapping[str, Judgement]:
    """Give jusText each document as HTML that has nothing but paragraphs.

    Languages are not given, so each document gets the stop words that it has most of.
    """
    return {JUSTEXT: Judgement([_judge_by_justext(document) for document in documents])}


def _judge_by_justext(document: LabelledDocument) -> np.ndarray:
    texts = [paragraph.text for paragraph in document.paragraphs]
    removed = np.ones(len(texts), bool)
    for paragraph in justext.justext(justext_page(texts), _stop_words(" ".join(texts))):
        number = re.search(r"/p\[(\d+)\]$", paragraph.xpath)
        if number:
            removed[int(number[1]) - 1] = paragraph.is_boilerplate
    return removed


def justext_page(texts: Sequence[str]) -> str:
    """Write texts as the paragraphs of an HTML page, with blanks for what lxml would refuse."""
    paragraphs = "".join(f"<p>{html.escape(CONTROL.sub(' ', text))}</p>\n" for text in texts)
    return f"<html><body>{paragraphs}</body></html>"


CONTROL = re.compile(r"[\x00-\x1f\x7f]|[\ud800-\udfff]")


def _stop_words(text: str) -> frozenset[str]:
    words = text.lower().split()
    return max(_stop_lists(), key=lambda stop_words: sum(map(stop_words.__contains__, words)))


@functools.cache
def _stop_lists() -> list[frozenset[str]]:
    names = sorted(justext.get_stoplists(), key=lambda name: (name != "English", name))
    return [justext.get_stoplist(name) for name in names]


def judge_by_winnow(documents: Sequence[LabelledDocument]) -> Mapping[str, Judgement]:
    """Give winnow-md each document as Markdown: its paragraphs with blank lines between."""
    return {WINNOW: Judgement([_judge_by_winnow(document) for document in documents])}


def _judge_by_winnow(document: LabelledDocument) -> np.ndarray:
    texts = [" ".join(paragraph.text.split("\n")) for paragraph in document.paragraphs]
    lines = np.zeros(2 * len(texts), bool)  # a paragraph, a blank, a paragraph, ...
    for block in winnow.clean("\n\n".join(texts)).removed:
        lines[block.start_line : block.start_line + block.text.count("\n") + 1] = True
    return lines[::2]


# --- classifiers --------------------------------------------------------------------------------


def fit_tfidf(documents: Sequence[LabelledDocument]) -> Judge:
    """Fit scikit-learn's logistic regression on TF-IDF of words and pairs of words."""
    texts, labels, weights = _training_paragraphs(documents)
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2),
        token_pattern=WORD,
        min_df=2,
        sublinear_tf=True,
        dtype=np.float32,
    )
    classifier = LogisticRegression(C=10, max_iter=200)
    classifier.fit(vectorizer.fit_transform(texts), labels, sample_weight=weights)
    return _judge_by_scores(
        TFIDF, lambda texts: classifier.predict_proba(vectorizer.transform(texts))[:, 1]
    )


def fit_fasttext(documents: Sequence[LabelledDocument]) -> Judge:
    """Fit a supervised fastText classifier on words and pairs of words."""
    texts, labels, weights = _training_paragraphs(documents)
    order = np.random.default_rng(0).permutation(np.repeat(np.arange(len(texts)), weights))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "paragraphs.txt")
        with path.open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(f"__label__{labels[row]} {_prepare(texts[row])}\n" for row in order)
        model = fasttext.train_supervised(
            str(path), dim=16, wordNgrams=2, minCount=2, lr=0.5, epoch=5, thread=1, verbose=0
        )

    def score(texts: Sequence[str]) -> np.ndarray:
        found, probabilities = model.predict([_prepare(text) for text in texts], k=2)
        is_boilerplate = np.array([labels[0] == "__label__1" for labels in found])
        first, second = np.array(probabilities, np.float64).T
        likelier: np.ndarray = first / (first + second)  # alone it is above 1 now and then
        return np.where(is_boilerplate, likelier, 1 - likelier)

    return _judge_by_scores(FASTTEXT, score)


def _prepare(text: str) -> str:
    return " ".join(re.findall(rf"{WORD}|[^\w\s]", text.lower()))


def _training_paragraphs(
    documents: Sequence[LabelledDocument],
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """List labelled paragraphs, a repeated one once a site, with label (1: boilerplate) and weight.

    The views of a page repeat its paragraphs. Weights are whole numbers, 1 or more.
    """
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for document in documents:
        times = LONE_COUNTS if len(document.paragraphs) == 1 else 1
        weight = max(1, round(times * document.weight))
        for paragraph in document.paragraphs:
            if paragraph.label is not None:
                label = int(paragraph.label == "boilerplate")
                found.setdefault((document.group, paragraph.text), (label, weight))
    labels, weights = np.array(list(found.values()), np.int64).reshape(-1, 2).T
    return [text for _, text in found], labels, weights


def _judge_by_scores(name: str, score: Callable[[Sequence[str]], np.ndarray]) -> Judge:
    def judge(documents: Sequence[LabelledDocument]) -> dict[str, Judgement]:
        texts = [paragraph.text for document in documents for paragraph in document.paragraphs]
        ends = np.cumsum([len(document.paragraphs) for document in documents])
        scores = np.split(score(texts), ends[:-1])
        return {name: Judgement([each >= 0.5 for each in scores], scores)}  # noqa: PLR2004

    return judge
