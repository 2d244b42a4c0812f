"""The options of a call: errors that say what was found and what is expected."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import boilerstrip
from boilerstrip import Model

BAD_OPTIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"threshold": -0.1}, ValueError, "threshold is -0.1; it must be between 0 and 1"),
    ({"threshold": 1.1}, ValueError, "threshold is 1.1; it must be between 0 and 1"),
    ({"threshold": float("nan")}, ValueError, "threshold is nan"),
    ({"threshold": 10**400}, ValueError, "threshold is 1000"),
    ({"threshold": "0.5"}, TypeError, "threshold is str; it must be a number or None"),
    ({"threshold": True}, TypeError, "threshold is bool"),
    ({"threshold": np.complex64(1)}, TypeError, "threshold is complex64"),
    ({"keep": "Read more"}, TypeError, "keep is str; it must be several str"),
    ({"remove": re.compile("x")}, TypeError, "remove is Pattern; it must be several str"),
    ({"keep": [b"x"]}, TypeError, "keep holds bytes; it must hold str and compiled str patterns"),
    ({"keep": [re.compile(b"x")]}, TypeError, "keep holds a compiled pattern of bytes"),
    ({"remove": [None]}, TypeError, "remove holds NoneType"),
    ({"remove": ["x", " \n"]}, ValueError, "remove holds a phrase without a visible character"),
    ({"kinds": "donation"}, TypeError, "kinds is str; it must be several str"),
    ({"kinds": 3}, TypeError, "kinds is int"),
    ({"kinds": ["donation", "spam"]}, ValueError, r"unknown kinds \['spam'\]; there are donation,"),
    ({"kinds": [1, None]}, ValueError, r"unknown kinds \[1, None\]"),
    ({"model": "news.npz"}, TypeError, "model is str; it must be a Model, see Model.load"),
]


@pytest.mark.parametrize(("options", "error", "message"), BAD_OPTIONS)
@pytest.mark.parametrize(
    ("verb", "first"),
    [
        (boilerstrip.clean, "text"),
        (boilerstrip.classify, "text"),
        (boilerstrip.classify_paragraphs, ["text"]),
        (boilerstrip.clean_many, ["text"]),
        (boilerstrip.classify_many, ["text"]),
    ],
    ids=["clean", "classify", "classify_paragraphs", "clean_many", "classify_many"],
)
def test_bad_options(
    verb: Callable[..., Any],
    first: Any,
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    """A wrong option is an error at once that says what was found and what is expected."""
    with pytest.raises(error, match=message):
        verb(first, **options)


@pytest.mark.parametrize("verb", [boilerstrip.clean, boilerstrip.classify])
def test_bad_split(verb: Callable[..., Any]) -> None:
    """An unknown way to split is an error that names the known ones."""
    with pytest.raises(ValueError, match="split is 'word'; it must be one of auto, line, blank"):
        verb("text", split="word")


def test_numpy_threshold(model: Model) -> None:
    """Numbers of numpy are numbers."""
    assert boilerstrip.clean("text", model=model, threshold=np.float64(0)) == ""
