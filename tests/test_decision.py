"""Decision: the best expected F score is found."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boilerstrip.decision import decide_all, weigh_recall

some_scores = st.floats(0, 1, width=32)
scored = st.lists(st.tuples(some_scores, st.integers(0, 50)), max_size=7)
with_words = st.lists(st.tuples(some_scores, st.integers(1, 50)), max_size=7)


def decide(scores: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Decide one document."""
    return decide_all(scores, words, np.zeros(1, np.int64))


def expected_score(scores: np.ndarray, words: np.ndarray, kept: np.ndarray) -> float:
    """Estimate the F score of the words kept, as the docstring of `decide_all` tells."""
    content = (1 - scores) * words
    doubt = (np.minimum(scores, 1 - scores) * words).sum() / max(words.sum(), 1)
    share = content.sum() / max(words.sum(), 1)
    recall_counts = weigh_recall(doubt, share, np.array(scores.size)).item()
    possible = words[kept].sum() + recall_counts * content.sum()
    return float((1 + recall_counts) * content[kept].sum() / max(possible, 1e-9))


@given(with_words)
def test_best(paragraphs: list[tuple[float, int]]) -> None:
    """No other choice of paragraphs is expected to do better, unless nothing is kept at all."""
    scores = np.array([score for score, _ in paragraphs], np.float32)
    words = np.array([count for _, count in paragraphs], np.int64)
    kept = ~decide(scores, words)
    if kept.any():
        best = max(
            expected_score(scores.astype(float), words, np.array(choice, bool))
            for choice in itertools.product([False, True], repeat=len(paragraphs))
        )
        assert expected_score(scores.astype(float), words, kept) >= best - 1e-6


def test_double_precision() -> None:
    """Scores of double precision are decided as those of single precision are."""
    scores, words = np.array([0.9, 0.1, 0.8]), np.array([9, 90, 9])
    assert decide(scores, words).tolist() == [True, False, True]


@given(st.lists(scored.filter(len), min_size=1, max_size=5))
def test_many(documents: list[list[tuple[float, int]]]) -> None:
    """Decisions on a document are the same alone and among others."""
    scores = [np.array([score for score, _ in document], np.float32) for document in documents]
    words = [np.array([count for _, count in document]) for document in documents]
    starts = np.cumsum([0, *map(len, documents[:-1])])
    together = decide_all(np.concatenate(scores), np.concatenate(words), starts)
    alone = [decide(*each) for each in zip(scores, words, strict=True)]
    assert together.tolist() == np.concatenate(alone).tolist()


def test_clear() -> None:
    """Where scores are clear, they are followed."""
    scores = np.array([0.01, 0.99, 0.02, 0.97], np.float32)
    assert decide(scores, np.array([20, 5, 30, 5])).tolist() == [False, True, False, True]


def test_long() -> None:
    """A thousand lines that are surely boilerplate all go, unless there is content among them."""
    scores = np.full(1000, 0.98, np.float32)
    words = np.full(1000, 2)
    assert decide(scores, words).all()
    scores[500:510] = 0.02
    assert (~decide(scores, words)).nonzero()[0].tolist() == list(range(500, 510))


def test_no_words() -> None:
    """A paragraph without words, likely content, stays like any other."""
    scores = np.array([0.01, 0.02, 0.01], np.float32)
    assert not decide(scores, np.array([10, 0, 10])).any()


def test_all_boilerplate() -> None:
    """A document that is surely boilerplate is removed whole."""
    assert decide(np.array([0.999, 0.998], np.float32), np.array([5, 5])).all()


def test_lone_paragraph() -> None:
    """A lone paragraph goes when it is more likely boilerplate than not."""
    removed = [decide(np.array([score], np.float32), np.array([5])).item() for score in (0.2, 0.9)]
    assert removed == [False, True]


def test_marks() -> None:
    """What has no word stays beside something that stays, in its own document, and else goes."""
    scores = np.array([0.01, 0.97, 0.97, 0.97, 0.97, 0.97, 0.97], np.float32)
    words = np.array([50, 0, 9, 0, 9, 0, 50])
    whole = decide(scores, words)
    assert whole.tolist() == [False, False, True, True, True, True, True]
    scores[6] = 0.01
    apart = decide_all(scores, words, np.array([0, 6]))
    assert apart.tolist() == [False, False, True, True, True, True, False]


def test_no_lines() -> None:
    """A page that has lost its line breaks is not removed; one with a second paragraph is."""
    score, words = np.array([0.95], np.float32), np.array([300])
    assert not decide(score, words).any()
    assert decide(score, np.array([200])).all()
    assert decide(np.repeat(score, 2), np.repeat(words, 2)).all()


def test_doubt() -> None:
    """A paragraph among clear ones goes; the same one stays where much is in doubt."""
    words = np.full(6, 20)
    clear = decide(np.array([0.75, 0.01, 0.01, 0.01, 0.01, 0.01], np.float32), words)
    doubtful = decide(np.array([0.75, 0.4, 0.4, 0.5, 0.4, 0.4], np.float32), words)
    assert (clear[0], doubtful[0]) == (True, False)


def test_size() -> None:
    """What is rather content than not stays in a short document, and goes from a large page."""
    scores, words = np.array([0.01] * 10 + [0.45] * 2, np.float32), np.full(12, 20)
    assert not decide(scores, words).any()
    scores = np.concatenate([scores, np.full(400, 0.99, np.float32)])
    words = np.concatenate([words, np.full(400, 2)])
    removed = decide(scores, words)
    assert not removed[:10].any()
    assert removed[10:].all()


def test_nothing() -> None:
    """Of nothing, nothing is removed."""
    assert decide(np.empty(0, np.float32), np.empty(0, np.int64)).size == 0
