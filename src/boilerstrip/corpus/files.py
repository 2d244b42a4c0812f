"""The files of a corpus: which ones there are to read, and where each is written to."""

import fnmatch
import glob
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from boilerstrip.errors import CorpusError
from boilerstrip.whole_file import hide

__all__ = ["JOURNAL", "CorpusFile", "check_aside", "check_outside", "find_files"]

FORMATS = {
    ".jsonl": ".jsonl",
    ".ndjson": ".jsonl",
    ".jsonl.gz": ".jsonl.gz",
    ".ndjson.gz": ".jsonl.gz",
    ".json.gz": ".jsonl.gz",
    ".jsonl.zst": ".jsonl.zst",
    ".ndjson.zst": ".jsonl.zst",
    ".json.zst": ".jsonl.zst",
    ".parquet": ".parquet",
    ".txt": ".txt",
    ".warc.wet.gz": ".warc.wet.gz",
}
"""The formats by the ends of file names, in capitals or not; JSON lines have several."""

ENDINGS = " ".join(FORMATS)

OTHER_ENDINGS = {
    *(".arrow", ".avro", ".csv", ".feather", ".html", ".json", ".md", ".orc", ".tsv", ".warc"),
    *(".wet", ".xml", ".bz2", ".gz", ".xz", ".zip", ".zst"),
}
"""Of files, too: whoever names an output so does not mean a folder."""

JOURNAL = ".boilerstrip"
"""The journal of a run, hidden in the output folder, or the end of its name beside a file."""


class CorpusFile(NamedTuple):
    """A file to read and the one to write.

    Attributes:
        source: the file to read.
        target: the file to write.
        suffix: tells the format of both.
        name: what the file is called, apart from all others of the corpus: its place below the
            input folder.
    """

    source: Path
    target: Path
    suffix: str
    name: str

    def beside(self, ending: str) -> Path:
        """Name a hidden file next to the one to write."""
        return hide(self.target, ending)


def find_files(
    inputs: Iterable[str | Path],
    output: str | Path,
    tell: Callable[[Path], object] = lambda _: None,
) -> list[CorpusFile]:
    """Find the files to read and name those to write.

    Args:
        inputs: files; folders, of which all files of a known format are read, at any depth, links
            followed, and names left out that begin with a dot (hidden) or ``_`` (what Spark and
            others write beside the data); patterns as the shell has them, ``**`` standing for any
            depth, for files and folders.
        output: the folder to write to: each file to where it is below its input folder, or below
            the part of its pattern that has no wildcard; or a file, if there is one to read.
        tell: called with all else that is found: what has none of the known endings, or is no
            file, as a pipe and a link that leads nowhere.

    Raises:
        CorpusError: an input holds no file of a known format, two would be written to the same
            place, one would be read twice, or written where others are read.
        FileNotFoundError: an input does not exist.
    """
    output = Path(output)
    _check_output(output)
    found = list(_find_sources(inputs, tell))
    if not found:
        raise CorpusError("there is no input; name files, folders or patterns")
    is_file = _suffix(output) is not None and not output.is_dir()
    if is_file and len(found) > 1:
        raise CorpusError(
            f"{output} is one file and {len(found)} are read; name a folder without such an "
            f"ending, or make one of this name first: mkdir {output}"
        )
    files: dict[Path, CorpusFile] = {}
    for source, place in found:
        target = output if is_file else output / place
        suffix = _suffix(source)
        if suffix is None:
            raise CorpusError(f"{source}: of no known format; the known endings are {ENDINGS}")
        if _suffix(target) != suffix:
            raise CorpusError(
                f"{source} cannot be written to {target}: both must have the same of these "
                f"endings: {ENDINGS}"
            )
        if target in files:
            raise CorpusError(
                f"{files[target].source} and {source} would both be written to {target}; name the "
                "folder that holds both, or a pattern in quotes"
            )
        files[target] = CorpusFile(source, target, suffix, place.as_posix())
    sources = {file.source.resolve() for file in files.values()}
    for target in files:
        if target.resolve() in sources:
            raise CorpusError(f"{target} is read and would be written; name another output")
    return list(files.values())


def check_outside(paths: Iterable[Path], inputs: Iterable[str | Path]) -> None:
    """Check that what is written does not become an input of the next run.

    Raises:
        CorpusError: a path lies in a folder that is an input, or where a pattern finds it.
    """
    places = {path: path.resolve() for path in paths}
    for each in map(Path, inputs):
        if each.exists() and not each.is_dir():
            continue
        folder = each if each.is_dir() else _fixed_part(each)
        pattern = each.parts[len(folder.parts) :] or ("**",)
        root = folder.resolve()
        for path, place in places.items():
            if place.is_relative_to(root) and _matches(place.relative_to(root).parts, pattern):
                raise CorpusError(f"{path} lies in {each}, which is read; name a place outside")


def check_aside(
    path: Path,
    inputs: Iterable[str | Path],
    files: Iterable[CorpusFile],
    others: Iterable[str | Path] = (),
) -> None:
    """Check that what is written aside from the outputs takes the place of no other file.

    Args:
        path: what is written.
        inputs: as for `find_files`.
        files: that are found.
        others: what else is read or written.

    Raises:
        CorpusError: the path is read or written already, or that of a journal, or is where inputs
            are looked for.
    """
    check_outside([path], inputs)
    if path.resolve().name.endswith(JOURNAL):
        raise CorpusError(f"{path} is named like the journal of a run; name another file")
    taken = [*others, *(each for file in files for each in (file.source, file.target))]
    if path.resolve() in {Path(each).resolve() for each in taken}:
        raise CorpusError(f"{path} is read or written already; name another file")


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a pattern would find a path, hidden or not, or a folder of it; both by their parts.

    See `glob.glob`.
    """
    if not pattern:
        return True
    first, *rest = pattern
    if first == "**":
        return _matches(parts, rest) or (bool(parts) and _matches(parts[1:], pattern))
    return bool(parts) and fnmatch.fnmatch(parts[0], first) and _matches(parts[1:], rest)


def _fixed_part(pattern: Path) -> Path:
    return Path(*itertools.takewhile(lambda part: not glob.has_magic(part), pattern.parts))


def _suffix(path: Path) -> str | None:
    name = path.name.lower()
    return next((format_ for ending, format_ in FORMATS.items() if name.endswith(ending)), None)


def _find_sources(
    inputs: Iterable[str | Path], tell: Callable[[Path], object]
) -> Iterator[tuple[Path, Path]]:
    """Give each file that is to be read, and its place in the output folder."""
    inputs_of: dict[Path, tuple[int, str]] = {}
    for numbered in enumerate(os.fspath(each) for each in inputs):
        for source, place in _expand(numbered[1], tell):
            # A link is a file of its own, but what is in a folder is the same by any way to it.
            other = inputs_of.setdefault(source.parent.resolve() / source.name, numbered)
            if other != numbered:
                raise CorpusError(
                    f"{source} would be read twice, for the inputs {other[1]} and {numbered[1]}; "
                    "leave out one of them"
                )
            yield source, place


def _expand(name: str, tell: Callable[[Path], object]) -> Iterator[tuple[Path, Path]]:
    """Give each file that an input stands for, and its place in the output folder."""
    _check_local(name)
    path = Path(name)
    if path.is_dir():
        matches, fixed = [path], path
    elif path.exists() or not glob.has_magic(name):
        _check_file(path)
        yield path, Path(path.name)
        return
    else:
        matches = [*map(Path, sorted(glob.glob(name, recursive=True)))]  # noqa: PTH207 (keeps ./x/**)
        fixed = _fixed_part(path)
        if not matches:
            raise CorpusError(f"{name}: there is nothing that this pattern matches")
    found: dict[Path, None] = {}  # in order; one may be found by itself and below its folder
    for each in matches:
        if each.is_dir():
            found.update(dict.fromkeys(_below(each)))
        else:
            if _suffix(each):
                _check_file(each)
            found[each] = None
    known = dict.fromkeys(file for file in found if _suffix(file) and file.is_file())
    if not known:
        raise CorpusError(f"{name}: no file with one of these endings: {ENDINGS}")
    for file in itertools.filterfalse(known.__contains__, found):
        tell(file)
    yield from ((file, file.relative_to(fixed)) for file in known)


def _check_local(name: str) -> None:
    """Check that a name can be that of a file or folder of this machine.

    Raises:
        CorpusError: it stands for a stream, or is an address as of a bucket.
    """
    if (name == "-" or re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", name)) and not Path(name).exists():
        raise CorpusError(
            f"{name}: no file or folder of this machine, and only these are read and written; copy "
            "the data to one"
        )


def _check_output(output: Path) -> None:
    """Check that an output can be a folder, or a file that is written.

    Raises:
        CorpusError: it cannot.
    """
    _check_local(str(output))
    is_known = _suffix(output) is not None or output.is_dir()
    if not is_known and (output.is_file() or output.suffix.lower() in OTHER_ENDINGS):
        raise CorpusError(
            f"{output} is no folder, and has none of the endings of what is written: {ENDINGS}; "
            "name a file with one of these, or a folder"
        )


def _check_file(path: Path) -> None:
    """Check that a path is that of a file.

    Raises:
        CorpusError: it is none; a pipe would be waited for, and can be read only once.
        FileNotFoundError: it does not exist.
    """
    path.stat()
    if not path.is_file():
        raise CorpusError(f"{path} is a pipe or a device; only files are read: copy it to one")


def _below(folder: Path, within: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Find all but folders below a folder, at any depth, in order; nothing that is hidden."""
    place = folder.resolve()
    if place in within:  # by a link; all that is here is found already
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            yield from _below(path, within | {place})
        else:
            yield path
