"""The figure of what `benchmarks.speed` measured."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

__all__ = ["draw"]

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "boilerstrip",  # the same figure is the same file
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid.axis": "x",
        "axes.grid": True,
        "grid.color": "0.9",
        "axes.axisbelow": True,
    }
)
OTHERS, OWN = "0.6", "#0072b2"
OWN_NAMES = ("step 1", "clean_many", "classify_many")


def draw(results: Mapping[str, Any], path: Path) -> None:
    """Draw how many megabytes a second each method does, a panel for each sort of text."""
    panels = results["many"]
    figure, axes = plt.subplots(
        1, len(panels), figsize=(8, 3.2), sharey=True, sharex=True, layout="constrained"
    )
    for panel, (sort, measured) in zip(axes, panels.items(), strict=True):
        names = list(measured)[::-1]
        rates = [measured[name]["MB/s"] for name in names]
        bars = panel.barh(
            names, rates, color=[OWN if name in OWN_NAMES else OTHERS for name in names]
        )
        panel.bar_label(bars, [f"{rate:.3g}" for rate in rates], padding=2)
        mean = results["texts"][sort]["bytes a paragraph"]
        panel.set(
            title=f"{sort}, {mean:.0f} bytes on average", xlabel="MB/s, one core", xscale="log"
        )
        panel.set_xlim(right=3 * max(rates))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
