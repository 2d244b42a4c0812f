"""Protocols: what is trained on and what is held out, step by step.

Two corpora may hold the same page, or two sites the same notice: what a held-out document has in
common with the training part, word for word, is not learned from.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from boilerstrip import LabelledParagraph, Model
from evaluation.collection import Example

__all__ = ["Step", "by_corpus", "by_site", "hide_shared", "with_models"]

FOLDS = 3
SAME_TEXT = 40  # characters: shorter paragraphs are alike by chance, and are there to be learned


@dataclass(frozen=True, slots=True)
class Step:
    """One model to train, and the documents to test it on.

    Attributes:
        name: of the step; the files it leaves begin so.
        training: what the model learns from.
        held_out: what it is tested on.
        with_peers: whether peers are trained and tested too.
    """

    name: str
    training: list[Example]
    held_out: list[Example]
    with_peers: bool = False


def by_site(examples: Sequence[Example]) -> Iterator[Step]:
    """Hold out a third of the sites at a time, of all corpora and the own texts together."""
    folds = _folds(examples)
    for fold in range(FOLDS):
        training = [e for e, own_fold in zip(examples, folds, strict=True) if own_fold != fold]
        held_out = [e for e, own_fold in zip(examples, folds, strict=True) if own_fold == fold]
        yield Step(f"sites-{fold + 1}", hide_shared(training, held_out), held_out, with_peers=True)


def by_corpus(examples: Sequence[Example]) -> Iterator[Step]:
    """Hold out one public corpus at a time; the own texts are always trained on."""
    for corpus in dict.fromkeys(e.corpus for e in examples if e.corpus != "own"):
        training = [e for e in examples if e.corpus != corpus]
        held_out = [e for e in examples if e.corpus == corpus]
        yield Step(f"corpora-{corpus}", hide_shared(training, held_out), held_out)


def with_models(
    steps: Iterable[Step], paths: Sequence[Path], parser: argparse.ArgumentParser
) -> Iterator[tuple[Step, Model]]:
    """Read the model of each step, as `evaluation.run` has left and named it."""
    for step, path in zip(steps, paths, strict=True):
        if not path.name.startswith(step.name):  # it may have been trained on these sites
            parser.error(f"{path} is given where the model of {step.name} is expected")
        yield step, Model.load(path)


def _folds(examples: Sequence[Example]) -> list[int]:
    """Share out the sites of each corpus, the largest first, to the fold that has least of it."""
    sizes: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        sizes[example.corpus][example.document.group] += 1
    fold_of: dict[str, int] = {}
    for of_corpus in sizes.values():
        filled = [0] * FOLDS
        for site, size in of_corpus.most_common():
            fold = fold_of.setdefault(site, filled.index(min(filled)))
            filled[fold] += size
    return [fold_of[example.document.group] for example in examples]


def hide_shared(training: Sequence[Example], held_out: Sequence[Example]) -> list[Example]:
    """Make the labels of those training paragraphs unknown that also stand in the held-out part."""
    tested = {
        paragraph.text
        for example in held_out
        for paragraph in example.document.paragraphs
        if len(paragraph.text) >= SAME_TEXT
    }
    hidden = []
    for example in training:
        paragraphs = example.document.paragraphs
        if any(p.text in tested for p in paragraphs):
            paragraphs = tuple(
                LabelledParagraph(p.text, None) if p.text in tested else p for p in paragraphs
            )
            document = replace(example.document, paragraphs=paragraphs)
            hidden.append(replace(example, document=document))
        else:
            hidden.append(example)
    return hidden
