"""The work on the files of a corpus, shared among processes.

Where there are many files each process takes whole ones. Where there are few, one process reads and
writes, and the others get the blocks in between. Blocks are handed over as files: a message as
long as a block could be cut short by a signal, and the other side would wait for the rest forever.
No file gets its final name here.
"""

import functools
import io
import itertools
import json
import logging
import os
import pickle
import shutil
import signal
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from multiprocessing import resource_tracker
from pathlib import Path
from typing import NamedTuple, TypeAlias

import joblib
import threadpoolctl
from joblib.externals.loky.process_executor import TerminatedWorkerError

from boilerstrip.corpus.blocks import Outcome, clean_block, open_output, read_blocks
from boilerstrip.corpus.documents import Settings
from boilerstrip.corpus.files import CorpusFile
from boilerstrip.corpus.report import Counts
from boilerstrip.corpus.streams import BLOCK, Block, UnreadableError
from boilerstrip.errors import CorpusError
from boilerstrip.whole_file import sync

__all__ = ["LOG", "Done", "Tick", "clean_files", "unfinished", "unfinished_removed"]

LOG = logging.getLogger("boilerstrip.corpus")

BLOCKS_A_JOB = 2  # on their way at a time: as many as the queue of loky, joblib's backend, holds
FILES_A_JOB = 4  # from so many on, processes take whole files
PACKED = 20  # times a compressed file may be longer when it is read

Share: TypeAlias = Callable[[CorpusFile, Settings], Iterator[Outcome]]
Tick: TypeAlias = Callable[[int, int], object]
Tell: TypeAlias = Callable[[str], object]


class Done(NamedTuple):
    """What the work on a file has come to.

    Attributes:
        file: the file.
        counts: what was found and done.
        is_left_out: whether there is to be no output.
    """

    file: CorpusFile
    counts: Counts
    is_left_out: bool = False


def unfinished(file: CorpusFile, tag: str) -> Path:
    """Name what is written in place of a file while it is not complete."""
    return file.beside(f"{tag}.tmp")


def unfinished_removed(file: CorpusFile, tag: str) -> Path:
    """Name what the removed paragraphs of a file are written to meanwhile."""
    return file.beside(f"{tag}.removed.tmp")


def _problems(file: CorpusFile, tag: str) -> Path:
    """Name what another process writes the problems of a file to."""
    return file.beside(f"{tag}.problems.tmp")


def clean_files(
    files: Sequence[CorpusFile], settings: Settings, tag: str, jobs: int, tick: Tick
) -> Generator[Done, None, None]:
    """Clean files.

    Problems that do not end the run are told by the logger, in this process.

    Args:
        files: the files.
        settings: what to do.
        tag: sets this run apart from others.
        jobs: processes, at most: there are no more than there is work for.
        tick: called now and then with how many bytes are read by now of the file at work, and how
            many documents are done since the last time; not where processes take whole files.

    Yields:
        What has come of each file as it is complete, in any order.

    Raises:
        CorpusError: a record is bad and the run is to fail then, or a process was ended.
        OSError: a file cannot be read or written.
    """
    # More threads would make the last bits of a score depend on the number of processes.
    with threadpoolctl.threadpool_limits(1, "blas"):
        blocks = max(map(_most_blocks, files), default=0)
        is_by_file = len(files) >= FILES_A_JOB * min(jobs, blocks)
        jobs = min(jobs, len(files) if is_by_file else blocks)
        if jobs <= 1:
            for file in files:
                yield _clean_file(file, settings, tag, _clean_blocks, tick, _warn)
            return
        try:
            yield from _clean_in_processes(files, settings, tag, jobs, tick, is_by_file=is_by_file)
        except TerminatedWorkerError as error:
            raise CorpusError(
                "a process was ended from outside, perhaps for lack of memory; use fewer jobs, "
                "then resume"
            ) from error


def _most_blocks(file: CorpusFile) -> int:
    """Tell how many blocks a file can be expected to have at most; not all are packed so well."""
    ratio = 1 if file.suffix in {".jsonl", ".txt"} else PACKED
    return 1 + file.source.stat().st_size * ratio // BLOCK


def _clean_in_processes(
    files: Sequence[CorpusFile],
    settings: Settings,
    tag: str,
    jobs: int,
    tick: Tick,
    *,
    is_by_file: bool,
) -> Iterator[Done]:
    with joblib.parallel_config(
        "loky",
        n_jobs=jobs,
        inner_max_num_threads=1,
        initializer=_prepare_worker,
        initargs=(os.getpid(),),
    ):
        if is_by_file:
            with joblib.Parallel(return_as="generator_unordered") as parallel:
                _start_workers(parallel, jobs)
                work = joblib.delayed(_clean_file_in_worker)
                for done in parallel(work(file, settings, tag) for file in files):
                    _warn_all(_problems(done.file, tag))
                    yield done
            return
        with joblib.Parallel(return_as="generator", batch_size=1, pre_dispatch="all") as each:
            _start_workers(each, jobs)
            share = functools.partial(_share_blocks, each, jobs * BLOCKS_A_JOB, tag)
            for file in files:
                yield _clean_file(file, settings, tag, share, tick, _warn)


def _start_workers(parallel: joblib.Parallel, jobs: int) -> None:
    """Start the processes, so that an interruption finds none of them unprepared.

    A signal that this thread has blocked stays blocked in the processes that it starts; else an
    interruption would end each of these with a traceback. Meanwhile none is lost, but waits.
    """
    if not hasattr(signal, "pthread_sigmask"):  # as on Windows
        return
    resource_tracker.ensure_running()  # that of multiprocessing lifts the block when it starts
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        started = parallel(joblib.delayed(os.getpid)() for _ in range(jobs))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    list(started)


def _warn(problem: str) -> None:
    LOG.warning("%s", problem)


def _warn_all(path: Path) -> None:
    with path.open() as problems:
        for problem in problems:
            _warn(json.loads(problem))
    path.unlink()


def _clean_blocks(file: CorpusFile, settings: Settings) -> Iterator[Outcome]:
    for block in read_blocks(file, settings):
        outcome = clean_block(block, file, settings)
        del block  # or a long one would be kept while it is written and the next one read
        yield outcome
        del outcome


def _share_blocks(
    parallel: joblib.Parallel, size: int, tag: str, file: CorpusFile, settings: Settings
) -> Iterator[Outcome]:
    """Have blocks cleaned by other processes, a round of them while the next one is read.

    In rounds, since joblib knows no back pressure: it would read all of a file before the first
    block is written.
    """
    waiting: set[Path] = set()  # saved, and not taken
    paths = _save_blocks(file, settings, tag, waiting)
    work = joblib.delayed(_clean_block_in_worker)
    ahead: Iterator[Path] = iter(())

    def take(path: Path) -> Outcome:
        outcome = _take(path)
        waiting.remove(path)
        return outcome

    try:
        while round_ := list(itertools.islice(paths, size)):
            yield from map(take, ahead)
            ahead = parallel(work(path, file, settings) for path in round_)
        yield from map(take, ahead)
    except UnreadableError:
        list(ahead)  # the run may go on, so the processes at work on these blocks are not ended
        raise
    finally:
        with warnings.catch_warnings(action="ignore"):
            del ahead  # joblib warns of what was not fetched
        for path in waiting:
            path.unlink(missing_ok=True)


def _save_blocks(
    file: CorpusFile, settings: Settings, tag: str, waiting: set[Path]
) -> Iterator[Path]:
    for number, block in enumerate(read_blocks(file, settings)):
        path = file.beside(f"{tag}.{number}.tmp")
        waiting.add(path)
        with path.open("xb") as stream:
            pickle.dump(block, stream, protocol=5)
        del block  # or a long one would be kept while the next one is read
        yield path


def _take(path: Path) -> Outcome:
    outcome: Outcome = pickle.loads(path.read_bytes())  # noqa: S301 (written by a process of ours)
    path.unlink()
    return outcome


# --- in other processes -------------------------------------------------------------------------


def _clean_block_in_worker(path: Path, file: CorpusFile, settings: Settings) -> Path:
    with path.open("rb") as stream:
        block: Block = pickle.load(stream)  # noqa: S301 (written by a process of ours)
    outcome = clean_block(block, file, settings)
    with path.open("wb") as stream:
        pickle.dump(outcome, stream, protocol=5)
    return path


def _clean_file_in_worker(file: CorpusFile, settings: Settings, tag: str) -> Done:
    with _problems(file, tag).open("x") as problems:

        def tell(problem: str) -> None:
            problems.write(json.dumps(problem) + "\n")

        return _clean_file(file, settings, tag, _clean_blocks, lambda *_: None, tell)


def _prepare_worker(parent: int) -> None:
    """Leave it to the parent to be interrupted, and end when it does: joblib sees to neither."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# --- one file -----------------------------------------------------------------------------------


def _clean_file(
    file: CorpusFile, settings: Settings, tag: str, share: Share, tick: Tick, tell: Tell
) -> Done:
    try:
        try:
            return _write_blocks(file, settings, tag, share, tick, tell)
        except UnreadableError as error:
            _report(f"{file.source}: {error}", settings, tell)
            return _leave(file, settings, tag)
    except OSError as error:
        if error.filename is None:  # as when the disk is full
            error.filename = str(file.target)
        raise


def _leave(file: CorpusFile, settings: Settings, tag: str) -> Done:
    """Leave out a file of which nothing can be used, or copy it."""
    path = unfinished(file, tag)
    path.unlink(missing_ok=True)
    if settings.on_error == "pass":
        shutil.copyfile(file.source, path)
        with path.open("r+b") as copy:
            sync(copy)
    if settings.removed is not None:
        with unfinished_removed(file, tag).open("wb") as removed:
            sync(removed)
    return Done(file, Counts(errors=1), is_left_out=settings.on_error == "skip")


def _write_blocks(
    file: CorpusFile, settings: Settings, tag: str, share: Share, tick: Tick, tell: Tell
) -> Done:
    path, removed_path = unfinished(file, tag), unfinished_removed(file, tag)
    counts = Counts()
    missing = {each for each in (settings.id_field, settings.site_field) if each is not None}
    with (
        open_output(path, file, settings) as write,
        io.BytesIO() if settings.removed is None else removed_path.open("xb") as removed,
    ):
        for outcome in share(file, settings):
            for number, problem in outcome.problems:
                _report(f"{file.source}:{number}: {problem}", settings, tell)
            for piece in outcome.data:
                write(piece)
            removed.writelines(outcome.removed)
            counts.add(outcome.counts)
            missing -= outcome.fields
            tick(outcome.position, outcome.counts.documents)
            outcome.data.clear()  # or they would be kept while the next ones are made
            outcome.removed.clear()
        if settings.removed is not None:
            sync(removed)
    if file.suffix != ".txt":
        if settings.needs_fields and counts.documents:
            names = {
                settings.site_field: "site_field (--site-field)",
                settings.id_field: "id_field (--id-field)",
            }
            for field in sorted(missing):
                tell(f"{file.source}: no record has {field!r}, which {names[field]} names")
        return Done(file, counts)
    counts.emptied = int(counts.emptied == counts.documents)  # its blocks are parts of one document
    counts.documents = 1
    is_left_out = settings.drop_empty and counts.emptied == 1
    if is_left_out:
        path.unlink()
    return Done(file, counts, is_left_out)


def _report(problem: str, settings: Settings, tell: Tell) -> None:
    if settings.on_error == "fail":
        raise CorpusError(
            f"{problem}; mend it, or use --on-error skip (leave it out) or pass (keep it); in "
            'Python on_error="skip" or on_error="pass"'
        )
    tell(problem)
