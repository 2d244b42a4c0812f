"""Judging: what the model, the options and the decision say of the paragraphs of documents."""

import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boilerstrip.arrays import Flags, Floats, Ints
from boilerstrip.decision import decide_all
from boilerstrip.model import load_default
from boilerstrip.options import Options
from boilerstrip.paragraphs import KINDS, SplitText, split_texts

__all__ = ["Verdict", "judge", "judge_given"]

MOST_PARAGRAPHS = 16_384  # judged together: step 2 takes two kilobytes for each
OTHER = KINDS.index("other")


class Verdict(NamedTuple):
    """What is said of the paragraphs of one document, an entry a paragraph.

    Kinds are numbers in `KINDS`; they hold for boilerplate, where they were asked for.
    """

    is_boilerplate: Flags
    scores: Floats
    kinds: Ints


def judge(
    texts: list[str], options: Options, *, tell_kinds: bool = True
) -> list[tuple[SplitText, Verdict]]:
    """Find the paragraphs of some texts, and judge them."""
    found = split_texts(texts, options.split)
    documents = [paragraphs for paragraphs, _, _ in found]
    verdicts = _judge_paragraphs(documents, options, tell_kinds=tell_kinds)
    return list(zip(found, verdicts, strict=True))


def _judge_paragraphs(
    documents: list[list[str]], options: Options, *, tell_kinds: bool = True
) -> list[Verdict]:
    """Judge the paragraphs of some documents: many together, very long ones in parts."""
    judge_some = functools.partial(_judge_together, options=options, tell_kinds=tell_kinds)
    verdicts = []
    together: list[list[str]] = []
    size = 0
    for document in documents:
        if together and size + len(document) > MOST_PARAGRAPHS:
            verdicts += judge_some(together)
            together, size = [], 0
        if len(document) <= MOST_PARAGRAPHS:
            together.append(document)
            size += len(document)
        else:
            judged = [judge_some([part])[0] for part in _split_evenly(document)]
            verdicts.append(Verdict(*map(np.concatenate, zip(*judged, strict=True))))
    return verdicts + judge_some(together)


def _split_evenly(document: list[str]) -> list[list[str]]:
    """Split a very long document; no part is a small rest that would lack its context."""
    parts = -(-len(document) // MOST_PARAGRAPHS)
    size = -(-len(document) // parts)
    return [document[start : start + size] for start in range(0, len(document), size)]


def judge_given(
    documents: Iterable[Sequence[str]], options: Options, *, tell_kinds: bool = True
) -> list[Verdict]:
    """Judge paragraphs that somebody else has split, with blank space around them or nothing else.

    That space tells the model nothing; a paragraph that is blank is content, with the score 0.
    """
    stripped = [list(map(str.strip, paragraphs)) for paragraphs in documents]
    seen = [list(filter(None, paragraphs)) for paragraphs in stripped]
    judged = _judge_paragraphs(seen, options, tell_kinds=tell_kinds)
    return list(map(_put_back, stripped, judged))


def _put_back(paragraphs: list[str], judged: Verdict) -> Verdict:
    """Say something of the blank paragraphs too."""
    is_seen = np.fromiter(map(bool, paragraphs), bool, len(paragraphs))

    def spread(said: npt.NDArray[Any]) -> npt.NDArray[Any]:
        whole = np.zeros(is_seen.size, said.dtype)
        whole[is_seen] = said
        return whole

    return Verdict(spread(judged.is_boilerplate), spread(judged.scores), spread(judged.kinds))


def _judge_together(
    documents: list[list[str]], *, options: Options, tell_kinds: bool
) -> list[Verdict]:
    model = options.model or load_default()
    paragraphs = list(itertools.chain.from_iterable(documents))
    sizes = np.fromiter(map(len, documents), np.int64, len(documents))
    ends = sizes.cumsum()
    starts = (ends - sizes)[sizes > 0]
    kept, removed = _match(paragraphs, options)
    seen = len(paragraphs)
    if removed.size:
        order, starts = _put_last(removed, sizes)
        paragraphs = [paragraphs[i] for i in order]
        back = np.argsort(order)
        kept, removed = back[kept], back[removed]
        seen -= removed.size
    scores, words, pieces = model.predict(paragraphs, starts)
    scores[kept] = 0
    scores[removed] = 1
    if options.threshold is not None:
        flags = scores.astype(np.float64) >= options.threshold  # as users compare them
    else:
        flags = np.zeros(scores.size, bool)
        flags[:seen] = decide_all(scores[:seen], words[:seen], starts[starts < seen])
    flags[kept] = False
    flags[removed] = False  # so far: the model is not asked of what kind they are
    kinds = np.full(scores.size, OTHER)
    if tell_kinds or options.kinds is not None:
        kinds[flags] = model.tell_kinds(pieces, flags)
    if options.kinds is not None:
        flags &= np.isin(kinds, [KINDS.index(kind) for kind in options.kinds])
    flags[removed] = True
    if removed.size:
        flags, scores, kinds = flags[back], scores[back], kinds[back]
    return [
        Verdict(flags[end - size : end], scores[end - size : end], kinds[end - size : end])
        for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)
    ]


def _match(paragraphs: Sequence[str], options: Options) -> tuple[Ints, Ints]:
    """Find the paragraphs that a phrase or pattern of `keep`, or else one of `remove`, is in."""
    kept = options.keep.find(paragraphs)
    removed = options.remove.find(paragraphs)
    return kept, np.setdiff1d(removed, kept) if removed.size else removed


def _put_last(removed: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Put the removed paragraphs of some documents behind all others, each as a document.

    Returns:
        The paragraphs in the new order, and where in it each document begins.
    """
    owners = np.arange(sizes.size).repeat(sizes)
    owners[removed] = sizes.size + np.arange(removed.size)
    order = owners.argsort(kind="stable")
    return order, np.flatnonzero(np.diff(owners[order], prepend=-1))
