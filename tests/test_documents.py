"""Labelled documents: what they may hold, and how they are read."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boilerstrip import LabelledDocument, LabelledParagraph, TrainingDataError, read_documents
from boilerstrip.documents import check_documents

RECORD = {
    "id": "a",
    "site": "example.org",
    "lang": "en",
    "paragraphs": [
        {"text": "It rained.", "label": "content", "kind": None},
        {"text": "Subscribe!", "label": "boilerplate", "kind": "newsletter"},
        {"text": "Who knows?", "label": None},
    ],
}
DOCUMENT = LabelledDocument(
    id="a",
    site="example.org",
    lang="en",
    paragraphs=(
        LabelledParagraph("It rained.", "content"),
        LabelledParagraph("Subscribe!", "boilerplate", "newsletter"),
        LabelledParagraph("Who knows?", None),
    ),
)


def write(path: Path, *records: object) -> Path:
    """Write records as lines of JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


def test_read(tmp_path: Path) -> None:
    """A file holds a document a line; blank lines and unknown fields do not matter."""
    path = write(tmp_path / "a.jsonl", RECORD, {"id": "b", "paragraphs": [], "url": "x"})
    path.write_text(path.read_text().replace("\n", "\n\n"))
    expected = [DOCUMENT, LabelledDocument("b", ())]
    assert list(read_documents(path)) == list(read_documents(str(path))) == expected


def test_folder(tmp_path: Path) -> None:
    """A folder is read in the order of names, with the folders in it, but nothing hidden."""
    for name in ("b.jsonl", "a/z.jsonl", "c.jsonl/part.jsonl"):
        write(tmp_path / name, {**RECORD, "id": name})
    (tmp_path / "README.md").write_text("not a document")
    write(tmp_path / "a" / ".copies" / "z.jsonl", RECORD)
    write(tmp_path / ".b.jsonl", RECORD)
    assert [d.id for d in read_documents(tmp_path)] == [
        "a/z.jsonl",
        "b.jsonl",
        "c.jsonl/part.jsonl",
    ]


def test_lazy(tmp_path: Path) -> None:
    """Documents are read one by one: what is wrong further on does not keep them back."""
    documents = read_documents(write(tmp_path / "a.jsonl", RECORD, "wrong"))
    assert next(documents) == DOCUMENT
    with pytest.raises(TrainingDataError, match=r"a\.jsonl:2: str, where an object is expected"):
        next(documents)


def test_nothing_there(tmp_path: Path) -> None:
    """A missing file and a folder without documents are errors."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        list(read_documents(tmp_path / "nowhere.jsonl"))
    with pytest.raises(FileNotFoundError, match=r"holds no \*\.jsonl file"):
        list(read_documents(tmp_path))


def test_gzip(tmp_path: Path) -> None:
    """A file that is compressed is refused as what it is, with what to do."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(RECORD).encode()))
    message = r"a\.jsonl\.gz:1: gzip data, where JSON is expected; gunzip it first"
    with pytest.raises(TrainingDataError, match=message):
        list(read_documents(path))


def test_links(tmp_path: Path) -> None:
    """Links to files are followed, those to folders, which may lead back, are not."""
    write(tmp_path / "a.jsonl", RECORD)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.jsonl").symlink_to(tmp_path / "a.jsonl")
    (tmp_path / "in" / "back").symlink_to(tmp_path)
    assert list(read_documents(tmp_path / "in")) == [DOCUMENT]


@pytest.mark.parametrize("place", [".", "sub"])
def test_folder_without_permission(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that may not be read is an error, also below the one that is named."""
    write(tmp_path / "sub" / "a.jsonl", RECORD)
    closed, iterdir = tmp_path / place, Path.iterdir

    def refuse(folder: Path) -> Iterator[Path]:
        if folder == closed:
            raise PermissionError(f"{folder}: Permission denied")
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)  # to root all folders are open
    with pytest.raises(PermissionError, match="Permission denied"):
        list(read_documents(tmp_path))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "list, where an object is expected"),
        (b"{}", "the field 'id' is missing"),
        (b'{"id": "a"}', "the field 'paragraphs' is missing"),
        (b'{"id": 1, "paragraphs": []}', "id is int; it must be str"),
        (b'{"id": "a", "site": [], "paragraphs": []}', "site is list; it must be str"),
        (b'{"id": "a", "weight": "2", "paragraphs": []}', "weight is str; it must be a number"),
        (b'{"id": "a", "weight": 0, "paragraphs": []}', "weight is 0; it must be more than 0"),
        (b'{"id": "a", "weight": NaN, "paragraphs": []}', "weight is nan; it must be more than 0"),
        (b'{"id": "a", "paragraphs": null}', "paragraphs is NoneType; it must be a list"),
        (b'{"id": "a", "paragraphs": ""}', "paragraphs is str; it must be a list"),
        (b'{"id": "a", "paragraphs": ["text"]}', "paragraphs holds str; it must hold objects"),
        (b'{"id": "a", "paragraphs": [{"text": "x"}]}', "the field 'label' is missing"),
        (b'{"id": "a", "paragraphs": [{"text": null, "label": null}]}', "text is NoneType"),
        (b'{"id": "a", "paragraphs": [{"text": "x", "label": "good"}]}', "label is 'good'"),
    ],
)
def test_malformed(line: bytes, message: str, tmp_path: Path) -> None:
    """A malformed line is refused in a message that names file and line."""
    path = write(tmp_path / "a.jsonl", RECORD)
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(TrainingDataError, match=rf"a\.jsonl:2: .*{message}"):
        list(read_documents(path))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((b"x", "content"), TypeError, "text is bytes; it must be str"),
        (("x", "good"), ValueError, "label is 'good'; it must be content, boilerplate or None"),
        (("x", ["content"]), ValueError, "label is"),
        (("x", "boilerplate", "spam"), ValueError, "kind is 'spam'.*donation, paywall"),
        (("x", "content", "advert"), ValueError, "content has the kind 'advert'"),
    ],
)
def test_bad_paragraph(arguments: Any, error: type[Exception], message: str) -> None:
    """A paragraph with a wrong label or kind cannot be made."""
    with pytest.raises(error, match=message):
        LabelledParagraph(*arguments)


def test_bad_document() -> None:
    """A document holds nothing but labelled paragraphs."""
    with pytest.raises(TypeError, match="must be LabelledParagraph objects, not str"):
        LabelledDocument("a", ("text",))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="paragraphs is NoneType; it must be several Labelled"):
        LabelledDocument("a", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ("mine/", r"documents is str; .* read_documents\(path\)"),
        (Path("mine"), r"documents is PosixPath; .* read_documents\(path\)"),
        (None, "documents is NoneType; it must be several LabelledDocument"),
        (LabelledDocument("a", ()), "documents is LabelledDocument; it must be several"),
        ([LabelledDocument("a", ()), "b"], r"documents\[1\] is str; it must be a Labelled"),
    ],
    ids=["name", "path", "nothing", "one", "text"],
)
def test_bad_documents(documents: Any, message: str) -> None:
    """What is no series of documents is an error that says what was found, and where."""
    with pytest.raises(TypeError, match=message):
        list(check_documents(documents))


def test_bad_id() -> None:
    """What names a document is a string."""
    with pytest.raises(TypeError, match="id is int; it must be str"):
        LabelledDocument(5, ())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="site is list; it must be str"):
        LabelledDocument("a", (), site=["a"])  # type: ignore[arg-type]


def test_any_iterable() -> None:
    """Paragraphs are kept, whatever gives them."""
    paragraph = LabelledParagraph("x", "content")
    assert LabelledDocument("a", (p for p in [paragraph])).paragraphs == (  # type: ignore[arg-type]
        paragraph,
    )


def test_weight(tmp_path: Path) -> None:
    """A document counts once, or as often as it says."""
    path = write(tmp_path / "a.jsonl", RECORD, {**RECORD, "weight": 0.5})
    assert [document.weight for document in read_documents(path)] == [1, 0.5]


def test_group() -> None:
    """Documents are grouped by site, or else stand alone."""
    assert [LabelledDocument("a", (), site).group for site in ("x", "", None)] == ["x", "a", "a"]
