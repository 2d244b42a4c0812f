"""Protocols: what is trained on and what is held out, step by step.

Two pages of one site share their furniture, and two corpora may hold the same page. So corpora
that name no sites are searched for pages that share a long paragraph, and what a held-out document
has in common with the training part, word for word, is not learned from.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from boilerstrip import LabelledParagraph, Model
from boilerstrip.arrays import Counts, Ints
from evaluation.collection import Example

__all__ = ["Step", "by_corpus", "by_site", "hide_shared", "site_clusters", "with_models"]

FOLDS = 3
SAME_TEXT = 40  # characters: shorter paragraphs are alike by chance, and are there to be learned
SAME_SITE = 100  # characters: such a paragraph tells that two pages are of one site, ...
MOST_SITES = 10  # ... unless it is found on so many that it belongs to their software


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


def by_site(examples: Sequence[Example], clusters: Ints | None = None) -> Iterator[Step]:
    """Hold out a third of the sites at a time, of all corpora and the own texts together.

    Args:
        examples: all there are.
        clusters: their `site_clusters`, where these are known.
    """
    folds = _folds(site_clusters(examples) if clusters is None else clusters)
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


def site_clusters(examples: Sequence[Example]) -> Ints:
    """Number the sites, taking those for one that share a long paragraph found on few others."""
    numbers: dict[str, int] = {}
    found = defaultdict(set)
    for example in examples:
        number = numbers.setdefault(example.document.group, len(numbers))
        for paragraph in example.document.paragraphs:
            if len(paragraph.text) >= SAME_SITE:
                found[paragraph.text].add(number)
    pairs = [
        (min(sites), site)
        for sites in found.values()
        if 1 < len(sites) <= MOST_SITES
        for site in sites
    ]
    first, second = np.array(pairs, np.int64).reshape(-1, 2).T
    links = sparse.coo_array(
        (np.ones(first.size), (first, second)), shape=(len(numbers), len(numbers))
    )
    clusters: Counts = csgraph.connected_components(links, directed=False)[1]
    return clusters[[numbers[e.document.group] for e in examples]].astype(np.int64)


def _folds(clusters: Ints) -> Ints:
    """Share clusters out, the largest first, each to the fold that has the least so far."""
    sizes = np.bincount(clusters)
    filled = np.zeros(FOLDS, np.int64)
    fold_of = np.empty(sizes.size, np.int64)
    for cluster in np.argsort(-sizes, kind="stable"):
        fold_of[cluster] = filled.argmin()
        filled[fold_of[cluster]] += sizes[cluster]
    return fold_of[clusters]


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
