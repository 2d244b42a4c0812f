"""Read the public corpora, which are not part of the project, as labelled documents."""

import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boilerstrip.documents import LabelledDocument, LabelledParagraph
from boilerstrip.paragraphs import Label

PAGES = (
    "wcxb-dev",
    "dragnet",
    "cleaneval",
    "cleaneval-dev",
    "l3s-gn1",
    "fundus-tests",
    "readability",
    "cleanportaleval",
)
NAMED_AFTER_PUBLISHERS = {"fundus-tests", "cleanportaleval"}
LABELS: dict[int | None, Label | None] = {1: "content", 0: "boilerplate", None: None}


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read the JSON objects of an xz-compressed JSONL file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read_pages(
    folder: Path, corpus: str
) -> Iterator[tuple[dict[str, Any], dict[str, LabelledDocument]]]:
    """Read the pages of a corpus: the record, and a labelled document for each filled view."""
    for page in read_lines(folder / f"{corpus}.jsonl.xz"):
        site = page.get("domain") or _publisher(page["id"])
        yield (
            page,
            {
                view: LabelledDocument(
                    id=f"{page['id']}#{view}",
                    site=f"{corpus}:{site}",
                    paragraphs=tuple(
                        LabelledParagraph(t, LABELS[label]) for t, label in paragraphs
                    ),
                )
                for view, paragraphs in page["views"].items()
                if paragraphs
            },
        )


def _publisher(name: str) -> str:
    """Name the publisher, where a page is named after it and a date or number; else the page."""
    corpus, page = name.split("/", 1)
    return page.split("_")[0] if corpus in NAMED_AFTER_PUBLISHERS else name


def repository(origin: str) -> str:
    """Name the repository that an appeal comes from: appeals of one repository stay together."""
    if origin.startswith("public GitHub file"):
        return origin.split(" (", maxsplit=1)[0]
    match = re.match(r"[^ /]+/[^ /]+", origin)
    return match.group(0) if match else origin


def read_appeals(folder: Path) -> Iterator[tuple[dict[str, Any], LabelledDocument]]:
    """Read the lone appeals and hard contents, each a document of one paragraph."""
    for item in read_lines(folder / "appeals.jsonl.xz"):
        kind = None if item["label"] == "content" else item["kind"]
        yield (
            item,
            LabelledDocument(
                id=item["id"],
                site=repository(item["origin"]),
                lang=item["lang"],
                paragraphs=(LabelledParagraph(item["text"], item["label"], kind),),
            ),
        )


def read_appeal_documents(folder: Path) -> Iterator[LabelledDocument]:
    """Read the whole documents with appeals."""
    for item in read_lines(folder / "appeal-documents.jsonl.xz"):
        yield LabelledDocument(
            id=item["id"],
            site=repository(item["origin"]),
            lang=item["lang"],
            paragraphs=tuple(
                LabelledParagraph(
                    p["text"], p["label"], p["kind"] if p["label"] == "boilerplate" else None
                )
                for p in item["paragraphs"]
            ),
        )
