"""How fast a model adapts: ``python -m evaluation.adapting --corpora DIR``.

Two corpora stay out of the training. Each in turn is the new one: the model is adapted to a few
labelled paragraphs from half of its sites, and tested on whole pages of the other half and of the
other corpus, which it should not get worse on. Beside it stands a model trained from scratch on the
same few. Prints rows of a Markdown table.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import boilerstrip
from boilerstrip import LabelledDocument, Model, TrainingDataError
from boilerstrip.evaluation import score_documents, word_f1
from evaluation.collection import Example, load, say

__all__ = ["main"]

NEW = ("l3s-gn1", "fundus-tests")
LABELS = (50, 100, 200, 500)
DRAWS = 3  # each row is the mean over so many draws of the labelled pages


def main(arguments: Sequence[str] | None = None) -> None:
    """Train once without the new corpora, adapt many times, print."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.adapting", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="threads that train")
    options = parser.parse_args(arguments)
    examples = load(options.corpora)
    known = [example.document for example in examples if example.corpus not in NEW]
    say(f"training on {len(known)} documents")
    base = boilerstrip.train(known, seed=options.seed, jobs=options.jobs)
    pages = {
        corpus: [e for e in examples if e.corpus == corpus and e.task == "page"] for corpus in NEW
    }
    generator = np.random.default_rng(options.seed)
    print("| new corpus | labels | new: word F1 | from scratch | other corpus |")
    print("|---|---|---|---|---|")
    for corpus in NEW:
        (other,) = (pages[name] for name in NEW if name != corpus)
        order = generator.permutation(len(pages[corpus]))
        halves = np.array_split(order, 2)
        learned, tested = ([pages[corpus][i] for i in half] for half in halves)
        print(f"| {corpus} | 0 | {_f1(base, tested):.3f} | | {_f1(base, other):.3f} |", flush=True)
        for count in LABELS:
            rows = []
            for _ in range(DRAWS):
                few = _draw(learned, count, generator)
                adapted = boilerstrip.train(few, base=base)
                rows.append([_f1(adapted, tested), _from_scratch(few, tested), _f1(adapted, other)])
            new, scratch, old = np.mean(rows, axis=0)
            print(f"| {corpus} | {count} | {new:.3f} | {scratch:.3f} | {old:.3f} |", flush=True)


def _draw(
    pages: Sequence[Example], count: int, generator: np.random.Generator
) -> list[LabelledDocument]:
    """Draw whole pages until they hold so many labelled paragraphs or a little more."""
    drawn: list[LabelledDocument] = []
    labelled = 0
    for number in generator.permutation(len(pages)):
        if labelled >= count:
            break
        drawn.append(pages[number].document)
        labelled += sum(p.label is not None for p in drawn[-1].paragraphs)
    return drawn


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
