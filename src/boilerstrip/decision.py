"""Which paragraphs of a document to remove, when no threshold is given.

How the values were chosen: docs/experiments.md, section "The decision".
"""

import numpy as np

from boilerstrip.arrays import AnyFloats, AnyInts, Doubles, Flags, Ints

__all__ = ["decide_all", "weigh_recall"]

LEAST_RECALL, MOST_RECALL = 0.7, 4.0  # how many times as much as precision recall counts
DOUBT_COUNTS = 300.0
MOST_COUNTED = 500  # paragraphs: in longer documents errors do not cancel out any better
LARGE = 10  # paragraphs, from which on a document with little content is a whole page
LIKELIEST = 30  # paragraphs that keeping nothing is judged by
LONGEST_ALONE = 250  # words of boilerplate that makes up a document; more is a page without lines
ONE = 1 << 32  # what a word counts: sums of whole numbers are the same in any company


def decide_all(scores: AnyFloats, words: AnyInts, document_starts: Ints) -> Flags:
    """Choose the boilerplate of documents, so that what is kept has the best expected F score.

    The score compares the words kept of a document with the words of its true content; it minds a
    word of content that is lost the more against one of boilerplate that stays the more words are
    in doubt (F-beta; see `weigh_recall` for beta squared). Keeping the paragraphs most likely to be
    content down to some point, it can be expected from the probabilities; the best point is chosen.
    Compare Lipton, Elkan & Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1
    Measure" (2014): the threshold that results asks for the more certainty before it removes
    anything the harder the document is to read. A document of one very long paragraph stays: it
    is a page that has lost its line breaks, and not all of it can be boilerplate. So does what has
    no word and stands beside something that stays, such as a rule.

    Args:
        scores: P(boilerplate) of each paragraph.
        words: words in each.
        document_starts: first paragraph of each document, rising from 0; no document is empty.

    Returns:
        Whether each paragraph is to be removed.
    """
    if not scores.size:
        return np.empty(0, bool)
    edges = np.empty(document_starts.size + 1, np.int64)
    edges[:-1] = document_starts
    edges[-1] = scores.size
    starts, ends = edges[:-1], edges[1:]
    sizes = ends - starts
    owners = np.arange(sizes.size, dtype=np.int64).repeat(sizes)  # 64 bits, to be shifted
    scores = scores.astype(np.float32, copy=False)
    keys = owners << 32
    keys += scores.view(np.int32)  # floats from 0 on are in the order of their bits
    order = keys.argsort(kind="stable")  # document by document, the likeliest content first
    sorted_scores = scores[order].astype(np.float64)
    is_mark = words == 0
    units = np.maximum(words[order], 1, dtype=np.int64)  # a rule, three dots: not for nothing
    content = (units * ((1 - sorted_scores) * ONE)).astype(np.int64)
    units *= ONE
    all_units, units_kept = _sum_up(units, starts, ends, owners)
    all_content, content_kept = _sum_up(content, starts, ends, owners)
    in_doubt = np.add.reduceat(np.minimum(content, units - content), starts)
    recall_counts = weigh_recall(in_doubt / all_units, all_content / all_units, sizes)
    possible = units_kept + (recall_counts * all_content)[owners]
    expected = (1 + recall_counts)[owners] * content_kept / possible
    best = np.maximum.reduceat(expected, starts)
    is_best = (expected == best[owners]).nonzero()[0]
    last_kept = is_best[is_best.searchsorted(starts)]
    # Scored so, keeping nothing is worth the probability that there is no content at all. It is
    # that of the likeliest ones: a thousand menu lines are not wrong one by one.
    place = np.arange(scores.size)
    likely = np.maximum(sorted_scores, 1e-9)
    likely[place - starts[owners] >= LIKELIEST] = 1
    last_kept[best <= np.multiply.reduceat(likely, starts)] = -1
    removed = np.empty(scores.size, bool)
    removed[order] = place > last_kept[owners]
    removed[starts[(sizes == 1) & (all_units > LONGEST_ALONE * ONE)]] = False
    _keep_marks(removed, is_mark, starts)
    return removed


def _sum_up(numbers: Ints, starts: Ints, ends: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Sum the numbers of each document; and, for each of them, it and those before it there."""
    sums = np.zeros(numbers.size + 1, np.int64)
    numbers.cumsum(out=sums[1:])
    before = sums[starts]
    return sums[ends] - before, sums[1:] - before[owners]


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


def weigh_recall(doubt: Doubles, content: Doubles, paragraphs: Ints) -> Doubles:
    """Tell how many times as much as precision recall of content counts in a document.

    Probabilities are least to be trusted on documents of a sort that is new to the model, and
    there it is in doubt. So what is in doubt rather stays, above all in short documents, which
    people have often cleaned already; errors on long ones cancel out. On whole pages, which are
    large and mostly furniture, what is in doubt belongs to other articles as a rule: there
    precision counts more.

    Args:
        doubt: share of the words whose label is in doubt, 0 to 0.5, of each document.
        content: share of the words that are content, 0 to 1, as far as can be expected.
        paragraphs: of each document.
    """
    paragraphs = np.minimum(paragraphs, MOST_COUNTED)
    cleaned = content**2  # near 1 for the output of an extractor, near 0 for a page of furniture
    least = LEAST_RECALL * (cleaned + (1 - cleaned) * np.sqrt(np.minimum(LARGE / paragraphs, 1)))
    weights: Doubles = least + DOUBT_COUNTS * doubt**2 / np.sqrt(paragraphs)
    return np.minimum(weights, MOST_RECALL)
