"""What other pages of a site tell: ``python -m evaluation.repeated --corpora DIR MODEL...``.

The models are the three of the steps by site, in order, which `evaluation.run` leaves in
build/evaluation/. Judged are all pages, and outputs of extractors, of sites of which a corpus has
two or more: alone, and with the paragraphs that `find_repeated` finds in those of the site. Only
WCXB names its sites; in most other corpora they are known by what pages share, so that there is
repetition on each of them. Prints a Markdown table.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from boilerstrip import LabelledDocument, LabelledParagraph, Model, find_repeated
from boilerstrip.evaluation import score_documents
from boilerstrip.repeated import are_repeated
from evaluation.collection import Example, load
from evaluation.outcomes import Judgement, Outcomes, observe
from evaluation.protocols import by_site, with_models

__all__ = ["main"]

ALONE, TOGETHER = "alone", "together"


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge the sites of which there are several pages, and print."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.repeated", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("models", type=Path, nargs=3, metavar="MODEL")
    options = parser.parse_args(arguments)
    examples = load(options.corpora)
    found = Outcomes.join(
        [
            _judge_site(model, pages)
            for step, model in with_models(by_site(examples), options.models, parser)
            for pages in _find_sites(step.held_out)
        ]
    )
    print("| | documents | word F1 | repeated boilerplate found | content words lost |")
    print("|---|---|---|---|---|")
    for view in sorted(set(found.examples["view"].tolist())):
        of_view = found.where(found.examples["view"] == view)
        of_wcxb = of_view.where(of_view.examples["corpus"] == "wcxb-dev")
        name = view or "whole pages"
        print(_lay_out(name, of_view))
        if of_wcxb.examples["id"].size:
            print(_lay_out(f"{name}, WCXB", of_wcxb))


def _find_sites(held_out: Sequence[Example]) -> list[list[Example]]:
    """Find the sites of two pages or more, for each corpus and view."""
    sites: dict[tuple[str, str, str], list[Example]] = defaultdict(list)
    for example in held_out:
        if example.task in {"page", "extractor"}:
            sites[example.corpus, example.view, example.document.group].append(example)
    return [pages for pages in sites.values() if len(pages) > 1]


def _judge_site(model: Model, pages: Sequence[Example]) -> Outcomes:
    texts = ["\n".join(p.text for p in page.document.paragraphs) for page in pages]
    repeated = find_repeated(texts, split="line")

    def judge(documents: Sequence[LabelledDocument]) -> dict[str, Judgement]:
        _, alone = score_documents(model, documents)
        _, together = score_documents(model, documents, repeated=repeated)
        return {ALONE: Judgement(alone), TOGETHER: Judgement(together)}

    return observe([_count_repeated(page, repeated) for page in pages], [judge])


def _count_repeated(page: Example, repeated: frozenset[str]) -> Example:
    """Make the labels of all other boilerplate unknown: only the repeated is to be counted."""
    paragraphs = page.document.paragraphs
    flags = are_repeated([p.text for p in paragraphs], repeated)
    paragraphs = tuple(
        p if flag or p.label == "content" else LabelledParagraph(p.text, None)
        for p, flag in zip(paragraphs, flags, strict=True)
    )
    return replace(page, document=replace(page.document, paragraphs=paragraphs))


def _lay_out(name: str, outcomes: Outcomes) -> str:
    facts = outcomes.examples
    boilerplate = max(facts["boilerplate paragraphs"].sum(), 1)
    f1, found, lost = (
        [facts[f"{measure}: {method}"] for method in (ALONE, TOGETHER)]
        for measure in ("f1", "found", "lost")
    )
    cells = (
        " → ".join(f"{np.mean(each):.3f}" for each in f1),
        " → ".join(f"{each.sum() / boilerplate:.2f}" for each in found),
        " → ".join(f"{each.sum() / max(facts['content'].sum(), 1):.1%}" for each in lost),
    )
    return f"| {name} | {facts['id'].size} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
