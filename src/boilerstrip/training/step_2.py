"""Step 2: a network on what is said of each paragraph in its document.

How the values were chosen: docs/choices.md.
"""

import numpy as np

from boilerstrip import context, features
from boilerstrip.arrays import Counts, Doubles, Floats
from boilerstrip.network import Network
from boilerstrip.training.descent import Views, descend
from boilerstrip.training.table import UNKNOWN, Table
from boilerstrip.training.views import choose_seen_again, choose_views

__all__ = ["fit_step_2"]

UNITS = 32
PUT_IN_COUNTS = 2  # times: few, and surer of their label than the lines of pages
SMALLEST_DEVIATION = 1e-3  # of an input: one that hardly varies in training tells nothing


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
    rows, starts = choose_views(table, generator)
    again, starts_again = choose_seen_again(table)
    outputs = np.concatenate([outputs[rows], half_known[again]])
    starts = np.concatenate([starts, rows.size + starts_again])
    rows = np.concatenate([rows, again])
    of_views = np.diff(starts, append=rows.size)
    sizes = of_views.repeat(of_views)
    weights = table.weights[rows] / np.sqrt(sizes)
    was_put_in = (np.repeat(table.sizes, table.sizes)[rows] == 1) & (sizes > 1)
    weights[was_put_in] *= PUT_IN_COUNTS
    labels, shape = table.labels[rows], shape[rows]
    described = context.describe(outputs, shape, starts)
    weights[labels == UNKNOWN] = 0
    weights /= weights[labels != UNKNOWN].mean()
    means, deviations = _standardise(described)
    inputs, tokens = np.ascontiguousarray(described), shape[:, features.TOKENS]
    views = Views(inputs, tokens, starts, of_views, labels, weights)
    return _fold(descend(views, UNITS, generator), means, deviations)


def _standardise(described: Floats) -> tuple[Doubles, Doubles]:
    """Give all inputs a mean of 0 and a standard deviation of 1; return what they had."""
    means = described.mean(axis=0, dtype=np.float64)
    deviations = np.maximum(described.std(axis=0, dtype=np.float64), SMALLEST_DEVIATION)
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
