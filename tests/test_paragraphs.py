"""Paragraphs: splitting loses nothing and finds what a reader would call a paragraph."""

from itertools import pairwise
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boilerstrip.paragraphs import (
    BYTE_ORDER_MARK,
    Split,
    SplitTexts,
    delete_paragraphs,
    split_texts,
)
from tests import strategies

splits = st.sampled_from(get_args(Split))

WRAPPED = """\
The ferry between the two islands was out of service for the third day in a
row, and nobody at the harbour office would say when it might sail again. A
notice on the door, written by hand, asked travellers for their patience.

Those who could not wait had hired a fishing boat, whose owner asked twice the
price of the ferry and would take no luggage. By noon she had crossed eleven
times.
"""

VERSES = """\
The harbour lay as grey and still as pewter on a shelf,
And nobody had rowed across since Martinmas but Ralph,
Who carried salt and paraffin and letters for the priest,
And swore that he had seen the drowned come dancing from the east.

The miller laughed, the sexton laughed, the girls put up their hair,
They said the only drowned he knew were drowned in Annie's beer;
But when the ice went out in March and boats were on the shore,
They found his cap, his pipe, his oars, and found of him no more.
"""


def find(text: str, split: Split = "auto") -> SplitTexts:
    """Find the paragraphs of one text."""
    return split_texts([text], split)


def split_text(text: str, split: Split = "auto") -> list[str]:
    """Split into the texts of the paragraphs, by their spans."""
    found = find(text, split)
    spans = zip(found.starts, found.ends, strict=True)
    paragraphs = [text[start:end] for start, end in spans]
    assert found.paragraphs == paragraphs
    return paragraphs


@given(strategies.texts, splits)
@example("\ufeffA\r\n\r\nB\u2028C\x00D\r", "line")
@example(WRAPPED, "auto")
def test_lossless(text: str, split: Split) -> None:
    """Paragraphs begin and end with what is not blank, and only blanks lie between them."""
    end_before = 0
    _, starts, ends, _ = find(text, split)
    for start, end in zip(starts, ends, strict=True):
        assert end_before <= start < end
        assert not text[end_before:start].strip() or text[:start].strip() == BYTE_ORDER_MARK
        assert text[start:end] == text[start:end].strip()
        end_before = end
    assert text[end_before:].strip() in {"", BYTE_ORDER_MARK}


@given(strategies.texts)
def test_lines(text: str) -> None:
    """Split by lines, each line that is not blank is a paragraph."""
    lines = text.removeprefix(BYTE_ORDER_MARK).splitlines()
    assert split_text(text, "line") == [line.strip() for line in lines if line.strip()]


def test_byte_order_mark() -> None:
    """A byte order mark at the head of a text is no part of its first paragraph."""
    assert split_text("\ufeff Home\nIt rained.", "line") == ["Home", "It rained."]
    assert split_text("\ufeff\n\ufeffa", "line") == ["\ufeffa"]


@given(strategies.texts)
def test_blank(text: str) -> None:
    """Split at blank lines, paragraphs hold no blank line, and there is one between any two."""
    _, starts, ends, _ = find(text, "blank")
    for start, end in zip(starts, ends, strict=True):
        assert all(line.strip() for line in text[start:end].splitlines())
    for end, start in zip(ends, starts[1:], strict=False):
        assert len(text[end:start].splitlines()) > 1


@given(st.lists(st.one_of(strategies.texts, st.just(WRAPPED))), splits)
@example(["", "A\nB", WRAPPED, "\n", "C"], "auto")
def test_many_texts(texts: list[str], split: Split) -> None:
    """Each of many texts is split as it is by itself."""
    together = split_texts(texts, split)
    alone = [find(text, split) for text in texts]
    assert together.paragraphs == [paragraph for each in alone for paragraph in each.paragraphs]
    assert np.diff(together.edges).tolist() == [len(each.paragraphs) for each in alone]
    for (starts, ends), each in zip(together.spans(), alone, strict=True):
        assert starts.tolist() == each.starts.tolist()
        assert ends.tolist() == each.ends.tolist()


@given(st.lists(strategies.texts), splits, st.randoms())
def test_delete(texts: list[str], split: Split, random: Any) -> None:
    """A deleted paragraph goes with what is behind it up to the next one, and nothing else goes."""
    found = split_texts(texts, split)
    is_removed = np.array([random.random() < 0.5 for _ in found.paragraphs], bool)
    flags = iter(is_removed.tolist())
    expected = []
    for text, (starts, _) in zip(texts, found.spans(), strict=True):
        edges = [*starts.tolist(), len(text)]
        kept = [text[start:end] for start, end in pairwise(edges) if not next(flags)]
        expected.append("".join([text[: edges[0]], *kept]))
    assert delete_paragraphs(texts, found, is_removed) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\v", "\f"])
def test_line_ends(end: str) -> None:
    """All line ends of Unicode are line ends."""
    assert split_text(f"One{end}{end}Two{end}") == ["One", "Two"]


@pytest.mark.parametrize("text", ["", " ", "\n", "\r\n \u2028\t\n"])
@pytest.mark.parametrize("split", get_args(Split))
def test_nothing(text: str, split: Split) -> None:
    """A blank text has no paragraph."""
    assert split_text(text, split) == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_hard_wrapped(end: str) -> None:
    """Hard-wrapped text is recognised, and its paragraphs are the runs between blank lines."""
    text = WRAPPED.replace("\n", end)
    paragraphs = split_text(text)
    assert len(paragraphs) == 2
    assert paragraphs == split_text(text, "blank")
    assert len(split_text(text, "line")) == 6


def test_ragged() -> None:
    """Hard-wrapped text is recognised where a line is somewhat wider or narrower than others."""
    edited = WRAPPED.replace("The ferry", "The old ferry").replace("sail again", "sail")
    text = f"{WRAPPED}\n{edited}"
    assert split_text(text) == split_text(text, "blank")


def test_quoted() -> None:
    """In an e-mail, what it quotes is joined too, and not with what it says."""
    first, second = (run.rstrip() for run in WRAPPED.split("\n\n"))
    quoted = "\n".join(f"> {line}" for line in first.splitlines())
    paragraphs = split_text(f"{WRAPPED}\nHer secretary wrote:\n{quoted}\n{second}\n")
    assert paragraphs == [first, second, "Her secretary wrote:", quoted, second]


def test_menu_below() -> None:
    """What stands below hard-wrapped text does not keep it from being recognised."""
    menu = ["Home", "News", "Weather", "About the Orr Society", "https://orr.example/" + 9 * "orr"]
    assert split_text("\n".join([WRAPPED, *menu])) == [*split_text(WRAPPED), *menu]


def test_mail() -> None:
    """In a hard-wrapped e-mail runs of prose are paragraphs, and headers and lists are lines."""
    headers, items = (
        "From: Ann <ann@orr.example>\nSubject: Bridge\n",
        "- salt\n- two planks\n- rope\n",
    )
    paragraphs = split_text(
        f"{headers}\nHi all,\n\n{WRAPPED}\n{items}\nAnn\n-- \nThe Orr Society\n"
    )
    runs = split_text(WRAPPED)
    assert paragraphs == [
        *headers.splitlines(),
        "Hi all,",
        *runs,
        *items.splitlines(),
        "Ann",
        "--",
        "The Orr Society",
    ]


def test_heading_above() -> None:
    """In hard-wrapped text a heading right above prose, as in a manual page, is its own line."""
    indented = WRAPPED.replace("\n", "\n    ")
    found = split_text(f"{WRAPPED}\nUSAGE\n    {indented}\nSEE ALSO\n    rope(1)\n")
    prose = [" ".join(run.split()) for run in split_text(WRAPPED)]
    expected = [*prose, "USAGE", *prose, "SEE ALSO", "rope(1)"]
    assert [" ".join(each.split()) for each in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Home\nNews\nSport\nWeather\nContact\nAbout us",
        "A short line.\nAnother short line, somewhat longer than the first one was.\nA third.\n",
        "\n".join(f"{line} {'x' * 300}" for line in range(8)),
        "\n".join(
            "昨夜の雨で川は橋の下まで増水し町の人びとは朝から土手に集まって水を見ていた" * 2
            + "雨" * n
            for n in range(5)
        ),
        VERSES,
        "\n".join(
            f"2031-03-0{n} 12:00:00 INFO server.worker: request finished, all is well"
            for n in range(1, 9)
        ),
        "\n".join(
            f"| {word:10} | {word:30} | {word:20} |" for word in ("town", "leeds", "york", "bath")
        ),
        "\n".join(
            f"rows_of_{name} = [transform(row, scale) for row in rows if row.{name} > minimum]"
            for name in ("rain", "snow", "wind", "hail")
        ),
        "\n".join(f"https://example.org/a-rather-long-address-of-a-page/{n}" for n in range(9)),
    ],
    ids=[
        "menu",
        "short lines",
        "long lines",
        "without blanks",
        "verses",
        "log",
        "table",
        "code",
        "addresses",
    ],
)
def test_not_wrapped(text: str) -> None:
    """Lines that end where they please are paragraphs."""
    assert split_text(text) == split_text(text, "line")


def test_long_line() -> None:
    """A line of 10 MB is one paragraph."""
    text = "word " * 2_000_000
    assert split_text(text) == [text.strip()]


def test_many_lines() -> None:
    """200,000 lines of a word are as many paragraphs."""
    assert len(split_text("word\n" * 200_000)) == 200_000


def test_unknown_split() -> None:
    """An unknown way to split is an error that names the known ones."""
    with pytest.raises(ValueError, match="'sentence'; it must be one of auto, line, blank"):
        find("text", "sentence")  # type: ignore[arg-type]
