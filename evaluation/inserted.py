"""Appeals inside articles: ``python -m evaluation.inserted --corpora DIR MODEL...``.

Public pages have few of them, and few of those are labelled so. So each real appeal, and each real
content about the same, is put into an article at a place drawn at random: into what trafilatura
kept of a page, without what the labels call boilerplate. Neither the article's site nor that of
the appeal was trained on: the models are the three of the steps by site, in order, which
`evaluation.run` leaves in build/evaluation/. Prints a Markdown table.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from boilerstrip import LabelledParagraph
from evaluation.collection import SEED, Example, load
from evaluation.outcomes import DEFAULT, Outcomes, judge_with, observe
from evaluation.protocols import by_site, with_models

__all__ = ["main"]

VIEW = "trafilatura"
FEWEST, MOST = 5, 60  # paragraphs of an article
SHORTEST = 120  # characters of these, on average: prose
LONG = 150  # characters of an appeal that reads like prose


def main(arguments: Sequence[str] | None = None) -> None:
    """Put all appeals into articles, clean these, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.inserted", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("models", type=Path, nargs=3, metavar="MODEL")
    options = parser.parse_args(arguments)
    generator = np.random.default_rng(options.seed)
    characters: list[int] = []
    parts = []
    steps = by_site(load(options.corpora))
    for step, model in with_models(steps, options.models, parser):
        articles = list(_find_articles(step.held_out))
        lone = [e for e in step.held_out if e.task == "lone" and e.corpus != "own"]
        filled = list(_put_in(lone, articles, generator))
        characters += [len(example.document.paragraphs[0].text) for example in lone]
        around = [_count_around(example) for example in filled]
        lists = (filled, lone, articles, around)
        parts.append([observe(each, [judge_with(model)]) for each in lists])
    inside, alone, whole, around_them = map(Outcomes.join, zip(*parts, strict=True))
    print("| real paragraphs | boilerplate | found inside | found alone | content | lost inside |")
    print("|---|---|---|---|---|---|")
    groups = {
        "all": np.ones(len(characters), bool),
        "English": inside.examples["lang"] == "en",
        f"of more than {LONG} characters": np.array(characters) > LONG,
    }
    for name, chosen in groups.items():
        print(_lay_out(name, inside.where(chosen), alone.where(chosen)))
    around_appeals = around_them.where(inside.examples["boilerplate paragraphs"] > 0)
    lost, lost_around = map(_measure_lost, (whole, around_appeals))
    print(
        f"\nOf the words of the articles themselves {lost:.2%} are lost; of those that an appeal "
        f"was put into {lost_around:.2%}."
    )


def _find_articles(examples: Sequence[Example]) -> Iterator[Example]:
    for example in examples:
        paragraphs = tuple(p for p in example.document.paragraphs if p.label == "content")
        if (
            example.view == VIEW
            and FEWEST <= len(paragraphs) <= MOST
            and np.mean([len(p.text) for p in paragraphs]) > SHORTEST
        ):
            yield _with_paragraphs(example, paragraphs)


def _put_in(
    lone: Sequence[Example], articles: Sequence[Example], generator: np.random.Generator
) -> Iterator[Example]:
    """Put each lone paragraph into an article, whose own paragraphs are not to be counted."""
    for example in lone:
        article = articles[int(generator.integers(len(articles)))].document.paragraphs
        place = int(generator.integers(1, len(article)))
        around = [LabelledParagraph(paragraph.text, None) for paragraph in article]
        paragraphs = (*around[:place], *example.document.paragraphs, *around[place:])
        yield _with_paragraphs(example, paragraphs)


def _count_around(example: Example) -> Example:
    """Have an article's own paragraphs counted, and not what was put in."""
    paragraphs = tuple(
        LabelledParagraph(each.text, "content" if each.label is None else None)
        for each in example.document.paragraphs
    )
    return _with_paragraphs(example, paragraphs)


def _measure_lost(outcomes: Outcomes) -> float:
    lost = outcomes.examples[f"lost: {DEFAULT}"].sum() / outcomes.examples["content"].sum()
    return float(lost)


def _with_paragraphs(example: Example, paragraphs: tuple[LabelledParagraph, ...]) -> Example:
    return replace(example, document=replace(example.document, paragraphs=paragraphs))


def _lay_out(name: str, inside: Outcomes, alone: Outcomes) -> str:
    boilerplate, content = (
        inside.examples[f"{label} paragraphs"].sum() for label in ("boilerplate", "content")
    )
    found = [each.examples[f"found: {DEFAULT}"].sum() / boilerplate for each in (inside, alone)]
    wrong = inside.examples[f"wrong: {DEFAULT}"].sum() / content
    return f"| {name} | {boilerplate} | {found[0]:.2f} | {found[1]:.2f} | {content} | {wrong:.1%} |"


if __name__ == "__main__":
    main()
