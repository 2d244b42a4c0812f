"""The command ``boilerstrip corpus``: `argparse` over `boilerstrip.clean_corpus`."""

import argparse
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from boilerstrip.cli_options import (
    SHIPPED,
    Commands,
    add_cleaning_options,
    check_may_write,
    say,
    whole_number,
)
from boilerstrip.errors import BoilerstripError
from boilerstrip.whole_file import write_whole

if TYPE_CHECKING:
    from boilerstrip.corpus import Progress

__all__ = ["add_corpus_parser"]

DESCRIPTION = """\
Clean the documents in files, and write files of the same names and formats: .jsonl, .jsonl.gz,
.jsonl.zst (or .ndjson, .json.gz and so on), .parquet, .warc.wet.gz, and .txt with one document a
file. A file has its final name only when it is complete; a run that was broken off goes on with
--resume."""


def add_corpus_parser(commands: Commands) -> None:
    """Add the command to those of `boilerstrip`."""
    parser = commands.add_parser(
        "corpus", help="clean whole files", description=DESCRIPTION, allow_abbrev=False
    )
    parser.set_defaults(run=_run, usage_error=parser.error)
    parser.add_argument(
        "inputs", nargs="+", metavar="IN", help="a file, a folder, or a pattern in quotes"
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="the folder to write to, or a file if one is read",
    )
    _add_cleaning(parser.add_argument_group("what is removed"))
    _add_records(parser.add_argument_group("what is written"))
    _add_running(parser.add_argument_group("how it runs"))


def _add_cleaning(group: argparse._ArgumentGroup) -> None:
    add_cleaning_options(group, "document")
    group.add_argument(
        "--by-site",
        action="store_true",
        help="raise the scores of paragraphs that pages of one site (--site-field) share; they are "
        "compared with those near them in their file: sort by site",
    )
    group.add_argument(
        "--keep-file",
        metavar="FILE",
        help="phrases, one a line: paragraphs that hold one stay, whatever else is said of them; "
        "it may stand anywhere, also within words, in capitals or not, with whatever blanks",
    )
    group.add_argument(
        "--remove-file", metavar="FILE", help="phrases, one a line: paragraphs that hold one go"
    )


def _add_records(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--text-field",
        default="text",
        metavar="NAME",
        help="the field or column with the text (default: text)",
    )
    group.add_argument(
        "--id-field",
        metavar="NAME",
        help="the field, column or WARC header with the document's id, for --removed (default: "
        "id, WARC-Record-ID)",
    )
    group.add_argument(
        "--site-field",
        metavar="NAME",
        help="the same for the document's site, or its address, also for --by-site (default: none)",
    )
    group.add_argument(
        "--removed",
        metavar="FILE",
        help="write every removed paragraph here, with document, span, kind and score: .jsonl or "
        ".jsonl.gz",
    )
    group.add_argument(
        "--spans",
        action="store_true",
        help="leave the texts alone; tell where boilerplate is in a field boilerplate_spans",
    )
    group.add_argument(
        "--drop-empty", action="store_true", help="leave out documents with nothing left"
    )
    group.add_argument(
        "--stats", metavar="FILE", help="write the summary here as JSON, in addition"
    )


def _add_running(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--jobs",
        type=whole_number(1),
        default=1,
        metavar="N",
        help="processes that share the work, at most",
    )
    group.add_argument("--resume", action="store_true", help="go on with a run that was broken off")
    group.add_argument("--force", action="store_true", help="replace outputs that exist")
    group.add_argument(
        "--on-error",
        choices=("fail", "skip", "pass"),
        default="fail",
        help="bad records end the run (fail, the default), are left out (skip), or are written as "
        "they are (pass); a damaged file ends it too, or what could be read of it is written",
    )
    group.add_argument(
        "--dry-copy",
        action="store_true",
        help="classify nothing: measures how long reading and writing takes",
    )


CHECKED = (
    "threshold",
    "kinds",
    "split",
    "site_field",
    "by_site",
    "removed",
    "spans",
    "drop_empty",
    "on_error",
    "jobs",
)
"""Arguments that can be wrong by themselves, beside those read from files."""


def _run(arguments: argparse.Namespace) -> int:
    # Only here, since it takes a moment that the other commands need not wait.
    from boilerstrip.corpus import check_arguments, clean_corpus  # noqa: PLC0415

    others = ("text_field", "id_field", "resume", "force", "dry_copy")
    options = {name: getattr(arguments, name) for name in CHECKED}
    options["keep"] = _read_phrases(arguments.keep_file)
    options["remove"] = _read_phrases(arguments.remove_file)
    try:
        check_arguments(**options)
    except ValueError as error:
        arguments.usage_error(str(error))
    if "" in {*arguments.inputs, arguments.output}:
        arguments.usage_error("IN or OUT is empty; the folder at hand is .")
    if arguments.output == "-":
        arguments.usage_error("OUT is -; corpus writes files: name a folder or a file")
    if Path(arguments.output).resolve() in {Path(each).resolve() for each in arguments.inputs}:
        arguments.usage_error(f"cannot write {arguments.output}: it is read; name another output")
    _check_stats(arguments)
    options |= {name: getattr(arguments, name) for name in others}
    try:
        with _messages(), _quiet_end(), _progress() as progress:
            report = clean_corpus(
                arguments.inputs,
                arguments.output,
                model_path=None if arguments.model == SHIPPED else arguments.model,
                progress=progress,
                **options,
            )
    except KeyboardInterrupt:
        say("boilerstrip: interrupted; the same command goes on with --resume")
        return 130
    say(str(report))
    if arguments.stats is not None:
        summary = json.dumps(report.as_dict(), indent=2) + "\n"
        try:
            write_whole(arguments.stats, summary.encode())
        except OSError as error:
            error.filename = arguments.stats  # a pipe or a device has no name by itself
            raise
    if arguments.on_error == "skip" and report.errors and not report.documents:
        say("boilerstrip: nothing was cleaned, since every record is bad; check --text-field")
        return 1
    return 0


def _check_stats(arguments: argparse.Namespace) -> None:
    """Find out if the summary cannot be written, before anything is done.

    Raises:
        CorpusError: it would take the place of another file.
        SystemExit: its folder is not there, or may not be written.
    """
    if arguments.stats is None:
        return
    from boilerstrip.corpus.files import check_aside, find_files  # noqa: PLC0415 (as in `_run`)

    path, made = Path(arguments.stats), [Path(arguments.output)]  # folders that the run makes
    if arguments.removed is not None:
        made.append(Path(arguments.removed).parent)
    folder = path.parent.resolve()
    is_made = not folder.exists() and any(each.resolve().is_relative_to(folder) for each in made)
    if not is_made:
        check_may_write(path, arguments)
    others = [arguments.output, arguments.removed, arguments.keep_file, arguments.remove_file]
    if arguments.model != SHIPPED:
        others.append(arguments.model)
    files = find_files(arguments.inputs, arguments.output)
    check_aside(path, arguments.inputs, files, [each for each in others if each is not None])


def _read_phrases(name: str | None) -> list[str]:
    if name is None:
        return []
    try:
        text = Path(name).read_text("utf-8").removeprefix("\ufeff")  # some editors begin with it
    except UnicodeDecodeError as error:
        raise BoilerstripError(f"{name}: not UTF-8 at byte {error.start}; convert it") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


@contextmanager
def _messages() -> Iterator[None]:
    """Write warnings to standard error, just as they are."""
    logger, handler = logging.getLogger("boilerstrip"), logging.StreamHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


@contextmanager
def _quiet_end() -> Iterator[None]:
    """Let joblib's thread end without a traceback where it finds its work taken away.

    That happens when a run is interrupted while the thread hands out the next piece.
    """
    original = threading.excepthook

    def hook(failure: threading.ExceptHookArgs) -> None:
        name = None if failure.thread is None else failure.thread.name
        if name != "ExecutorManagerThread" or not issubclass(failure.exc_type, KeyError):
            original(failure)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = original


@contextmanager
def _progress() -> Iterator["Callable[[Progress], object] | None"]:
    """Show how far it is, if standard error is a terminal and tqdm is installed."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    try:
        from tqdm import tqdm  # noqa: PLC0415 (an extra)
        from tqdm.contrib.logging import logging_redirect_tqdm  # noqa: PLC0415
    except ImportError:
        say("boilerstrip: no progress bar without tqdm: pip install 'boilerstrip[progress]'")
        yield None
        return
    with (
        tqdm(unit="B", unit_scale=True, dynamic_ncols=True) as bar,
        logging_redirect_tqdm([logging.getLogger("boilerstrip")]),
    ):

        def show(progress: "Progress") -> None:
            bar.total = progress.bytes_total
            bar.set_postfix_str(f"{progress.documents:,} documents", refresh=False)
            bar.update(progress.bytes_done - bar.n)

        yield show
