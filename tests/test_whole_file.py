"""Whole files: what is replaced, and what stays as it was."""

import os
from pathlib import Path

import pytest

from boilerstrip.whole_file import may_write, write_whole


def test_replaced(tmp_path: Path) -> None:
    """A file is replaced, keeps its permissions, and nothing else is left."""
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o600)
    write_whole(path, b"new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_link(tmp_path: Path) -> None:
    """A link stays one, and what it leads to is replaced."""
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_text("old")
    link.symlink_to(path)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert path.read_text() == "new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the platform has no named pipes")
def test_pipe(tmp_path: Path) -> None:
    """What is no file is written to, and stays what it is."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(path, b"new")
        assert os.read(reader, 10) == b"new"
    finally:
        os.close(reader)
    assert path.is_fifo()


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the platform has no /dev/fd")
def test_pipe_without_a_name() -> None:
    """A pipe that is open, such as standard output, is written to."""
    reader, writer = os.pipe()
    try:
        assert may_write(f"/dev/fd/{writer}")
        write_whole(f"/dev/fd/{writer}", b"new")
        assert os.read(reader, 10) == b"new"
    finally:
        os.close(reader)
        os.close(writer)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the platform has no /dev/fd")
def test_open_file(tmp_path: Path) -> None:
    """A file that is open is written to where it stands, as standard output is in a log."""
    path = tmp_path / "log"
    path.write_text("precious\n")
    with path.open("a") as log:
        log.write("before\n")
        log.flush()
        name = f"/dev/fd/{log.fileno()}"
        assert may_write(name)
        write_whole(name, b"new\n")
        log.write("after\n")
    assert path.read_text() == "precious\nbefore\nnew\nafter\n"


def test_may_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, and what lies in no folder or in a closed one, cannot be written."""
    assert may_write(tmp_path / "a")
    assert not may_write(tmp_path)
    assert not may_write(tmp_path / "missing" / "a")
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path)
    assert not may_write(tmp_path / "a")


def test_fails(tmp_path: Path) -> None:
    """Where nothing can be written, nothing is left, and the error names the file."""
    path = tmp_path / "missing" / "a"
    with pytest.raises(OSError, match="No such file") as failure:
        write_whole(path, b"new")
    assert failure.value.filename == str(path)
    assert list(tmp_path.iterdir()) == []
