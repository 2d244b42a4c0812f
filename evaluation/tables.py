"""The tables of docs/quality.md, made from the results, between two markers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.bootstrap import Estimate
from evaluation.outcomes import DEFAULT, FIXED
from evaluation.tasks import COMMON, FALSE_POSITIVES, RECALL_AT

__all__ = ["BEGIN", "END", "lay_out", "replace_section"]

BEGIN = "<!-- begin: written by `make evaluate` -->"
END = "<!-- end: written by `make evaluate` -->"
FEWEST_OF_LANGUAGE = 30  # lone paragraphs

TYPED = "corpus wcxb-dev"  # the corpus that tells types of pages apart

DECISIONS = {DEFAULT: "default", **{name: str(value) for value, name in FIXED.items()}}
TASKS = {
    "page": "whole pages",
    "extractor": "output of extractors",
    "lone": "lone paragraphs",
    "document": "documents with appeals",
    "content": "documents that are all content",
    "own page": "pages of `training_data/`",
}
SOURCES = {"appeals": "public appeals", "own": "`training_data/`"}
PROTOCOLS = {
    "sites": "By site",
    "corpora": "By corpus",
}
EXPLAINED = {
    "sites": (
        "Three models, each trained on two thirds of the sites of all corpora and of "
        "`training_data/`, and tested on the other third. Peers that are trained get the same "
        "thirds."
    ),
    "corpora": (
        "Each public corpus is held out in turn, and a model trained on all others and "
        "`training_data/`: how pages and appeals from a source fare that was never seen."
    ),
}
BESIDE = (
    "Word F1 of the same pages: of boilerstrip, which sees their text alone, and of extractors.",
    "Where one found nothing its F1 is 0.",
)


def lay_out(results: Mapping[str, Any], figures: str) -> str:
    """Write the generated section.

    Args:
        results: what `evaluation.run` found, with an `Estimate` for each number.
        figures: folder of the figures, relative to the page.
    """
    lines = [
        "Numbers after ± are half the width of a 95% interval, by bootstrap over sites,",
        "those of lone paragraphs over the repositories that they are from.",
        "No paragraph of 40 characters or more is both learned from and tested.",
    ]
    for protocol, title in PROTOCOLS.items():
        if protocol in results:
            lines += ["", f"## {title}", "", EXPLAINED[protocol]]
            lines += _lay_out_protocol(results[protocol], f"{figures}/{protocol}")
    return "\n".join(lines) + "\n"


def replace_section(page: Path, section: str) -> None:
    """Put a new section between the markers of a page.

    Raises:
        ValueError: the page lacks the markers.
    """
    text = page.read_text(encoding="utf-8")
    before, found, rest = text.partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not found or not found_end:
        raise ValueError(f"{page}: the lines {BEGIN} and {END} must be in it, in this order")
    page.write_text(f"{before}{BEGIN}\n\n{section}\n{END}{after}", encoding="utf-8")


def _lay_out_protocol(results: Mapping[str, Any], figures: str) -> list[str]:
    lines = []
    missing = results["steps"] - len(results["done"])
    if missing:
        lines += ["", f"**Unfinished: {missing} of {results['steps']} steps are missing.**"]
    if results["pages"]:
        lines += ["", "### Whole pages", ""]
        lines += ["Word F1 of the kept text against the reference text, mean over pages.", ""]
        lines += _page_table(results["pages"], "all", "corpus")
        if TYPED in results["pages"]:
            lines += ["", *_page_table(results["pages"], TYPED, "type")]
        lines += ["", f"![Precision and recall]({figures}-precision-recall.svg)"]
    if results["beside"]:
        lines += ["", "### Beside extractors, which see the HTML", "", *BESIDE, ""]
        lines += _page_table(results["beside"], "all", "corpus")
        if TYPED in results["beside"]:
            lines += ["", *_page_table(results["beside"], TYPED, "type")]
    if results["extractors"]:
        lines += ["", "### Output of extractors", ""]
        lines += _extractor_table(results["extractors"]["all"])
        lines += ["", "Gain in word F1 by corpus:", "", *_gain_table(results["extractors"])]
        lines += ["", f"![Gain per extractor]({figures}-extractors.svg)"]
    for source, measured in results["lone"].items():
        lines += ["", f"### Lone paragraphs: {SOURCES[source]}", ""]
        lines += _lone_table(measured["methods"])
        if "clear" in measured:
            lines += ["", "Without those whose label people would argue about, as the source says:"]
            lines += ["", *_lone_table(measured["clear"])]
        limit = f"{COMMON:.0%} of all content is above it"
        lines += ["", f"By kind, at one limit for all: {limit}.", ""]
        lines += _kind_table(measured["kinds"])
        lines += ["", f"By language, at the same limit, from {FEWEST_OF_LANGUAGE} paragraphs:", ""]
        lines += _language_table(measured["languages"])
        lines += ["", f"![Recall by kind]({figures}-{source}-kinds.svg)"]
        lines += ["", f"![Recall by language]({figures}-{source}-languages.svg)"]
    if results["documents"]:
        lines += ["", "### Documents with appeals", ""]
        lines += _document_table(results["documents"])
    lines += ["", "### What a threshold costs, and what it leaves", ""]
    lines += _threshold_table(results["thresholds"])
    lines += ["", "### Scores", "", *_score_table(results["calibration"])]
    lines += ["", f"![Calibration]({figures}-calibration.svg)"]
    return lines


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    marks = ["---"] + ["---:"] * (len(head) - 1)
    return [f"| {' | '.join(row)} |" for row in (head, marks, *rows)]


def _number(number: Estimate | None, digits: int = 3) -> str:
    """Write a number, where there is one, with half the width of its interval."""
    if number is None or math.isnan(number.value):
        return ""
    return f"{number.value:.{digits}f} ±{(number.high - number.low) / 2:.{digits}f}"


def _percent(number: Estimate | None) -> str:
    if number is None or math.isnan(number.value):
        return ""
    half_width = (number.high - number.low) / 2
    return f"{number.value:.2%} ±{half_width:.2%}".replace("%", "") + "%"


def _page_table(pages: Mapping[str, Any], whole: str, fact: str) -> list[str]:
    slices = [whole, *(name for name in pages if name.startswith(f"{fact} "))]
    methods = list(pages[whole])
    titles = [name.removeprefix("corpus ").removeprefix("type ") for name in slices]
    return _table(
        ["", *(f"{t} ({_documents(pages[n])})" for t, n in zip(titles, slices, strict=True))],
        [[method, *(_number(pages[n].get(method)) for n in slices)] for method in methods],
    )


def _documents(measured: Mapping[str, Estimate]) -> int:
    return next(iter(measured.values())).documents


def _extractor_table(views: Mapping[str, Any]) -> list[str]:
    columns = {
        "own": "its own",
        "cleaned": "cleaned",
        **{name: f"cleaned at {threshold}" for threshold, name in FIXED.items()},
        "possible": "best possible",
        "gain": "gain",
    }
    return _table(
        ["", "pages", *columns.values(), "share of the possible"],
        [
            [
                view,
                str(_documents(measured)),
                *(_number(measured[name]) for name in columns),
                _number(measured["share"], 2),
            ]
            for view, measured in views.items()
        ],
    )


def _gain_table(extractors: Mapping[str, Any]) -> list[str]:
    views = list(extractors["all"])
    return _table(
        ["", *views],
        [
            [corpus, *(_number(measured.get(view, {}).get("gain")) for view in views)]
            for corpus, measured in extractors.items()
        ],
    )


def _lone_table(methods: Mapping[str, Any]) -> list[str]:
    columns = (*RECALL_AT.values(), "area", "recall")
    head = ["", *(f"recall at {share:.1%} false positives" for share in FALSE_POSITIVES)]
    head += ["area under ROC", "recall as decided", "false positives as decided"]
    return _table(
        head,
        [
            [
                method,
                *(_number(measured.get(column)) for column in columns),
                _percent(measured["false positives"]),
            ]
            for method, measured in methods.items()
        ],
    )


def _kind_table(kinds: Mapping[str, Any]) -> list[str]:
    return _table(
        ["", "paragraphs", "recall at the limit", "recall as decided"],
        [
            [
                kind,
                str(measured["recall"].documents),
                _number(measured[RECALL_AT[COMMON]]),
                _number(measured["recall"]),
            ]
            for kind, measured in kinds.items()
        ],
    )


def _language_table(languages: Mapping[str, Any]) -> list[str]:
    common = {
        name: measured
        for name, measured in languages.items()
        if measured["area"].documents >= FEWEST_OF_LANGUAGE
    }
    return _table(
        ["", "boilerplate", "content", "recall", "false positives", "area under ROC"],
        [
            [
                name,
                str(measured[RECALL_AT[COMMON]].documents),
                str(measured["false positives"].documents),
                _number(measured[RECALL_AT[COMMON]]),
                _percent(measured["false positives"]),
                _number(measured["area"]),
            ]
            for name, measured in common.items()
        ],
    )


def _document_table(documents: Mapping[str, Any]) -> list[str]:
    sources = list(documents)
    head = [""]
    for source in sources:
        count = _documents(documents[source][DEFAULT])
        head += [f"{SOURCES[source]} ({count}): boilerplate found", "content words lost"]
    methods = dict.fromkeys(method for source in sources for method in documents[source])
    rows = []
    for method in methods:
        row = [method]
        for source in sources:
            measured = documents[source].get(method, {})
            row += [_number(measured.get("recall")), _percent(measured.get("lost"))]
        rows.append(row)
    return _table(head, rows)


def _threshold_table(tasks: Mapping[str, Any]) -> list[str]:
    head = [""]
    for decision in DECISIONS.values():
        head += [f"{decision}: content words lost", "boilerplate words kept"]
    rows = []
    for task, title in TASKS.items():
        if task in tasks:
            row = [title]
            for method in DECISIONS:
                row += [
                    _percent(tasks[task][method]["lost"]),
                    _percent(tasks[task][method]["kept"]),
                ]
            rows.append(row)
    return _table(head, rows)


def _score_table(tasks: Mapping[str, Any]) -> list[str]:
    head = ["", "method", "average precision", "calibration error"]
    return _table(
        head,
        [
            [TASKS[task], method, f"{measured['precision']:.3f}", f"{measured['error']:.3f}"]
            for task in TASKS
            if task in tasks
            for method, measured in tasks[task].items()
        ],
    )
