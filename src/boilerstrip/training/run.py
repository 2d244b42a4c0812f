"""What users call to train a model, from scratch or on top of another one."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from boilerstrip import context, features
from boilerstrip.arguments import check_jobs, check_seed
from boilerstrip.documents import LabelledDocument
from boilerstrip.errors import TrainingDataError
from boilerstrip.model import Model, check_model
from boilerstrip.paragraphs import KINDS
from boilerstrip.training.adapting import adapt
from boilerstrip.training.step_1 import (
    ALL,
    FOLDS,
    fit_step_1,
    forget_words,
    score_out_of_fold,
)
from boilerstrip.training.step_2 import fit_step_2
from boilerstrip.training.table import Table, tabulate, tell_facts

__all__ = ["train"]


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
        seed: the same documents and seed give the same model, on one machine. Not used with
            `base`: nothing is drawn there.
        jobs: threads that fit parts of step 1 at the same time. Not used with `base`.

    Returns:
        The model.

    Raises:
        TypeError: `documents` holds something that is no `LabelledDocument`, `base` is not a
            `Model`, `seed` or `jobs` no int.
        ValueError: `jobs` is less than 1, or `seed` less than 0 or more than 2**32 - 1.
        TrainingDataError: fewer than 20 paragraphs of either label, or, from scratch, too few sites
            to split them by.
    """
    check_jobs(jobs)
    check_seed(seed)
    if base is not None:
        check_model("base", base)
    table = tabulate(documents)
    # Products of matrices are small here: more threads hinder each other, and change the model.
    with threadpool_limits(1, "blas"):
        return _fit(table, seed, jobs) if base is None else adapt(base, table)


def _fit(table: Table, seed: int, jobs: int) -> Model:
    if table.groups.max() < FOLDS - 1:
        sites = table.groups.max() + 1
        raise TrainingDataError(f"documents of {sites} sites; training takes {FOLDS} or more")
    generator = np.random.default_rng(seed)
    folds = (generator.permutation(table.groups.max() + 1) % FOLDS)[table.groups]
    step_1 = fit_step_1(table, folds, seed, jobs)
    outputs, shape = score_out_of_fold(step_1, table, folds)
    forgetful = {fold: forget_words(each, generator) for fold, each in step_1.items()}
    half_known, _ = score_out_of_fold(forgetful, table, folds)
    network = fit_step_2(table, outputs, half_known, shape, generator)
    header = _header(table, seed, network.units)
    final = step_1[ALL]
    return Model(header, final.weights, final.scales, final.biases, network)


def _header(table: Table, seed: int, units: int) -> dict[str, Any]:
    return {
        "features": features.VERSION,
        "context": context.VERSION,
        "kinds": list(KINDS),
        "units": units,
        "training": {**tell_facts(table), "seed": int(seed)},
    }
