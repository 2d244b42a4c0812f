"""Checks of arguments that several calls have in common."""

from collections.abc import Iterable, Mapping
from numbers import Integral

__all__ = ["LARGEST_SEED", "check_jobs", "check_seed", "check_text", "check_texts"]

LARGEST_SEED = 2**32 - 1
"""That scikit-learn takes."""


def check_jobs(jobs: int) -> None:
    """Check a number of jobs.

    Raises:
        TypeError: it is no int.
        ValueError: it is less than 1.
    """
    _check_int("jobs", jobs)
    if jobs < 1:
        raise ValueError(f"jobs is {jobs}; it must be 1 or more")


def check_seed(seed: int) -> None:
    """Check a seed.

    Raises:
        TypeError: it is no int.
        ValueError: scikit-learn would not take it.
    """
    _check_int("seed", seed)
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"seed is {seed}; it must be 0 to {LARGEST_SEED}")


def check_text(text: object, name: str = "text", number: int | None = None) -> None:
    """Check an argument of that name, or the item of this number in it, that is to be one text.

    Raises:
        TypeError: it is no str.
    """
    if not isinstance(text, str):
        place = name if number is None else f"{name}[{number}]"
        hint = "; decode it first" if isinstance(text, bytes | bytearray) else ""
        raise TypeError(f"{place} is {type(text).__name__}; it must be str{hint}")


def check_texts(texts: object, name: str) -> None:
    """Check an argument of that name that is to be several texts, which are not looked at.

    Raises:
        TypeError: it is one text, a mapping, or nothing to iterate over.
    """
    if isinstance(texts, str | bytes | Mapping) or not isinstance(texts, Iterable):
        raise TypeError(
            f"{name} is {type(texts).__name__}; it must be several str, e.g. a list of them"
        )


def _check_int(name: str, number: int) -> None:
    if isinstance(number, bool) or not isinstance(number, Integral):
        raise TypeError(f"{name} is {type(number).__name__}; it must be int")
