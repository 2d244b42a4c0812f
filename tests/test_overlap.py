"""Overlap: how much of a paragraph is said in the prose of its document too."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boilerstrip import features
from boilerstrip.arrays import Floats
from boilerstrip.overlap import PROSE, measure_overlap

PROSE_TEXT = "The bell of Ostrow Sound was rung at six on Monday to call the ferry across."
CONTENT, BOILERPLATE = -1.0, 1.0  # logits

documents = st.lists(
    st.lists(
        st.tuples(st.lists(st.integers(0, 30), max_size=30), st.booleans()), min_size=1, max_size=9
    ),
    min_size=1,
    max_size=5,
)


def measure(documents: list[list[tuple[str, float]]]) -> list[Floats]:
    """Measure the overlaps in documents, each a list of texts and what they are by themselves."""
    paragraphs = [paragraph for document in documents for paragraph in document]
    (piece,) = features.extract([text for text, _ in paragraphs])
    starts = np.cumsum([0, *map(len, documents[:-1])])
    found = measure_overlap(
        piece.stems,
        np.array([logit for _, logit in paragraphs], np.float32),
        piece.shape[:, features.TOKENS],
        starts,
    )
    return np.split(found, starts[1:])


def test_headline() -> None:
    """A headline shares its words with the article; a menu shares none but the end."""
    document = [
        ("The Bell of Ostrow Sound", BOILERPLATE),
        ("Weather Sports Shop", BOILERPLATE),
        (PROSE_TEXT, CONTENT),
    ]
    (found,) = measure([document])
    assert found[0] == 1
    assert found[1] <= 0.5
    assert found[2] == 0


def test_no_prose() -> None:
    """Where no paragraph is prose, none overlaps with it."""
    headline = ("The Bell of Ostrow Sound", BOILERPLATE)
    (short,) = measure([[headline, ("Rung at six", CONTENT)]])
    (appeal,) = measure([[headline, (PROSE_TEXT, BOILERPLATE)]])
    (alone,) = measure([[(PROSE_TEXT, CONTENT)]])
    assert not short.any()
    assert not appeal.any()
    assert not alone.any()


def test_of_its_own_document() -> None:
    """What is said in another document does not count."""
    found, other = measure([[("The Bell of Ostrow Sound", CONTENT)], [(PROSE_TEXT, CONTENT)]])
    assert not found.any()
    assert not other.any()


@given(documents)
def test_plain(documents: list[list[tuple[list[int], bool]]]) -> None:
    """It is what a set of words tells, or more where two words share a slot."""
    written = [
        [(" ".join(f"{n:03}" for n in words), CONTENT if is_content else BOILERPLATE)
         for words, is_content in document]
        for document in documents
    ]  # fmt: skip
    together = measure(written)
    for document, found in zip(written, together, strict=True):
        assert found.tolist() == measure([document])[0].tolist()
        split = [[*text.split(), "the end"] for text, _ in document]
        is_prose = [
            logit < 0 and len(words) >= PROSE
            for words, (_, logit) in zip(split, document, strict=True)
        ]
        prose = {
            word for words, is_so in zip(split, is_prose, strict=True) if is_so for word in words
        }
        for words, is_so, share in zip(split, is_prose, found.tolist(), strict=True):
            expected = 0 if is_so else sum(word in prose for word in words) / len(words)
            assert expected - 1e-6 <= share <= (1 if prose else 0)
