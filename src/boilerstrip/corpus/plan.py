"""What is to be done, what is done already, and how a file gets its final name."""

import hashlib
import itertools
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

import boilerstrip
from boilerstrip.corpus.documents import Settings
from boilerstrip.corpus.files import JOURNAL, CorpusFile
from boilerstrip.corpus.journal import Journal, lock_beside, state
from boilerstrip.corpus.report import Counts
from boilerstrip.corpus.streams import GZIP, gzip_member
from boilerstrip.corpus.work import Done, unfinished, unfinished_removed
from boilerstrip.errors import CorpusError
from boilerstrip.phrases import describe_phrase
from boilerstrip.whole_file import hide, shorten, sync

__all__ = ["Plan"]


class Plan:
    """The files of a run.

    Attributes:
        todo: those that are not finished.
        finished: what was counted in the others.
    """

    def __init__(
        self, files: Sequence[CorpusFile], output: Path, removed: Path | None, settings: Settings
    ) -> None:
        self.todo = list(files)
        self.finished = Counts()
        self._files = files
        self._removed = removed
        self._found: dict[Path, list[int] | None] = {}  # states of what is to be replaced
        self._journal = Journal(_journal_path(files, output), _facts(settings), settings.on_error)
        self._made_of = {
            file.target: [
                [self._journal.key(file.target), str(file.source.resolve()), state(file.source)]
            ]
            for file in files
        }
        if removed is not None:  # of all that the outputs are made of, in this order
            self._made_of[removed] = list(itertools.chain(*self._made_of.values()))

    @contextmanager
    def begin(self, *, resume: bool, force: bool) -> Iterator[None]:
        """Find out what is finished, if a run is resumed, and make room for the rest.

        Until the context is left, other runs are kept away.

        Raises:
            CorpusError: what is to be written exists, or was written with other settings or made
                of other files, or another run is at work.
        """
        # Runs with other outputs, and so with other journals, may have the same removed file.
        with nullcontext() if self._removed is None else lock_beside(self._removed):
            if resume:
                self._find_finished()
            targets = [file.target for file in self.todo]
            if self._removed is not None:
                targets.append(self._removed)
            for target in targets:
                if target.is_dir():
                    raise CorpusError(f"{target} is a folder; name another output")
                if not force:
                    self._refuse(target, resume=resume)
            for folder in {target.parent for target in targets}:
                folder.mkdir(parents=True, exist_ok=True)
            self._found = {target: state(target) for target in targets}
            with self._journal.lock():
                _remove_leftovers(targets)  # nobody is at work on them
                yield

    def _refuse(self, target: Path, *, resume: bool) -> None:
        if not target.exists():
            return
        if not resume:
            raise CorpusError(
                f"{target} exists; resume (--resume) goes on with the run that wrote it, force "
                "(--force) replaces it"
            )
        if not self._journal.has(target):
            why = "was not written by a run like this"
        elif (other := self._journal.other_settings(target)) is not None:
            why = f"was written with other settings: {other}"
        elif (lost := self._lost(target)) is not None:
            why = f"was made from {lost}, and would now be made without it"
        elif not self._journal.has_as_it_is(target):
            why = "was changed after a run had written it"
        else:
            return
        raise CorpusError(f"{target} {why}; force (--force) replaces it")

    def _lost(self, target: Path) -> str | None:
        """Name a file that an output was made from and would not be made from again."""
        now = {(output, source) for output, source, _ in self._made_of[target]}
        noted = self._journal.made_of(target)
        return next((source for output, source, _ in noted if (output, source) not in now), None)

    def _find_finished(self) -> None:
        finished = {}
        for file in self._files:
            counts = self._journal.finished(file.target, self._made_of[file.target])
            if counts is not None:
                finished[file] = counts
        if self._removed is not None and not (
            len(finished) == len(self._files)
            and self._journal.finished(self._removed, self._made_of[self._removed])
        ):
            finished = {
                file: counts
                for file, counts in finished.items()
                if state(_part(file)) == self._journal.part(file.target)
            }
        self.todo = [file for file in self._files if file not in finished]
        for counts in finished.values():
            self.finished.add(counts)

    def finish(self, done: Done, tag: str) -> None:
        """Give a file its final name.

        Args:
            done: what the work on it has come to.
            tag: of the run.

        Raises:
            CorpusError: what was written is gone, or what it is to replace was written meanwhile.
        """
        file, path = done.file, unfinished(done.file, tag)
        written = None if done.is_left_out else _written(path)
        part = None
        if self._removed is not None:
            removed = unfinished_removed(file, tag)
            part = _written(removed)
            removed.replace(_part(file))
        else:
            _part(file).unlink(missing_ok=True)  # of a run that was broken off
        self._check_untouched(file.target)
        self._journal.note(file.target, self._made_of[file.target], written, done.counts, part)
        if done.is_left_out:
            file.target.unlink(missing_ok=True)
        else:
            path.replace(file.target)

    def join_removed(self, tag: str) -> None:
        """Put together the file of removed paragraphs, when all files are finished."""
        if self._removed is None:
            return
        made_of = self._made_of[self._removed]
        if self.todo or not self._journal.finished(self._removed, made_of):
            path = _unfinished(self._removed, tag)
            with path.open("xb") as joined:
                for file in self._files:
                    with _part(file).open("rb") as part:
                        shutil.copyfileobj(part, joined)
                if self._removed.name.endswith(".gz") and joined.tell() == 0:
                    joined.write(gzip_member([]))
                sync(joined)
            self._check_untouched(self._removed)
            self._journal.note(self._removed, made_of, _written(path), Counts())
            path.replace(self._removed)
        for file in self._files:
            _part(file).unlink(missing_ok=True)

    def _check_untouched(self, target: Path) -> None:
        """Check that nobody has written a file since the run began.

        Raises:
            CorpusError: somebody has, as a run with another journal.
        """
        if state(target) != self._found[target]:
            raise CorpusError(
                f"{target} was written by another program since this run began, and stays as it "
                "is; name another output"
            )

    def remove_unfinished(self, tag: str) -> None:
        """Remove what a run leaves that ends before its time."""
        targets = {file.target for file in self.todo}
        if self._removed is not None:
            targets.add(self._removed)
        _remove_leftovers(targets, tag)


def _journal_path(files: Sequence[CorpusFile], output: Path) -> Path:
    if files[0].target == output:
        return hide(output, JOURNAL.removeprefix("."))
    return output / JOURNAL


def _part(file: CorpusFile) -> Path:
    """Name the file that has the removed paragraphs of a finished file, until all are."""
    return file.beside("removed")


def _unfinished(removed: Path, tag: str) -> Path:
    return hide(removed, f"{tag}.tmp")


def _written(path: Path) -> list[int]:
    """Return the state of a file that this run has written.

    Raises:
        CorpusError: somebody has removed it.
    """
    found = state(path)
    if found is None:
        raise CorpusError(
            f"{path} is gone, which this run was writing; let nobody remove such files, then resume"
        )
    return found


def _remove_leftovers(targets: Collection[Path], tag: str = "[0-9]+") -> None:
    """Remove what runs have left, or one of them, that ended before their time."""
    names = {target.with_name(shorten(target.name)) for target in targets}
    for folder in {target.parent for target in targets}:
        for path in folder.glob(".*.tmp"):
            found = re.fullmatch(rf"\.(.+?)\.{tag}(\.removed|\.problems|\.[0-9]+)?\.tmp", path.name)
            if found and path.with_name(found[1]) in names:
                path.unlink(missing_ok=True)


def _facts(settings: Settings) -> dict[str, Any]:
    """Tell all that the outputs depend on, beside the inputs, as JSON can hold it.

    What becomes of what is bad is left out: most outputs do not depend on it.
    """
    facts = asdict(settings)
    for name in ("model_path", "model_version", "on_error"):
        del facts[name]
    return {
        **facts,
        "keep": sorted(map(describe_phrase, settings.keep), key=repr),  # in any order the same
        "remove": sorted(map(describe_phrase, settings.remove), key=repr),
        "kinds": None if settings.kinds is None else sorted(settings.kinds),
        "model": hashlib.sha256(_model_file(settings)).hexdigest(),
        "version": boilerstrip.__version__,
        "gzip": GZIP,
    }


def _model_file(settings: Settings) -> bytes:
    if settings.model_path is not None:
        return Path(settings.model_path).read_bytes()
    return (resources.files("boilerstrip") / "default_model.npz").read_bytes()
