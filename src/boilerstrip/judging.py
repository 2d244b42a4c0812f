"""Judging: what the model, the options and the decision say of the paragraphs of documents."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from boilerstrip.arrays import Flags, Floats, Ints
from boilerstrip.decision import decide_all
from boilerstrip.model import load_default
from boilerstrip.options import Options
from boilerstrip.paragraphs import KINDS, SplitTexts, find_firsts, split_texts
from boilerstrip.repeated import are_repeated, raise_scores

__all__ = ["BATCH", "Verdict", "judge", "judge_given"]

BATCH = 960_000
"""Characters of texts that are best judged together; of half as many each takes 5% longer."""

MOST_PARAGRAPHS = 32_768  # judged together: step 2 takes most of a kilobyte for each
LONGEST = 500  # paragraphs that the model sees as one document: few were longer in its training
OTHER = KINDS.index("other")
BLANK = False, 0.0, 0  # what is said of a paragraph without a character
REMOVED = True, 1.0, OTHER  # and of one that the user removes


class Verdict(NamedTuple):
    """What is said of the paragraphs of one document or some, an entry a paragraph.

    Kinds are numbers in `KINDS`; they hold for boilerplate, where they were asked for.
    """

    is_boilerplate: Flags
    scores: Floats
    kinds: Ints

    def split(self, edges: Ints) -> Iterator["Verdict"]:
        """Split what is said of some documents, whose paragraphs lie between the `edges`."""
        for first, behind in itertools.pairwise(edges.tolist()):
            here = slice(first, behind)
            yield Verdict(self.is_boilerplate[here], self.scores[here], self.kinds[here])

    def spread(self, numbers: Ints, size: int, others: tuple[bool, float, int]) -> "Verdict":
        """Make it one of so many paragraphs: what is said of those of these numbers, and others."""

        def place(said: npt.NDArray[Any], other: float) -> npt.NDArray[Any]:
            whole = np.full(size, other, said.dtype)
            whole[numbers] = said
            return whole

        return Verdict(*map(place, self, others))


def judge(
    texts: Sequence[str], options: Options, *, tell_kinds: bool = True
) -> tuple[SplitTexts, Verdict]:
    """Find the paragraphs of some texts, and judge them.

    Returns:
        The paragraphs of all texts, and what is said of them: see `Verdict.split`.
    """
    found = split_texts(texts, options.split)
    return found, _judge(found.paragraphs, found.edges, options, tell_kinds=tell_kinds)


def judge_given(
    documents: Iterable[Sequence[str]], options: Options, *, tell_kinds: bool = True
) -> list[Verdict]:
    """Judge paragraphs that somebody else has split, with blank space around them or nothing else.

    That space tells the model nothing; a paragraph that is blank is content, with the score 0.

    Returns:
        What is said of each document.
    """
    documents = list(documents)
    edges = np.cumsum([0, *map(len, documents)], dtype=np.int64)
    stripped = list(map(str.strip, itertools.chain.from_iterable(documents)))
    is_seen = np.fromiter(map(bool, stripped), bool, len(stripped))
    numbers = is_seen.nonzero()[0]
    seen = list(filter(None, stripped))
    judged = _judge(seen, numbers.searchsorted(edges), options, tell_kinds=tell_kinds)
    return list(judged.spread(numbers, is_seen.size, BLANK).split(edges))


def _judge(paragraphs: list[str], edges: Ints, options: Options, *, tell_kinds: bool) -> Verdict:
    """Judge the paragraphs of some documents: many together, very long ones in parts."""
    if len(paragraphs) <= MOST_PARAGRAPHS:
        return _judge_together(paragraphs, edges, options, tell_kinds=tell_kinds)
    judged = [
        _judge_together(
            paragraphs[group[0] : group[-1]], group - group[0], options, tell_kinds=tell_kinds
        )
        for group in _group(_split_evenly(edges, MOST_PARAGRAPHS))
    ]
    return Verdict(*map(np.concatenate, zip(*judged, strict=True)))


def _split_evenly(edges: Ints, most: int) -> Ints:
    """Split documents of more paragraphs; no part is a small rest that would lack its context."""
    sizes = edges[1:] - edges[:-1]
    parts = -(-sizes // most)
    long = (parts > 1).nonzero()[0]
    more = [
        np.arange(edges[number], edges[number + 1], -(-sizes[number] // parts[number]))[1:]
        for number in long
    ]
    return np.sort(np.concatenate([edges, *more]))


def _group(edges: Ints) -> Iterator[Ints]:
    """Group as many documents as are judged together; give the edges of each group."""
    first = 0
    while first < edges.size - 1:
        last = int(edges.searchsorted(edges[first] + MOST_PARAGRAPHS, "right")) - 1
        yield edges[first : last + 1]
        first = last


def _judge_together(
    paragraphs: Sequence[str], edges: Ints, options: Options, *, tell_kinds: bool
) -> Verdict:
    """Judge the paragraphs of some documents together; nothing sees those that `remove` matches."""
    kept = options.keep.find(paragraphs)
    removed = options.remove.find(paragraphs)
    if not removed.size:
        return _ask_model(paragraphs, edges, kept, options, tell_kinds=tell_kinds)
    numbers = np.delete(np.arange(len(paragraphs)), np.setdiff1d(removed, kept))
    judged = _ask_model(
        [paragraphs[number] for number in numbers.tolist()],
        numbers.searchsorted(edges),
        numbers.searchsorted(kept),
        options,
        tell_kinds=tell_kinds,
    )
    return judged.spread(numbers, len(paragraphs), REMOVED)


def _ask_model(
    paragraphs: Sequence[str], edges: Ints, kept: Ints, options: Options, *, tell_kinds: bool
) -> Verdict:
    """Judge paragraphs by what the model says of them; those of the numbers `kept` stay.

    The model sees a long document in parts, but what goes is decided for it as a whole.
    """
    model = options.model or load_default()
    starts = find_firsts(edges)
    is_short = len(paragraphs) <= LONGEST
    seen = starts if is_short else find_firsts(_split_evenly(edges, LONGEST))
    tell_kinds |= options.kinds is not None
    scores, words, pieces = model.predict(paragraphs, seen, hold_pieces=tell_kinds)
    scores[kept] = 0
    if options.repeated:
        is_repeated = are_repeated(paragraphs, options.repeated)
        scores = raise_scores(scores, words, is_repeated, starts)
    if options.threshold is not None:
        flags = scores.astype(np.float64) >= options.threshold  # as users compare them
    else:
        flags = decide_all(scores, words, starts)
    flags[kept] = False
    kinds = np.full(scores.size, OTHER, np.int64)
    if tell_kinds:
        kinds[flags] = model.tell_kinds(pieces, flags)
    if options.kinds is not None:
        flags &= np.isin(kinds, [KINDS.index(kind) for kind in options.kinds])
    return Verdict(flags, scores, kinds)
