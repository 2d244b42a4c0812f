"""How good a model is on labelled documents: metrics, and the report that holds them."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from boilerstrip.arrays import AnyFloats, Doubles, Flags
from boilerstrip.documents import LabelledDocument, check_documents
from boilerstrip.errors import TrainingDataError
from boilerstrip.judging import judge_given
from boilerstrip.model import Model, check_model
from boilerstrip.options import check_options

__all__ = [
    "WORD",
    "LabelScores",
    "Report",
    "Share",
    "average_precision",
    "calibration_error",
    "evaluate",
    "score_documents",
    "sum_by_bin",
    "word_f1",
]

BINS = 15
WORD = re.compile(r"\w+")


class LabelScores(NamedTuple):
    """Precision, recall and F1 of one label, and how many paragraphs bear it; NaN where none do."""

    precision: float
    recall: float
    f1: float
    paragraphs: int


class Share(NamedTuple):
    """How many of some boilerplate paragraphs were found."""

    recall: float
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Report:
    """What `evaluate` found.

    Attributes:
        documents: how many had a labelled paragraph; others are left out.
        paragraphs: how many labelled paragraphs; those of unknown label count only as neighbours.
        labels: scores of either label.
        average_precision: area under the precision-recall curve of boilerplate; NaN where there is
            one label only.
        calibration_error: expected calibration error of the scores over 15 bins, 0 to 1.
        content_words_lost: share of the words of content that were removed; NaN where there are
            none.
        word_f1: mean over documents of the F1 between the words kept and the words of content.
        kinds: by kind, the share of its boilerplate that was removed.
        languages: by language, the scores of boilerplate.
        threshold: the threshold used; ``None``: decided for each document.
    """

    documents: int
    paragraphs: int
    labels: Mapping[str, LabelScores]
    average_precision: float
    calibration_error: float
    content_words_lost: float
    word_f1: float
    kinds: Mapping[str, Share]
    languages: Mapping[str, LabelScores]
    threshold: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain numbers, strings and dictionaries, fit for JSON: NaN is ``None``."""
        report = _without_nan(asdict(self))
        for field in ("labels", "kinds", "languages"):
            rows = report[field].items()
            report[field] = {name: _without_nan(scores._asdict()) for name, scores in rows}
        return report

    def __str__(self) -> str:
        """Lay the report out as tables."""
        decision = "for each document" if self.threshold is None else f"at {self.threshold}"
        lines = [
            f"{self.documents} documents, {self.paragraphs} paragraphs, decided {decision}",
            f"average precision    {_show(self.average_precision)}",
            f"calibration error    {self.calibration_error:.3f}",
            f"content words lost   {_show(self.content_words_lost, '.2%')}",
            f"word F1              {self.word_f1:.3f}",
        ]
        scores = ("precision", "recall", "F1")
        for heading, columns, rows in (
            ("by label", scores, self.labels),
            ("boilerplate by language", scores, self.languages),
            ("boilerplate by kind", ("recall",), self.kinds),
        ):
            if rows:
                lines += ["", _lay_out(heading, *columns, "paragraphs")]
            for name, (*numbers, paragraphs) in rows.items():
                lines.append(_lay_out(name, *map(_show, numbers), str(paragraphs)))
        return "\n".join(lines)


def _without_nan(values: Mapping[str, Any]) -> dict[str, Any]:
    """Put ``None`` in place of NaN, which JSON does not have."""
    return {name: None if _is_nan(value) else value for name, value in values.items()}


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _show(number: float, form: str = ".3f") -> str:
    return "-" if math.isnan(number) else format(number, form)


def _lay_out(name: str, *cells: str) -> str:
    """Lay out a row of a table of a report."""
    return f"{name:<24}" + "".join(f"{cell:>12}" for cell in cells)


def evaluate(
    model: Model, documents: Iterable[LabelledDocument], *, threshold: float | None = None
) -> Report:
    """Measure a model on labelled documents, which it should not have been trained on.

    Args:
        model: the model.
        documents: labelled documents.
        threshold: as in `boilerstrip.clean`.

    Returns:
        The report.

    Raises:
        TrainingDataError: there is no labelled paragraph.
        TypeError: an argument is of the wrong type.
        ValueError: the threshold is outside 0 to 1.
    """
    check_model("model", model)
    check_options(threshold=threshold)
    given = [_without_blank(document) for document in check_documents(documents)]
    documents = [d for d in given if any(p.label is not None for p in d.paragraphs)]
    if not documents:
        raise TrainingDataError(
            f"no labelled paragraph to evaluate on: of {len(given)} documents none has a paragraph "
            "whose label is content or boilerplate (what read_documents gives can be gone through "
            "once; list(...) keeps it)"
        )
    scores, removed = score_documents(model, documents, threshold)
    paragraphs = [paragraph for document in documents for paragraph in document.paragraphs]
    known = np.array([paragraph.label is not None for paragraph in paragraphs], bool)
    truth = np.array([paragraph.label == "boilerplate" for paragraph in paragraphs], bool)
    all_scores, all_removed = np.concatenate(scores), np.concatenate(removed)
    languages = np.repeat(
        [document.lang or "" for document in documents], [len(d.paragraphs) for d in documents]
    )
    kinds = np.array([paragraph.kind or "" for paragraph in paragraphs])
    words = np.array([len(WORD.findall(paragraph.text)) for paragraph in paragraphs])
    is_content = known & ~truth
    has_both = np.unique(truth[known]).size == 2  # noqa: PLR2004 (labels)
    content_words = int(words[is_content].sum())
    return Report(
        documents=len(documents),
        paragraphs=int(known.sum()),
        labels={
            "content": _label_scores(~truth[known], ~all_removed[known]),
            "boilerplate": _label_scores(truth[known], all_removed[known]),
        },
        average_precision=(
            average_precision(truth[known], all_scores[known]) if has_both else math.nan
        ),
        calibration_error=calibration_error(truth[known], all_scores[known]),
        content_words_lost=(
            float(words[is_content & all_removed].sum() / content_words)
            if content_words
            else math.nan
        ),
        word_f1=float(
            np.mean([_document_f1(d, gone) for d, gone in zip(documents, removed, strict=True)])
        ),
        kinds={
            kind: Share(float(all_removed[here].mean()), int(here.sum()))
            for kind in sorted({*kinds.tolist()} - {""})
            if (here := known & (kinds == kind)).any()
        },
        languages={
            lang: _label_scores(truth[here], all_removed[here])
            for lang in sorted({*languages.tolist()} - {""})
            if (here := known & (languages == lang)).any()
        },
        threshold=None if threshold is None else float(threshold),
    )


def _without_blank(document: LabelledDocument) -> LabelledDocument:
    """Leave out paragraphs that training does not see, and cleaning does not judge."""
    paragraphs = tuple(p for p in document.paragraphs if p.text.strip())
    return replace(document, paragraphs=paragraphs)


def score_documents(
    model: Model,
    documents: Sequence[LabelledDocument],
    threshold: float | None = None,
    repeated: Iterable[str] = (),
) -> tuple[list[AnyFloats], list[Flags]]:
    """Score documents: for each, the scores of its paragraphs and which are removed."""
    options = check_options(threshold=threshold, model=model, repeated=repeated)
    texts = [[paragraph.text for paragraph in document.paragraphs] for document in documents]
    verdicts = judge_given(texts, options, tell_kinds=False)
    return [each.scores for each in verdicts], [each.is_boilerplate for each in verdicts]


def _document_f1(document: LabelledDocument, removed: Flags) -> float:
    judged = zip(document.paragraphs, removed, strict=True)
    kept = [p.text for p, gone in judged if p.label is not None and not gone]
    content = [p.text for p in document.paragraphs if p.label == "content"]
    return word_f1("\n".join(kept), "\n".join(content))


def word_f1(text: str, reference: str) -> float:
    """F1 between the bags of words of two texts; 1 where neither has any."""
    found, expected = (Counter(WORD.findall(t.lower())) for t in (text, reference))
    if not found and not expected:
        return 1.0
    return 2 * (found & expected).total() / (found.total() + expected.total())


def average_precision(truth: Flags, scores: AnyFloats) -> float:
    """Area under the precision-recall curve, as a sum over the steps of recall."""
    order = np.argsort(-scores, kind="stable")
    hits = truth[order].cumsum()
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    hits, ranks = hits[last_of_tie], np.flatnonzero(last_of_tie) + 1
    return float((np.diff(hits, prepend=0) * hits / ranks).sum() / max(truth.sum(), 1))


def calibration_error(truth: Flags, scores: AnyFloats) -> float:
    """Compute the expected calibration error: how far scores are from shares, on average.

    Naeini, Cooper & Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning"
    (2015).
    """
    counts, sums, hits = sum_by_bin(truth, scores)
    return float(np.abs(sums - hits).sum() / counts.sum())


def sum_by_bin(truth: Flags, scores: AnyFloats) -> Doubles:
    """Sum up paragraphs of like scores, a column each: how many, their scores, the boilerplate."""
    bins = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    return np.array([np.bincount(bins, each, BINS) for each in (None, scores, truth)], float)


def _label_scores(truth: Flags, found: Flags) -> LabelScores:
    if not truth.any():
        return LabelScores(math.nan, math.nan, math.nan, 0)
    hits = int((truth & found).sum())
    precision = hits / max(int(found.sum()), 1)
    recall = hits / int(truth.sum())
    f1 = 2 * hits / (int(truth.sum()) + int(found.sum()))
    return LabelScores(precision, recall, f1, int(truth.sum()))
