"""Evaluate: ``python -m evaluation.run --corpora DIR``.

Trains models on parts of the corpora, tests them on the rest, and writes evaluation/results.json,
figures to docs/figures/, and the tables of docs/quality.md, anew after each model. What a model did
is kept in build/evaluation/, so that a run that was stopped goes on with ``--resume``: it takes up
what was made from the same texts by the same code, and nothing else. A quick run writes everything
to build/evaluation/quick/.
"""

import argparse
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import boilerstrip
from boilerstrip import LabelledDocument
from evaluation import figures, peers, protocols, tables, tasks
from evaluation.bootstrap import Estimate
from evaluation.c4 import judge_by_c4
from evaluation.collection import SEED, load, say
from evaluation.outcomes import Judge, Outcomes, judge_by_labels, judge_with, observe
from evaluation.protocols import Step

__all__ = ["main"]

ROOT = Path(__file__).parents[1]
RUNS = ROOT / "build" / "evaluation"
QUICK = 10  # of so many pages, a quick run takes one
PROTOCOLS = {"sites": protocols.by_site, "corpora": protocols.by_corpus}

COMMAND_LINE = {"__main__.py", "cli.py", "cli_options.py", "corpus_cli.py"}
IRRELEVANT = {"__init__.py", "whole_file.py", *COMMAND_LINE}  # to what a model is
OBSERVING = (
    "c4.py",
    "collection.py",
    "corpora.py",
    "outcomes.py",
    "peers.py",
    "protocols.py",
    "sites.py",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the protocols, and write down what they show."""
    options = _parser().parse_args(arguments)
    folder = RUNS / "quick" if options.quick else ROOT
    say("reading")
    examples = load(options.corpora, every=QUICK if options.quick else 1)
    results: dict[str, Any] = {
        "boilerstrip": boilerstrip.__version__,
        "seed": options.seed,
        "documents": len(examples),
        "numbers": Estimate._fields,
    }
    for protocol, split in PROTOCOLS.items():
        is_chosen = options.protocol in (protocol, "both")
        steps = list(split(examples))
        done: dict[str, Outcomes] = {}
        for step in steps:
            path = _place(step, options.seed)
            is_known = (options.resume or not is_chosen) and path.exists()
            if is_known:
                say(f"{step.name}: taken up")
                done[step.name] = Outcomes.load(path)
            elif is_chosen:
                done[step.name] = _run_step(step, path, options)
            if done and (step is steps[-1] or (is_chosen and not is_known)):
                _write(results, protocol, len(steps), done, folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evaluation.run", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("--protocol", choices=[*PROTOCOLS, "both"], default="both")
    parser.add_argument("--quick", action="store_true", help="a tenth of the pages, for a try")
    parser.add_argument("--resume", action="store_true", help="take up what earlier runs did")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=2, help="threads that train")
    return parser


# --- one step -----------------------------------------------------------------------------------


def _run_step(step: Step, path: Path, options: argparse.Namespace) -> Outcomes:
    """Train the model of a step, and the peers, test them, and keep what they did."""
    training = [example.document for example in step.training]
    path.parent.mkdir(parents=True, exist_ok=True)
    say(f"{step.name}: training on {len(training)} documents")
    model = boilerstrip.train(training, seed=options.seed, jobs=options.jobs)
    model.save(path.with_suffix(".model.npz"))
    judge_by_model = judge_with(model)
    say(f"{step.name}: testing on {len(step.held_out)} documents")
    outputs = [example for example in step.held_out if example.task == "extractor"]
    others = [example for example in step.held_out if example.task != "extractor"]
    parts = [observe(outputs, [judge_by_labels, judge_by_model])] if outputs else []
    fitted = _fit_peers(step.name, training) if step.with_peers else []
    say(f"{step.name}: testing all on {len(others)} documents")
    parts.append(observe(others, [judge_by_labels, *fitted, judge_by_model]))
    outcomes = Outcomes.join(parts)
    outcomes.save(path)
    return outcomes


def _fit_peers(name: str, training: Sequence[LabelledDocument]) -> list[Judge]:
    say(f"{name}: training TF-IDF + logistic regression")
    tfidf = peers.fit_tfidf(training)
    say(f"{name}: training fastText")
    fasttext = peers.fit_fasttext(training)
    return [
        judge_by_c4,
        peers.judge_by_justext,
        peers.judge_by_winnow,
        tfidf,
        fasttext,
    ]


def _read_code() -> bytes:
    package = Path(boilerstrip.__file__).parent
    library = sorted([*package.glob("*.py"), *package.glob("training/*.py")])
    files = [file for file in library if file.name not in IRRELEVANT]
    files += [ROOT / "evaluation" / name for name in OBSERVING]
    return b"".join(file.read_bytes() for file in files)


def _read_versions() -> list[str]:
    names = {"numpy", "scikit-learn", "fasttext-numpy2", "jusText", "winnow-md"}
    distributions = metadata.distributions()
    return sorted(f"{d.name} {d.version}" for d in distributions if d.name in names)


VERSIONS = _read_versions()
CODE = _read_code()  # now: this is what runs, whatever happens to the files later


def _place(step: Step, seed: int) -> Path:
    """Name the file of a step's outcomes after all that they depend on."""
    digest = hashlib.sha256(f"{step.name} {seed} {VERSIONS}".encode())
    digest.update(CODE)
    for example in (*step.training, *step.held_out):
        digest.update(f"{example}\0".encode("utf-8", "surrogatepass"))
    return RUNS / f"{step.name}-{digest.hexdigest()[:16]}.npz"


# --- results ------------------------------------------------------------------------------------


def _write(
    results: dict[str, Any], protocol: str, steps: int, done: Mapping[str, Outcomes], folder: Path
) -> None:
    """Measure the steps that are done, and write results, figures and tables."""
    say(f"{protocol}: measuring {len(done)} of {steps} steps")
    outcomes = Outcomes.join(list(done.values()))
    results[protocol] = {
        "steps": steps,
        "done": list(done),
        "pages": tasks.measure_pages(outcomes),
        "beside": tasks.measure_beside(outcomes),
        "extractors": tasks.measure_extractors(outcomes),
        "lone": tasks.measure_lone(outcomes),
        "documents": tasks.measure_documents(outcomes),
        "thresholds": tasks.measure_thresholds(outcomes),
        "calibration": tasks.measure_calibration(outcomes),
    }
    page = folder / "docs" / "quality.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    if not page.exists():
        page.write_text(f"# Quality\n\n{tables.BEGIN}\n{tables.END}\n", encoding="utf-8")
    figures.draw(results[protocol], outcomes, page.parent / "figures", protocol)
    tables.replace_section(page, tables.lay_out(results, "figures"))
    file = folder / "evaluation" / "results.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(_plain(results), indent=1) + "\n", encoding="utf-8")
    say(f"{protocol}: written to {folder}")


def _plain(value: Any) -> Any:  # noqa: ANN401 (whatever JSON can hold, but NaN)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


if __name__ == "__main__":
    main()
