"""All that models are trained and tested on, in one list: public corpora and the project's own."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from boilerstrip import LabelledDocument, read_documents
from evaluation import corpora
from evaluation.sites import join_sites

__all__ = ["OWN", "OWN_FOLDERS", "SEED", "Example", "Task", "load", "load_own", "say"]

OWN = Path(__file__).parents[1] / "training_data"
APPEALS = "appeals"
LONE_WEIGHT = 16  # of a real appeal or content about the same: it teaches more than one thought up
DOCUMENT_WEIGHT = 16  # of a real document with appeals
EXTRACTOR_WEIGHT = 3  # of what an extractor kept of a page
SEED = 1  # of evaluations
STARTED = time.monotonic()

Task = Literal["page", "extractor", "lone", "document", "content", "own page"]
"""What a document stands for: a whole page, what an extractor kept of one, a paragraph without
its neighbours, a document with appeals in it, one that is all content, or a page of the project's
own, which has no reference text."""

OWN_FOLDERS: dict[str, tuple[Task, float]] = {
    "hard": ("lone", 0.25),  # few real texts are hard ones
    "plain": ("lone", 1),
    "documents": ("document", 4),
    "pages": ("own page", 1),
}
"""What stands in the folders of the project's own texts, and how much each document counts."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled document, and what the tables tell apart by.

    Attributes:
        document: the document.
        task: what it stands for.
        corpus: where it comes from; ``"own"`` for the project's own texts.
        page_type: of a page, where its corpus names one.
        view: of an extractor's output, the extractor.
        gold: of pages, in any view, the reference text.
        folder: of the project's own texts, the one that they stand in.
        is_doubtful: whether its corpus says that people would argue about the label.
    """

    document: LabelledDocument
    task: Task
    corpus: str
    page_type: str = ""
    view: str = ""
    gold: str = ""
    folder: str = ""
    is_doubtful: bool = False


def load(folder: Path, *, every: int = 1) -> list[Example]:
    """Read the public corpora and the project's own texts, of each site as far as it can be told.

    Args:
        folder: the public corpora.
        every: take only one page in so many of each corpus; of all else, everything.
    """
    return [
        *_join_sites([*_pages(folder, every)]),
        *_join_sites([*_appeals(folder)]),
        *load_own(),
    ]


def load_own() -> list[Example]:
    """Read the project's own texts."""
    return [
        Example(replace(document, weight=weight), _task(document, task), "own", folder=folder)
        for folder, (task, weight) in OWN_FOLDERS.items()
        for document in read_documents(OWN / folder)
    ]


def _task(document: LabelledDocument, task: Task) -> Task:
    is_content = all(paragraph.label == "content" for paragraph in document.paragraphs)
    return "content" if task == "document" and is_content else task


def _join_sites(examples: Sequence[Example]) -> list[Example]:
    documents = join_sites([example.document for example in examples])
    return [replace(e, document=d) for e, d in zip(examples, documents, strict=True)]


def say(text: str) -> None:
    """Tell on stderr how far things are, and after how many seconds."""
    print(f"[{time.monotonic() - STARTED:6.0f} s] {text}", file=sys.stderr, flush=True)


def _pages(folder: Path, every: int) -> Iterator[Example]:
    for corpus in corpora.PAGES:
        for number, (page, views) in enumerate(corpora.read_pages(folder, corpus)):
            if number % every:
                continue
            for view, document in views.items():
                is_page = view == "page"
                yield Example(
                    document if is_page else replace(document, weight=EXTRACTOR_WEIGHT),
                    "page" if is_page else "extractor",
                    "cleaneval" if corpus == "cleaneval-dev" else corpus,
                    page.get("type", ""),
                    "" if is_page else view,
                    page["gold"],
                )


def _appeals(folder: Path) -> Iterator[Example]:
    for item, document in corpora.read_appeals(folder):
        weighted = replace(document, weight=LONE_WEIGHT)
        yield Example(weighted, "lone", APPEALS, is_doubtful=bool(item.get("doubt")))
    for document in corpora.read_appeal_documents(folder):
        yield Example(replace(document, weight=DOCUMENT_WEIGHT), "document", APPEALS)
