"""Which paragraphs of a document to remove, when no threshold is given."""

import numpy as np

from boilerstrip.arrays import AnyFloats, AnyInts, Doubles, Flags, Ints

__all__ = ["decide", "decide_all", "weigh_recall"]

LEAST_RECALL, MOST_RECALL = 0.7, 4.0  # how many times as much as precision recall counts
DOUBT_COUNTS = 400.0
LIKELIEST = 30  # paragraphs that keeping nothing is judged by
LONGEST_ALONE = 250  # words of boilerplate that makes up a document; more is a page without lines
ONE = 1 << 32  # what a word counts: sums of whole numbers are the same in any company


def decide(scores: AnyFloats, words: AnyInts) -> Flags:
    """Choose the boilerplate of one document, so that what is kept has the best expected F score.

    The score compares the words kept with the words of the true content; it minds a word of
    content that is lost the more against one of boilerplate that stays the more words are in doubt
    (F-beta; see `weigh_recall` for beta squared). Keeping the paragraphs most likely to be content
    down to some point, it can be expected from the probabilities; the best point is chosen.
    Compare Lipton, Elkan & Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1
    Measure" (2014): the threshold that results asks for the more certainty before it removes
    anything the harder the document is to read. A document of one very long paragraph stays: it
    is a page that has lost its line breaks, and not all of it can be boilerplate. So does what has
    no word and stands beside something that stays, such as a rule.

    Args:
        scores: P(boilerplate) of each paragraph.
        words: words in each.

    Returns:
        Whether each paragraph is to be removed.
    """
    return decide_all(scores, words, np.zeros(min(1, scores.size), np.int64))


def decide_all(scores: AnyFloats, words: AnyInts, document_starts: Ints) -> Flags:
    """Choose the boilerplate of several documents, each as `decide` does.

    Args:
        scores: P(boilerplate) of each paragraph.
        words: words in each.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        Whether each paragraph is to be removed.
    """
    if not scores.size:
        return np.empty(0, bool)
    ends = np.concatenate([document_starts[1:], [scores.size]])
    sizes = ends - document_starts
    keys = np.arange(sizes.size, dtype=np.int64).repeat(sizes) << 32
    scores = scores.astype(np.float32, copy=False)
    keys += scores.view(np.int32)  # floats from 0 on are in the order of their bits
    order = keys.argsort(kind="stable")  # document by document, the likeliest content first
    is_mark = words == 0
    words = np.maximum(words[order], 1, dtype=np.int64)  # a rule, three dots: not for nothing
    content = (words * ((1 - scores[order].astype(np.float64)) * ONE)).astype(np.int64)
    sums = np.zeros((2, scores.size + 1), np.int64)
    sums[:, 1:] = words * ONE, content
    sums.cumsum(axis=1, out=sums)
    words_kept, content_kept = sums[:, 1:] - sums[:, document_starts].repeat(sizes, axis=1)
    all_words, all_content = sums[:, ends] - sums[:, document_starts]
    in_doubt = np.add.reduceat(np.minimum(content, words * ONE - content), document_starts)
    recall_counts = weigh_recall(in_doubt / all_words, sizes)
    possible = words_kept + (recall_counts * all_content).repeat(sizes)
    expected = (1 + recall_counts).repeat(sizes) * content_kept / possible
    best = np.maximum.reduceat(expected, document_starts)
    is_best = (expected == best.repeat(sizes)).nonzero()[0]
    last_kept = is_best[is_best.searchsorted(document_starts)]
    # Scored so, keeping nothing is worth the probability that there is no content at all. It is
    # that of the likeliest ones: a thousand menu lines are not wrong one by one.
    place = np.arange(scores.size)
    is_likely = place - document_starts.repeat(sizes) < LIKELIEST
    likely = np.where(is_likely, np.maximum(scores[order], 1e-9, dtype=np.float64), 1)
    last_kept[best <= np.multiply.reduceat(likely, document_starts)] = -1
    removed = np.empty(scores.size, bool)
    removed[order] = place > last_kept.repeat(sizes)
    removed[document_starts[(sizes == 1) & (all_words > LONGEST_ALONE * ONE)]] = False
    _keep_marks(removed, is_mark, document_starts)
    return removed


def _keep_marks(removed: Flags, is_mark: Flags, document_starts: Ints) -> None:
    """Keep paragraphs without a word that stand beside something kept: the fences of Markdown."""
    marks, others = is_mark.nonzero()[0], (~is_mark).nonzero()[0]
    if not (marks.size and others.size):
        return
    behind = others.searchsorted(marks)
    document = document_starts.searchsorted(marks, "right")
    for neighbour in (others.take(behind - 1, mode="clip"), others.take(behind, mode="clip")):
        is_near = document_starts.searchsorted(neighbour, "right") == document
        removed[marks[is_near & ~removed[neighbour]]] = False


def weigh_recall(doubt: Doubles, paragraphs: Ints) -> Doubles:
    """Tell how many times as much as precision recall of content counts in a document.

    Probabilities are least to be trusted on documents of a sort that is new to the model, and
    there it is in doubt. So what is in doubt rather stays, above all in short documents, which
    people have often cleaned already; errors on long ones cancel out.

    Args:
        doubt: share of the words whose label is in doubt, 0 to 0.5, of each document.
        paragraphs: of each document.
    """
    weights: Doubles = LEAST_RECALL + DOUBT_COUNTS * doubt**2 / np.sqrt(paragraphs)
    return np.minimum(weights, MOST_RECALL)
