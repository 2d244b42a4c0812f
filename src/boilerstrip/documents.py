"""Labelled documents: what a model is trained and evaluated on, and how files of them are read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, get_args

from boilerstrip.errors import TrainingDataError
from boilerstrip.paragraphs import KINDS, Label

__all__ = [
    "LabelledDocument",
    "LabelledParagraph",
    "check_documents",
    "document_files",
    "read_documents",
]

GZIP = b"\x1f\x8b"  # how its data begins
LARGEST_WEIGHT = 1000  # more would leave the others no say, and is likely a mistake


@dataclass(frozen=True, slots=True)
class LabelledParagraph:
    """A paragraph of a labelled document.

    Attributes:
        text: the paragraph.
        label: ``"content"``, ``"boilerplate"``, or ``None``: unknown, not learned from, but still
            a neighbour of the others.
        kind: of boilerplate, one of `boilerstrip.KINDS`, or ``None``: unknown, or content.

    Raises:
        TypeError: `text` is not a string.
        ValueError: label or kind is not one of those above, or content has a kind.
    """

    text: str
    label: Label | None
    kind: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(f"text is {type(self.text).__name__}; it must be str")
        if self.label is not None and self.label not in get_args(Label):
            raise ValueError(
                f"label is {self.label!r}; it must be content, boilerplate or None (null in JSON)"
            )
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}; it must be None or one of {', '.join(KINDS)}")
        if self.kind is not None and self.label == "content":
            raise ValueError(f"content has the kind {self.kind!r}; only boilerplate has one")


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """A document whose paragraphs are labelled, in order.

    Attributes:
        id: names the document in messages.
        paragraphs: its paragraphs.
        site: where it comes from. Documents of one site stay together in every split, since sites
            repeat their boilerplate word for word; without a site the `id` stands for it.
        lang: BCP 47 code of its language, for reports by language.
        weight: how many times it counts in training, more than 0, at most 1000.

    Raises:
        TypeError: `paragraphs` holds something that is no `LabelledParagraph`, `weight` is not a
            number, or the others are no strings.
        ValueError: `weight` is 0 or less, or more than 1000.
    """

    id: str
    paragraphs: tuple[LabelledParagraph, ...]
    site: str | None = None
    lang: str | None = None
    weight: float = 1

    def __post_init__(self) -> None:
        for name, value in (("id", self.id), ("site", self.site), ("lang", self.lang)):
            if not isinstance(value, str) and (name == "id" or value is not None):
                raise TypeError(f"{name} is {type(value).__name__}; it must be str")
        if isinstance(self.paragraphs, str) or not isinstance(self.paragraphs, Iterable):
            found = type(self.paragraphs).__name__
            raise TypeError(f"paragraphs is {found}; it must be several LabelledParagraph objects")
        object.__setattr__(self, "paragraphs", tuple(self.paragraphs))
        for paragraph in self.paragraphs:
            if not isinstance(paragraph, LabelledParagraph):
                found = type(paragraph).__name__
                raise TypeError(f"paragraphs must be LabelledParagraph objects, not {found}")
        if isinstance(self.weight, bool) or not isinstance(self.weight, Real):
            raise TypeError(f"weight is {type(self.weight).__name__}; it must be a number")
        if not 0 < self.weight <= LARGEST_WEIGHT:
            raise ValueError(
                f"weight is {self.weight}; it must be more than 0, and at most {LARGEST_WEIGHT}"
            )

    @property
    def group(self) -> str:
        """What splits are grouped by."""
        return self.site or self.id


def read_documents(path: str | Path) -> Iterator[LabelledDocument]:
    """Read labelled documents from a JSONL file, or from all ``*.jsonl`` files below a folder.

    Args:
        path: a file, or a folder whose files are read in the order of their names; hidden ones
            are not.

    Yields:
        The documents, one a line.

    Raises:
        TrainingDataError: a line is not a labelled document; the message names file and line.
        FileNotFoundError: there is no such file, or the folder holds no ``*.jsonl``.
        PermissionError: a file or folder may not be read.
    """
    for file in document_files(path):
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parse(line, f"{file}:{number}")


def document_files(path: str | Path) -> list[Path]:
    """Tell which files `read_documents` reads.

    Raises:
        FileNotFoundError: a folder holds none.
        PermissionError: a folder may not be read.
    """
    path = Path(path)
    files = sorted(_below(path)) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(f"{path} holds no *.jsonl file")
    return files


def check_documents(documents: Iterable[LabelledDocument]) -> Iterator[LabelledDocument]:
    """Check the documents that a call was given, each as it is reached.

    Raises:
        TypeError: they are no documents, or one of them is no `LabelledDocument`.
    """
    if isinstance(documents, str | Path):
        raise TypeError(
            f"documents is {type(documents).__name__}; it must be several LabelledDocument, e.g. "
            "what read_documents(path) gives"
        )
    if not isinstance(documents, Iterable):
        found = type(documents).__name__
        raise TypeError(f"documents is {found}; it must be several LabelledDocument, e.g. a list")
    for number, document in enumerate(documents):
        if not isinstance(document, LabelledDocument):
            found = type(document).__name__
            raise TypeError(f"documents[{number}] is {found}; it must be a LabelledDocument")
        yield document


def _below(folder: Path) -> Iterator[Path]:
    """Find the ``*.jsonl`` below a folder, but what is hidden; `Path.rglob` would hide errors."""
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():  # a link may lead back here
            yield from _below(path)
        elif path.suffix == ".jsonl" and not path.is_dir():
            yield path


def _parse(line: bytes, place: str) -> LabelledDocument:
    if line.startswith(GZIP):
        raise TrainingDataError(f"{place}: gzip data, where JSON is expected; gunzip it first")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TrainingDataError(f"{place}: not JSON: {error}") from error
    if not isinstance(record, dict):
        raise TrainingDataError(f"{place}: {type(record).__name__}, where an object is expected")
    try:
        return LabelledDocument(
            id=record["id"],
            paragraphs=tuple(map(_paragraph, _list(record["paragraphs"]))),
            site=record.get("site"),
            lang=record.get("lang"),
            weight=record.get("weight", 1),
        )
    except KeyError as error:
        raise TrainingDataError(f"{place}: the field {error} is missing") from error
    except (TypeError, ValueError) as error:
        raise TrainingDataError(f"{place}: not a labelled document: {error}") from error


def _paragraph(item: object) -> LabelledParagraph:
    if not isinstance(item, dict):
        raise TypeError(f"paragraphs holds {type(item).__name__}; it must hold objects")
    return LabelledParagraph(item["text"], item["label"], item.get("kind"))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"paragraphs is {type(value).__name__}; it must be a list")
    return value
