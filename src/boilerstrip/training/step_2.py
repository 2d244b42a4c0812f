"""Step 2: a network on what is said of each paragraph in its document.

How the values were chosen: docs/choices.md.
"""

import itertools

import numpy as np

from boilerstrip import context, features
from boilerstrip.arrays import AnyInts, Counts, Doubles, Floats, Ints, find_sizes
from boilerstrip.network import Network
from boilerstrip.overlap import measure_overlap
from boilerstrip.training.descent import Views, descend
from boilerstrip.training.table import UNKNOWN, Table
from boilerstrip.training.views import choose_seen_again, choose_views, list_ranges

__all__ = ["fit_step_2"]

UNITS = 32
PUT_IN_COUNTS = 2  # times: few, and surer of their label than the lines of pages
HEADLINE_COUNTS = 3  # times: one among hundreds of lines, and the first that is missed
LONGEST_HEADLINE = 16  # tokens
SMALLEST_HEADED = 5  # paragraphs of a document that has a headline
BLOCK = 100_000  # paragraphs or so whose stems are held together
SMALLEST_DEVIATION = 1e-3  # of an input: what does not vary in training is not looked at later


def fit_step_2(
    table: Table,
    outputs: Floats,
    half_known: Floats,
    shape: Counts,
    generator: np.random.Generator,
) -> Network:
    """Fit a network to the views of all documents.

    Args:
        table: the documents.
        outputs: of step 1, for each paragraph.
        half_known: the same of a step 1 that has forgotten half the words.
        shape: of the paragraphs.
        generator: of random numbers.
    """
    tokens = shape[:, features.TOKENS]
    rows, starts = choose_views(table, generator)
    again, starts_again = choose_seen_again(table)
    outputs = np.concatenate([outputs[rows], half_known[again]])
    starts = np.concatenate([starts, rows.size + starts_again])
    rows = np.concatenate([rows, again])
    of_views = find_sizes(starts, rows.size)
    sizes = of_views.repeat(of_views)
    weights = table.weights[rows] / np.sqrt(sizes)
    weights[np.isin(rows, _find_headlines(table, tokens))] *= HEADLINE_COUNTS
    was_put_in = (np.repeat(table.sizes, table.sizes)[rows] == 1) & (sizes > 1)
    weights[was_put_in] *= PUT_IN_COUNTS
    overlap = _measure_overlaps(table, tokens, rows, outputs, starts)
    labels, shape = table.labels[rows], shape[rows]
    described = context.describe(outputs, shape, overlap, starts)
    weights[labels == UNKNOWN] = 0
    weights /= weights[labels != UNKNOWN].mean()
    means, deviations = _standardise(described)
    inputs = np.ascontiguousarray(described)
    views = Views(inputs, tokens[rows], starts, of_views, labels, weights)
    return _fold(descend(views, UNITS, generator), means, deviations)


def _find_headlines(table: Table, tokens: AnyInts) -> Ints:
    """Find what is likely a headline: the first content of each document, where it is short.

    Args:
        table: the documents.
        tokens: of each of their paragraphs.
    """
    content = np.flatnonzero(table.labels == 0)
    documents = table.starts.searchsorted(content, "right") - 1
    documents, firsts = np.unique(documents, return_index=True)
    firsts = content[firsts]
    is_short = tokens[firsts] <= LONGEST_HEADLINE
    headlines: Ints = firsts[is_short & (table.sizes[documents] >= SMALLEST_HEADED)]
    return headlines


def _measure_overlaps(
    table: Table, tokens: AnyInts, rows: Ints, outputs: Floats, starts: Ints
) -> Floats:
    """Measure the overlaps in all views, some of them at a time.

    Args:
        table: the documents.
        tokens: of each of their paragraphs.
        rows: of the table, that the views consist of.
        outputs: of step 1, for each of the rows.
        starts: the first row of each view.
    """
    pieces = features.extract(table.texts)
    stems = np.concatenate([piece.stems.astype(np.int32) for piece in pieces])
    first_stems = tokens.cumsum(dtype=np.int64) - tokens
    logits = outputs[:, context.MAIN_OUTPUT]
    overlap = np.empty(rows.size, np.float32)
    edges = np.append(starts, rows.size)
    blocks = np.unique(edges.searchsorted([*range(0, rows.size, BLOCK), rows.size]))
    for first, behind in itertools.pairwise(blocks.tolist()):
        begins = starts[first:behind]
        here = slice(edges[first], edges[behind])
        sizes = tokens[rows[here]]
        of_block = stems[list_ranges(first_stems[rows[here]], sizes)]
        overlap[here] = measure_overlap(of_block, logits[here], sizes, begins - begins[0])
    return overlap


def _standardise(described: Floats) -> tuple[Doubles, Doubles]:
    """Give all inputs a mean of 0 and a standard deviation of 1; return what they had."""
    means = described.mean(axis=0, dtype=np.float64)
    deviations = described.std(axis=0, dtype=np.float64)
    deviations[deviations < SMALLEST_DEVIATION] = np.inf  # such an input gets a weight of 0
    described -= means.astype(np.float32)
    described /= deviations.astype(np.float32)
    return means, deviations


def _fold(network: Network, means: Doubles, deviations: Doubles) -> Network:
    """Fold the standardising of its inputs into a network."""
    entry = network.entry / deviations
    answer = network.answer.astype(np.float64)
    answer[:, network.units :] /= deviations
    return network._replace(
        entry=entry.astype(np.float32),
        entry_bias=network.entry_bias - (entry @ means)[:, None].astype(np.float32),
        answer=answer.astype(np.float32),
        answer_bias=network.answer_bias
        - (answer[:, network.units :] @ means)[:, None].astype(np.float32),
    )
