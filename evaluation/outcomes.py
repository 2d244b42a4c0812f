"""What each method did to each held-out document: the raw numbers behind all tables and figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from boilerstrip import LabelledDocument, Model
from boilerstrip.arrays import AnyFloats, Flags
from boilerstrip.evaluation import WORD, score_documents, word_f1
from evaluation.collection import Example

__all__ = [
    "DEFAULT",
    "FIXED",
    "THRESHOLDS",
    "Judge",
    "Judgement",
    "Outcomes",
    "judge_by_labels",
    "judge_with",
    "observe",
]

Column = npt.NDArray[Any]

THRESHOLDS = (0.5, 0.8, 0.95)
DEFAULT = "boilerstrip"
FIXED = {threshold: f"boilerstrip at {threshold}" for threshold in THRESHOLDS}
"""Name of the method for each threshold."""
BATCH = 500  # documents


class Judgement(NamedTuple):
    """For each document, which of its paragraphs are removed, and, where there are any, scores."""

    removed: list[Flags]
    scores: list[AnyFloats] | None = None


Judge = Callable[[Sequence[LabelledDocument]], Mapping[str, Judgement]]
"""Judges documents, by one method or by several that share their work: by name, the judgements."""


def judge_with(model: Model) -> Judge:
    """Make the judge that asks a model, for its default decision and for three thresholds."""

    def judge(documents: Sequence[LabelledDocument]) -> dict[str, Judgement]:
        scores, removed = score_documents(model, documents)
        judgements = {DEFAULT: Judgement(removed, scores)}
        for threshold, name in FIXED.items():
            judgements[name] = Judgement([each >= threshold for each in scores])
        return judgements

    return judge


def judge_by_labels(documents: Sequence[LabelledDocument]) -> dict[str, Judgement]:
    """Keep everything, all but boilerplate, or content alone: the bounds of what can be done."""
    labels = [[paragraph.label for paragraph in d.paragraphs] for d in documents]
    return {
        "everything kept": Judgement([np.zeros(len(each), bool) for each in labels]),
        "all but boilerplate": Judgement(
            [np.array([label == "boilerplate" for label in each]) for each in labels]
        ),
        "content alone": Judgement(
            [np.array([label != "content" for label in each]) for each in labels]
        ),
    }


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Columns of facts and measurements.

    Attributes:
        examples: one entry a document. Facts: ``id``, ``task``, ``corpus``, ``type``, ``view``,
            ``site``, ``kind``, ``lang`` and ``doubtful``; words of ``content`` and ``boilerplate``
            and paragraphs of both.
            Measurements, for each method: ``f1`` of the kept words against the reference text,
            words of content ``lost`` and of boilerplate ``kept``, paragraphs of boilerplate
            ``found`` and of content taken for it (``wrong``); NaN where there is none.
        paragraphs: one entry a labelled paragraph: its ``example``, whether it is ``boilerplate``,
            and the ``score`` of each method that gives any.
    """

    examples: dict[str, Column]
    paragraphs: dict[str, Column]

    def where(self, chosen: Flags) -> Self:
        """Choose examples, with their paragraphs."""
        owners = self.paragraphs["example"]
        kept = chosen[owners]
        paragraphs = {name: column[kept] for name, column in self.paragraphs.items()}
        paragraphs["example"] = (chosen.cumsum() - 1)[owners[kept]]
        examples = {name: column[chosen] for name, column in self.examples.items()}
        return type(self)(examples, paragraphs)

    def methods(self, measure: str) -> list[str]:
        """Name the methods of which a measurement was taken of any of the examples."""
        prefix = f"{measure}: "
        columns = self.paragraphs if measure == "score" else self.examples
        return [
            name.removeprefix(prefix)
            for name, column in columns.items()
            if name.startswith(prefix) and not np.isnan(column).all()
        ]

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Join outcomes; what a method did not measure in one part is NaN there."""
        sizes = [part.examples["id"].size for part in parts]
        paragraphs = _stack([part.paragraphs for part in parts])
        offsets = np.cumsum([0, *sizes[:-1]])
        paragraphs["example"] += np.repeat(
            offsets, [part.paragraphs["example"].size for part in parts]
        )
        return cls(_stack([part.examples for part in parts]), paragraphs)

    def save(self, path: Path) -> None:
        """Write the outcomes to a file, whole or not at all."""
        columns: dict[str, Any] = {f"examples/{name}": c for name, c in self.examples.items()}
        columns |= {f"paragraphs/{name}": column for name, column in self.paragraphs.items()}
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.savez_compressed(file, **columns)
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read outcomes that `save` wrote."""
        tables: dict[str, dict[str, Column]] = {"examples": {}, "paragraphs": {}}
        with np.load(path, allow_pickle=False) as columns:
            for key in columns.files:
                table, name = key.split("/", 1)
                tables[table][name] = columns[key]
        return cls(**tables)


def _stack(tables: Sequence[Mapping[str, Column]]) -> dict[str, Column]:
    sizes = [next(iter(table.values())).size for table in tables]
    names = dict.fromkeys(name for table in tables for name in table)
    return {
        name: np.concatenate(
            [
                table.get(name, np.full(size, np.nan, np.float32))
                for table, size in zip(tables, sizes, strict=True)
            ]
        )
        for name in names
    }


def observe(examples: Sequence[Example], judges: Sequence[Judge]) -> Outcomes:
    """Let judges loose on examples, and measure what they do."""
    parts = [
        _observe_batch(examples[start : start + BATCH], judges)
        for start in range(0, len(examples), BATCH)
    ]
    return Outcomes.join(parts)


def _observe_batch(examples: Sequence[Example], judges: Sequence[Judge]) -> Outcomes:
    documents = [example.document for example in examples]
    texts = [[p.text for p in d.paragraphs] for d in documents]
    words = [np.array([len(WORD.findall(text)) for text in each]) for each in texts]
    content = [np.array([p.label == "content" for p in d.paragraphs]) for d in documents]
    boilerplate = [np.array([p.label == "boilerplate" for p in d.paragraphs]) for d in documents]
    columns: dict[str, Column] = {
        "id": np.array([document.id for document in documents]),
        "task": np.array([example.task for example in examples]),
        "corpus": np.array([example.corpus for example in examples]),
        "type": np.array([example.page_type for example in examples]),
        "view": np.array([example.view for example in examples]),
        "site": np.array([document.group for document in documents]),
        "kind": np.array([d.paragraphs[0].kind or "" for d in documents]),
        "lang": np.array([document.lang or "" for document in documents]),
        "doubtful": np.array([example.is_doubtful for example in examples]),
        "content": _count(words, content),
        "boilerplate": _count(words, boilerplate),
        "content paragraphs": np.array([flags.sum() for flags in content]),
        "boilerplate paragraphs": np.array([flags.sum() for flags in boilerplate]),
    }
    known = np.concatenate([c | b for c, b in zip(content, boilerplate, strict=True)])
    owners = np.repeat(np.arange(len(documents)), [flags.size for flags in content])
    paragraphs: dict[str, Column] = {
        "example": owners[known],
        "boilerplate": np.concatenate(boilerplate)[known],
    }
    for judge in judges:
        for name, (removed, scores) in judge(documents).items():
            kept = [~flags for flags in removed]
            columns[f"f1: {name}"] = np.array(
                [
                    word_f1("\n".join(np.array(text, object)[flags]), example.gold)
                    if example.gold
                    else np.nan
                    for text, flags, example in zip(texts, kept, examples, strict=True)
                ]
            )
            columns[f"lost: {name}"] = _count(words, content, removed)
            columns[f"kept: {name}"] = _count(words, boilerplate, kept)
            columns[f"found: {name}"] = _count(boilerplate, removed)
            columns[f"wrong: {name}"] = _count(content, removed)
            if scores is not None:
                paragraphs[f"score: {name}"] = np.concatenate(scores).astype(np.float32)[known]
    return Outcomes(columns, paragraphs)


def _count(*factors: Sequence[Column]) -> AnyFloats:
    """Sum up, for each document, the product of some columns over its paragraphs."""
    return np.array(
        [np.prod(np.stack(arrays), axis=0).sum() for arrays in zip(*factors, strict=True)], float
    )
