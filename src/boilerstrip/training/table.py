"""Labelled documents as columns: what all of training works on."""

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sklearn

import boilerstrip
from boilerstrip.arrays import Doubles, Ints, find_sizes
from boilerstrip.documents import LabelledDocument, check_documents
from boilerstrip.errors import TrainingDataError
from boilerstrip.paragraphs import KINDS

__all__ = ["UNKNOWN", "Table", "tabulate", "tell_facts"]

UNKNOWN = -1  # a label or kind that is not known
FEWEST_PARAGRAPHS = 20  # of either label
LABEL_NUMBERS = {"content": 0, "boilerplate": 1, None: UNKNOWN}


@dataclass(frozen=True, slots=True)
class Table:
    """Documents as columns: one entry a paragraph, but for `starts`, one a document."""

    texts: list[str]
    labels: Ints  # 1 boilerplate, 0 content, -1 unknown
    kinds: Ints  # number in KINDS, -1 unknown or content
    groups: Ints
    weights: Doubles
    starts: Ints

    @property
    def sizes(self) -> Ints:
        """Paragraphs of each document."""
        return find_sizes(self.starts, len(self.texts))


def tabulate(documents: Iterable[LabelledDocument]) -> Table:
    """Put documents into columns, without their blank paragraphs.

    Raises:
        TypeError: an item is not a `LabelledDocument`.
        TrainingDataError: too few paragraphs of either label.
    """
    texts: list[str] = []
    labels: list[int] = []
    kinds: list[int] = []
    groups: list[int] = []
    weights: list[float] = []
    starts: list[int] = []
    numbers: dict[str, int] = {}
    for document in check_documents(documents):
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
            raise TrainingDataError(
                f"{found} paragraphs of {name} in {len(starts)} documents; training takes "
                f"{FEWEST_PARAGRAPHS} or more"
            )
    return table


def tell_facts(table: Table) -> dict[str, Any]:
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
