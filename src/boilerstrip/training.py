"""Training: the only module that fits anything, and the only one that loads scikit-learn.

Step 1 is a set of logistic regressions on the hashed features, one for each output, fitted by
averaged stochastic gradient descent. Step 2 is two small neural networks on what `context` says of
each paragraph; the second one sees the answers of the first. They are trained on step-1 outputs of
models that have not seen the paragraph's site (out-of-fold: otherwise they would trust them too
much), on documents whole, cut short, and taken apart into single paragraphs, on tiny ones put
together of such, and on documents of which step 1 knows only half the words, as it would in another
language.
"""

import hashlib
import platform
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
import sklearn
from scipy import optimize, sparse, special
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import boilerstrip
from boilerstrip import context, features, linear, network
from boilerstrip.arguments import check_jobs, check_seed
from boilerstrip.documents import LabelledDocument
from boilerstrip.errors import TrainingDataError
from boilerstrip.linear import WEIGHT_ZERO
from boilerstrip.model import OUTPUTS, Look, Model, check_model
from boilerstrip.paragraphs import KINDS

__all__ = ["train"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

UNKNOWN = -1  # a label or kind that is not known
ALL = -1  # for the number of a fold: none is left out
FEWEST_PARAGRAPHS = 20  # of either label
FOLDS = 3  # that step 1 is fitted without, one at a time

# Step 1. Strength is that of the data against the penalty on large weights.
PAGE_OUTPUTS = [0, 2, 3]  # fitted with every paragraph counting the same
STRENGTH_PAGES, STRENGTH_ALONE = 2.0, 10.0
MOST_ON_PAGES = 3  # times that a lone paragraph counts in these, whatever its weight
STEPS, EPOCHS_STEP_1 = 5_000_000, (6, 100)  # of gradient descent: as many epochs as make the steps
NOT_AVERAGED = 1 / 4  # of the steps: what the first ones find is far from the end
LARGE, THINNING = 20, 10  # of documents of more paragraphs, one in so many will do, ...
LARGE_COUNTS = 4  # ... and together they count as so many that stand alone
FEWEST_SITES = 3  # that a feature occurs on, to be learned; of less than nine sites, a third
WIDEST_WEIGHT = 30  # standard deviations: few weights are larger, and are cut off when rounded
LARGEST_STEP = 127
MOST_COPIES = 32  # of a paragraph that counts much

# Step 2.
FORGOTTEN = 0.5  # share of the words and pairs that documents are seen again without
LAYERS = ((48, 24), (24,))  # of the first look and of the second
BATCH = 1024
ROWS_AT_ONCE = 100_000  # whose means are taken: one for all would be a second copy of everything
RATES = (1e-3, 1e-3, 3e-4, 1e-4)  # of learning, each for some epochs
EPOCHS_STEP_2, FEWEST_STEPS = 5, 250  # at each: more epochs where batches are few

# Adapting.
TELLING_OUTPUTS = (0, 1)  # those that tell boilerplate from content
LARGEST_SHIFT = 0.25  # of all paragraphs alike, in logits


@dataclass(frozen=True, slots=True)
class Table:
    """Documents as columns: one entry a paragraph, but for `starts`, one a document."""

    texts: list[str]
    labels: Ints  # 1 boilerplate, 0 content, -1 unknown
    kinds: Ints  # number in KINDS, -1 unknown or content
    groups: Ints
    weights: npt.NDArray[np.float64]
    starts: Ints

    @property
    def sizes(self) -> Ints:
        """Paragraphs of each document."""
        return np.diff(self.starts, append=len(self.texts))


def train(
    documents: Iterable[LabelledDocument],
    *,
    base: Model | None = None,
    seed: int = 0,
    jobs: int = 1,
) -> Model:
    """Train a model, or adapt one.

    Args:
        documents: labelled documents. From scratch, a model of some use wants a thousand
            paragraphs or more, and words are learned only if they occur on three sites or more (on
            a third of the sites, where these are few); to adapt one, 50 to 500 will do.
        base: the model to adapt. It learns by how much these documents differ from what it
            expects, in their words and, up to a limit, in how much is boilerplate; all else stays
            as it is.
        seed: the same documents and seed give the same model, on one machine.
        jobs: threads that fit parts of step 1 at the same time.

    Returns:
        The model.

    Raises:
        TypeError: an item is not a `LabelledDocument`, `base` not a `Model`, `seed` or `jobs` no
            int.
        ValueError: `jobs` is less than 1, or `seed` less than 0 or more than 2**32 - 1.
        TrainingDataError: too few paragraphs of either label, or, from scratch, too few sites to
            split them by.
    """
    check_jobs(jobs)
    check_seed(seed)
    if base is not None:
        check_model("base", base)
    table = _tabulate(documents)
    # Products of matrices are small here: more threads hinder each other, and change the model.
    with threadpool_limits(1, "blas"):
        return _fit(table, seed, jobs) if base is None else _adapt(base, table)


def _fit(table: Table, seed: int, jobs: int) -> Model:
    if table.groups.max() < FOLDS - 1:
        sites = table.groups.max() + 1
        raise TrainingDataError(f"documents of {sites} sites; training takes {FOLDS} or more")
    generator = np.random.default_rng(seed)
    folds = (generator.permutation(table.groups.max() + 1) % FOLDS)[table.groups]
    step_1 = _fit_step_1(table, folds, seed, jobs)
    outputs, shape = _score_out_of_fold(step_1, table, folds)
    forgetful = {fold: _forget_words(each, generator) for fold, each in step_1.items()}
    half_known, _ = _score_out_of_fold(forgetful, table, folds)
    looks = _fit_step_2(table, outputs, half_known, shape, generator)
    final = step_1[ALL]
    return Model(_header(table, seed, looks), final.weights, final.scales, final.biases, looks)


def _tabulate(documents: Iterable[LabelledDocument]) -> Table:
    texts: list[str] = []
    labels: list[int] = []
    kinds: list[int] = []
    groups: list[int] = []
    weights: list[float] = []
    starts: list[int] = []
    numbers: dict[str, int] = {}
    for document in documents:
        if not isinstance(document, LabelledDocument):
            message = f"documents must be LabelledDocument objects, not {type(document).__name__}"
            raise TypeError(message)
        paragraphs = [(p, text) for p in document.paragraphs if (text := p.text.strip())]
        if not paragraphs:
            continue
        starts.append(len(texts))
        group = numbers.setdefault(document.group, len(numbers))
        for paragraph, text in paragraphs:
            texts.append(text)
            labels.append(LABEL_NUMBERS[paragraph.label])
            kinds.append(UNKNOWN if paragraph.kind is None else KINDS.index(paragraph.kind))
            groups.append(group)
            weights.append(document.weight)
    table = Table(
        texts=texts,
        labels=np.array(labels, np.int64),
        kinds=np.array(kinds, np.int64),
        groups=np.array(groups, np.int64),
        weights=np.array(weights, np.float64),
        starts=np.array(starts, np.int64),
    )
    for number, name in enumerate(("content", "boilerplate")):
        found = int((table.labels == number).sum())
        if found < FEWEST_PARAGRAPHS:
            message = f"{found} paragraphs of {name}; training takes {FEWEST_PARAGRAPHS} or more"
            raise TrainingDataError(message)
    return table


LABEL_NUMBERS = {"content": 0, "boilerplate": 1, None: UNKNOWN}


# --- step 1 -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step1:
    """Quantised step 1."""

    weights: npt.NDArray[np.uint8]
    scales: Floats
    biases: Floats

    @property
    def seen(self) -> linear.Linear:
        """The outputs that step 2 sees, ready to run."""
        return linear.pack(self.weights, self.scales, self.biases, slice(context.OUTPUTS))


def _fit_step_1(table: Table, folds: Ints, seed: int, jobs: int) -> dict[int, Step1]:
    """Fit step 1 on everything (the key is `ALL`), and what step 2 sees of it without each fold."""
    rows = _first_occurrences(table)
    matrix, weight_rows = _feature_matrix([table.texts[row] for row in rows])
    targets, weights = _targets(table)
    targets, weights, folds = targets[rows], weights[rows], folds[rows]
    sites = _count_sites(matrix, table.groups[rows], np.where(targets[:, 0] == UNKNOWN, ALL, folds))
    step_1 = {}
    for fold in (ALL, *range(FOLDS)):
        merged = _merge(matrix, weight_rows, _are_known(sites, fold))
        outputs = range(OUTPUTS if fold == ALL else context.OUTPUTS)
        fitted = joblib.Parallel(n_jobs=jobs, prefer="threads")(
            joblib.delayed(_fit_output)(
                merged,
                targets[:, output],
                np.where(folds == fold, 0, weights[:, output]),
                STRENGTH_PAGES if output in PAGE_OUTPUTS else STRENGTH_ALONE,
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


def _feature_matrix(texts: Sequence[str]) -> tuple[sparse.csr_matrix, Ints]:
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


def _count_sites(matrix: sparse.csr_matrix, groups: Ints, folds: Ints) -> Ints:
    """Count the sites that each feature occurs on, by fold; shape ``(features, FOLDS)``.

    Args:
        matrix: of `_feature_matrix`.
        groups: the site of each text.
        folds: the fold of each text; `ALL`: it is not counted.
    """
    most = groups.max() + 1
    is_counted = folds != ALL
    sizes = np.diff(matrix.indptr)
    occurrences = matrix.indices.astype(np.int64) * most + groups.repeat(sizes)
    columns, sites = np.divmod(np.unique(occurrences[is_counted.repeat(sizes)]), most)
    fold_of = np.empty(most, np.int64)
    fold_of[groups[is_counted]] = folds[is_counted]
    counts = np.bincount(columns * FOLDS + fold_of[sites], minlength=matrix.shape[1] * FOLDS)
    return counts.reshape(-1, FOLDS)


def _are_known(sites: Ints, fold: int) -> npt.NDArray[np.bool_]:
    """Tell which features are learned without a fold: not those of few sites.

    These would tell the sites apart, and be noise to all that share their rows.
    """
    counts = sites[:, np.arange(FOLDS) != fold].sum(axis=1)
    everywhere = counts.max()  # as the end of a paragraph
    is_known: npt.NDArray[np.bool_] = counts >= np.clip(everywhere // 3, 1, FEWEST_SITES)
    return is_known


def _merge(
    matrix: sparse.csr_matrix, rows: Ints, is_known: npt.NDArray[np.bool_]
) -> sparse.csr_matrix:
    """Merge the features that are known into rows of the weight table."""
    known = np.flatnonzero(is_known)
    ones = np.ones(known.size, np.float32)
    merge = sparse.csr_matrix((ones, (known, rows[known])), (rows.size, features.ROWS))
    return matrix @ merge


def _targets(table: Table) -> tuple[Ints, npt.NDArray[np.float64]]:
    """What each output is to tell of each paragraph, and how much each paragraph counts in it.

    The first output tells boilerplate from content, with every paragraph counting the same, so
    that large pages rule it; one that stands alone counts three times at most. The second tells
    the same, but a paragraph counts the less the larger its document, so that lone paragraphs and
    short documents rule it. The next two tell whether the paragraph before and the one behind is
    boilerplate, with weights as in the first, the rest one kind each from all else, with those of
    the second.
    """
    count = len(table.texts)
    sizes = np.repeat(table.sizes, table.sizes)
    inverse = table.weights / sizes
    is_chosen = np.arange(count) % THINNING == 0
    inverse *= np.where(sizes > LARGE, is_chosen * THINNING * LARGE_COUNTS, 1)
    is_first = np.zeros(count, bool)
    is_first[table.starts] = True
    is_last = np.roll(is_first, -1)
    columns = [
        table.labels,
        table.labels,
        np.where(is_first, UNKNOWN, np.roll(table.labels, 1)),
        np.where(is_last, UNKNOWN, np.roll(table.labels, -1)),
    ]
    has_kind = (table.labels == 0) | (table.kinds >= 0)
    columns += [
        np.where(has_kind, table.kinds == kind, UNKNOWN).astype(np.int64)
        for kind in range(len(KINDS))
    ]
    targets = np.stack(columns, axis=1)
    weights = np.where(targets == UNKNOWN, 0, inverse[:, None])
    on_pages = np.where(sizes > 1, table.weights, np.minimum(table.weights, MOST_ON_PAGES))
    weights[:, PAGE_OUTPUTS] = (targets[:, PAGE_OUTPUTS] != UNKNOWN) * on_pages[:, None]
    return targets, weights


def _fit_output(
    matrix: sparse.csr_matrix,
    target: Ints,
    weights: npt.NDArray[np.float64],
    strength: float,
    seed: int,
) -> tuple[Floats, float]:
    rows = np.flatnonzero(weights)
    if np.unique(target[rows]).size < 2:  # noqa: PLR2004 (nothing to tell apart)
        return np.zeros(features.ROWS, np.float32), 0.0
    alpha = 1 / (strength * rows.size)
    rows, weights = _split_large(rows, weights[rows])
    matrix = matrix[rows]
    used = np.unique(matrix.indices)  # the weights of all others stay 0
    epochs = int(np.clip(STEPS / rows.size, *EPOCHS_STEP_1))
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


def _split_large(
    rows: Ints, weights: npt.NDArray[np.float64]
) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Repeat the rows that count more than one, so that descent makes small steps, not large."""
    copies = np.ceil(weights).clip(max=MOST_COPIES).astype(np.int64)
    return rows.repeat(copies), (weights / copies).repeat(copies)


def _quantise(fitted: Sequence[tuple[Floats, float]]) -> Step1:
    """Round the weights of each output to a byte."""
    weights = np.stack([weights for weights, _ in fitted], axis=1)
    deviations = np.sqrt((weights**2).sum(axis=0) / np.maximum((weights != 0).sum(axis=0), 1))
    scales = np.maximum(WIDEST_WEIGHT * deviations / LARGEST_STEP, 1e-9).astype(np.float32)
    steps = np.rint(weights / scales).clip(-LARGEST_STEP, LARGEST_STEP) + WEIGHT_ZERO
    return Step1(
        np.ascontiguousarray(steps.astype(np.uint8)),
        scales,
        np.array([bias for _, bias in fitted], np.float32),
    )


def _score_out_of_fold(step_1: dict[int, Step1], table: Table, folds: Ints) -> tuple[Floats, Ints]:
    outputs = np.empty((len(table.texts), context.OUTPUTS), np.float32)
    shape = np.empty((len(table.texts), len(features.SHAPE)), np.int64)
    for fold in range(FOLDS):
        rows = np.flatnonzero(folds == fold)
        texts = [table.texts[row] for row in rows]
        outputs[rows], shape[rows] = linear.run(step_1[fold].seen, features.extract(texts))
    return outputs, shape


def _forget_words(step_1: Step1, generator: np.random.Generator) -> Step1:
    """Make a step 1 that does not know some of the words and pairs, whatever the paragraph.

    Dropping words in training is due to Iyyer et al., *Deep Unordered Composition Rivals Syntactic
    Methods for Text Classification* (2015), who draw them anew for each text. Here a whole document
    lacks the same ones, so that its shape must tell.
    """
    weights = step_1.weights.copy()
    weights[: features.WORD_ROWS][generator.random(features.WORD_ROWS) < FORGOTTEN] = WEIGHT_ZERO
    return replace(step_1, weights=weights)


# --- step 2 -------------------------------------------------------------------------------------


def _fit_step_2(
    table: Table,
    outputs: Floats,
    half_known: Floats,
    shape: Ints,
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
    rows, starts = _views(table, generator)
    again, starts_again = _whole_documents(table)
    seen = np.concatenate([outputs[rows], half_known[again]])
    starts = np.concatenate([starts, rows.size + starts_again])
    rows = np.concatenate([rows, again])
    sizes = np.diff(starts, append=rows.size)
    sizes = np.repeat(sizes, sizes)
    weights = table.weights[rows] / np.sqrt(sizes)
    was_put_in = (np.repeat(table.sizes, table.sizes)[rows] == 1) & (sizes > 1)
    weights[was_put_in] *= 2  # few, and surer of their label than the lines of pages
    labels, shape = table.labels[rows], shape[rows]
    described = context.describe(seen, shape, starts)
    first = _fit_look(described, labels, weights, LAYERS[0], generator)
    answers = network.run(network.fold(*first), described.T)
    described = context.describe_again(described, answers, shape, starts)
    return first, _fit_look(described, labels, weights, LAYERS[1], generator)


def _fit_look(
    inputs: Floats,
    labels: Ints,
    weights: npt.NDArray[np.float64],
    layers: Sequence[int],
    generator: np.random.Generator,
) -> Look:
    known = labels != UNKNOWN
    inputs, labels, weights = inputs[known], labels[known], weights[known]
    scaler = StandardScaler()
    for start in range(0, len(inputs), ROWS_AT_ONCE):
        scaler.partial_fit(inputs[start : start + ROWS_AT_ONCE])
    means = scaler.mean_.astype(np.float32)
    deviations = np.maximum(np.sqrt(scaler.var_), 1e-3).astype(np.float32)
    inputs -= means
    inputs /= deviations
    batch = min(BATCH, len(inputs))
    epochs = max(EPOCHS_STEP_2, FEWEST_STEPS * batch // len(inputs))
    fitted = MLPClassifier(
        layers,
        alpha=1e-4,
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
        tuple(
            (np.ascontiguousarray(matrix, np.float32), np.ascontiguousarray(bias, np.float32))
            for matrix, bias in arrays
        ),
    )


def _views(table: Table, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """Choose what step 2 sees: documents whole, with more put in, cut short, and taken apart.

    And tiny ones, put together of lone paragraphs.

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
        apart = generator.choice(document, -(-size // 50), replace=False)
        views += list(apart[:, None])
    views += _put_together(content, alone[table.labels[alone] == 1], generator)
    starts = np.cumsum([0, *(view.size for view in views[:-1])])
    return np.concatenate(views), starts


def _whole_documents(table: Table) -> tuple[Ints, Ints]:
    """Choose the documents that have neighbours to go by; return as `_views`."""
    is_large = table.sizes >= SMALLEST_TO_CUT
    rows = np.flatnonzero(np.repeat(is_large, table.sizes))
    sizes = table.sizes[is_large]
    return rows, sizes.cumsum() - sizes


def _put_in(
    document: Ints, by_kind: Sequence[Ints], content: Ints, generator: np.random.Generator
) -> Ints:
    """Put lone paragraphs into a document, as appeals stand in articles.

    A run of boilerplate of one kind, at the end, inside or at the head, and, so that being put in
    proves nothing, paragraphs of content too.
    """
    weights = np.sqrt([rows.size for rows in by_kind])
    rows = by_kind[generator.choice(len(by_kind), p=weights / weights.sum())]
    run = generator.choice(rows, min(rows.size, int(generator.integers(1, LONGEST_RUN + 1))))
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


def _choose_place(size: int, generator: np.random.Generator) -> int:
    """Choose a place in a document of that size for a run of boilerplate."""
    places = [size, int(generator.integers(size + 1)), 0]
    return int(generator.choice(places, p=PLACES))


SMALLEST_TO_CUT, LARGEST_TO_FILL = 3, 100  # paragraphs
LONGEST_RUN = 5
PLACES = (0.5, 0.35, 0.15)  # at the end, inside, at the head
ALONE_FOR_TINY, LARGEST_TINY, BOILERPLATE_IN_TINY = 10, 5, 0.4


def _header(table: Table, seed: int, looks: Sequence[Look]) -> dict[str, Any]:
    return {
        "features": features.VERSION,
        "context": context.VERSION,
        "kinds": list(KINDS),
        "layers": [look.sizes for look in looks],
        "training": {**_facts(table), "seed": seed},
    }


def _facts(table: Table) -> dict[str, Any]:
    """Tell what a model was trained on, and with what."""
    digest = hashlib.sha256()
    for text, label in zip(table.texts, table.labels.tolist(), strict=True):
        digest.update(f"{label}{text}\0".encode("utf-8", "surrogatepass"))
    for column in (table.kinds, table.groups, table.weights, table.starts):
        digest.update(column.tobytes())
    return {
        "documents": len(table.starts),
        "paragraphs": len(table.texts),
        "content": int((table.labels == 0).sum()),
        "boilerplate": int((table.labels == 1).sum()),
        "digest": digest.hexdigest(),
        "versions": {
            "boilerstrip": boilerstrip.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }


# --- adapting -----------------------------------------------------------------------------------


def _adapt(base: Model, table: Table) -> Model:
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
    matrix, rows = _feature_matrix(texts)
    matrix = _merge(matrix, rows, rows < features.WORD_ROWS)
    used = np.unique(matrix.indices)  # the weights of all other features stay as they are
    matrix = matrix[:, used].astype(np.float64)
    outputs, _ = linear.run(base.packed, features.extract(texts))
    weights = (base.weights.astype(np.float32) - WEIGHT_ZERO) * base.scales
    biases = base.biases.copy()
    for output in TELLING_OUTPUTS:
        given = outputs[:, output].astype(np.float64)
        correction, shift = _fit_correction(matrix, given, signs, table.weights[known])
        weights[used, output] += correction
        biases[output] += np.clip(shift, -LARGEST_SHIFT, LARGEST_SHIFT)
    steps = np.rint(weights / base.scales).clip(-LARGEST_STEP, LARGEST_STEP) + WEIGHT_ZERO
    header = dict(base.header) | {"adapted_on": _facts(table)}
    return replace(base, header=header, weights=steps.astype(np.uint8), biases=biases)


def _fit_correction(
    matrix: sparse.csr_matrix,
    given: npt.NDArray[np.float64],
    signs: npt.NDArray[np.float64],
    counts: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], float]:
    """Fit the weights and the bias that best add to given outputs; texts count as often as told.

    scikit-learn knows no such offset.
    """

    def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, bias = parameters[:-1], parameters[-1]
        margins = signs * (given + matrix @ weights + bias)
        slopes = counts * signs * special.expit(-margins)
        value = counts @ np.logaddexp(0, -margins) + weights @ weights / 2
        return value, np.append(weights - matrix.T @ slopes, -slopes.sum())

    found = optimize.minimize(loss, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B")
    return found.x[:-1], float(found.x[-1])
