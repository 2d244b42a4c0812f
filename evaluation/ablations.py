"""What each part of the model is worth: ``python -m evaluation.ablations --corpora DIR``.

Trains variants of the model, each without something, on two thirds of the sites, tests them on the
other third, and prints a row of a Markdown table for each as soon as it is there. The last column
is the difference in word F1 of whole pages from the model as it is, page by page: the half widths
are those of paired comparisons.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from unittest import mock

import numpy as np

import boilerstrip
from boilerstrip import LabelledDocument, Model, context, features, linear, network
from boilerstrip.arrays import Counts, Floats, Ints
from boilerstrip.decision import decide_all
from boilerstrip.training import descent, run, step_1, step_2
from boilerstrip.training.table import Table
from evaluation import protocols, tasks
from evaluation.bootstrap import Estimate, estimate
from evaluation.collection import SEED, Example, load, say
from evaluation.outcomes import (
    DEFAULT,
    Judge,
    Judgement,
    Outcomes,
    judge_by_labels,
    judge_with,
    observe,
)

__all__ = ["VARIANTS", "Variant", "main"]

Result = TypeVar("Result")

QUICK = 10  # of so many pages, a quick run takes one
COLUMNS = (
    "pages",
    "seven page types",
    "gain on extractors",
    "worst extractor",
    f"appeals: recall at {tasks.COMMON:.0%}",
    "area under ROC",
    "documents: recall",
    "content words lost",
    "pages: difference",
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to train or to judge otherwise.

    Attributes:
        name: its row of the table.
        keep: which examples it is trained on.
        patch: what is changed in the library while it is trained and judges.
        judge: makes the judge from the model.
        shares_step_1: whether its step 1 is that of the model as it is, and is not trained again.
    """

    name: str
    keep: Callable[[Example], bool] | None = None
    patch: Callable[[], AbstractContextManager[Any]] = nullcontext
    judge: Callable[[Model], Judge] = judge_with
    shares_step_1: bool = False

    @property
    def is_trained(self) -> bool:
        """Whether it is a model of its own, not the model as it is judging otherwise."""
        return self.keep is not None or self.patch is not nullcontext


# --- variants -----------------------------------------------------------------------------------


def judge_at_half(model: Model) -> Judge:
    """Remove what is more likely boilerplate than not, whatever the rest of the document."""

    def judge(documents: Sequence[LabelledDocument]) -> dict[str, Judgement]:
        _, scores = judge_with(model)(documents)[DEFAULT]
        return {DEFAULT: Judgement([each >= 0.5 for each in scores or ()], scores)}  # noqa: PLR2004

    return judge


def judge_unraised(model: Model) -> Judge:
    """Take step 2 at its word: raise nothing that stands amid content."""

    def judge(documents: Sequence[LabelledDocument]) -> Mapping[str, Judgement]:
        with mock.patch.object(context, "raise_inserted", lambda logits, *_: logits):
            return judge_with(model)(documents)

    return judge


def judge_by_step_1(model: Model) -> Judge:
    """Take outputs of step 1 for scores: that fitted on pages, or that on lone paragraphs."""

    def judge(documents: Sequence[LabelledDocument]) -> dict[str, Judgement]:
        removed, found = [], []
        for document in documents:
            texts = [paragraph.text for paragraph in document.paragraphs]
            scored = linear.run(model.packed, features.extract(texts))
            scores = context.to_probabilities(scored.outputs[:, int(len(texts) == 1)])
            words = scored.shape[:, features.TOKENS] - 1
            removed.append(decide_all(scores, words, np.zeros(1, np.int64)))
            found.append(scores)
        return {DEFAULT: Judgement(removed, found)}

    return judge


def change(
    *modules: ModuleType,
    **values: Any,  # noqa: ANN401 (constants and functions)
) -> Callable[[], AbstractContextManager[Any]]:
    """Give constants or functions of modules other values."""

    def patch() -> AbstractContextManager[Any]:
        stack = ExitStack()
        for module in modules:
            stack.enter_context(mock.patch.multiple(module, **values))
        return stack

    return patch


def describe_less(outputs: Floats, shape: Ints, overlap: Floats, document_starts: Ints) -> Floats:
    """Describe each paragraph by its own outputs and shape alone."""
    described = DESCRIBE(outputs, shape, overlap, document_starts)
    described[:, context.OWN :] = 0
    return described


DESCRIBE = context.describe


def see_no_overlap(_: Ints, logits: Floats, *__: Ints) -> Floats:
    """Measure no overlap between a paragraph and the prose of its document."""
    return np.zeros(logits.size, np.float32)


def see_no_neighbour(seen: Floats, *_: int | network.Documents) -> None:
    """Show the network no paragraph but the one itself."""
    for neighbour in network.split_seen(seen)[::2]:
        neighbour[:] = 0


def see_no_document(units: Floats, documents: network.Documents) -> Floats:
    """Show the network no means of the document."""
    return np.zeros((network.MEANS * len(units), documents.sizes.size), np.float32)


def merge_rows(*, stems: bool) -> Callable[[], AbstractContextManager[Any]]:
    """Let all pairs, and stems too, fall on one row of weights, so that they tell nothing."""
    extract = features.extract

    def extract_less(
        paragraphs: Sequence[str], bits: int = features.ROW_BITS
    ) -> Iterator[features.Features]:
        for piece in extract(paragraphs, bits):
            nothing = np.zeros_like(piece.pairs)
            yield piece._replace(pairs=nothing, stems=nothing if stems else piece.stems)

    return change(features, extract=extract_less)


def score_in_fold(
    fitted: Mapping[int, step_1.Step1], table: Table, _: Ints
) -> tuple[Floats, Counts]:
    """Score paragraphs by a step 1 that has learned from them."""
    scored = linear.run(fitted[step_1.ALL].seen, features.extract(table.texts))
    return scored.outputs, scored.shape


def view_whole(table: Table, _: np.random.Generator) -> tuple[Ints, Ints]:
    """View the documents as they are, and nothing else."""
    return np.arange(len(table.texts)), table.starts


def forget_nothing(_: Table) -> tuple[Ints, Ints]:
    """See no document again with half of its words forgotten."""
    return np.empty(0, np.int64), np.empty(0, np.int64)


def of_step_2(name: str, patch: Callable[[], AbstractContextManager[Any]]) -> Variant:
    """Make a variant that differs in its step 2 alone."""
    return Variant(name, patch=patch, shares_step_1=True)


VARIANTS = (
    Variant("the model as it is"),
    Variant("no decision by document: threshold 0.5", judge=judge_at_half),
    Variant("nothing raised amid content", judge=judge_unraised),
    Variant("no step 2: outputs of step 1", judge=judge_by_step_1),
    Variant("no public appeals", keep=lambda example: example.corpus != "appeals"),
    Variant("no texts of the project's own", keep=lambda example: example.corpus != "own"),
    Variant("no hard texts", keep=lambda example: example.folder != "hard"),
    Variant("no plain texts", keep=lambda example: example.folder != "plain"),
    Variant("no pages of the project's own", keep=lambda example: example.folder != "pages"),
    Variant("no public corpora", keep=lambda example: example.corpus == "own"),
    Variant("no output of extractors", keep=lambda example: example.task != "extractor"),
    Variant("no pairs of stems", patch=merge_rows(stems=False)),
    Variant("no stems, no pairs: shape alone", patch=merge_rows(stems=True)),
    Variant("what few sites have learned too", patch=change(step_1, FEWEST_SITES=1)),
    of_step_2(
        "step 2 trained on what step 1 learned", change(run, score_out_of_fold=score_in_fold)
    ),
    of_step_2("step 2 trained on whole documents only", change(step_2, choose_views=view_whole)),
    of_step_2("no words forgotten", change(step_2, choose_seen_again=forget_nothing)),
    of_step_2("no neighbours", change(network, descent, shift=see_no_neighbour)),
    of_step_2("no means of the document", change(network, descent, average=see_no_document)),
    of_step_2("no overlap", change(boilerstrip.model, step_2, measure_overlap=see_no_overlap)),
    of_step_2("headlines count as other lines", change(step_2, HEADLINE_COUNTS=1)),
    of_step_2("nothing of the document described", change(context, describe=describe_less)),
    of_step_2("step 2 of half the width", change(step_2, UNITS=step_2.UNITS // 2)),
    of_step_2("step 2 of twice the width", change(step_2, UNITS=step_2.UNITS * 2)),
)


# --- the table ----------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the variants, and print a row for each."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.ablations", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("--quick", action="store_true", help="a tenth of the pages, for a try")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="variants named so")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=2, help="threads that train")
    options = parser.parse_args(arguments)
    examples = load(options.corpora, every=QUICK if options.quick else 1)
    step = next(protocols.by_site(examples))
    full, *others = VARIANTS
    chosen = [v for v in others if not options.only or any(w in v.name for w in options.only)]

    print(f"| | {' | '.join(COLUMNS)} |")
    print(f"|---|{'---:|' * len(COLUMNS)}", flush=True)
    share = change(run, fit_step_1=call_once(step_1.fit_step_1))
    with share():
        model = _train(full, step.training, options)
    reference = _test(full, model, step.held_out)
    print(_row(full, reference, reference), flush=True)
    for variant in chosen:
        with variant.patch(), share() if variant.shares_step_1 else nullcontext():
            used = _train(variant, step.training, options) if variant.is_trained else model
            print(_row(variant, _test(variant, used, step.held_out), reference), flush=True)


def call_once(function: Callable[..., Result]) -> Callable[..., Result]:
    """Make a function that works once, and from then on gives the same again."""
    results: list[Result] = []

    def call(*arguments: Any) -> Result:  # noqa: ANN401 (those of the function)
        if not results:
            results.append(function(*arguments))
        return results[0]

    return call


def _train(variant: Variant, examples: Sequence[Example], options: argparse.Namespace) -> Model:
    say(f"{variant.name}: training")
    return boilerstrip.train(
        [e.document for e in examples if not variant.keep or variant.keep(e)],
        seed=options.seed,
        jobs=options.jobs,
    )


def _test(variant: Variant, model: Model, held_out: Sequence[Example]) -> Outcomes:
    say(f"{variant.name}: testing")
    return observe(held_out, [judge_by_labels, variant.judge(model)])


def _row(variant: Variant, outcomes: Outcomes, reference: Outcomes) -> str:
    pages = tasks.measure_pages(outcomes)
    gains = {
        view: measured["gain"].value
        for view, measured in tasks.measure_extractors(outcomes)["all"].items()
    }
    appeals = tasks.measure_lone(outcomes)["appeals"]["methods"][DEFAULT]
    documents = tasks.measure_documents(outcomes)
    numbers = (
        f"{pages['all'][DEFAULT].value:.3f}",
        f"{pages['corpus wcxb-dev'][DEFAULT].value:.3f}",
        f"{gains.pop('all'):+.4f}",
        f"{min(gains.values()):+.4f}",
        f"{appeals[tasks.RECALL_AT[tasks.COMMON]].value:.3f}",
        f"{appeals['area'].value:.3f}",
        f"{documents['own'][DEFAULT]['recall'].value:.3f}",
        f"{documents['own'][DEFAULT]['lost'].value:.2%}",
        _write_difference(_compare(outcomes, reference)),
    )
    return f"| {variant.name} | {' | '.join(numbers)} |"


def _compare(outcomes: Outcomes, reference: Outcomes) -> Estimate:
    """Estimate the difference in word F1 of whole pages."""
    is_page = reference.examples["task"] == "page"
    name = f"f1: {DEFAULT}"
    differences = (outcomes.examples[name] - reference.examples[name])[is_page]
    sites = reference.examples["site"][is_page]
    return estimate(
        lambda drawn: differences[drawn].mean(keepdims=True), differences.size, sites=sites
    )[0]


def _write_difference(number: Estimate) -> str:
    return f"{number.value:+.4f} ±{(number.high - number.low) / 2:.4f}"


if __name__ == "__main__":
    main()
