"""The figures of docs/quality.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from boilerstrip.arrays import AnyFloats, Flags
from boilerstrip.evaluation import sum_by_bin
from evaluation.outcomes import DEFAULT, Outcomes
from evaluation.tables import FEWEST_OF_LANGUAGE, TASKS
from evaluation.tasks import COMMON, RECALL_AT

__all__ = ["draw"]

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "boilerstrip",  # the same figure is the same file
        "svg.fonttype": "none",  # text as text
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "0.9",
        "axes.axisbelow": True,
        "legend.frameon": False,
    }
)
BLUE, ORANGE, GREY = "#0072b2", "#e69f00", "0.75"
POINTS = 400  # of a curve


def draw(results: Mapping[str, Any], outcomes: Outcomes, folder: Path, protocol: str) -> None:
    """Draw all figures of a protocol.

    Args:
        results: its part of the results.
        outcomes: what they were made from.
        folder: where the figures go.
        protocol: begins their names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [task for task in TASKS if task in results["calibration"]]
    figures = {
        "precision-recall": _draw_precision_recall(outcomes, tasks),
        "calibration": _draw_calibration(outcomes, tasks),
    }
    if results["extractors"]:
        figures["extractors"] = _draw_extractors(results["extractors"]["all"])
    for source, measured in results["lone"].items():
        figures[f"{source}-kinds"] = _draw_recall(measured["kinds"], sorted(measured["kinds"]))
        languages = measured["languages"]
        common = [
            name for name in languages if languages[name]["area"].documents >= FEWEST_OF_LANGUAGE
        ]
        figures[f"{source}-languages"] = _draw_recall(languages, common)
    for name, figure in figures.items():
        figure.savefig(folder / f"{protocol}-{name}.svg", metadata={"Date": None})
        plt.close(figure)


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(
        1, count, figsize=(3.2 * count, 3.2), squeeze=False, layout="constrained"
    )
    return figure, list(axes[0])


def _draw_precision_recall(outcomes: Outcomes, tasks: list[str]) -> Figure:
    figure, panels = _panels(len(tasks))
    for panel, task in zip(panels, tasks, strict=True):
        chosen = outcomes.where(outcomes.examples["task"] == task)
        truth = chosen.paragraphs["boilerplate"]
        scored = chosen.methods("score")
        for method in scored:
            recall, precision = _curve(truth, chosen.paragraphs[f"score: {method}"])
            panel.plot(recall, precision, label=method)
        for method in chosen.methods("found"):
            if method not in scored and method in RULES:
                found = chosen.examples[f"found: {method}"].sum()
                wrong = chosen.examples[f"wrong: {method}"].sum()
                panel.plot(found / truth.sum(), found / (found + wrong), "o", label=method)
        panel.set(title=TASKS[task], xlabel="recall of boilerplate", xlim=(0, 1.02), ylim=(0, 1.02))
    panels[0].set_ylabel("precision")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return figure


RULES = ("C4 line rules", "jusText", "winnow-md")


def _curve(truth: Flags, scores: AnyFloats) -> tuple[AnyFloats, AnyFloats]:
    order = np.argsort(-scores, kind="stable")
    hits = truth[order].cumsum()
    last_of_tie = np.flatnonzero(np.append(np.diff(scores[order]) != 0, [True]))
    recall, precision = hits[last_of_tie] / truth.sum(), hits[last_of_tie] / (last_of_tie + 1)
    shown = np.unique(np.linspace(0, recall.size - 1, POINTS).astype(np.int64))
    return recall[shown], precision[shown]


def _draw_calibration(outcomes: Outcomes, tasks: list[str]) -> Figure:
    figure, panels = _panels(len(tasks))
    for panel, task in zip(panels, tasks, strict=True):
        chosen = outcomes.where(outcomes.examples["task"] == task)
        truth = chosen.paragraphs["boilerplate"]
        panel.plot([0, 1], [0, 1], color=GREY)
        for method in chosen.methods("score"):
            counts, *sums = sum_by_bin(truth, chosen.paragraphs[f"score: {method}"])
            filled = counts > 0
            scores, shares = (each[filled] / counts[filled] for each in sums)
            panel.plot(scores, shares, "o-", markersize=3, label=method)
        panel.set(title=TASKS[task], xlabel="score", xlim=(0, 1), ylim=(0, 1))
    panels[0].set_ylabel("share of boilerplate")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return figure


def _draw_extractors(views: Mapping[str, Any]) -> Figure:
    figure: Figure
    figure, panel = plt.subplots(figsize=(7, 0.4 * len(views) + 1.2), layout="constrained")
    rows = np.arange(len(views))[::-1]
    for row, measured in zip(rows, views.values(), strict=True):
        panel.plot([measured["own"].value, measured["possible"].value], [row, row], color=GREY)
    for name, marker, color, label in (
        ("own", "o", ORANGE, "its own output"),
        ("cleaned", "D", BLUE, "cleaned"),
        ("possible", "|", "0.4", "best possible with the labels"),
    ):
        values = [measured[name].value for measured in views.values()]
        panel.plot(values, rows, marker, color=color, label=label)
    panel.set(xlabel="word F1", yticks=rows, yticklabels=list(views))
    figure.legend(loc="outside lower center", ncols=3)
    return figure


def _draw_recall(measured: Mapping[str, Any], names: list[str]) -> Figure:
    recalls = {name: measured[name][RECALL_AT[COMMON]] for name in names}
    names = sorted(names, key=lambda name: recalls[name].value)
    value, low, high, _ = np.array([recalls[name] for name in names], float).reshape(-1, 4).T
    figure: Figure
    figure, panel = plt.subplots(figsize=(6, 0.22 * len(names) + 1), layout="constrained")
    rows = np.arange(len(names))
    panel.barh(rows, value, color=BLUE, height=0.7)
    panel.errorbar(
        value, rows, xerr=np.maximum([value - low, high - value], 0), fmt="none", ecolor="0.2"
    )
    panel.set(
        xlabel=f"recall of boilerplate by {DEFAULT}, {COMMON:.0%} of all content taken for it",
        xlim=(0, 1),
        yticks=rows,
        yticklabels=names,
    )
    panel.grid(visible=False, axis="y")
    return figure
