"""Options that several commands have in common."""

import argparse
import math
from collections.abc import Callable
from typing import TypeAlias, get_args

from boilerstrip.paragraphs import KINDS, Split

__all__ = [
    "A_MODEL",
    "SHIPPED",
    "Commands",
    "add_cleaning_options",
    "add_threshold",
    "whole_number",
]

SHIPPED = "shipped"  # a file of this name is ./shipped
A_MODEL = f"a file, or {SHIPPED}, the model that comes with boilerstrip"

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
        help="what a paragraph is: a line, what stands between blank lines, or (auto) whichever "
        f"fits the {text}",
    )


def add_threshold(group: Group, text: str) -> None:
    """Add what tells from which score on a paragraph is removed."""
    group.add_argument(
        "--threshold",
        type=float,
        metavar="SCORE",
        help="score from which a paragraph is boilerplate, 0 to 1 (default: decided for each "
        f"{text})",
    )


def whole_number(least: int, most: float = math.inf) -> Callable[[str], int]:
    """Make a type of arguments: whole numbers within bounds."""

    def number(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        if int(text) > most:
            raise argparse.ArgumentTypeError(f"{text} is more than {most}")
        return int(text)

    return number
