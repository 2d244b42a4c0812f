"""The numbers of each task, with their intervals, from the outcomes of a protocol.

Each function returns nested dictionaries fit for JSON, `Estimate` at the leaves. What is drawn anew
for the intervals are sites, since the documents of one are alike.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from boilerstrip.arrays import AnyFloats, Flags, Ints
from boilerstrip.evaluation import average_precision, calibration_error
from evaluation.bootstrap import Estimate, estimate
from evaluation.outcomes import DEFAULT, FIXED, Outcomes

__all__ = [
    "COMMON",
    "FALSE_POSITIVES",
    "RECALL_AT",
    "measure_beside",
    "measure_calibration",
    "measure_documents",
    "measure_extractors",
    "measure_lone",
    "measure_pages",
    "measure_thresholds",
    "rank_area",
    "recalls",
]

FALSE_POSITIVES = (0.005, 0.01, 0.02)
RECALL_AT = {share: f"recall at {share}" for share in FALSE_POSITIVES}
"""Name of the number for each share of false positives."""
COMMON = 0.01  # the share of false positives at which kinds and languages are compared
BOUNDS = ("all but boilerplate", "content alone")
POSSIBLE = "best possible with the labels"


def measure_pages(outcomes: Outcomes) -> dict[str, dict[str, Estimate]]:
    """Average word F1 of the kept text of whole pages: by slice and method.

    Slices are ``"all"``, ``"corpus NAME"`` and, of the corpus that has them, ``"type NAME"``.
    """
    pages = outcomes.where(outcomes.examples["task"] == "page").examples
    return _average_by_slice(pages, _f1_of_methods(pages))


def measure_beside(outcomes: Outcomes) -> dict[str, dict[str, Estimate]]:
    """Average word F1 of the same pages, kept by this library and by extractors: by slice.

    This one sees the text of a page, the extractors its HTML. Where an extractor found nothing, its
    F1 is 0. Slices are those of `measure_pages`.
    """
    pages = outcomes.where(outcomes.examples["task"] == "page").examples
    outputs = outcomes.where(outcomes.examples["task"] == "extractor").examples
    if not outputs["id"].size:
        return {}
    scores = {DEFAULT: pages[f"f1: {DEFAULT}"]}
    for view in _names(outputs["view"]):
        here = outputs["view"] == view
        names = map(_name_page, outputs["id"][here].tolist())
        of_pages = dict(zip(names, outputs["f1: everything kept"][here].tolist(), strict=True))
        scores[view] = np.array([of_pages.get(_name_page(n), 0) for n in pages["id"].tolist()])
    return _average_by_slice(pages, scores)


def measure_extractors(outcomes: Outcomes) -> dict[str, dict[str, dict[str, Estimate]]]:
    """Average word F1 of each extractor's output, before and after cleaning: by corpus and view.

    Pages on which an extractor found nothing are left out of its numbers; the view ``"all"`` is
    the mean over pages of the mean over extractors. ``gain`` is what cleaning adds, ``share`` that
    gain as a part of the ``possible`` one.
    """
    outputs = outcomes.where(outcomes.examples["task"] == "extractor").examples
    scores = _f1_of_methods(outputs)
    fixed = [name for name in FIXED.values() if name in scores]
    names = ("own", "cleaned", "possible", *fixed)
    sources = ("everything kept", DEFAULT, POSSIBLE, *fixed)
    results: dict[str, dict[str, dict[str, Estimate]]] = {}
    for corpus in ("all", *_names(outputs["corpus"])):
        for view in ("all", *_names(outputs["view"])):
            chosen = _matches(outputs["corpus"], corpus) & _matches(outputs["view"], view)
            if chosen.any():
                table = np.stack([scores[source][chosen] for source in sources], axis=1)
                here = {name: outputs[name][chosen] for name in ("id", "site")}
                table, sites = _by_page(table, here, np.mean)
                gains = _gains(table, sites)
                results.setdefault(corpus, {})[view] = dict(
                    zip((*names, "gain", "share"), gains, strict=True)
                )
    return results


def measure_lone(outcomes: Outcomes) -> dict[str, dict[str, Any]]:
    """Measure how lone paragraphs are told apart: by source, then by method, kind and language.

    A method that gives scores is measured by its recall of boilerplate at fixed shares of content
    taken for it and by the area under the ROC curve; every method by recall and false positives
    of its own decision. Kinds and languages are compared at one limit for all: that at which 1% of
    all content is taken for boilerplate. Where a source says which labels people would argue about,
    ``"clear"`` are the methods on all others.
    """
    results: dict[str, dict[str, Any]] = {}
    facts = outcomes.examples
    is_labelled = facts["content paragraphs"] + facts["boilerplate paragraphs"] > 0
    is_lone = (facts["task"] == "lone") & is_labelled
    for source in _names(facts["corpus"][is_lone]):
        lone = outcomes.where(is_lone & (facts["corpus"] == source))
        truth = lone.examples["boilerplate paragraphs"] > 0
        if truth.all() or not truth.any():
            continue
        results[source] = {
            "methods": _tell_apart_by_method(lone, truth),
            "kinds": _by_kind(lone, truth),
            "languages": _by_language(lone, truth),
        }
        is_clear = ~lone.examples["doubtful"]
        if not is_clear.all():
            results[source]["clear"] = _tell_apart_by_method(lone.where(is_clear), truth[is_clear])
    return results


def measure_documents(outcomes: Outcomes) -> dict[str, dict[str, dict[str, Estimate]]]:
    """Measure whole documents with appeals in them: by source and method.

    ``recall`` is the share of boilerplate paragraphs that are removed, ``lost`` the share of the
    words of content that go with them.
    """
    results: dict[str, dict[str, dict[str, Estimate]]] = {}
    for source in _names(outcomes.examples["corpus"][outcomes.examples["task"] == "document"]):
        documents = outcomes.where(
            (outcomes.examples["task"] == "document") & (outcomes.examples["corpus"] == source)
        )
        facts = documents.examples
        results[source] = {}
        for method in _told(documents):
            shares = _shares(
                [
                    (facts[f"found: {method}"], facts["boilerplate paragraphs"]),
                    (facts[f"lost: {method}"], facts["content"]),
                ],
                facts["site"],
            )
            results[source][method] = dict(zip(("recall", "lost"), shares, strict=True))
    return results


def measure_thresholds(outcomes: Outcomes) -> dict[str, dict[str, dict[str, Estimate]]]:
    """Measure what each threshold costs and leaves: by task and decision.

    ``lost`` is the share of the words of content that are removed, ``kept`` the share of the words
    of boilerplate that stay.
    """
    results: dict[str, dict[str, dict[str, Estimate]]] = {}
    for task in _names(outcomes.examples["task"]):
        facts = outcomes.where(outcomes.examples["task"] == task).examples
        results[task] = {}
        for method in (DEFAULT, *FIXED.values()):
            names = (f"lost: {method}", f"kept: {method}", "content", "boilerplate")
            table, sites = _by_page(np.stack([facts[n] for n in names], axis=1), facts, np.sum)
            lost, kept, content, boilerplate = table.T
            shares = _shares([(lost, content), (kept, boilerplate)], sites)
            results[task][method] = dict(zip(("lost", "kept"), shares, strict=True))
    return results


def measure_calibration(outcomes: Outcomes) -> dict[str, dict[str, dict[str, float]]]:
    """Measure scores paragraph by paragraph: by task and method.

    ``precision`` is the average precision for boilerplate, ``error`` the expected calibration
    error; every paragraph counts the same, so long pages rule.
    """
    results: dict[str, dict[str, dict[str, float]]] = {}
    for task in _names(outcomes.examples["task"]):
        chosen = outcomes.where(outcomes.examples["task"] == task)
        truth = chosen.paragraphs["boilerplate"]
        if not truth.any():
            continue
        results[task] = {}
        for method in chosen.methods("score"):
            scores = chosen.paragraphs[f"score: {method}"]
            results[task][method] = {
                "precision": round(average_precision(truth, scores), 5),
                "error": round(calibration_error(truth, scores), 5),
            }
    return results


def rank_area(truth: Flags, scores: AnyFloats) -> float:
    """Area under the ROC curve: how often boilerplate scores above content, ties half."""
    positives = int(truth.sum())
    negatives = truth.size - positives
    if not positives or not negatives:
        return float("nan")
    ranks = stats.rankdata(scores)[truth].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def _names(column: npt.NDArray[Any]) -> list[str]:
    return sorted({*column.tolist()} - {""})


def _matches(column: npt.NDArray[Any], name: str) -> Flags:
    return np.ones(column.size, bool) if name == "all" else column == name


def _average_by_slice(
    pages: dict[str, npt.NDArray[Any]], scores: dict[str, AnyFloats]
) -> dict[str, dict[str, Estimate]]:
    slices = {"all": np.ones(pages["id"].size, bool)}
    for fact in ("corpus", "type"):
        for name in _names(pages[fact]):
            slices[f"{fact} {name}"] = pages[fact] == name
    results = {}
    for name, chosen in slices.items():
        if chosen.any():
            table = np.stack([column[chosen] for column in scores.values()], axis=1)
            means = _means(table, pages["site"][chosen])
            results[name] = dict(zip(scores, means, strict=True))
    return results


def _name_page(name: str) -> str:
    """Name the page of which a document is one view."""
    return name.partition("#")[0]


def _by_page(
    table: AnyFloats, facts: dict[str, npt.NDArray[Any]], combine: Callable[..., AnyFloats]
) -> tuple[AnyFloats, npt.NDArray[np.str_]]:
    """Combine the rows of each page, one an extractor: such rows are not independent.

    Returns:
        The rows, one a page, and the name of its site.
    """
    names = [_name_page(name) for name in facts["id"].tolist()]
    pages = np.unique(names, return_inverse=True)[1]
    order = np.argsort(pages, kind="stable")
    edges = np.flatnonzero(np.diff(pages[order])) + 1
    combined = np.stack([combine(each, axis=0) for each in np.split(table[order], edges)])
    return combined, facts["site"][order[[0, *edges]]]


def _told(outcomes: Outcomes) -> list[str]:
    """Name the methods, without the bounds of what can be done."""
    return [name for name in outcomes.methods("wrong") if name not in BOUNDS]


def _f1_of_methods(facts: dict[str, npt.NDArray[Any]]) -> dict[str, AnyFloats]:
    """List word F1 by method; for paragraphs of unknown label, the best is whichever is better."""
    columns = {
        name.removeprefix("f1: "): column
        for name, column in facts.items()
        if name.startswith("f1: ") and not np.isnan(column).all()
    }
    columns[POSSIBLE] = np.maximum(*[columns.pop(name) for name in BOUNDS])
    return columns


def _means(table: AnyFloats, sites: npt.NDArray[np.str_]) -> list[Estimate]:
    def means(drawn: Ints) -> AnyFloats:
        averages: AnyFloats = table[drawn].mean(axis=0)
        return averages

    return estimate(means, len(table), sites=sites)


def _gains(table: AnyFloats, sites: npt.NDArray[np.str_]) -> list[Estimate]:
    """Average the columns (own, cleaned, possible and others), append gain and share of it."""

    def gains(drawn: Ints) -> AnyFloats:
        means = table[drawn].mean(axis=0)
        own, cleaned, possible = means[:3]
        share = (cleaned - own) / (possible - own) if possible > own else np.nan
        return np.append(means, [cleaned - own, share])

    return estimate(gains, len(table), sites=sites)


def _shares(
    pairs: Sequence[tuple[AnyFloats, AnyFloats]], sites: npt.NDArray[np.str_]
) -> list[Estimate]:
    parts, wholes = np.stack([np.stack(pair) for pair in pairs], axis=1)

    def shares(drawn: Ints) -> AnyFloats:
        whole = wholes[:, drawn].sum(axis=1)
        divided: AnyFloats = parts[:, drawn].sum(axis=1) / np.where(whole > 0, whole, np.nan)
        return divided

    return estimate(shares, parts.shape[1], sites=sites)


def _limit(content_scores: AnyFloats, false_positives: float) -> float:
    """Score that only this share of the content exceeds; NaN where there is no content."""
    if not content_scores.size:
        return float("nan")
    return float(np.sort(content_scores)[::-1][int(false_positives * content_scores.size)])


def recalls(truth: Flags, scores: AnyFloats, false_positives: Iterable[float]) -> list[float]:
    """Give the shares of boilerplate that score above all but such shares of the content."""
    content, boilerplate = scores[~truth], scores[truth]
    return [_mean(boilerplate > _limit(content, share)) for share in false_positives]


def _tell_apart_by_method(lone: Outcomes, truth: Flags) -> dict[str, dict[str, Estimate]]:
    return {name: _tell_apart(lone, name, truth) for name in _told(lone)}


def _tell_apart(lone: Outcomes, method: str, truth: Flags) -> dict[str, Estimate]:
    removed = np.where(truth, lone.examples[f"found: {method}"], lone.examples[f"wrong: {method}"])
    scores = lone.paragraphs.get(f"score: {method}")
    names = ["recall", "false positives"]
    if scores is not None and not np.isnan(scores).any():
        names += [*RECALL_AT.values(), "area"]

    def measure(drawn: Ints) -> AnyFloats:
        here = truth[drawn]
        numbers = [_mean(removed[drawn][here]), _mean(removed[drawn][~here])]
        if scores is not None and len(names) > len(numbers):
            numbers += recalls(here, scores[drawn], FALSE_POSITIVES)
            numbers.append(rank_area(here, scores[drawn]))
        return np.array(numbers)

    found = estimate(measure, truth.size, sites=lone.examples["site"])
    return dict(zip(names, found, strict=True))


def _by_kind(lone: Outcomes, truth: Flags) -> dict[str, dict[str, Estimate]]:
    scores = lone.paragraphs[f"score: {DEFAULT}"]
    found = lone.examples[f"found: {DEFAULT}"]
    names, kinds = np.unique(lone.examples["kind"], return_inverse=True)

    def recalls(drawn: Ints) -> AnyFloats:
        limit = _limit(scores[drawn][~truth[drawn]], COMMON)
        rows = [drawn[kinds[drawn] == kind] for kind in range(names.size)]
        return np.array([[_mean(scores[each] > limit), _mean(found[each])] for each in rows])

    sites = lone.examples["site"]
    estimates = estimate(lambda drawn: recalls(drawn).ravel(), truth.size, sites=sites)
    results = {}
    for kind, name in enumerate(names.tolist()):
        at_limit, decided = _of(estimates[2 * kind : 2 * kind + 2], [kinds == kind] * 2)
        if name:
            results[name] = {RECALL_AT[COMMON]: at_limit, "recall": decided}
    return results


def _by_language(lone: Outcomes, truth: Flags) -> dict[str, dict[str, Estimate]]:
    """Measure each language that has both labels."""
    scores = lone.paragraphs[f"score: {DEFAULT}"]
    names, languages = np.unique(lone.examples["lang"], return_inverse=True)

    def measure(drawn: Ints) -> AnyFloats:
        limit = _limit(scores[drawn][~truth[drawn]], COMMON)
        numbers = []
        for language in range(names.size):
            rows = drawn[languages[drawn] == language]
            here, over = truth[rows], scores[rows] > limit
            numbers += [_mean(over[here]), _mean(over[~here]), rank_area(here, scores[rows])]
        return np.array(numbers)

    estimates = estimate(measure, truth.size, sites=lone.examples["site"])
    results = {}
    for language, name in enumerate(names.tolist()):
        chosen = languages == language
        recall, false_positives, area = _of(
            estimates[3 * language : 3 * language + 3], [chosen & truth, chosen & ~truth, chosen]
        )
        if name and recall.documents and false_positives.documents:
            results[name] = {
                RECALL_AT[COMMON]: recall,
                "false positives": false_positives,
                "area": area,
            }
    return results


def _mean(values: npt.NDArray[Any]) -> float:
    return float(values.mean()) if values.size else float("nan")


def _of(numbers: Sequence[Estimate], parts: Sequence[Flags]) -> list[Estimate]:
    """Say of each number on which part of the documents it was measured."""
    return [
        number._replace(documents=int(part.sum()))
        for number, part in zip(numbers, parts, strict=True)
    ]
