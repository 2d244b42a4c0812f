"""Features: what they are, and that they are the same in whatever company."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boilerstrip import features, linear
from boilerstrip.model import Model
from boilerstrip.tokens import join
from tests import strategies
from tests.reference_features import Reference, describe

pieces = st.integers(1, 400)


def extract(paragraphs: Sequence[str]) -> list[Reference]:
    """Take the features of each paragraph out of the arrays."""
    extracted = []
    for piece in features.extract(paragraphs):
        for number, (start, end) in enumerate(pairwise(piece.edges)):
            extracted.append(
                Reference(
                    stems=piece.stems[start:end].tolist(),
                    pairs=piece.pairs[start:end].tolist(),
                    shape_rows=piece.shape_rows[number].tolist(),
                    shape=piece.shape[number].tolist(),
                )
            )
    return extracted


@settings(max_examples=300)
@given(strategies.paragraphs, pieces)
@example(["Ünïcödé É", "ÉÉ", "", "\ud800A", "日本É", "ไทยA!", "x\ny", "“Q”"], 7)
@example(["word, " * 3000, "中" * 12_000], features.PIECE)
def test_reference(paragraphs: list[str], piece: int) -> None:
    """The vectorised code agrees with the plain one on any text, however it is cut in pieces."""
    with mock.patch.object(features, "PIECE", piece):
        extracted = extract(paragraphs)
    assert extracted == [describe(paragraph) for paragraph in paragraphs]


@given(strategies.paragraphs.filter(len), pieces)
def test_any_company(model: Model, paragraphs: list[str], piece: int) -> None:
    """A paragraph has the same step-1 outputs, to the last bit, alone and in any batch."""
    together = linear.run(model.packed, features.extract(paragraphs)).outputs
    with mock.patch.object(features, "PIECE", piece):
        in_pieces = linear.run(model.packed, features.extract(paragraphs)).outputs
    assert in_pieces.tobytes() == together.tobytes()
    for paragraph, outputs in zip(paragraphs, together, strict=True):
        alone = linear.run(model.packed, features.extract([paragraph])).outputs
        assert alone.tobytes() == outputs.tobytes()


@pytest.mark.parametrize("item", [np.uint16, np.complex128])
@given(st.lists(strategies.characters, min_size=1).map("".join), strategies.paragraphs)
def test_sums(item: type[np.generic], text: str, others: list[str]) -> None:
    """The sums of weights are exact, also of the largest weights and the longest paragraphs."""
    paragraphs = [text, text * 200, *others]
    generator = np.random.default_rng(0)
    weights = generator.integers(0, 256, (features.ROWS, np.dtype(item).itemsize), np.uint8)
    weights[generator.random(features.ROWS) < 0.5] = 255
    weights[:, 0] = 255  # the largest sum there can be
    table = weights.view(item)[:, 0]
    sums = np.concatenate(
        [features.sum_weights(table, piece) for piece in features.extract(paragraphs)]
    )
    for paragraph, found in zip(paragraphs, sums, strict=True):
        reference = describe(paragraph)
        rows = reference.stems + reference.pairs + reference.shape_rows
        assert found.tolist() == weights[rows].sum(axis=0, dtype=np.int64).tolist()


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("SUBSCRIBE NOW", "subscribe now"),
        ("ÉTÉ Ångström ŁÓDŹ", "été ångström łódź"),
        ("ΕΓΓΡΑΦΗ", "εγγραφη"),
        ("ПОДПИШИТЕСЬ ЁЖ", "подпишитесь ёж"),
        ("ĐĂNG KÝ NGAY BẢN TIN", "đăng ký ngay bản tin"),
        ("Ἀθῆναι", "ἀθῆναι"),
        ("12 345", "00 000"),
    ],
)
def test_case(written: str, folded: str) -> None:
    """Latin, Greek and Cyrillic capitals are the same words as their small letters."""
    (one,), (other,) = extract([written]), extract([folded])
    assert one.stems == other.stems
    assert one.pairs == other.pairs


@pytest.mark.parametrize(
    "text", ["Đăng ký nhận bản tin", "Předplaťte si nás", "구독하세요", "Ένα νέο"]
)
def test_composed(text: str) -> None:
    """Letters and their accents are the same whether they are one character or two."""
    decomposed = unicodedata.normalize("NFD", text)
    assert decomposed != text
    one, other, plain = extract([text, decomposed, "plain"])
    assert (one, [plain]) == (other, extract(["plain"]))


@pytest.mark.parametrize(
    "text", ["naïve café", "не знаю", "hello-world", "“hello”, world", "a\u00a0b"]
)
def test_two_words(text: str) -> None:
    """Blanks and punctuation of any sort part words, letters of any sort do not."""
    (found,) = extract([text])
    assert len(found.stems) == 3  # and the end


@pytest.mark.parametrize("text", ["雨が", "ไท", "👍🏽", "한국"])
def test_scripts_without_spaces(text: str) -> None:
    """Each character of a script without spaces, and each symbol, is a word."""
    (found,) = extract([text])
    assert len(found.stems) == 3  # and the end


def test_capitals_show() -> None:
    """Capitals fold away in the words, but are counted in the shape."""
    capitals = features.SHAPE.index("capitals")
    assert [r.shape[capitals] for r in extract(["Ж É Ω A 1 b", "ж é ω a 1 b"])] == [4, 0]


def test_longest() -> None:
    """What lies behind the first 10,000 characters changes nothing."""
    head = "So it goes on and on. " * 500
    one, other = extract([head[: features.LONGEST], head[: features.LONGEST] + "Subscribe!"])
    assert one == other


def test_many_marks() -> None:
    """Of a paragraph that is mostly accents, no more is composed than is looked at."""
    composed = []

    def watch(_: str, text: str) -> str:
        composed.append(len(text))
        return text

    marks = "e" + "\u0301\u0316" * 2 * features.LONGEST
    with mock.patch.object(unicodedata, "normalize", watch):
        one, other = extract([marks, marks[: features.LONGEST]])
    assert one == other
    assert 0 < max(composed) <= features.LONGEST + 3  # and what is around it


def test_mixtures() -> None:
    """Tiny and huge paragraphs in turn are read about once, a bounded part at a time."""
    huge, joined = "word, " * 30_000, []

    def watch(paragraphs: Iterable[str]) -> str:
        joined.append(len(text := join(paragraphs)))
        return text

    paragraphs = ([huge] * 20 + ["a"] * 60) * 9
    with mock.patch.object(features, "join", watch):
        for _ in features.extract(paragraphs):
            pass
    assert sum(joined) < 3 * sum(map(len, paragraphs))


def test_nothing() -> None:
    """No paragraphs have no features."""
    assert extract([]) == []


def test_version() -> None:
    """The rows of this text belong to this version: other rows need another one."""
    text = "… read all 3 of our U\u0308ber-long stories: 雨, Ελλάδα, Київ!"
    (found,) = extract([text])
    rows = found.stems + found.pairs + found.shape_rows
    assert (features.VERSION, sum((i + 1) * row for i, row in enumerate(rows))) == (9, 208678256)
