"""The texts that are timed, and those that the classifiers compared with are trained on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from evaluation.corpora import read_pages

from boilerstrip import Label, LabelledDocument, read_documents

__all__ = ["Texts", "load"]

OWN = Path(__file__).parents[1] / "training_data"
CORPORA = ("dragnet", "fundus-tests", "l3s-gn1", "wcxb-dev")  # news of many countries, and others
SIZE = 4_000_000  # bytes that are timed of each sort: more than a cache holds of any model
DOCUMENT = 20  # content paragraphs that make up a document


@dataclass(frozen=True)
class Texts:
    """Documents of one sort.

    Attributes:
        sort: what they are.
        documents: the paragraphs of each.
    """

    sort: str
    documents: Sequence[Sequence[str]]

    @cached_property
    def paragraphs(self) -> list[str]:
        """The paragraphs of all documents."""
        return [paragraph for document in self.documents for paragraph in document]

    @cached_property
    def joined(self) -> list[str]:
        """The documents as texts, a line a paragraph."""
        return ["\n".join(document) for document in self.documents]

    @cached_property
    def size(self) -> int:
        """Bytes of the paragraphs in UTF-8."""
        return _size(self.paragraphs)

    def head(self, size: int) -> Self:
        """Take the first documents: as many as it takes to have `size` bytes, or all."""
        documents = []
        for document in self.documents:
            if size <= 0:
                break
            documents.append(document)
            size -= _size(document)
        return type(self)(self.sort, documents)


def load(corpora: Path | None) -> tuple[list[tuple[str, Label]], list[Texts]]:
    """Read what is trained on and what is timed.

    Args:
        corpora: folder of the public corpora: half of the pages taken from them is trained on,
            the other half is timed. ``None``: the project's own texts are both.

    Returns:
        Labelled paragraphs, as pairs of text and label; whole documents, and the content
        paragraphs of documents, those in documents of 20.
    """
    if corpora is None:
        trained = timed = list(read_documents(OWN))
    else:
        pages = list(_pages(corpora))
        trained, timed = pages[::2], pages[1::2]
    pairs = [
        (_line(paragraph.text), paragraph.label)
        for document in trained
        for paragraph in document.paragraphs
        if paragraph.label is not None
    ]
    whole = [
        [_line(paragraph.text) for paragraph in document.paragraphs]
        for document in timed
        if len(document.paragraphs) > 1
    ]
    content = [
        _line(paragraph.text)
        for document in timed
        for paragraph in document.paragraphs
        if paragraph.label == "content"
    ]
    twenties = [content[n : n + DOCUMENT] for n in range(0, len(content) - DOCUMENT + 1, DOCUMENT)]
    return pairs, [Texts("lines", whole).head(SIZE), Texts("paragraphs", twenties).head(SIZE)]


def _pages(corpora: Path) -> Iterator[LabelledDocument]:
    """Give whole pages, one of each corpus in turn, as many of each as the smallest has."""
    readers = [
        (views["page"] for _, views in read_pages(corpora, name) if "page" in views)
        for name in CORPORA
    ]
    for documents in zip(*readers, strict=False):
        yield from documents


def _line(text: str) -> str:
    """Put a paragraph on one line: fastText and the texts that are joined need it."""
    return " ".join(text.split())


def _size(paragraphs: Sequence[str]) -> int:
    return sum(len(paragraph.encode()) for paragraph in paragraphs)
