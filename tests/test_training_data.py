"""training_data/: valid, balanced, without near-duplicates, and nobody else's sentences."""

import json
import lzma
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from evaluation.collection import OWN, OWN_FOLDERS

from boilerstrip import KINDS, LabelledDocument, LabelledParagraph, read_documents

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"
LANGUAGES = (  # noqa: SIM905 (24, read more easily so)
    "en de fr es it pt nl pl ru uk cs ro hu sv tr el ar fa hi zh-Hans ja ko id vi"  # 24
).split()
WITHOUT_SPACES = re.compile(
    r"[\u0e00-\u0eff\u1000-\u107f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


@pytest.fixture(scope="module")
def folders() -> dict[str, list[LabelledDocument]]:
    """Read all of training_data/, folder by folder."""
    return {
        path.name: list(read_documents(path)) for path in sorted(OWN.iterdir()) if path.is_dir()
    }


@pytest.fixture(scope="module")
def documents(folders: dict[str, list[LabelledDocument]]) -> list[LabelledDocument]:
    """Give the documents of all folders."""
    return [document for each in folders.values() for document in each]


@pytest.fixture(scope="module")
def paragraphs(documents: list[LabelledDocument]) -> list[tuple[str, LabelledParagraph]]:
    """Give each paragraph with its language."""
    return [(d.lang or "", p) for d in documents for p in d.paragraphs]


def words(text: str) -> list[str]:
    """Split into words; scripts without spaces into characters."""
    found: list[str] = []
    for word in re.findall(r"[\w\u0900-\u0dff]+", text.casefold()):
        found += word if WITHOUT_SPACES.search(word) else [word]
    return found


def shingles(text: str, size: int) -> set[tuple[str, ...]]:
    """Give all runs of so many words."""
    found = words(text)
    return {tuple(found[i : i + size]) for i in range(len(found) - size + 1)}


def test_ids(documents: list[LabelledDocument]) -> None:
    """No two documents have the same id."""
    assert not [name for name, n in Counter(d.id for d in documents).items() if n > 1]


def test_size(
    folders: dict[str, list[LabelledDocument]], documents: list[LabelledDocument]
) -> None:
    """There are as many paragraphs and documents as the card says, and enough."""
    assert set(folders) == set(OWN_FOLDERS)
    labels = Counter(p.label for d in documents for p in d.paragraphs)
    assert labels["boilerplate"] >= 3000
    assert labels["content"] >= 3000
    assert sum(len(d.paragraphs) > 1 for d in documents) >= 250
    lone = len(folders["hard"]) + len(folders["plain"])
    said = (
        f"{lone:,} lone paragraphs, {len(folders['documents']):,} whole documents and "
        f"{len(folders['pages']):,} whole pages, {labels.total():,} paragraphs in all: "
        f"{labels['content']:,} content, {labels['boilerplate']:,} boilerplate, "
        f"{labels[None]:,} undecidable."
    )
    card = " ".join((OWN / "README.md").read_text(encoding="utf-8").split())
    assert said in card
    kinds = Counter(p.kind for d in documents for p in d.paragraphs if p.label == "boilerplate")
    assert [each for each in kinds.items() if "| {} | {:,} |".format(*each) not in card] == []
    languages = Counter(d.lang for d in folders["documents"])
    english = languages.pop("en")
    others = f"{languages.total():,} in {len(languages)} other languages"
    assert f"{english:,} of the documents are English, {others}" in card


def test_kinds(paragraphs: list[tuple[str, LabelledParagraph]]) -> None:
    """Every paragraph of boilerplate has its kind, and every kind its share."""
    kinds = Counter(p.kind for _, p in paragraphs if p.label == "boilerplate")
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 120
    assert min(kinds[kind] for kind in ("donation", "paywall", "newsletter")) >= 500


def test_languages(paragraphs: list[tuple[str, LabelledParagraph]]) -> None:
    """Each of the languages has a hundred paragraphs, and both labels."""
    counts = Counter((lang, p.label) for lang, p in paragraphs)
    for lang in LANGUAGES:
        assert counts[lang, "content"] + counts[lang, "boilerplate"] >= 100, lang
        assert min(counts[lang, "content"], counts[lang, "boilerplate"]) >= 40, lang


def test_near_duplicates(
    folders: dict[str, list[LabelledDocument]], documents: list[LabelledDocument]
) -> None:
    """No paragraph shares half of its 5-word shingles with an earlier one of its language.

    But within a whole page, where menus and notices do repeat.
    """
    pages = {document.id for document in folders["pages"]}
    first_seen: dict[tuple[str | None, tuple[str, ...]], tuple[str, str]] = {}
    doubles = []
    for document in documents:
        for text in (paragraph.text for paragraph in document.paragraphs):
            own = shingles(text, 10 if WITHOUT_SPACES.search(text) else 5)
            seen = [first_seen.get((document.lang, shingle)) for shingle in own]
            repeats = {document.id} & pages
            shared = Counter(found for found in seen if found and found[0] not in repeats)
            for other, count in shared.most_common(1):
                if count >= 0.5 * len(own):
                    doubles.append((document.id, text, other))
            for shingle in own:
                first_seen.setdefault((document.lang, shingle), (document.id, text))
    assert not doubles


def corpus_texts() -> Iterator[str]:
    """Give every text of the public corpora."""
    for file in sorted(CORPORA.glob("*.jsonl.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if "views" in record:
                    yield from (text for text, _ in record["views"].get("page", ()))
                elif "paragraphs" in record:
                    yield from (paragraph["text"] for paragraph in record["paragraphs"])
                else:
                    yield record["text"]


@pytest.mark.skipif(not CORPORA.exists(), reason="the public corpora are not part of the project")
def test_nothing_copied(paragraphs: list[tuple[str, LabelledParagraph]]) -> None:
    """No run of eight words stands in the public corpora too."""
    ours = {
        shingle: paragraph.text
        for _, paragraph in paragraphs
        if not WITHOUT_SPACES.search(paragraph.text)
        for shingle in shingles(paragraph.text, 8)
    }
    ours |= {
        shingle: paragraph.text
        for _, paragraph in paragraphs
        if WITHOUT_SPACES.search(paragraph.text)
        for shingle in shingles(paragraph.text, 16)
    }
    copied = set()
    for text in corpus_texts():
        for size in (8, 16) if WITHOUT_SPACES.search(text) else (8,):
            copied |= {ours[shingle] for shingle in shingles(text, size) if shingle in ours}
    assert not copied
