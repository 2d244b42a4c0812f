"""The command line: `argparse` over the functions of the package, and text in and out.

Text is UTF-8, read and written as bytes, so that line ends stay as they are. Results go to standard
output, diagnostics to standard error. Exit codes: 0 done, 1 an input or output failed, 2 wrong
usage, 130 interrupted. A reader that closes standard output has seen enough: that is no failure.
"""

import argparse
import codecs
import errno
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boilerstrip
from boilerstrip.arguments import LARGEST_SEED
from boilerstrip.cli_options import (
    A_MODEL,
    SHIPPED,
    Commands,
    add_cleaning_options,
    add_threshold,
    check_may_write,
    say,
    whole_number,
)
from boilerstrip.corpus_cli import add_corpus_parser
from boilerstrip.documents import LabelledDocument, document_files
from boilerstrip.errors import BoilerstripError, TrainingDataError
from boilerstrip.model_file import is_model_file
from boilerstrip.options import check_options
from boilerstrip.paragraphs import Paragraph

__all__ = ["main"]

DONE, FAILED, INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments; ``None``: those of the process.

    Returns:
        The exit code.

    Raises:
        SystemExit: the usage is wrong, or help or version was asked for.
    """
    arguments, unknown = _parser().parse_known_args(argv)
    if unknown:  # said here, since argparse would show the usage without that of the command
        arguments.usage_error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        code: int = arguments.run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        place = "" if error.filename is None else f"{error.filename}: "
        _say(f"{place}{error.strerror or error}")
        return FAILED
    except BoilerstripError as error:
        _say(str(error))
        return FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="boilerstrip",
        description="Tell content from boilerplate in the text of scraped pages.",
        epilog="Exit codes: 0 done, 1 an input or output failed, 2 wrong usage, 130 interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=boilerstrip.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_text_command(commands, _clean, "clean", "write a text without its boilerplate")
    _add_text_command(commands, _classify, "classify", "write each paragraph as a line of JSON")
    _add_text_command(commands, _show, "show", "show what would be kept and what would be removed")
    _add_train(commands)
    _add_evaluate(commands)
    _add_model(commands)
    add_corpus_parser(commands)
    return parser


def _add_command(
    commands: Commands, run: Callable[[argparse.Namespace], int], name: str, summary: str
) -> argparse.ArgumentParser:
    """Add a command; what it runs returns the exit code."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, usage_error=parser.error)
    return parser


# --- clean, classify, show ----------------------------------------------------------------------


def _add_text_command(
    commands: Commands, run: Callable[[argparse.Namespace], int], name: str, summary: str
) -> None:
    parser = _add_command(commands, run, name, summary)
    parser.add_argument(
        "file",
        nargs="?",
        default="-",
        metavar="FILE",
        help="UTF-8 text (default: -, standard input)",
    )
    add_cleaning_options(parser, "text")
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="PHRASE",
        help="keep paragraphs that contain this phrase, whatever the model or --remove says; it is "
        "found anywhere, even inside words, regardless of case and spacing; repeatable",
    )
    parser.add_argument(
        "--remove",
        action="append",
        default=[],
        metavar="PHRASE",
        help="remove paragraphs that contain this phrase, found as for --keep; repeatable",
    )
    parser.add_argument(
        "--errors",
        choices=("strict", "replace"),
        default="strict",
        help="whether bytes that are not UTF-8 are an error (strict, the default) or become U+FFFD "
        "(replace)",
    )


def _clean(arguments: argparse.Namespace) -> int:
    options = _options(arguments)
    _write(boilerstrip.clean(_read(arguments), **options))
    return DONE


def _classify(arguments: argparse.Namespace) -> int:
    options = _options(arguments)
    paragraphs = boilerstrip.classify(_read(arguments), **options)
    _write("".join(f"{json.dumps(p._asdict(), ensure_ascii=False)}\n" for p in paragraphs))
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    options = _options(arguments)
    paragraphs = boilerstrip.classify(_read(arguments), **options)
    is_coloured = sys.stdout is not None and sys.stdout.isatty() and not os.getenv("NO_COLOR")
    removed = sum(paragraph.label == "boilerplate" for paragraph in paragraphs)
    shown = [_show_paragraph(paragraph, is_coloured=is_coloured) for paragraph in paragraphs]
    shown.append(f"{len(paragraphs) - removed} paragraphs kept, {removed} removed")
    _write("\n\n".join(shown) + "\n")
    return DONE


RED, DIM, PLAIN = "\x1b[31m", "\x1b[2m", "\x1b[0m"


def _show_paragraph(paragraph: Paragraph, *, is_coloured: bool) -> str:
    text = _printable(paragraph.text)
    if paragraph.label == "content":
        return text
    tag = f"[removed: {paragraph.kind} {paragraph.score:.2f}]"
    return f"{RED}{tag}{PLAIN} {DIM}{text}{PLAIN}" if is_coloured else f"{tag} {text}"


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Check the options, end with exit code 2 if they are wrong, and load the model."""
    names = ("threshold", "keep", "remove", "kinds", "split")
    options = {name: getattr(arguments, name) for name in names}
    _check(arguments, **options)
    options["model"] = _load(arguments.model)
    return options


def _check(arguments: argparse.Namespace, **options: Any) -> None:  # noqa: ANN401 (of `clean`)
    """End with exit code 2 if an option is wrong."""
    try:
        check_options(**options)
    except ValueError as error:
        arguments.usage_error(str(error))


# --- train, evaluate, model ---------------------------------------------------------------------


def _add_train(commands: Commands) -> None:
    parser = _add_command(commands, _train, "train", "train a model on labelled documents")
    _add_documents(parser)
    parser.add_argument("-o", "--output", required=True, metavar="MODEL", help="the file to write")
    parser.add_argument(
        "--base",
        metavar="MODEL",
        help=f"adapt this model instead of training one from scratch: {A_MODEL}",
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0, LARGEST_SEED),
        default=0,
        metavar="N",
        help="the same documents and seed give the same model (default: 0); no effect with --base",
    )
    parser.add_argument(
        "--jobs",
        type=whole_number(1),
        default=1,
        metavar="N",
        help="parts of the model to fit at the same time (default: 1); no effect with --base",
    )


def _train(arguments: argparse.Namespace) -> int:
    files = _find_documents(arguments)
    output = Path(arguments.output)
    _check_output(output, files, arguments)  # now, not after minutes of training
    documents = _read_documents(files, arguments)
    base = None if arguments.base is None else _load(arguments.base)
    labels = Counter(p.label for d in documents for p in d.paragraphs if p.text.strip())
    _say(
        f"training on {len(documents)} documents, {labels.total()} paragraphs: "
        f"{labels['content']} content, {labels['boilerplate']} boilerplate, "
        f"{labels[None]} unlabelled"
    )
    model = boilerstrip.train(documents, base=base, seed=arguments.seed, jobs=arguments.jobs)
    model.save(output)
    _say(f"wrote {output}, {output.stat().st_size} bytes")
    return DONE


def _check_output(output: Path, documents: Iterable[Path], arguments: argparse.Namespace) -> None:
    if arguments.output == "-":
        arguments.usage_error("MODEL is -; train writes a file: name one")
    check_may_write(output, arguments)
    if output.resolve() in {file.resolve() for file in documents}:
        arguments.usage_error(f"cannot write {output}: it is read; name another file")
    if output.is_file() and output.stat().st_size and not is_model_file(output):
        arguments.usage_error(
            f"cannot write {output}: it exists, and is no model; name another file"
        )


def _add_evaluate(commands: Commands) -> None:
    parser = _add_command(commands, _evaluate, "evaluate", "measure a model on labelled documents")
    parser.add_argument("model", metavar="MODEL", help=A_MODEL)
    _add_documents(parser)
    add_threshold(parser, "document")
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")


def _evaluate(arguments: argparse.Namespace) -> int:
    _check(arguments, threshold=arguments.threshold)
    files = _find_documents(arguments)
    model = _load(arguments.model)
    documents = _read_documents(files, arguments)
    report = boilerstrip.evaluate(model, documents, threshold=arguments.threshold)
    _write(f"{json.dumps(report.as_dict(), indent=2) if arguments.json else report}\n")
    return DONE


def _add_documents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "documents",
        nargs="+",
        metavar="DOCUMENTS",
        help="labelled documents: a JSONL file, or a folder of such files",
    )


def _find_documents(arguments: argparse.Namespace) -> list[Path]:
    """Find the files of labelled documents, and end with exit code 2 if one is given twice."""
    files: dict[Path, Path] = {}
    for given in arguments.documents:
        for file in document_files(given):
            if file.resolve() in files:
                arguments.usage_error(f"{file} would be read twice; give it, or its folder, once")
            files[file.resolve()] = file
    return list(files.values())


def _read_documents(files: Iterable[Path], arguments: argparse.Namespace) -> list[LabelledDocument]:
    """Read labelled documents.

    Raises:
        TrainingDataError: a line is malformed, or no paragraph of all the files is labelled.
    """
    documents = [document for file in files for document in boilerstrip.read_documents(file)]
    paragraphs = (paragraph for document in documents for paragraph in document.paragraphs)
    if not any(p.label is not None and p.text.strip() for p in paragraphs):
        names = ", ".join(arguments.documents)
        raise TrainingDataError(
            f"{names}: no labelled paragraph in {len(documents)} documents; blank ones do not count"
        )
    return documents


def _add_model(commands: Commands) -> None:
    parser = _add_command(commands, _model, "model", "show what a model was trained on")
    parser.add_argument(
        "model", nargs="?", default=SHIPPED, metavar="MODEL", help=f"{A_MODEL} (default: {SHIPPED})"
    )


def _model(arguments: argparse.Namespace) -> int:
    model = _load(arguments.model)
    facts = {"model": arguments.model, **model.header}
    lines = [_printable(f"{name:<36} {value}") for name, value in _flatten(facts)]
    _write("\n".join(lines) + "\n")
    return DONE


def _load(name: str) -> boilerstrip.Model:
    return boilerstrip.load_default() if name == SHIPPED else boilerstrip.Model.load(name)


def _flatten(facts: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Name each fact by its place; of several groups of facts in a list, the first is number 1."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
            yield from _flatten(dict(enumerate(value, 1)), f"{prefix}{name}.")
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield f"{prefix}{name}", shown


# --- streams ------------------------------------------------------------------------------------


def _read(arguments: argparse.Namespace) -> str:
    """Read the text that the arguments name, and say if it looks like something else."""
    name = arguments.file
    if name != "-":
        data = Path(name).read_bytes()
    elif sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "standard input")
    else:
        data = sys.stdin.buffer.read()
    place = "standard input" if name == "-" else name
    text = _decode(data, place, arguments.errors)
    if _looks_like_html(text):
        _say(
            f"{place} looks like HTML, whose tags would be judged as if they were words; extract "
            "its text first"
        )
    elif _looks_like_json_lines(text):
        _say(f"{place} looks like JSON lines; `boilerstrip corpus` cleans the texts in them")
    return text


OTHER_DATA: Mapping[bytes, tuple[str, str]] = MappingProxyType(
    {
        b"\x1f\x8b": ("gzip data", "gunzip"),
        b"\x28\xb5\x2f\xfd": ("zstd data", "unzstd"),
        codecs.BOM_UTF32_LE: ("UTF-32", "iconv -f UTF-32 -t UTF-8"),
        codecs.BOM_UTF32_BE: ("UTF-32", "iconv -f UTF-32 -t UTF-8"),
        codecs.BOM_UTF16_LE: ("UTF-16", "iconv -f UTF-16 -t UTF-8"),  # behind UTF-32, which has it
        codecs.BOM_UTF16_BE: ("UTF-16", "iconv -f UTF-16 -t UTF-8"),
    }
)
"""How data that is no UTF-8 begins, what it is, and which command makes text of it."""


def _decode(data: bytes, place: str, errors: str) -> str:
    for mark, (found, command) in OTHER_DATA.items():
        if data.startswith(mark):  # even where errors are replaced: nothing would be left of it
            raise BoilerstripError(
                f"{place}: {found}, where UTF-8 text is expected; convert it first, as in: "
                f"{command} < FILE | boilerstrip clean"
            )
    try:
        return data.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        raise BoilerstripError(
            f"{place}: not UTF-8 at byte {error.start} ({error.reason}); convert it, or use "
            "--errors replace"
        ) from None


HTML_HEAD = re.compile(r"\ufeff?\s*<(!doctype html|html|\?xml)\b", re.IGNORECASE)
ELEMENT = re.compile(r"\s*<[a-z].*</[a-z]", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
END_TAG = re.compile(r"</[a-z][a-z0-9]*\s*>", re.IGNORECASE)
FEWEST_END_TAGS = 5
LARGEST_GAP = 50  # characters for each end tag: Markdown and articles with code have more


def _looks_like_html(text: str) -> bool:
    """Tell HTML, also a part of a page, from text with some code or Markdown with some tags.

    It begins like a page, most of its lines are elements, or it is full of end tags: what else
    stands in "<>" may be a placeholder or the name of a speaker.
    """
    if HTML_HEAD.match(text):
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    elements = sum(ELEMENT.match(line) is not None for line in lines)
    if elements > len(lines) / 2:
        return True
    end_tags = len(END_TAG.findall(text))
    characters = len(TAG.sub("", text))
    return end_tags >= max(FEWEST_END_TAGS, characters / LARGEST_GAP)


LINES_LOOKED_AT = 10


def _looks_like_json_lines(text: str) -> bool:
    """Whether most of the first lines are objects of JSON."""
    lines = [line for line in text.split("\n") if line.strip()][:LINES_LOOKED_AT]
    return sum(map(_is_json_object, lines)) > len(lines) / 2


def _is_json_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _write(text: str) -> None:
    """Write all of a text to standard output, or as far as its reader wants it.

    Raises:
        OSError: it cannot be written, which would else be found at exit.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "standard output")
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is still in the buffer is written at exit: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader has seen enough
            return
        raise OSError(error.errno, error.strerror, "standard output") from error


def _say(message: str) -> None:
    say(f"boilerstrip: {message}")


CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and newline


def _printable(text: str) -> str:
    """Take the control characters out, which could play tricks on a terminal."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", "\n".join(text.splitlines()))
