"""Measure speed: ``python -m benchmarks.speed``.

Times boilerstrip and what people would use instead in rounds, each method once a round, so that a
busy moment of the machine hits all alike. Times are those that the processor spent on the work,
on all cores together; only where work is shared among processes it is the time that passed. Writes
benchmarks/results.json and docs/figures/speed.svg; what they mean is told in benchmarks/README.md.
"""

import argparse
import functools
import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import boilerstrip
from benchmarks import figure, methods, texts
from benchmarks.methods import FASTTEXT, SCIKIT_LEARN, Methods
from benchmarks.texts import Texts

__all__ = ["main"]

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
FIGURE = ROOT / "docs" / "figures" / "speed.svg"
CORPORA = ROOT / ".." / "shared" / "corpora"
DOCUMENTS = 200  # that are timed one by one
PACKAGES = ("numpy", "scikit-learn", "fasttext-numpy2", "jusText", "winnow-md")

Results = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Time everything, and write down and draw what was found."""
    options = _parser().parse_args(arguments)
    corpora = options.corpora if options.corpora.is_dir() else None
    training, sorts = texts.load(corpora)
    made = methods.make(training)
    results: Results = {
        "texts": {
            each.sort: {
                "documents": len(each.documents),
                "paragraphs": len(each.paragraphs),
                "bytes a paragraph": round(each.size / len(each.paragraphs), 1),
            }
            for each in sorts
        },
        "from": "training_data" if corpora is None else "corpora",
        "rounds": options.rounds,
        "measured on": _machine(),
        "many": {each.sort: _time_many(made, each, options.rounds) for each in sorts},
        "jobs": {each.sort: _time_jobs(made, each, options.rounds) for each in sorts},
        "one": _time_one(made, sorts[1], options.rounds),
    }
    _show(results)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    figure.draw(results, FIGURE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description="Measure speed.")
    parser.add_argument(
        "--corpora",
        type=Path,
        default=CORPORA,
        help="folder of the public corpora; where there is none, training_data/ is timed",
    )
    parser.add_argument("--rounds", type=int, default=9, help="how often each method is timed")
    return parser


def _time_many(made: Methods, timed: Texts, rounds: int) -> Results:
    """Time methods on many documents: megabytes a second, and how many times other methods."""
    given = {
        name: timed if method.most is None else timed.head(method.most)
        for name, method in made.for_many.items()
    }
    seconds = _time_rounds(
        {
            name: functools.partial(method.run, given[name])
            for name, method in made.for_many.items()
        },
        rounds,
    )
    a_byte = {
        name: [each / given[name].size for each in measured] for name, measured in seconds.items()
    }
    return {
        name: {
            "MB/s": 1e-6 / statistics.median(measured),
            "us a paragraph": statistics.median(seconds[name]) / len(given[name].paragraphs) * 1e6,
            f"x {FASTTEXT}": _ratio(a_byte[FASTTEXT], measured),
            f"x {SCIKIT_LEARN}": _ratio(a_byte[SCIKIT_LEARN], measured),
        }
        for name, measured in a_byte.items()
    }


def _time_jobs(made: Methods, timed: Texts, rounds: int) -> Results:
    """Time methods on many documents that are shared among processes."""
    runs = {name: functools.partial(run, timed) for name, run in made.in_jobs.items()}
    seconds = _time_rounds(runs, rounds, time.perf_counter)
    return {
        name: {"MB/s": 1e-6 * timed.size / statistics.median(measured)}
        for name, measured in seconds.items()
    }


def _time_one(made: Methods, timed: Texts, rounds: int) -> Results:
    """Time methods on documents of 20 paragraphs, a call for each."""
    documents = list(zip(timed.documents, timed.joined, strict=True))[:DOCUMENTS]

    def on_each(run: Callable[[Sequence[str], str], object]) -> None:
        for paragraphs, text in documents:
            run(paragraphs, text)

    seconds = _time_rounds(
        {name: functools.partial(on_each, run) for name, run in made.for_one.items()}, rounds
    )
    return {
        name: {
            "us a document": statistics.median(measured) / len(documents) * 1e6,
            f"times {FASTTEXT}": _ratio(measured, seconds[FASTTEXT]),
        }
        for name, measured in seconds.items()
    }


def _time_rounds(
    runs: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, list[float]]:
    """Run each of `runs` once untimed, then once a round; give the seconds of each round."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            gc.collect()
            start = clock()
            run()
            if number:
                seconds[name].append(clock() - start)
    return seconds


def _ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """The median of what was measured in the same rounds."""
    return statistics.median(n / d for n, d in zip(numerators, denominators, strict=True))


def _machine() -> Results:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "Python": platform.python_version(),
        "boilerstrip": boilerstrip.__version__,
        **{name: metadata.version(name) for name in PACKAGES},
    }


def _processor() -> str:
    """Name the processor: Linux tells it in a file, others through `platform`."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _show(results: Results) -> None:
    tables = {
        **{f"{sort}, {results['texts'][sort]}": each for sort, each in results["many"].items()},
        **{f"{sort}, in several processes": each for sort, each in results["jobs"].items()},
        "one document of 20 paragraphs": results["one"],
    }
    for title, table in tables.items():
        print(f"\n{title}")
        for name, numbers in table.items():
            print(f"  {name:26}", *(f"{value:9.2f} {unit}" for unit, value in numbers.items()))


if __name__ == "__main__":
    main()
