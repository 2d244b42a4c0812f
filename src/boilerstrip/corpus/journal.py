"""The journal of a run: what is finished, so that a run that was broken off can go on.

It is a hidden file next to the outputs, a JSON object a line, only ever added to. An output is
finished if the journal has it, and both what it was made of and the file itself are still as they
were noted. So it does no harm that a file is noted a moment before it gets its name.
"""

import hashlib
import json
import os
import reprlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from boilerstrip.corpus.report import Counts
from boilerstrip.errors import CorpusError
from boilerstrip.whole_file import hide, sync

try:
    import fcntl
except ImportError:  # the platform has none
    fcntl = None  # type: ignore[assignment]

__all__ = ["Journal", "lock_beside", "state"]


def state(path: Path) -> list[int] | None:
    """Return what changes when a file does: size and time; ``None`` if it does not exist."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return [found.st_size, found.st_mtime_ns]


@contextmanager
def lock_beside(output: Path) -> Iterator[None]:
    """Keep other runs away from a file, whatever journal they have, until the context is left.

    Raises:
        CorpusError: another run is at work on it, or was a moment ago.
    """
    if fcntl is None:
        yield
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    path = hide(output, "lock")
    with path.open("ab") as file:
        _lock(file)
        if os.fstat(file.fileno()).st_nlink == 0:  # the other run removed it as it ended
            raise CorpusError(f"another run has just written here: {output}; start again")
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


class Journal:
    """Notes outputs that are finished, and tells which ones an earlier run has finished.

    Args:
        path: the file; it need not exist.
        settings: all that an output depends on, beside what it is made of.
        on_error: what becomes of what is bad, which matters only to an output with errors.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any], on_error: str) -> None:
        self._path = path
        self._folder = os.path.realpath(path.parent)
        self._on_error = on_error
        self._settings = json.loads(json.dumps(settings))
        self._digest = hashlib.sha256(json.dumps(self._settings).encode()).hexdigest()
        self._known: dict[str, Any] = {}
        self._entries: dict[str, dict[str, Any]] = {}
        self._states: dict[str, list[Any]] = {}
        data = path.read_bytes() if path.exists() else b""
        self._size = len(data)
        lines = data.split(b"\n")
        self._start = "\n" if lines.pop() else ""  # the last line was torn: it ends here
        for line in lines:
            try:
                entry = json.loads(line)
                if "values" in entry:
                    self._known[entry["settings"]] = entry["values"]
                else:
                    self._states.setdefault(entry["output"], []).append(entry["state"])
                    self._entries[entry["output"]] = entry
            except (ValueError, TypeError, KeyError):
                continue  # a torn one, or none: what it noted is done again

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other runs away until the context is left.

        Raises:
            CorpusError: another run is at work, or was since the journal was read.
        """
        with self._path.open("ab") as file:
            if fcntl is not None:
                _lock(file)
            if file.tell() != self._size:
                raise CorpusError(f"another run has just written here: {self._path}; start again")
            yield

    def key(self, output: Path) -> str:
        """Name an output as it is noted, however its path is spelled."""
        folder = os.path.realpath(output.parent)
        return os.path.relpath(Path(folder, output.name), self._folder)

    def other_settings(self, output: Path) -> str | None:
        """Tell how the settings differ that an output was last made with, if they do."""
        digest = self._entries.get(self.key(output), {}).get("settings", self._digest)
        if digest == self._digest:
            return None
        old, new = self._known.get(digest, {}), self._settings
        names = [name for name in new if old.get(name) != new[name]]
        return ", ".join(_tell_difference(name, old.get(name), new[name]) for name in names)

    def has(self, output: Path) -> bool:
        """Whether an output was ever noted."""
        return self.key(output) in self._entries

    def has_as_it_is(self, output: Path) -> bool:
        """Whether an output is what some run has noted: not always the last, which may have died.

        What it had noted then did not get its name, and the file of an earlier run is still there.
        """
        return state(output) in self._states[self.key(output)]

    def made_of(self, output: Path) -> Any:  # noqa: ANN401 (whatever was noted)
        """Return what an output was last made of, as it was noted."""
        return self._entries[self.key(output)]["made_of"]

    def finished(self, output: Path, made_of: object) -> Counts | None:
        """Return what was counted for an output, if it is finished.

        Args:
            output: the file.
            made_of: what it is made of, as it would be noted.
        """
        entry = self._entries.get(self.key(output))
        wanted = {"settings": self._digest, "made_of": made_of, "state": state(output)}
        if entry is None or any(entry[name] != value for name, value in wanted.items()):
            return None
        counts = Counts(**entry["counts"])
        return counts if not counts.errors or entry["on_error"] == self._on_error else None

    def part(self, output: Path) -> list[int] | None:
        """Return what was noted of the part of an output that is finished; see `note`."""
        found: list[int] | None = self._entries[self.key(output)]["part"]
        return found

    def note(
        self,
        output: Path,
        made_of: object,
        written: list[int] | None,
        counts: Counts,
        part: list[int] | None = None,
    ) -> None:
        """Note that an output is finished.

        Args:
            output: the file.
            made_of: JSON-like: what it is made of.
            written: its `state`; ``None``: there is to be no file.
            counts: what was counted.
            part: `state` of the file with the removed paragraphs, if there is one.
        """
        entry = {
            "output": self.key(output),
            "settings": self._digest,
            "made_of": made_of,
            "state": written,
            "counts": asdict(counts),
            "on_error": self._on_error,
            "part": part,
        }
        lines = [entry]
        if self._digest not in self._known:
            self._known[self._digest] = self._settings
            lines = [{"settings": self._digest, "values": self._settings}, entry]
        text = self._start + "".join(json.dumps(line) + "\n" for line in lines)
        self._start = ""
        with self._path.open("ab") as file:
            file.write(text.encode())
            sync(file)


def _tell_difference(name: str, old: object, new: object) -> str:
    """Tell how a setting has changed; of two lists, what only one of them has."""
    if isinstance(old, list) and isinstance(new, list) and old and new:
        gone, come = ([x for x in a if x not in b] for a, b in ((old, new), (new, old)))
        return f"{name} has lost {reprlib.repr(gone)} and gained {reprlib.repr(come)}"
    return f"{name} was {reprlib.repr(old)} and is {reprlib.repr(new)}"


def _lock(file: IO[bytes]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CorpusError(
            f"another run writes here: {file.name} is locked; wait for its end, or name another "
            "output"
        ) from None
    except OSError:
        pass  # some network file systems have no locks
