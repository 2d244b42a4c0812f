"""How fast a model adapts: ``python -m evaluation.adapting --corpora DIR --new CORPUS``.

A model trained without one corpus is adapted to a few labelled paragraphs, five a page, from half
of the pages of that corpus. It is tested on the pages of the other half, and on pages of the other
corpora, which it should not get worse on; those it was trained on, so only the difference to the
first row tells something. Beside it stands a model trained from scratch on the same few. Prints
rows of a Markdown table.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import boilerstrip
from boilerstrip import LabelledDocument, LabelledParagraph, Model, TrainingDataError
from boilerstrip.evaluation import score_documents, word_f1
from evaluation.collection import Example, load, say

__all__ = ["main"]

LABELS = (50, 100, 200, 500)
A_PAGE = 5  # paragraphs of a page that are labelled: many pages teach more than whole ones
DRAWS = 3  # each row is the mean over so many draws of the labelled pages
FEWEST = 20  # paragraphs of either label, as `train` demands
OTHERS = 300  # pages of the other corpora


def main(arguments: Sequence[str] | None = None) -> None:
    """Train once without the new corpus, adapt many times, print."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.adapting", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("--new", required=True, metavar="CORPUS", help="the corpus left out")
    parser.add_argument("--base", type=Path, help="a model trained without it; default: train one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="threads that train")
    options = parser.parse_args(arguments)
    examples = load(options.corpora)
    corpora = sorted({e.corpus for e in examples if e.task == "page"})
    if options.new not in corpora:
        parser.error(f"--new is {options.new!r}; there are {', '.join(corpora)}")
    if options.base is not None and not options.base.name.startswith(f"corpora-{options.new}-"):
        parser.error(f"--base is {options.base}, where the model without {options.new} is expected")
    if options.base is None:
        known = [e.document for e in examples if e.corpus != options.new]
        say(f"training on {len(known)} documents")
        base = boilerstrip.train(known, seed=options.seed, jobs=options.jobs)
    else:
        base = Model.load(options.base)
    generator = np.random.default_rng(options.seed)
    pages = [e for e in examples if e.task == "page"]
    generator.shuffle(pages)
    new = [e for e in pages if e.corpus == options.new]
    others = [e for e in pages if e.corpus != options.new][:OTHERS]
    learned, tested = new[::2], new[1::2]
    print(f"| {options.new}: labels | new pages: word F1 | from scratch | other corpora |")
    print("|---|---|---|---|")
    print(f"| 0 | {_f1(base, tested):.3f} | | {_f1(base, others):.3f} |", flush=True)
    for count in LABELS:
        rows = []
        for _ in range(DRAWS):
            few = _draw(learned, count, generator)
            try:
                adapted = boilerstrip.train(few, base=base)
            except TrainingDataError as error:
                sys.exit(f"{options.new} is too small: {error}")
            rows.append([_f1(adapted, tested), _from_scratch(few, tested), _f1(adapted, others)])
        found, scratch, kept = np.mean(rows, axis=0)
        print(f"| {count} | {found:.3f} | {scratch:.3f} | {kept:.3f} |", flush=True)


def _draw(
    pages: Sequence[Example], count: int, generator: np.random.Generator
) -> list[LabelledDocument]:
    """Draw pages with the labels of a few paragraphs of each, until there are so many labels."""
    drawn: list[LabelledDocument] = []
    labels = Counter[str | None]()
    for number in generator.permutation(len(pages)):
        content, boilerplate = labels["content"], labels["boilerplate"]
        if content + boilerplate >= count and min(content, boilerplate) >= FEWEST:
            break
        drawn.append(_label_few(pages[number].document, generator))
        labels.update(p.label for p in drawn[-1].paragraphs)
    return drawn


def _label_few(document: LabelledDocument, generator: np.random.Generator) -> LabelledDocument:
    """Make all labels unknown but a few."""
    known = [n for n, p in enumerate(document.paragraphs) if p.label is not None]
    shown = set(generator.permutation(known)[:A_PAGE].tolist())
    paragraphs = tuple(
        p if number in shown else LabelledParagraph(p.text, None)
        for number, p in enumerate(document.paragraphs)
    )
    return replace(document, paragraphs=paragraphs)


def _from_scratch(documents: Sequence[LabelledDocument], pages: Sequence[Example]) -> float:
    """Word F1 of a model trained on these alone; where that cannot be done, of keeping all."""
    try:
        model = boilerstrip.train(documents)
    except TrainingDataError:
        texts = ["\n".join(p.text for p in page.document.paragraphs) for page in pages]
        return float(np.mean([word_f1(t, p.gold) for t, p in zip(texts, pages, strict=True)]))
    return _f1(model, pages)


def _f1(model: Model, pages: Sequence[Example]) -> float:
    """Mean word F1 between what is kept of each page and its reference text."""
    documents = [page.document for page in pages]
    _, removed = score_documents(model, documents)
    kept = [
        "\n".join(p.text for p, gone in zip(d.paragraphs, flags, strict=True) if not gone)
        for d, flags in zip(documents, removed, strict=True)
    ]
    return float(np.mean([word_f1(t, page.gold) for t, page in zip(kept, pages, strict=True)]))


if __name__ == "__main__":
    main()
