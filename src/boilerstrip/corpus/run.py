"""A whole corpus: what is to be done, what is done already, and the report."""

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, get_args

from boilerstrip.arguments import check_jobs
from boilerstrip.corpus.documents import OnError, Settings, load_options, model_version
from boilerstrip.corpus.files import CorpusFile, check_aside, check_outside, find_files
from boilerstrip.corpus.plan import Plan
from boilerstrip.corpus.report import CorpusReport, Counts
from boilerstrip.corpus.work import LOG, clean_files
from boilerstrip.errors import CorpusError
from boilerstrip.options import check_options
from boilerstrip.paragraphs import Split
from boilerstrip.phrases import Phrase

__all__ = ["OnError", "Progress", "check_arguments", "clean_corpus"]

REMOVED_ENDINGS = (".jsonl", ".jsonl.gz")


class Progress(NamedTuple):
    """How far a run is; bytes are those of the files as they are stored."""

    bytes_done: int
    bytes_total: int
    documents: int


def clean_corpus(  # noqa: PLR0913 (one for each thing that can be wanted; all but two by name)
    inputs: Iterable[str | Path],
    output: str | Path,
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    model_path: str | Path | None = None,
    split: Split = "auto",
    text_field: str = "text",
    id_field: str | None = None,
    site_field: str | None = None,
    by_site: bool = False,
    removed: str | Path | None = None,
    spans: bool = False,
    drop_empty: bool = False,
    on_error: OnError = "fail",
    jobs: int = 1,
    resume: bool = False,
    force: bool = False,
    dry_copy: bool = False,
    progress: Callable[[Progress], object] | None = None,
) -> CorpusReport:
    """Clean the documents in files, and write files of the same names and formats.

    The formats are JSON lines (``.jsonl``, ``.jsonl.gz``, ``.jsonl.zst``, and ``.ndjson``,
    ``.json.gz`` and so on), Parquet, WET (``.warc.wet.gz``) and plain text (``.txt``, one document
    a file). Records keep their order, and all but their texts stays as it is, byte for byte. The
    memory that is needed depends neither on the size of the corpus nor on that of a file, but on
    that of the longest record, which is held whole; only plain text is cut. Outputs do not depend
    on `jobs`. A file has its final name only when it is complete, and only one run at a time writes
    to an output.

    Bad records and damaged files are named by warnings of the logger ``boilerstrip.corpus`` in
    this process, one file after the other, and so are fields that no record of a file has, and what
    folders hold beside files of a known format; they go to standard error if nothing else is set
    up.

    Args:
        inputs: files; folders, of which all files of a known format are read, at any depth, but for
            names that begin with a dot or ``_``; and patterns as the shell has them. No file may be
            in two of them.
        output: the folder to write to; or a file, if there is one to read.
        threshold: see `boilerstrip.clean`, like the next three, and `split`.
        keep: phrases and patterns of what stays.
        remove: phrases and patterns of what goes.
        kinds: remove only these.
        model_path: the model to use instead of the one that comes with boilerstrip; each process
            loads it once.
        split: what a paragraph is.
        text_field: the field or column with the text.
        id_field: the field, column or WARC header with the document's id, for `removed`;
            ``None``: ``id``, or ``WARC-Record-ID``.
        site_field: the same for the document's site, which `removed` gets too. It may hold the
            address of the page: its site is the host.
        by_site: raise the scores of paragraphs that pages of one site share, as `repeated` of
            `boilerstrip.clean` does. Compared are pages that stand near each other in a file, in
            the same megabyte of records or so: sort them by site.
        removed: a file to write every removed paragraph to, ``.jsonl`` or ``.jsonl.gz``.
        spans: leave the texts as they are, and add where boilerplate is in a field or column
            ``boilerplate_spans``.
        drop_empty: leave out documents with nothing left.
        on_error: what becomes of records that are broken, have no text, or a text that is no
            string or no UTF-8: ``"fail"`` ends the run at the first one; ``"skip"`` leaves them
            out; ``"pass"`` writes them as they are. A file that is cut short or damaged ends the
            run with ``"fail"``; ``"skip"`` and ``"pass"`` write what could be read of it, and where
            that is nothing leave it out, or copy it.
        jobs: processes to share the work.
        resume: go on with a run that was broken off: what it finished stays as it is. All that
            the outputs depend on must be as before, but for `on_error`: with another one, files
            in which something was bad are done again. Outputs must not have been changed by
            anybody else.
        force: replace outputs that exist; with `resume`, those that are not finished.
        dry_copy: classify nothing: the time it takes is that of reading and writing.
        progress: called now and then, after a block of records; with many files and several `jobs`
            after a file.

    Returns:
        What was found and done.

    Raises:
        CorpusError: see `on_error`; an output exists; a file is in two inputs, or two have the same
            output; another run writes to it; an extra is not installed; a process was ended from
            outside.
        ModelFormatError: the model is none.
        OSError: a file cannot be read or written.
        TypeError, ValueError: an option is wrong.
    """
    inputs, keep, remove, kinds = map(_reusable, (inputs, keep, remove, kinds))
    if isinstance(inputs, str | bytes | os.PathLike) or not isinstance(inputs, Iterable):
        raise TypeError(f"inputs is {type(inputs).__name__}; it must be several, e.g. a list")
    _check_paths(inputs, output, model_path)
    _check_flags(
        by_site=by_site,
        spans=spans,
        drop_empty=drop_empty,
        resume=resume,
        force=force,
        dry_copy=dry_copy,
    )
    if progress is not None and not callable(progress):
        raise TypeError(f"progress is {type(progress).__name__}; it must be callable, or None")
    check_arguments(
        threshold=threshold,
        keep=keep,
        remove=remove,
        kinds=kinds,
        split=split,
        site_field=site_field,
        by_site=by_site,
        removed=removed,
        spans=spans,
        drop_empty=drop_empty,
        on_error=on_error,
        jobs=jobs,
    )
    _check_fields(text_field, id_field=id_field, site_field=site_field)
    output = Path(output)
    model_path = None if model_path is None else os.fspath(model_path)
    settings = Settings(
        threshold=None if threshold is None else float(threshold),
        keep=tuple(keep),
        remove=tuple(remove),
        kinds=None if kinds is None else frozenset(kinds),
        split=split,
        model_path=model_path,
        model_version=model_version(model_path),
        text_field=text_field,
        id_field=id_field,
        site_field=site_field,
        by_site=by_site,
        removed=next((each for each in REMOVED_ENDINGS if str(removed).endswith(each)), None),
        spans=spans,
        drop_empty=drop_empty,
        on_error=on_error,
        dry_copy=dry_copy,
    )
    load_options(settings)  # a model that is none is to be found now
    left_out: list[Path] = []
    files = find_files(inputs, output, left_out.append)
    if left_out:
        more = f" and {len(left_out) - 1:,} more" if len(left_out) > 1 else ""
        LOG.warning("left out, no file of a known format: %s%s", left_out[0], more)
    _check_files(files, inputs, output, removed, spans=spans)
    if removed is None:
        _warn_of_unused(id_field=id_field, site_field=None if by_site else site_field)
    started = time.monotonic()
    plan = Plan(files, output, None if removed is None else Path(removed), settings)
    with plan.begin(resume=resume, force=force):
        counts = _work(plan, settings, jobs, progress)
    seconds = time.monotonic() - started
    speed = counts.bytes / 1e6 / max(seconds, 1e-9)
    counts.add(plan.finished)
    return CorpusReport(
        files=len(files),
        finished_before=len(files) - len(plan.todo),
        left_out=len(left_out),
        seconds=seconds,
        megabytes_per_second=speed,
        **asdict(counts),
    )


def _work(
    plan: Plan, settings: Settings, jobs: int, progress: Callable[[Progress], object] | None
) -> Counts:
    sizes = {file: file.source.stat().st_size for file in plan.todo}
    total, done, counts, documents = sum(sizes.values()), 0, Counts(), 0

    def tick(position: int, more: int) -> None:
        nonlocal documents
        documents += more
        if progress is not None:
            progress(Progress(done + position, total, documents))

    tag = str(os.getpid())
    try:
        with closing(clean_files(plan.todo, settings, tag, jobs, tick)) as cleaned:
            for each in cleaned:
                plan.finish(each, tag)
                counts.add(each.counts)
                done, documents = done + sizes[each.file], counts.documents
                if progress is not None:
                    progress(Progress(done, total, documents))
        plan.join_removed(tag)
    except BaseException:
        plan.remove_unfinished(tag)
        raise
    return counts


# --- arguments ----------------------------------------------------------------------------------


def _reusable(values: Any) -> Any:  # noqa: ANN401 (also what is wrong, to be found later)
    """Make a tuple of what can be gone through only once."""
    return tuple(values) if isinstance(values, Iterator) else values


def check_arguments(  # noqa: PLR0913 (those of `clean_corpus` that can be wrong by themselves)
    *,
    threshold: float | None,
    keep: Iterable[Phrase],
    remove: Iterable[Phrase],
    kinds: Collection[str] | None,
    split: Split,
    site_field: str | None,
    by_site: bool,
    removed: str | Path | None,
    spans: bool,
    drop_empty: bool,
    on_error: str,
    jobs: int,
) -> None:
    """Check arguments of `clean_corpus`.

    Raises:
        TypeError, ValueError: one is wrong.
    """
    check_options(threshold=threshold, keep=keep, remove=remove, kinds=kinds, split=split)
    if on_error not in get_args(OnError):
        names = ", ".join(get_args(OnError))
        raise ValueError(f"on_error is {on_error!r}; it must be one of {names}")
    check_jobs(jobs)
    if removed is not None and not str(removed).endswith(REMOVED_ENDINGS):
        raise ValueError(
            f"removed (--removed) is {removed}; its name must end with .jsonl or .jsonl.gz"
        )
    if by_site and site_field is None:
        raise ValueError(
            "by_site (--by-site) needs site_field (--site-field): the field with the site, or with "
            "the address of the page"
        )
    if spans and drop_empty:
        raise ValueError(
            "spans (--spans) leaves all texts whole, so drop_empty (--drop-empty) would drop none; "
            "choose one"
        )


def _check_paths(inputs: Iterable[object], output: object, model_path: object) -> None:
    for each in inputs:
        if not isinstance(each, str | os.PathLike):
            raise TypeError(f"inputs holds {type(each).__name__}; it must hold paths")
    if not isinstance(output, str | os.PathLike):
        raise TypeError(f"output is {type(output).__name__}; it must be a path")
    if any(each == "" for each in (*inputs, output)):
        raise ValueError("an input or the output has an empty name; the folder at hand is '.'")
    if not isinstance(model_path, str | os.PathLike | None):
        raise TypeError(f"model_path is {type(model_path).__name__}; it must be the path of a file")


def _check_flags(**flags: object) -> None:
    for name, flag in flags.items():
        if not isinstance(flag, bool):
            raise TypeError(f"{name} is {type(flag).__name__}; it must be bool")


def _check_fields(text_field: str, **others: str | None) -> None:
    if not isinstance(text_field, str):
        raise TypeError(f"text_field is {type(text_field).__name__}; it must be str")
    for name, field in others.items():
        if not isinstance(field, str | None):
            raise TypeError(f"{name} is {type(field).__name__}; it must be str, or None")


USED_BY = {
    "id_field": "removed (--removed)",
    "site_field": "removed (--removed) or by_site (--by-site)",
}


def _warn_of_unused(**fields: str | None) -> None:
    for name, field in fields.items():
        if field is not None:
            option = name.replace("_", "-")
            LOG.warning("%s (--%s) does nothing without %s", name, option, USED_BY[name])


def _check_files(
    files: list[CorpusFile],
    inputs: Iterable[str | Path],
    output: Path,
    removed: str | Path | None,
    *,
    spans: bool,
) -> None:
    check_outside([output, *(file.target for file in files)], inputs)
    if removed is not None:
        check_aside(Path(removed), inputs, files)
    for file in files:
        if spans and file.suffix in {".txt", ".warc.wet.gz"}:
            raise CorpusError(f"{file.source}: spans can only be added to JSON lines and Parquet")
