"""What other pages of a site tell: ``python -m evaluation.repeated --corpora DIR MODEL...``.

The models are the three of the steps by site, in order, which `evaluation.run` leaves in
build/evaluation/. Judged are all pages, and outputs of extractors, of sites of which a corpus has
two or more: alone, and with the paragraphs that `find_repeated` finds in those of the site. Only
WCXB names its sites; in the other corpora they are known by a long paragraph that pages share, so
that there is repetition on each of them. Prints a Markdown table.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from boilerstrip import Model, find_repeated
from boilerstrip.arrays import Flags
from boilerstrip.evaluation import WORD, score_documents, word_f1
from boilerstrip.repeated import are_repeated
from evaluation.collection import Example, load
from evaluation.protocols import by_site, site_clusters

__all__ = ["main"]


class Found(NamedTuple):
    """What was done to one document, alone and with the others of its site.

    Attributes:
        view: what the document is.
        f1: of the kept words against the reference text, both times.
        boilerplate: repeated paragraphs of boilerplate, and how many of them went, both times.
        content: words of content, and how many of them were lost, both times.
    """

    view: str
    f1: tuple[float, float]
    boilerplate: tuple[int, int, int]
    content: tuple[int, int, int]


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge the sites of which there are several pages, and print."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.repeated", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("models", type=Path, nargs=3, metavar="MODEL")
    options = parser.parse_args(arguments)
    examples = load(options.corpora)
    numbers = {
        example.document.id: number
        for example, number in zip(examples, site_clusters(examples).tolist(), strict=True)
    }
    rows: dict[str, list[Found]] = defaultdict(list)
    for path, step in zip(options.models, by_site(examples), strict=True):
        if not path.name.startswith(step.name):  # it may have been trained on these sites
            parser.error(f"{path} is given where the model of {step.name} is expected")
        for found, corpus in _judge_sites(Model.load(path), step.held_out, numbers):
            rows[found.view].append(found)
            if corpus == "wcxb-dev":
                rows[f"{found.view}, WCXB"].append(found)
    print("| | documents | word F1 | repeated boilerplate found | content words lost |")
    print("|---|---|---|---|---|")
    for name in sorted(rows):
        print(_lay_out(name, rows[name]))


def _judge_sites(
    model: Model, held_out: Sequence[Example], numbers: Mapping[str, int]
) -> Iterator[tuple[Found, str]]:
    sites: dict[tuple[str, str, int], list[Example]] = defaultdict(list)
    for example in held_out:
        if example.task in {"page", "extractor"}:
            number = numbers[example.document.id]
            sites[example.corpus, example.view or "whole pages", number].append(example)
    for (corpus, view, _), pages in sites.items():
        if len(pages) > 1:
            for found in _judge_site(model, pages, view):
                yield found, corpus


def _judge_site(model: Model, pages: Sequence[Example], view: str) -> Iterator[Found]:
    documents = [page.document for page in pages]
    texts = ["\n".join(p.text for p in document.paragraphs) for document in documents]
    repeated = find_repeated(texts, split="line")
    _, alone = score_documents(model, documents)
    _, together = score_documents(model, documents, repeated=repeated)
    for page, *removed in zip(pages, alone, together, strict=True):
        paragraphs = page.document.paragraphs
        labels = np.array([p.label or "" for p in paragraphs])
        words = np.array([len(WORD.findall(p.text)) for p in paragraphs])
        is_repeated = are_repeated([p.text for p in paragraphs], repeated)
        boilerplate = is_repeated & (labels == "boilerplate")
        content = words * (labels == "content")
        first, second = removed
        yield Found(
            view,
            (_f1(page, first), _f1(page, second)),
            (boilerplate.sum(), boilerplate[first].sum(), boilerplate[second].sum()),
            (content.sum(), content[first].sum(), content[second].sum()),
        )


def _f1(page: Example, removed: Flags) -> float:
    kept = [p.text for p, gone in zip(page.document.paragraphs, removed, strict=True) if not gone]
    return word_f1("\n".join(kept), page.gold)


def _lay_out(name: str, found: Sequence[Found]) -> str:
    alone, together = np.mean([each.f1 for each in found], axis=0)
    there, *gone = np.sum([each.boilerplate for each in found], axis=0)
    words, *lost = np.sum([each.content for each in found], axis=0)
    return (
        f"| {name} | {len(found)} | {alone:.3f} → {together:.3f} "
        f"| {gone[0] / max(there, 1):.2f} → {gone[1] / max(there, 1):.2f} "
        f"| {lost[0] / max(words, 1):.1%} → {lost[1] / max(words, 1):.1%} |"
    )


if __name__ == "__main__":
    main()
