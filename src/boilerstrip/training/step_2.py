"""Step 2: two small networks on what is said of each paragraph in its document.

How the values were chosen: docs/choices.md.
"""

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from boilerstrip import context, network
from boilerstrip.arrays import Counts, Doubles, Floats, Ints
from boilerstrip.model import Look
from boilerstrip.training.table import UNKNOWN, Table
from boilerstrip.training.views import choose_seen_again, choose_views

__all__ = ["fit_step_2"]

LAYERS = ((48, 24), (24,))  # of the first look and of the second
BATCH = 1024
ROWS_AT_ONCE = 100_000  # whose means are taken: one for all would be a second copy of everything
RATES = (1e-3, 1e-3, 3e-4, 1e-4)  # of learning, each for some epochs
EPOCHS, FEWEST_UPDATES = 5, 250  # at each: more epochs where batches are few
PUT_IN_COUNTS = 2  # times: few, and surer of their label than the lines of pages
PENALTY = 1e-4  # on large weights
SMALLEST_DEVIATION = 1e-3  # of an input: one that hardly varies in training tells nothing


def fit_step_2(
    table: Table,
    outputs: Floats,
    half_known: Floats,
    shape: Counts,
    generator: np.random.Generator,
) -> tuple[Look, Look]:
    """Fit a network to the views of all documents, and another one to its answers.

    Args:
        table: the documents.
        outputs: of step 1, for each paragraph.
        half_known: the same of a step 1 that has forgotten half the words.
        shape: of the paragraphs.
        generator: of random numbers.
    """
    rows, starts = choose_views(table, generator)
    again, starts_again = choose_seen_again(table)
    seen = np.concatenate([outputs[rows], half_known[again]])
    starts = np.concatenate([starts, rows.size + starts_again])
    rows = np.concatenate([rows, again])
    sizes = np.diff(starts, append=rows.size)
    sizes = np.repeat(sizes, sizes)
    weights = table.weights[rows] / np.sqrt(sizes)
    was_put_in = (np.repeat(table.sizes, table.sizes)[rows] == 1) & (sizes > 1)
    weights[was_put_in] *= PUT_IN_COUNTS
    labels, shape = table.labels[rows], shape[rows]
    described = context.describe(seen, shape, starts)
    first = _fit_look(described, labels, weights, LAYERS[0], generator)
    answers = network.run(network.fold(*first), described.T)
    described = context.describe_again(described, answers, shape, starts)
    return first, _fit_look(described, labels, weights, LAYERS[1], generator)


def _fit_look(
    inputs: Floats,
    labels: Ints,
    weights: Doubles,
    layers: Sequence[int],
    generator: np.random.Generator,
) -> Look:
    known = labels != UNKNOWN
    inputs, labels, weights = inputs[known], labels[known], weights[known]
    scaler = StandardScaler()
    for start in range(0, len(inputs), ROWS_AT_ONCE):
        scaler.partial_fit(inputs[start : start + ROWS_AT_ONCE])
    means = scaler.mean_.astype(np.float32)
    deviations = np.maximum(np.sqrt(scaler.var_), SMALLEST_DEVIATION).astype(np.float32)
    inputs -= means
    inputs /= deviations
    batch = min(BATCH, len(inputs))
    epochs = max(EPOCHS, FEWEST_UPDATES * batch // len(inputs))
    fitted = MLPClassifier(
        layers,
        alpha=PENALTY,
        batch_size=batch,
        max_iter=epochs,
        n_iter_no_change=len(RATES) * epochs,  # no rate ends early
        random_state=int(generator.integers(2**31)),
        warm_start=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for rate in RATES:
            fitted.set_params(learning_rate_init=rate)
            fitted.fit(inputs, labels, sample_weight=weights / weights.mean())
    arrays = zip(fitted.coefs_, fitted.intercepts_, strict=True)
    return Look(
        means,
        deviations,
        tuple((matrix.astype(np.float32), bias.astype(np.float32)) for matrix, bias in arrays),
    )
