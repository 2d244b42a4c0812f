"""The work on the files of a corpus, shared among processes.

Where there are many files each process takes whole ones, and no text goes from one to another.
Where there are few, one process reads and writes, and the others get the blocks in between. No
file gets its final name here.
"""

import functools
import io
import logging
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import joblib
import threadpoolctl

from boilerstrip.corpus.blocks import Outcome, clean_block, open_output, read_blocks
from boilerstrip.corpus.documents import Settings
from boilerstrip.corpus.files import CorpusFile
from boilerstrip.corpus.report import Counts
from boilerstrip.corpus.streams import BLOCK, Block, UnreadableError
from boilerstrip.errors import CorpusError

__all__ = ["Tick", "clean_files", "unfinished", "unfinished_removed"]

LOG = logging.getLogger("boilerstrip.corpus")

BLOCKS_A_JOB = 4  # handed to each process at a time: bounds memory, hides the cost of handing over
FILES_A_JOB = 4  # from so many on, processes take whole files
LONG = 2 * BLOCK  # bytes of a block with a very long record

Work: TypeAlias = Callable[[Block], Outcome]
Share: TypeAlias = Callable[[Work, Iterable[Block]], Iterator[Outcome]]
Tick: TypeAlias = Callable[[CorpusFile, int, int], object]


def unfinished(file: CorpusFile, tag: str) -> Path:
    """Name what is written in place of a file while it is not complete."""
    return file.beside(f"{tag}.tmp")


def unfinished_removed(file: CorpusFile, tag: str) -> Path:
    """Name what the removed paragraphs of a file are written to meanwhile."""
    return file.beside(f"{tag}.removed.tmp")


def clean_files(
    files: Sequence[CorpusFile], settings: Settings, tag: str, jobs: int, tick: Tick
) -> Generator[tuple[CorpusFile, Counts], None, None]:
    """Clean files.

    Args:
        files: the files.
        settings: what to do.
        tag: sets this run apart from others.
        jobs: processes.
        tick: called now and then with a file, how many bytes of it are read by now, and how many
            documents are done since the last time.

    Yields:
        The files as they are complete, in any order, and what was found and done.

    Raises:
        CorpusError: a record is bad and the run is to fail then.
        OSError: a file cannot be read or written.
    """
    # More threads would make the last bits of a score depend on the number of processes.
    with threadpoolctl.threadpool_limits(1, "blas"):
        if jobs == 1:
            for file in files:
                yield file, _clean_file(file, settings, tag, map, tick)
            return
        with joblib.parallel_config("loky", n_jobs=jobs, inner_max_num_threads=1):
            if len(files) >= FILES_A_JOB * jobs:
                with joblib.Parallel(return_as="generator_unordered") as parallel:
                    each = joblib.delayed(_clean_whole_file)
                    yield from parallel(each(file, settings, tag) for file in files)
                return
            with joblib.Parallel(
                return_as="generator", batch_size=1, pre_dispatch="all"
            ) as parallel:
                share = functools.partial(_share, parallel, jobs * BLOCKS_A_JOB)
                for file in files:
                    yield file, _clean_file(file, settings, tag, share, tick)


def _share(
    parallel: joblib.Parallel, size: int, work: Work, blocks: Iterable[Block]
) -> Iterator[Outcome]:
    """Work on blocks in other processes, a round of them at a time, while the next one is read.

    joblib knows no back pressure: it would read all of a file before the first block is written.
    """
    ahead: Iterator[Outcome] = iter(())
    for round_ in _rounds(blocks, size):
        yield from ahead
        if round_[0].size > LONG:  # would be there twice more on its way
            yield work(round_.pop())
            ahead = iter(())
        else:
            ahead = parallel(joblib.delayed(work)(block) for block in round_)
            round_.clear()
    yield from ahead


def _rounds(blocks: Iterable[Block], size: int) -> Iterator[list[Block]]:
    """Group blocks; a long one is alone."""
    round_: list[Block] = []
    for block in blocks:
        is_long = block.size > LONG
        if round_ and (is_long or len(round_) == size):
            yield round_
            round_ = []
        round_.append(block)
        del block  # or a long one would be kept while the next one is read
        if is_long:
            yield round_
            round_ = []
    if round_:
        yield round_


def _clean_whole_file(file: CorpusFile, settings: Settings, tag: str) -> tuple[CorpusFile, Counts]:
    return file, _clean_file(file, settings, tag, map, lambda *_: None)


def _clean_file(file: CorpusFile, settings: Settings, tag: str, share: Share, tick: Tick) -> Counts:
    path, removed_path = unfinished(file, tag), unfinished_removed(file, tag)
    work = functools.partial(clean_block, file=file, settings=settings)
    counts = Counts()
    try:
        with (
            open_output(path, file, settings) as write,
            removed_path.open("xb") if settings.removed else io.BytesIO() as removed,
        ):
            for outcome in share(work, read_blocks(file, settings)):
                for number, problem in outcome.problems:
                    _tell(f"{file.source}:{number}: {problem}", settings)
                for piece in outcome.data:
                    write(piece)
                removed.writelines(outcome.removed)
                counts.add(outcome.counts)
                tick(file, outcome.position, outcome.counts.documents)
                outcome.data.clear()  # or they would be kept while the next ones are made
                outcome.removed.clear()
    except UnreadableError as error:
        _tell(f"{file.source}: {error}", settings)
        path.unlink(missing_ok=True)
        if settings.removed:
            removed_path.write_bytes(b"")
        if settings.on_error == "pass":
            shutil.copyfile(file.source, path)
        return Counts(errors=1)
    if file.suffix == ".txt":  # its blocks are parts of one document
        counts.emptied = int(counts.emptied == counts.documents)
        counts.documents = 1
        if counts.emptied and settings.drop_empty:
            path.unlink()
    return counts


def _tell(problem: str, settings: Settings) -> None:
    if settings.on_error == "fail":
        raise CorpusError(
            f"{problem}; mend it, or choose to skip bad records or to pass them on as they are"
        )
    LOG.warning("%s", problem)
