"""Appeals inside articles: ``python -m evaluation.inserted --corpora DIR MODEL...``.

Public pages have few of them, and few of those are labelled so. So each real appeal, and each real
content about the same, is put into an article at a place drawn at random: into what trafilatura
kept of a page, without what the labels call boilerplate. Neither the article's site nor that of
the appeal was trained on: the models are the three of the steps by site, in order, which
`evaluation.run` leaves in build/evaluation/. Prints a Markdown table.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from boilerstrip import LabelledDocument, LabelledParagraph, Model
from boilerstrip.evaluation import WORD, score_documents
from evaluation.collection import SEED, Example, load
from evaluation.protocols import by_site

__all__ = ["main"]

VIEW = "trafilatura"
FEWEST, MOST = 5, 60  # paragraphs of an article
SHORTEST = 120  # characters of these, on average: prose
LONG = 150  # characters of an appeal that reads like prose


class Found(NamedTuple):
    """What was decided of a paragraph that was put into an article, and of it alone.

    Attributes:
        is_boilerplate: what it is.
        is_english: and not in another language.
        characters: of the paragraph.
        inside: whether it was removed from the article.
        alone: whether it was removed by itself.
    """

    is_boilerplate: bool
    is_english: bool
    characters: int
    inside: bool
    alone: bool


def main(arguments: Sequence[str] | None = None) -> None:
    """Put all appeals into articles, clean these, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.inserted", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("models", type=Path, nargs=3, metavar="MODEL")
    options = parser.parse_args(arguments)
    generator = np.random.default_rng(options.seed)
    found: list[Found] = []
    words, lost = 0, 0
    for path, step in zip(options.models, by_site(load(options.corpora)), strict=True):
        if not path.name.startswith(step.name):  # it may have been trained on these sites
            parser.error(f"{path} is given where the model of {step.name} is expected")
        model = Model.load(path)
        articles = list(_find_articles(step.held_out))
        found += _judge_inserted(model, articles, step.held_out, generator)
        more_words, more_lost = _count_lost(model, articles)
        words, lost = words + more_words, lost + more_lost
    print("| real paragraphs | boilerplate | found inside | found alone | content | lost inside |")
    print("|---|---|---|---|---|---|")
    print(_lay_out("all", found))
    print(_lay_out("English", [each for each in found if each.is_english]))
    print(_lay_out(f"of more than {LONG} characters", [f for f in found if f.characters > LONG]))
    print(f"\nOf the words of the articles themselves {lost / words:.2%} are lost.")


def _find_articles(examples: Sequence[Example]) -> Iterator[LabelledDocument]:
    for example in examples:
        paragraphs = [p for p in example.document.paragraphs if p.label == "content"]
        if (
            example.view == VIEW
            and FEWEST <= len(paragraphs) <= MOST
            and np.mean([len(p.text) for p in paragraphs]) > SHORTEST
        ):
            yield LabelledDocument(example.document.id, tuple(paragraphs))


def _judge_inserted(
    model: Model,
    articles: Sequence[LabelledDocument],
    examples: Sequence[Example],
    generator: np.random.Generator,
) -> Iterator[Found]:
    lone = [e.document for e in examples if e.task == "lone" and e.corpus != "own"]
    places, filled = [], []
    for document in lone:
        article = articles[int(generator.integers(len(articles)))].paragraphs
        place = int(generator.integers(1, len(article)))
        places.append(place)
        paragraphs = (*article[:place], *document.paragraphs, *article[place:])
        filled.append(LabelledDocument(document.id, paragraphs))
    _, inside = score_documents(model, filled)
    _, alone = score_documents(model, lone)
    for document, place, removed, removed_alone in zip(lone, places, inside, alone, strict=True):
        paragraph: LabelledParagraph = document.paragraphs[0]
        yield Found(
            paragraph.label == "boilerplate",
            document.lang == "en",
            len(paragraph.text),
            bool(removed[place]),
            bool(removed_alone[0]),
        )


def _count_lost(model: Model, articles: Sequence[LabelledDocument]) -> tuple[int, int]:
    """Count the words of articles into which nothing was put, and those that are lost."""
    _, removed = score_documents(model, articles)
    words = [np.array([len(WORD.findall(p.text)) for p in a.paragraphs]) for a in articles]
    lost = [each[gone].sum() for each, gone in zip(words, removed, strict=True)]
    return int(sum(each.sum() for each in words)), int(sum(lost))


def _lay_out(name: str, found: Sequence[Found]) -> str:
    boilerplate = [each for each in found if each.is_boilerplate]
    content = [each for each in found if not each.is_boilerplate]
    return (
        f"| {name} | {len(boilerplate)} | {np.mean([each.inside for each in boilerplate]):.2f} "
        f"| {np.mean([each.alone for each in boilerplate]):.2f} "
        f"| {len(content)} | {np.mean([each.inside for each in content]):.1%} |"
    )


if __name__ == "__main__":
    main()
