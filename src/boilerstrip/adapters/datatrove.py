"""boilerstrip as a step of a datatrove pipeline. See ``docs/engines.md``."""

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from boilerstrip.adapters.cleaner import Cleaner
from boilerstrip.arguments import check_text
from boilerstrip.arrays import Ints
from boilerstrip.judging import BATCH, Verdict
from boilerstrip.paragraphs import KINDS, Split, delete_paragraphs
from boilerstrip.phrases import Phrase

try:
    from datatrove.data import Document
    from datatrove.pipeline.base import PipelineStep
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "boilerstrip.adapters.datatrove needs datatrove: pip install 'boilerstrip[datatrove]'",
        name=error.name,
    ) from error

if TYPE_CHECKING:
    from datatrove.pipeline.writers.disk_base import DiskWriter

__all__ = ["BoilerplateRemover"]

SPANS = "boilerplate_spans"
"""The field of the metadata that tells what was removed."""

OVERHEAD = 100  # characters that a document counts for, beside those it has: few are held
DIGITS = 4  # of a score


class BoilerplateRemover(PipelineStep):  # type: ignore[misc] # datatrove ships no types
    """Remove the boilerplate from the documents of a pipeline, between its reader and its writer.

    Every document goes on, also one with nothing left. In its metadata
    ``"boilerplate_spans"`` lists what was removed, as ``{"start": ..., "end": ..., "kind": ...,
    "score": ...}``, with start and end in the text as it came in, in code points. A list that an
    earlier step like this one has left there is replaced.

    The statistics count documents (``total``, ``changed``, ``emptied``: of the changed, those with
    nothing left but blanks), their paragraphs, the paragraphs removed, in all and by kind, and the
    characters removed.

    Args:
        threshold: this and all others but the last: see `boilerstrip.clean`.
        keep: see there.
        remove: see there.
        kinds: see there.
        split: see there.
        model_path: path of a model file that all workers can read, each once; ``None``: the model
            that comes with boilerstrip.
        exclusion_writer: writes each removed paragraph as a document of its own, with the `id` and
            metadata of the document it was in, and its own span only.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`.
    """

    type = "✂️ - FORMAT"
    name = "🧹 boilerstrip"

    def __init__(
        self,
        *,
        threshold: float | None = None,
        keep: Iterable[Phrase] = (),
        remove: Iterable[Phrase] = (),
        kinds: Collection[str] | None = None,
        split: Split = "auto",
        model_path: str | os.PathLike[str] | None = None,
        exclusion_writer: "DiskWriter | None" = None,
    ) -> None:
        super().__init__()
        self.cleaner = Cleaner(
            threshold=threshold,
            keep=keep,
            remove=remove,
            kinds=kinds,
            split=split,
            model_path=model_path,
        )
        self.exclusion_writer = exclusion_writer

    def run(
        self,
        data: Iterable[Document],
        rank: int = 0,
        world_size: int = 1,  # noqa: ARG002 (datatrove passes it)
    ) -> Iterator[Document]:
        """Clean documents, in order."""
        with self.exclusion_writer or contextlib.nullcontext() as writer:
            for batch in _batches(data):
                texts = [document.text for document in batch]
                with self.track_time("batch"):
                    found, judged = self.cleaner.judge(texts)
                    cleaned_texts = delete_paragraphs(texts, found, judged.is_boilerplate)
                for document, cleaned, (starts, ends), verdict in zip(
                    batch, cleaned_texts, found.spans(), judged.split(found.edges), strict=True
                ):
                    spans = _spans(starts, ends, verdict)
                    if writer is not None:
                        for span in spans:
                            writer.write(_as_document(span, document), rank)
                    self._count(document, cleaned, starts.size, spans)
                    document.text = cleaned
                    document.metadata[SPANS] = spans
                    yield document

    def _count(
        self, document: Document, cleaned: str, paragraphs: int, spans: list[dict[str, Any]]
    ) -> None:
        self.stat_update("total")
        self.stat_update("paragraphs", value=paragraphs)
        if not spans:
            return
        self.stat_update("changed")
        if not cleaned.strip():  # blank lines may be left
            self.stat_update("emptied")
        self.stat_update("removed_characters", value=len(document.text) - len(cleaned))
        for span in spans:
            self.stat_update("removed", f"removed_{span['kind']}", unit="paragraph")


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for document in documents:
        check_text(document.text, f"the text of document {document.id!r}")
        batch.append(document)
        size += len(document.text) + OVERHEAD
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _spans(starts: Ints, ends: Ints, verdict: Verdict) -> list[dict[str, Any]]:
    return [
        {
            "start": int(starts[number]),
            "end": int(ends[number]),
            "kind": KINDS[verdict.kinds[number]],
            "score": round(float(verdict.scores[number]), DIGITS),
        }
        for number in np.flatnonzero(verdict.is_boilerplate)
    ]


def _as_document(span: dict[str, Any], document: Document) -> Document:
    """Return a removed paragraph as a document."""
    text = document.text[span["start"] : span["end"]]
    return Document(text, document.id, metadata={**document.metadata, SPANS: [span]})
