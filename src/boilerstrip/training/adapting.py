"""Adapting: step 1 of a model corrected for documents of a new sort.

How the values were chosen: docs/experiments.md, section "Adapting".
"""

from dataclasses import replace

import numpy as np
from scipy import optimize, sparse, special

from boilerstrip import context, features, linear
from boilerstrip.arrays import Doubles
from boilerstrip.linear import dequantise, quantise
from boilerstrip.model import Model
from boilerstrip.training.step_1 import make_feature_matrix, merge_features
from boilerstrip.training.table import UNKNOWN, Table, tell_facts

__all__ = ["adapt"]

LARGEST_SHIFT = 0.15  # of all paragraphs alike, in logits
PENALTY = 1.0  # on the squares of the corrections, halved; beside the sum of all losses


def adapt(base: Model, table: Table) -> Model:
    """Fit how step 1 of the base should differ for these documents.

    The two outputs that tell boilerplate from content get a correction: a logistic regression on
    the same words that starts from what the base says, and is held near it by the penalty. Its
    bias tells how much more or less of these documents is boilerplate. It is free, so that no word
    has to stand for it, but taken over only up to a limit: it holds for all documents alike, and
    much of it would make the model worse on those of other sorts.
    """
    known = np.flatnonzero(table.labels != UNKNOWN)
    texts = [table.texts[row] for row in known]
    signs = np.where(table.labels[known] == 1, 1.0, -1.0)
    matrix, rows = make_feature_matrix(texts)
    matrix = merge_features(matrix, rows, rows < features.WORD_ROWS)
    used = np.unique(matrix.indices)  # the weights of all other features stay as they are
    matrix = matrix[:, used].astype(np.float64)
    outputs = linear.run(base.packed, features.extract(texts)).outputs
    weights = dequantise(base.weights, base.scales)
    biases = base.biases.copy()
    for output in range(context.OUTPUTS):
        given = outputs[:, output].astype(np.float64)
        correction, shift = _fit_correction(matrix, given, signs, table.weights[known])
        weights[used, output] += correction
        biases[output] += np.clip(shift, -LARGEST_SHIFT, LARGEST_SHIFT)
    adapted_on = [*base.header.get("adapted_on", []), tell_facts(table)]
    header = dict(base.header) | {"adapted_on": adapted_on}
    rounded = quantise(weights, base.scales)
    return replace(base, header=header, weights=rounded, biases=biases)


def _fit_correction(
    matrix: sparse.csr_matrix,
    given: Doubles,
    signs: Doubles,
    counts: Doubles,
) -> tuple[Doubles, float]:
    """Fit the weights and the bias that best add to given outputs; texts count as often as told.

    scikit-learn knows no such offset.
    """

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        weights, bias = parameters[:-1], parameters[-1]
        margins = signs * (given + matrix @ weights + bias)
        slopes = counts * signs * special.expit(-margins)
        value = counts @ np.logaddexp(0, -margins) + PENALTY / 2 * (weights @ weights)
        return value, np.append(PENALTY * weights - matrix.T @ slopes, -slopes.sum())

    found = optimize.minimize(loss, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B")
    return found.x[:-1], float(found.x[-1])
