"""What becomes of texts that are no web pages and all content."""

import struct
from pathlib import Path

import pytest
from evaluation import all_content

from boilerstrip import Model

RAIN = "Rain fell on Leeds for the ninth day in a row, and the river is over its banks."
SNOW = "Schnee fiel in der Nacht auf Aachen, und bis zum Mittag fuhr kein Zug nach Köln."


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Unpack a guide in English, a catalogue in German and two quotations."""
    share = tmp_path / "usr" / "share"
    page = (
        '<page xmlns="http://projectmallard.org/1.0/"><info><title>Of the list</title></info>'
        f"<title>Rain</title><p>{RAIN} <em>Still.</em></p><screen>exit 1</screen></page>"
    )
    write(share / "help" / "C" / "leeds" / "rain.page", page.encode())
    catalogue = compile_catalogue([("", "Language: de"), ("Snow.", SNOW), ("$x", f"$x {SNOW}")])
    write(share / "locale" / "de" / "LC_MESSAGES" / "wesnoth-leeds.mo", catalogue)
    write(share / "games" / "fortunes" / "pl" / "leeds", f"{RAIN}\n%\n{RAIN}\n".encode())
    (share / "games" / "fortunes" / "pl" / "leeds.dat").write_bytes(b"\0\0\0\2")
    return tmp_path


def write(path: Path, data: bytes) -> None:
    """Write a file and the folders that it is in."""
    path.parent.mkdir(parents=True)
    path.write_bytes(data)


def compile_catalogue(pairs: list[tuple[str, str]]) -> bytes:
    """Do what ``msgfmt`` does."""
    texts = [text.encode() for text in (*dict(pairs), *dict(pairs).values())]
    tables = 28, 28 + 8 * len(pairs)
    data = struct.pack("<7I", 0x950412DE, 0, len(pairs), *tables, 0, 0)
    place = len(data) + 8 * len(texts)
    for text in texts:
        data += struct.pack("<2I", len(text), place)
        place += len(text) + 1
    return data + b"".join(text + b"\0" for text in texts)


def test_all_content(
    packages: Path, model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Texts of each source are read, and the words counted that are lost."""
    model.save(tmp_path / "model.npz")
    all_content.main([str(packages), str(tmp_path / "model.npz")])
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    sources = [row for row in rows if len(row) > 4 and row[1].strip().isdigit()]
    assert [row[:3] for row in sources] == [
        ["| user guides", "1", "1"],
        ["| texts of a game", "1", "1"],
        ["| quotations, jokes and verse", "2", "1"],
    ]
    c4 = [row[-1].split(" / ")[0] for row in sources]
    assert c4 == ["13.6%", "0.0%", "0.0%"]  # of the guide "Rain" and "exit 1", 3 of 22 words
    assert [row[0] for row in rows[-3:]] == ["| de", "| en", "| pl"]


def test_no_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without any of the packages is an error that says so."""
    with pytest.raises(SystemExit):
        all_content.main([str(tmp_path)])
    assert "holds no usr/share/ of the packages" in capsys.readouterr().err
