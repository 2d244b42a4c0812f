"""Which paragraphs of a document to remove, when no threshold is given."""

import numpy as np
import numpy.typing as npt

__all__ = ["decide"]


def decide(scores: npt.NDArray[np.float32], words: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Choose the boilerplate of one document, so that what is kept has the best expected F1.

    The F1 score compares the words kept with the words of the true content. Keeping the
    paragraphs most likely to be content down to some point, it is expected to be about twice the
    content words kept over the sum of all words kept and all content words there are; the best
    point is chosen. Compare Lipton, Elkan & Naryanaswamy, "Optimal Thresholding of Classifiers to
    Maximize F1 Measure" (2014): the threshold that results is half the F1 that can be reached, so
    it asks for more certainty before it removes anything where the document is hard to read.

    Args:
        scores: P(boilerplate) of each paragraph.
        words: words in each.

    Returns:
        Whether each paragraph is to be removed.
    """
    content = 1 - scores.astype(np.float64)
    order = np.argsort(scores, kind="stable")
    kept = words[order].cumsum()
    content_kept = (words * content)[order].cumsum()
    expected = 2 * content_kept / np.maximum(kept + content_kept[-1:], 1e-9)
    removed = np.ones(scores.size, bool)
    if scores.size and expected.max() > np.exp(np.log(np.maximum(scores, 1e-9)).sum()):
        removed[order[: int(expected.argmax()) + 1]] = False
    return removed
