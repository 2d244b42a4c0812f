"""Headlines that are lost: ``python -m evaluation.headlines --corpora DIR MODEL...``.

A headline is a few words among many, so word F1 hardly sees it, but a reader misses it. What is
looked at is the first paragraph of each page that is labelled content, where it is short: mostly
the headline, on some pages a subheading, a date or the first entry of a list. The models are the
three of the steps by site, in order, which `evaluation.run` leaves in build/evaluation/. Prints a
Markdown table of the share that is kept.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from boilerstrip import LabelledParagraph
from boilerstrip.evaluation import WORD
from evaluation.collection import Example, load
from evaluation.outcomes import DEFAULT, FIXED, Outcomes, judge_with, observe
from evaluation.protocols import by_site, with_models

__all__ = ["main"]

MOST = 15  # words of a headline


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge all pages, and print how many of the headlines are kept."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.headlines", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("models", type=Path, nargs=3, metavar="MODEL")
    options = parser.parse_args(arguments)
    parts = []
    steps = by_site(load(options.corpora))
    for step, model in with_models(steps, options.models, parser):
        pages = [e for e in step.held_out if e.task in {"page", "extractor"}]
        marked = [marked for page in pages if (marked := _mark_headline(page)) is not None]
        parts.append(observe(marked, [judge_with(model)]))
    outcomes = Outcomes.join(parts)
    print(
        "| | headlines of whole pages | default | 0.5 | 0.8 | 0.95 | in the output of extractors |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    corpora = outcomes.examples["corpus"]
    print(_lay_out("all", outcomes))
    for corpus in sorted(set(corpora.tolist())):
        print(_lay_out(corpus, outcomes.where(corpora == corpus)))


def _mark_headline(page: Example) -> Example | None:
    """Make all labels unknown but that of the headline; ``None`` if there is no such paragraph."""
    paragraphs = page.document.paragraphs
    first = next((n for n, p in enumerate(paragraphs) if p.label == "content"), None)
    if first is None or len(WORD.findall(paragraphs[first].text)) > MOST:
        return None
    marked = tuple(
        paragraph if number == first else LabelledParagraph(paragraph.text, None)
        for number, paragraph in enumerate(paragraphs)
    )
    return replace(page, document=replace(page.document, paragraphs=marked))


def _lay_out(name: str, outcomes: Outcomes) -> str:
    is_page = outcomes.examples["task"] == "page"
    kept = {
        method: outcomes.examples[f"wrong: {method}"] == 0 for method in (DEFAULT, *FIXED.values())
    }
    shares = [f"{np.mean(each[is_page]):.2f}" for each in kept.values()]
    extracted = f"{np.mean(kept[DEFAULT][~is_page]):.2f}"
    return f"| {name} | {is_page.sum()} | {' | '.join(shares)} | {extracted} |"


if __name__ == "__main__":
    main()
