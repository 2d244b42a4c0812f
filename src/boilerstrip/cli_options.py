"""What several commands have in common: options, checks of what they name, messages."""

import argparse
import math
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias, get_args

from boilerstrip.paragraphs import KINDS, Split
from boilerstrip.whole_file import may_write

__all__ = [
    "A_MODEL",
    "SHIPPED",
    "Commands",
    "add_cleaning_options",
    "add_threshold",
    "check_may_write",
    "say",
    "whole_number",
]

SHIPPED = "shipped"  # a file of this name is ./shipped
A_MODEL = f'a file, or "{SHIPPED}" for the model that comes with boilerstrip'

# What `add_subparsers` returns: argparse gives it no public name.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
Group: TypeAlias = "argparse.ArgumentParser | argparse._ArgumentGroup"  # noqa: SLF001


def add_cleaning_options(group: Group, text: str) -> None:
    """Add what tells how a text, or whatever it is called, is judged."""
    group.add_argument(
        "--model",
        default=SHIPPED,
        metavar="MODEL",
        help=f"the model to use: {A_MODEL} (default: {SHIPPED})",
    )
    add_threshold(group, text)
    group.add_argument(
        "--kinds",
        action="extend",
        type=lambda kinds: [kind.strip() for kind in kinds.split(",")],
        metavar="KIND,...",
        help=f"remove only these kinds of boilerplate: {', '.join(KINDS)}; repeatable",
    )
    group.add_argument(
        "--split",
        choices=get_args(Split),
        default="auto",
        help="what counts as a paragraph: a line (line), the text between blank lines (blank), or "
        "a line, but the lines of hard-wrapped prose joined (auto, the default)",
    )


def add_threshold(group: Group, text: str) -> None:
    """Add what sets the score from which a paragraph is removed."""
    group.add_argument(
        "--threshold",
        type=float,
        metavar="SCORE",
        help="lowest score, 0 to 1, at which a paragraph counts as boilerplate (default: decided "
        f"for each {text})",
    )


def whole_number(least: int, most: float = math.inf) -> Callable[[str], int]:
    """Make a type of arguments: whole numbers within bounds."""

    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number; give one, {least} or more"
            ) from None
        if value < least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        if value > most:
            raise argparse.ArgumentTypeError(f"{text} is more than {most}")
        return value

    return number


def check_may_write(path: Path, arguments: argparse.Namespace) -> None:
    """End with exit code 2 if a file cannot be written, and say what stands in the way."""
    if may_write(path):
        return
    folder = path.resolve().parent
    if path.is_dir():
        reason = "it is a folder; name a file in it"
    elif not folder.is_dir():
        reason = f"there is no folder {folder}; create it, or name another"
    else:
        reason = "permission denied; name a file in a folder that you may write to"
    arguments.usage_error(f"cannot write {path}: {reason}")


def say(message: str) -> None:
    """Write a message to standard error, if that is possible: nobody need be reading there."""
    if sys.stderr is None:  # closed: print would take standard output
        return
    with suppress(OSError):
        print(message, file=sys.stderr)  # noqa: T201 (what a command line is for)
