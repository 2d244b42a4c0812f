"""Step 1: logistic regressions on hashed features, one for each output.

How the values were chosen: docs/choices.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import joblib
import numpy as np
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from boilerstrip import context, features, linear
from boilerstrip.arrays import Bytes, Counts, Doubles, Flags, Floats, Ints
from boilerstrip.linear import LARGEST_STEP, WEIGHT_ZERO, quantise
from boilerstrip.model import OUTPUTS
from boilerstrip.paragraphs import KINDS
from boilerstrip.training.table import UNKNOWN, Table

__all__ = [
    "ALL",
    "FOLDS",
    "Step1",
    "fit_step_1",
    "forget_words",
    "make_feature_matrix",
    "merge_features",
    "score_out_of_fold",
]

ALL = -1  # for the number of a fold: none is left out
FOLDS = 3  # that step 1 is fitted without, one at a time

# Strength is that of the data against the penalty on large weights.
STRENGTH_PAGES, STRENGTH_ALONE = 2.0, 10.0
MOST_ON_PAGES = 3  # times that a lone paragraph counts in the main output, whatever its weight
UPDATES, EPOCHS = 5_000_000, (6, 100)  # of gradient descent: as many epochs as make the updates
NOT_AVERAGED = 1 / 4  # of the updates: what the first ones find is far from the end
LARGE, THINNING = 20, 10  # of documents of more paragraphs, one in so many will do, ...
LARGE_COUNTS = 4  # ... and together they count as so many that stand alone
PROSE, PROSE_COUNTS = 120, 0.25  # characters of content in a document that counts so at least
FEWEST_SITES = 3  # that a feature occurs on, to be learned; of less than nine sites, a third
WIDEST_WEIGHT = 30  # standard deviations: few weights are larger, and are cut off when rounded
MOST_COPIES = 32  # of a paragraph that counts much
UNLEARNED = {  # biases of the outputs for kinds that training has no example of: none is ever found
    context.OUTPUTS + number: -29.0 if kind == "other" else -30.0
    for number, kind in enumerate(KINDS)
}
FORGOTTEN = 0.5  # share of the words and pairs that documents are seen again without


@dataclass(frozen=True, slots=True)
class Step1:
    """Quantised step 1."""

    weights: Bytes
    scales: Floats
    biases: Floats

    @property
    def seen(self) -> linear.Linear:
        """The outputs that step 2 sees, ready to run."""
        return linear.pack(self.weights, self.scales, self.biases, slice(context.OUTPUTS))


def fit_step_1(table: Table, folds: Ints, seed: int, jobs: int) -> dict[int, Step1]:
    """Fit step 1 on everything (the key is `ALL`), and what step 2 sees of it without each fold."""
    rows = _first_occurrences(table)
    matrix, weight_rows = make_feature_matrix([table.texts[row] for row in rows])
    targets = _targets(table)
    weights = _weights(table, targets)
    targets, weights, folds = targets[rows], weights[rows], folds[rows]
    sites = _count_sites(matrix, table.groups[rows], folds, targets[:, 0] != UNKNOWN)
    step_1 = {}
    for fold in (ALL, *range(FOLDS)):
        merged = merge_features(matrix, weight_rows, _are_known(sites, fold))
        outputs = range(OUTPUTS if fold == ALL else context.OUTPUTS)
        fitted = joblib.Parallel(n_jobs=min(jobs, len(outputs)), prefer="threads")(
            joblib.delayed(_fit_output)(
                merged,
                targets[:, output],
                np.where(folds == fold, 0, weights[:, output]),
                STRENGTH_PAGES if output == context.MAIN_OUTPUT else STRENGTH_ALONE,
                UNLEARNED.get(output, 0),
                seed,
            )
            for output in outputs
        )
        step_1[fold] = _quantise(fitted)
    return step_1


def _first_occurrences(table: Table) -> Ints:
    """Find the paragraphs that do not repeat an earlier one of the same site and label."""
    seen: dict[tuple[int, int, str], int] = {}
    keys = zip(table.groups.tolist(), table.labels.tolist(), table.texts, strict=True)
    for row, key in enumerate(keys):
        seen.setdefault(key, row)
    return np.array(list(seen.values()))


def make_feature_matrix(texts: Sequence[str]) -> tuple[sparse.csr_matrix, Ints]:
    """Make a matrix of features, scaled by the number of terms of each text.

    Returns:
        The matrix, a row a text, a column a feature; and the row of the weight table that each
        feature has.
    """
    owners, numbers, values = [], [], []
    first = 0
    for piece in features.extract(texts, NUMBER_BITS):
        sizes = np.diff(piece.edges)
        count, shapes = piece.shape_rows.shape
        by_size = np.arange(first, first + count).repeat(sizes)
        owners += [by_size, by_size, np.arange(first, first + count).repeat(shapes)]
        numbers += [piece.stems, piece.pairs, piece.shape_rows.ravel() << TO_NUMBER]
        values.append((1 / np.sqrt(2 * sizes + shapes)).astype(np.float32))
        first += count
    found = np.unique(np.concatenate(numbers))
    columns = np.concatenate([found.searchsorted(each).astype(np.int32) for each in numbers])
    rows = np.concatenate(owners)
    data = np.concatenate(values)[rows]
    matrix = sparse.csr_matrix((data, (rows, columns)), shape=(len(texts), found.size))
    return matrix, found >> TO_NUMBER


NUMBER_BITS = 60  # so many that next to no two features have the same number
TO_NUMBER = NUMBER_BITS - features.ROW_BITS


def _count_sites(matrix: sparse.csr_matrix, groups: Ints, folds: Ints, is_counted: Flags) -> Ints:
    """Count the sites that each feature occurs on, by fold; shape ``(features, FOLDS)``.

    Args:
        matrix: of `make_feature_matrix`.
        groups: the site of each text.
        folds: the fold of each text.
        is_counted: whether it counts.
    """
    most = groups.max() + 1
    sizes = np.diff(matrix.indptr)
    occurrences = matrix.indices.astype(np.int64) * most + groups.repeat(sizes)
    columns, sites = np.divmod(np.unique(occurrences[is_counted.repeat(sizes)]), most)
    fold_of = np.empty(most, np.int64)
    fold_of[groups[is_counted]] = folds[is_counted]
    counts = np.bincount(columns * FOLDS + fold_of[sites], minlength=matrix.shape[1] * FOLDS)
    return counts.reshape(-1, FOLDS)


def _are_known(sites: Ints, fold: int) -> Flags:
    """Tell which features are learned without a fold: not those of few sites.

    These would tell the sites apart, and be noise to all that share their rows.
    """
    counts = sites[:, np.arange(FOLDS) != fold].sum(axis=1)
    everywhere = counts.max()  # as the end of a paragraph
    is_known: Flags = counts >= np.clip(everywhere // 3, 1, FEWEST_SITES)
    return is_known


def merge_features(matrix: sparse.csr_matrix, rows: Ints, is_known: Flags) -> sparse.csr_matrix:
    """Merge the features that are known into rows of the weight table."""
    known = np.flatnonzero(is_known)
    ones = np.ones(known.size, np.float32)
    to_rows = sparse.csr_matrix((ones, (known, rows[known])), (rows.size, features.ROWS))
    return matrix @ to_rows


def _targets(table: Table) -> Ints:
    """What each output is to tell of each paragraph: boilerplate, twice, and each kind."""
    has_kind = (table.labels == 0) | (table.kinds >= 0)
    of_kinds = [
        np.where(has_kind, table.kinds == kind, UNKNOWN).astype(np.int64)
        for kind in range(len(KINDS))
    ]
    return np.stack([table.labels, table.labels, *of_kinds], axis=1)


def _weights(table: Table, targets: Ints) -> Doubles:
    """How much each paragraph counts in each output.

    In the first output every paragraph counts the same, so that large pages rule it; one that
    stands alone counts three times at most. In the second a paragraph counts the less the larger
    its document, so that lone paragraphs and short documents rule it. Only content that is long
    enough to be prose counts more, so that it learns from many articles what an appeal in one
    stands out from. The weights for the kinds are like those for the second, but prose counts as
    all else does.
    """
    sizes = np.repeat(table.sizes, table.sizes)
    by_size = table.weights / sizes
    is_chosen = np.arange(sizes.size) % THINNING == 0
    by_size *= np.where(sizes > LARGE, is_chosen * THINNING * LARGE_COUNTS, 1)
    is_prose = (table.labels == 0) & (sizes > 1) & (np.array([*map(len, table.texts)]) >= PROSE)
    least = np.where(is_prose, PROSE_COUNTS * np.minimum(table.weights, 1), 0)
    weights = np.repeat(by_size[:, None], targets.shape[1], axis=1)
    weights[:, context.LONE_OUTPUT] = np.maximum(by_size, least)
    weights[:, context.MAIN_OUTPUT] = np.where(
        sizes > 1, table.weights, np.minimum(table.weights, MOST_ON_PAGES)
    )
    return np.where(targets == UNKNOWN, 0, weights)


def _fit_output(
    matrix: sparse.csr_matrix,
    target: Ints,
    weights: Doubles,
    strength: float,
    unlearned: float,
    seed: int,
) -> tuple[Floats, float]:
    """Fit the weights of an output and its bias, which is as given if there is nothing to learn."""
    rows = np.flatnonzero(weights)
    if np.unique(target[rows]).size < 2:  # noqa: PLR2004 (nothing to tell apart)
        return np.zeros(features.ROWS, np.float32), 0.0 if target[rows].any() else unlearned
    alpha = 1 / (strength * rows.size)
    rows, weights = _split_large(rows, weights[rows])
    matrix = matrix[rows]
    used = np.unique(matrix.indices)  # the weights of all others stay 0
    epochs = int(np.clip(UPDATES / rows.size, *EPOCHS))
    model = SGDClassifier(
        loss="log_loss",
        alpha=alpha,
        average=int(NOT_AVERAGED * epochs * rows.size),
        max_iter=epochs,
        tol=None,
        random_state=seed,
    )
    model.fit(matrix[:, used], target[rows], sample_weight=weights)
    fitted = np.zeros(features.ROWS, np.float32)
    fitted[used] = model.coef_[0]
    return fitted, float(model.intercept_[0])


def _split_large(rows: Ints, weights: Doubles) -> tuple[Ints, Doubles]:
    """Repeat the rows that count more than one, so that descent makes small steps, not large."""
    copies = np.ceil(weights).clip(max=MOST_COPIES).astype(np.int64)
    return rows.repeat(copies), (weights / copies).repeat(copies)


def _quantise(fitted: Sequence[tuple[Floats, float]]) -> Step1:
    """Round the weights of each output to a byte."""
    weights = np.stack([weights for weights, _ in fitted], axis=1)
    deviations = np.sqrt((weights**2).sum(axis=0) / np.maximum((weights != 0).sum(axis=0), 1))
    scales = np.maximum(WIDEST_WEIGHT * deviations / LARGEST_STEP, 1e-9).astype(np.float32)
    return Step1(
        quantise(weights, scales),
        scales,
        np.array([bias for _, bias in fitted], np.float32),
    )


def score_out_of_fold(step_1: dict[int, Step1], table: Table, folds: Ints) -> tuple[Floats, Counts]:
    """Score each paragraph by the step 1 that has not seen its fold.

    Returns:
        Outputs of shape ``(paragraphs, outputs)``, and shapes as in `features.Features`.
    """
    outputs = np.empty((len(table.texts), context.OUTPUTS), np.float32)
    shape = np.empty((len(table.texts), len(features.SHAPE)), np.int32)
    for fold in range(FOLDS):
        rows = np.flatnonzero(folds == fold)
        texts = [table.texts[row] for row in rows]
        outputs[rows], shape[rows], _ = linear.run(step_1[fold].seen, features.extract(texts))
    return outputs, shape


def forget_words(step_1: Step1, generator: np.random.Generator) -> Step1:
    """Make a step 1 that does not know some of the words and pairs, whatever the paragraph.

    Dropping words in training is due to Iyyer et al., *Deep Unordered Composition Rivals Syntactic
    Methods for Text Classification* (2015), who draw them anew for each text. Here a whole document
    lacks the same ones, so that its shape must tell.
    """
    weights = step_1.weights.copy()
    weights[: features.WORD_ROWS][generator.random(features.WORD_ROWS) < FORGOTTEN] = WEIGHT_ZERO
    return replace(step_1, weights=weights)
