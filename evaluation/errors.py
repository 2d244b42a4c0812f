"""List the surest errors of a model: ``python -m evaluation.errors --corpora DIR MODEL``.

The model is that of the first step by site, which `evaluation.run` leaves in build/evaluation/.
Writes lines of JSON, for people to read: each an error with its text, label, score and neighbours.
"""

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from boilerstrip import Model
from boilerstrip.evaluation import score_documents
from evaluation.collection import Example, load
from evaluation.protocols import by_site, with_models

__all__ = ["find_errors", "main"]

MOST_OF_DOCUMENT = 3
NEIGHBOURS = 2  # that are shown on either side
EVEN = 0.5  # the score of what is as likely one as the other
WRONG = {("content", True), ("boilerplate", False)}  # labels, and whether the score is higher


class Error(NamedTuple):
    """A paragraph that a model judges wrongly."""

    example: Example
    place: int
    score: float

    @property
    def group(self) -> tuple[str, str]:
        """What is wrong, and whether the paragraph stands alone."""
        is_content = self.example.document.paragraphs[self.place].label == "content"
        place = "lone" if self.example.task == "lone" else "page"
        return "false positive" if is_content else "false negative", place


def main(arguments: Sequence[str] | None = None) -> None:
    """Find and print the errors."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.errors", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of the public corpora")
    parser.add_argument("--count", type=int, default=50, help="errors of each of four groups")
    parser.add_argument("model", type=Path, metavar="MODEL")
    options = parser.parse_args(arguments)
    steps = itertools.islice(by_site(load(options.corpora)), 1)
    for step, model in with_models(steps, [options.model], parser):
        for error in find_errors(model, step.held_out, options.count):
            print(json.dumps(_show(error), ensure_ascii=False))


def find_errors(model: Model, examples: Iterable[Example], count: int) -> Iterator[Error]:
    """Give the errors that a model is surest of, the surest first.

    Args:
        model: the model.
        examples: what it has not been trained on; the output of extractors is left out, since it
            repeats the pages.
        count: how many to give of false positives and of false negatives, lone and on pages; at
            most three come from one document, and no text comes twice in a group.
    """
    read = [example for example in examples if example.task != "extractor"]
    scores, _ = score_documents(model, [example.document for example in read])
    errors = [
        Error(example, place, float(score))
        for example, found in zip(read, scores, strict=True)
        for place, score in enumerate(found)
        if (example.document.paragraphs[place].label, score > EVEN) in WRONG
    ]
    errors.sort(key=lambda error: -abs(error.score - EVEN))
    given: Counter[tuple[str, str]] = Counter()
    of_document: Counter[str] = Counter()
    seen: set[tuple[tuple[str, str], str]] = set()
    for error in errors:
        name, text = error.example.document.id, _text(error, error.place)
        is_full = given[error.group] == count or of_document[name] == MOST_OF_DOCUMENT
        if is_full or (error.group, text) in seen:
            continue
        seen.add((error.group, text))
        given[error.group] += 1
        of_document[name] += 1
        yield error


def _text(error: Error, place: int) -> str:
    return error.example.document.paragraphs[place].text.strip()


def _show(error: Error) -> dict[str, Any]:
    document, place = error.example.document, error.place
    around = range(
        max(0, place - NEIGHBOURS), min(len(document.paragraphs), place + NEIGHBOURS + 1)
    )
    return {
        "error": " ".join(error.group),
        "corpus": error.example.corpus,
        "document": document.id,
        "lang": document.lang,
        "label": document.paragraphs[place].label,
        "kind": document.paragraphs[place].kind,
        "score": round(error.score, 4),
        "text": _text(error, place),
        "before": [_text(error, n) for n in around if n < place],
        "after": [_text(error, n) for n in around if n > place],
    }


if __name__ == "__main__":
    main()
