"""What step 2 is shown of the documents: whole, cut short, taken apart, put together.

How the values were chosen: docs/choices.md.
"""

from collections.abc import Sequence

import numpy as np

from boilerstrip.arrays import AnyInts, Ints
from boilerstrip.paragraphs import KINDS
from boilerstrip.training.table import UNKNOWN, Table

__all__ = ["choose_seen_again", "choose_views", "list_ranges"]

SMALLEST_TO_CUT, LARGEST_TO_FILL = 3, 100  # paragraphs
FOR_ONE_APART = 50  # paragraphs of a document, of which one is taken apart
LONGEST_RUN = 5
PLACES = (0.5, 0.35, 0.15)  # at the end, inside, at the head
ALONE_FOR_TINY, LARGEST_TINY, BOILERPLATE_IN_TINY = 10, 5, 0.4
FOR_ONE_LONG = 4  # documents that are all content, for one long document
LONG, LONGEST = 60, 1500  # paragraphs


def choose_views(table: Table, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """Choose what step 2 sees: documents whole, with more put in, cut short, and taken apart.

    And tiny ones, put together of lone paragraphs, and long ones, of documents that are content.

    Returns:
        Rows of the table, and where each view of a document begins among them.
    """
    sizes = np.repeat(table.sizes, table.sizes)
    alone = np.flatnonzero((sizes == 1) & (table.labels != UNKNOWN))
    by_kind = [alone[table.kinds[alone] == kind] for kind in range(len(KINDS))]
    by_kind = [rows for rows in by_kind if rows.size]
    content = alone[table.labels[alone] == 0]
    views = []
    for start, size in zip(table.starts.tolist(), table.sizes.tolist(), strict=True):
        document = np.arange(start, start + size)
        views.append(document)
        if size < SMALLEST_TO_CUT:
            continue
        if by_kind and content.size and size < LARGEST_TO_FILL:
            views.append(_put_in(document, by_kind, content, generator))
        first, last = np.sort(generator.choice(size + 1, 2, replace=False))
        views.append(document[first:last])
        apart = generator.choice(document, -(-size // FOR_ONE_APART), replace=False)
        views += list(apart[:, None])
    views += _put_together(content, alone[table.labels[alone] == 1], generator)
    views += _join_documents(table, generator)
    starts = np.cumsum([0, *(view.size for view in views[:-1])])
    return np.concatenate(views), starts


def choose_seen_again(table: Table) -> tuple[Ints, Ints]:
    """Choose what is seen again half known: what has neighbours. Return as `choose_views`."""
    is_large = table.sizes >= SMALLEST_TO_CUT
    rows = np.flatnonzero(np.repeat(is_large, table.sizes))
    sizes = table.sizes[is_large]
    return rows, sizes.cumsum() - sizes


def list_ranges(starts: Ints, sizes: AnyInts) -> Ints:
    """List the whole numbers of some ranges, one range after the other."""
    firsts = sizes.cumsum() - sizes
    numbers: Ints = np.arange(sizes.sum()) + (starts - firsts).repeat(sizes)
    return numbers


def _put_in(
    document: Ints, by_kind: Sequence[Ints], content: Ints, generator: np.random.Generator
) -> Ints:
    """Put lone paragraphs into a document, as appeals stand in articles.

    A run of boilerplate of one kind, at the end, inside or at the head, and, so that being put in
    proves nothing, paragraphs of content too.
    """
    weights = np.sqrt([rows.size for rows in by_kind])
    rows = by_kind[generator.choice(len(by_kind), p=weights / weights.sum())]
    run = generator.choice(rows, int(generator.integers(1, LONGEST_RUN + 1)))
    document = np.insert(document, _choose_place(document.size, generator), run)
    for row in generator.choice(content, generator.integers(3)):
        document = np.insert(document, generator.integers(document.size + 1), row)
    return document


def _put_together(content: Ints, boilerplate: Ints, generator: np.random.Generator) -> list[Ints]:
    """Make tiny documents of lone paragraphs: some of content with a run of boilerplate, or none.

    People try a classifier on two lines, which are like no page. In these what is short is often
    content, and a neighbour tells little.
    """
    if not (content.size and boilerplate.size):
        return []
    documents = []
    for _ in range((content.size + boilerplate.size) // ALONE_FOR_TINY):
        size = int(generator.integers(2, LARGEST_TINY + 1))
        run = generator.choice(boilerplate, generator.binomial(size, BOILERPLATE_IN_TINY))
        rest = generator.choice(content, size - run.size)
        documents.append(np.insert(rest, _choose_place(rest.size, generator), run))
    return documents


def _join_documents(table: Table, generator: np.random.Generator) -> list[Ints]:
    """Make long documents of those that are all content, as they follow on one another.

    Hardly a page of a thousand lines is content, but books, logs and reference works are. Pages of
    a site that has others are left out: several articles in a row are rather a front page.
    """
    groups = table.groups[table.starts]
    is_whole = np.minimum.reduceat(table.labels == 0, table.starts)
    is_whole &= (table.sizes >= SMALLEST_TO_CUT) & (np.bincount(groups)[groups] == 1)
    whole = np.flatnonzero(is_whole)
    ends = table.sizes[whole].cumsum()
    documents = []
    for first in generator.choice(whole.size, whole.size // FOR_ONE_LONG).tolist():
        size = np.exp(generator.uniform(np.log(LONG), np.log(LONGEST)))
        joined = whole[first : int(ends.searchsorted(ends[first] + size))]
        documents.append(list_ranges(table.starts[joined], table.sizes[joined]))
    return documents


def _choose_place(size: int, generator: np.random.Generator) -> int:
    """Choose a place in a document of that size for a run of boilerplate."""
    places = [size, int(generator.integers(size + 1)), 0]
    return int(generator.choice(places, p=PLACES))
