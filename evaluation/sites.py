"""Tell which documents are of one site, where their corpus does not say.

Pages of one site share their furniture, and two corpora may hold pages of the same site.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from boilerstrip import LabelledDocument

__all__ = ["join_sites"]

Pair: TypeAlias = tuple[int, int]

LONG, FEW = 100, 10  # characters: one paragraph that so few sites have tells that they are one, ...
LINE, SOME = 12, 60  # ... or lines that so few sites have, ...
LINES, SHARE = 10, 0.2  # ... if they share so many, and such a share of those of the smaller one


def join_sites(documents: Sequence[LabelledDocument]) -> list[LabelledDocument]:
    """Give documents of one site the same `site`: the group of the first of them.

    Sites are one that share a long paragraph, or many lines; what many sites share belongs to the
    software that they run on.
    """
    numbers: dict[str, int] = {}
    found: dict[str, set[int]] = defaultdict(set)
    for document in documents:
        number = numbers.setdefault(document.group, len(numbers))
        for paragraph in document.paragraphs:
            if len(paragraph.text) >= LINE:
                found[paragraph.text].add(number)
    pairs = np.array([*_share_long(found), *_share_lines(found, len(numbers))], np.int64)
    first, second = pairs.reshape(-1, 2).T
    links = sparse.coo_array((np.ones(first.size), (first, second)), (len(numbers), len(numbers)))
    clusters = csgraph.connected_components(links, directed=False)[1].tolist()
    names: dict[int, str] = {}
    for group, number in numbers.items():
        names.setdefault(clusters[number], group)
    return [replace(d, site=names[clusters[numbers[d.group]]]) for d in documents]


def _share_long(found: Mapping[str, set[int]]) -> Iterator[Pair]:
    """List sites that share a long paragraph."""
    for text, sites in found.items():
        if len(text) >= LONG and 1 < len(sites) <= FEW:
            yield from ((min(sites), site) for site in sites)


def _share_lines(found: Mapping[str, set[int]], count: int) -> list[Pair]:
    """List sites that share many lines."""
    sizes = np.bincount([site for sites in found.values() for site in sites], minlength=count)
    shared = [sorted(sites) for sites in found.values() if 1 < len(sites) <= SOME]
    columns = np.repeat(np.arange(len(shared)), [len(sites) for sites in shared])
    rows = np.array([site for sites in shared for site in sites], np.int64)
    has = sparse.csr_array((np.ones(rows.size), (rows, columns)), (count, len(shared)))
    common = sparse.coo_array(sparse.triu(has @ has.T, 1))
    first, second = common.coords
    smaller = np.minimum(sizes[first], sizes[second])
    are_one = (common.data >= LINES) & (common.data >= SHARE * smaller)
    return list(zip(first[are_one].tolist(), second[are_one].tolist(), strict=True))
