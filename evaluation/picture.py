"""Draw the picture of the README: the example article, what stays and what goes.

python -m evaluation.picture examples/ferry-bell.txt docs/figures/cleaned.svg
"""

import argparse
import textwrap
from collections.abc import Sequence
from html import escape
from pathlib import Path

import boilerstrip

WIDTH, MARGIN, LINE, GAP = 860, 24, 19, 10
COLUMNS = 88  # characters a line
KEPT, REMOVED = "#1f2328", "#b3261e"


def draw(text: str) -> str:
    """Draw the paragraphs of a text as SVG, those that are removed in red with kind and score."""
    shapes: list[str] = []
    y = MARGIN
    for paragraph in boilerstrip.classify(text):
        is_removed = paragraph.label == "boilerplate"
        lines = textwrap.wrap(paragraph.text, COLUMNS)
        if is_removed:
            height = LINE * len(lines) + GAP - 2
            shapes.append(
                f'<rect x="{MARGIN - 10}" y="{y - 4}" width="{WIDTH - 2 * MARGIN + 20}" '
                f'height="{height}" rx="4" fill="#fdeceb"/>'
                f'<text x="{WIDTH - MARGIN}" y="{y + 11}" text-anchor="end" class="tag">'
                f"{paragraph.kind} {paragraph.score:.2f}</text>"
            )
        color = REMOVED if is_removed else KEPT
        for line in lines:
            shapes.append(f'<text x="{MARGIN}" y="{y + 11}" fill="{color}">{escape(line)}</text>')
            y += LINE
        y += GAP
    height = y + MARGIN - GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="Georgia, serif" font-size="15">'
        "<style>.tag{font:bold 12px monospace;fill:#b3261e}</style>"
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff" stroke="#d0d7de"/>'
        f"{''.join(shapes)}</svg>\n"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the article named first into the file named second."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.picture", description=__doc__)
    parser.add_argument("article", type=Path)
    parser.add_argument("picture", type=Path)
    options = parser.parse_args(arguments)
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    text = options.article.read_text(encoding="utf-8")
    options.picture.write_text(draw(text), encoding="utf-8")


if __name__ == "__main__":
    main()
