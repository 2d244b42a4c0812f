"""The quality gate: the shipped model must not get worse on the cases that the project holds.

``python -m evaluation.gate`` compares; ``--pin`` raises the floors to what is measured now, and
takes over changed cases; lowering a floor needs ``--allow-lower`` as well, and a reason in the
commit.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

import boilerstrip
from boilerstrip.evaluation import average_precision
from evaluation.tasks import recalls

__all__ = ["compare", "main", "measure"]

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases"
FLOORS = ROOT / "evaluation" / "floors.json"
FILES = ("boilerplate", "content", "known_failures")
SLACK = 0.002  # scores differ in the last digits from one processor to the next


def read_cases() -> list[dict[str, str]]:
    """Read all cases, in an order that does not depend on which file a case is in."""
    cases = [
        json.loads(line)
        for name in FILES
        for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return sorted(cases, key=lambda case: case["text"])


def digest(cases: Sequence[dict[str, str]]) -> str:
    """Name the cases and their labels by a hash."""
    return hashlib.sha256(
        "\n".join(f"{case['label']} {case['text']}" for case in cases).encode()
    ).hexdigest()


def measure(cases: Sequence[dict[str, str]]) -> dict[str, float]:
    """Judge each case alone with the shipped model."""
    judged = [boilerstrip.classify_paragraphs([case["text"]])[0] for case in cases]
    truth = np.array([case["label"] == "boilerplate" for case in cases])
    scores = np.array([paragraph.score for paragraph in judged])
    removed = np.array([paragraph.label == "boilerplate" for paragraph in judged])
    return {
        "average precision": average_precision(truth, scores),
        "recall at 2% false positives": recalls(truth, scores, [0.02])[0],
        "boilerplate removed": float(removed[truth].mean()),
        "content kept": float((~removed[~truth]).mean()),
    }


def compare(cases: Sequence[dict[str, str]], found: Mapping[str, float]) -> list[str]:
    """Return what is wrong: nothing, where every measure of the cases reaches its floor."""
    pinned = json.loads(FLOORS.read_text(encoding="utf-8"))
    if digest(cases) != pinned["digest"]:
        return ["the cases have changed: look at the new numbers, then run with --pin"]
    return [
        f"{name} is {found[name]:.4f}, below its floor of {floor:.4f}"
        for name, floor in pinned["floors"].items()
        if found[name] < floor - SLACK
    ]


def pin(cases: Sequence[dict[str, str]], found: Mapping[str, float], *, allow_lower: bool) -> None:
    """Write down what was measured on the cases as the floors."""
    floors = {name: round(value, 4) for name, value in found.items()}
    if FLOORS.exists() and not allow_lower:
        pinned = json.loads(FLOORS.read_text(encoding="utf-8"))["floors"]
        lower = [name for name, floor in floors.items() if floor < pinned.get(name, 0)]
        if lower:
            sys.exit(f"these would be lowered: {', '.join(lower)}; that takes --allow-lower")
    FLOORS.write_text(
        json.dumps({"digest": digest(cases), "floors": floors}, indent=2) + "\n", encoding="utf-8"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, or pin."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.gate", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="make what is measured now the floors")
    parser.add_argument("--allow-lower", action="store_true", help="even where that lowers one")
    options = parser.parse_args(arguments)
    if options.allow_lower and not options.pin:
        parser.error("--allow-lower does nothing without --pin")
    cases = read_cases()
    found = measure(cases)
    if options.pin:
        pin(cases, found, allow_lower=options.allow_lower)
    for name, value in found.items():
        print(f"{name:<30} {value:.4f}")
    sys.exit("\n".join(compare(cases, found)) or None)


if __name__ == "__main__":
    main()
