"""What users call: clean or classify a text, paragraphs, or a stream of texts."""

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, get_args

import numpy as np
import numpy.typing as npt

from boilerstrip.arguments import check_jobs
from boilerstrip.decision import decide_all
from boilerstrip.model import Model, check_model, load_default
from boilerstrip.paragraphs import KINDS, Label, Paragraph, Split, SplitText, split_texts

__all__ = [
    "Options",
    "Phrase",
    "check_options",
    "classify",
    "classify_many",
    "classify_paragraphs",
    "clean",
    "clean_many",
    "delete_paragraphs",
    "judge",
    "judge_given",
    "judge_paragraphs",
]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

Result = TypeVar("Result")

Phrase = str | re.Pattern[str]
"""A literal phrase, compared regardless of case, of how much blank space and of whether accents are
characters of their own, or a pattern."""

BATCH = 480_000  # characters of documents that go through the model together
OVERHEAD = 16  # characters that a document counts for, beside those it has
MOST_PARAGRAPHS = 16_384  # judged together: step 2 takes two kilobytes for each
BATCHES_A_JOB = 8  # handed to each process at a time: bounds memory, hides the cost of handing over


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a call, as `check_options` returns them; each is explained in `clean`."""

    threshold: float | None
    keep: tuple[re.Pattern[str], ...]
    remove: tuple[re.Pattern[str], ...]
    kinds: frozenset[str] | None
    model: Model | None
    split: Split


def clean(
    text: str,
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
    split: Split = "auto",
) -> str:
    r"""Delete the boilerplate paragraphs of a text, with the blank space behind each.

    Nothing else changes: what stays is there byte for byte.

    Args:
        text: a page or article as plain text.
        threshold: score from which a paragraph counts as boilerplate, 0 to 1; a higher one never
            removes more. ``None``: decide for each document (each part of a very long one), so
            that what stays can be expected to agree best with its true content.
        keep: phrases and patterns of paragraphs that stay, whatever else is said of them. A phrase
            may stand anywhere, also within a word; case, the width of blanks, whether accents are
            characters of their own, and whether apostrophes are straight do not matter.
        remove: phrases and patterns of paragraphs that go, whatever the model says. The model
            does not see them, so they do not speak for or against their neighbours.
        kinds: remove only boilerplate of these `KINDS`.
        model: the model to use instead of the one that comes with boilerstrip.
        split: what a paragraph is: ``"line"``, ``"blank"`` (between blank lines), or ``"auto"``.

    Returns:
        The text without its boilerplate.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: a threshold outside 0 to 1, an unknown kind or split, an empty phrase.

    >>> clean("Rain fell on Leeds.\n\nAdvertisement\n", remove=["advertisement"])
    'Rain fell on Leeds.\n\n'
    """
    _check_text(text)
    options = check_options(threshold, keep, remove, kinds, model, split)
    (cleaned,) = _clean_batch([text], options)
    return cleaned


def classify(
    text: str,
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
    split: Split = "auto",
) -> list[Paragraph]:
    """Label each paragraph of a text.

    Args and errors: see `clean`. With `kinds`, boilerplate of other kinds is labelled content,
    since it stays. A paragraph that `keep` or `remove` matches has the score 0 or 1, and one that
    `remove` does has the kind ``"other"``.

    Returns:
        The paragraphs, in order; between their spans there is only blank space.

    >>> [paragraph.label for paragraph in classify("Subscribe to our newsletter!")]
    ['boilerplate']
    """
    _check_text(text)
    options = check_options(threshold, keep, remove, kinds, model, split)
    ((found, verdict),) = _split_and_judge([text], options)
    return _make_paragraphs(*found, verdict)


def classify_paragraphs(
    paragraphs: Sequence[str],
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
) -> list[Paragraph]:
    r"""Label the paragraphs of one document that is already split.

    Args and errors: see `clean`.

    Returns:
        As many paragraphs, with their spans in ``"\n".join(paragraphs)``. Blank space around one
        tells the model nothing, and one that is blank is content, with the score 0.
    """
    _check_texts(paragraphs, "paragraphs")
    if not isinstance(paragraphs, Sequence):
        raise TypeError(f"paragraphs is {type(paragraphs).__name__}; it must be a sequence of str")
    for paragraph in paragraphs:
        _check_text(paragraph, "a paragraph")
    options = check_options(threshold, keep, remove, kinds, model, "line")
    (verdict,) = judge_given([paragraphs], options)
    ends = np.fromiter((len(p) + 1 for p in paragraphs), np.int64, len(paragraphs)).cumsum() - 1
    starts = np.append(0, ends[:-1] + 1)[: ends.size]
    return _make_paragraphs(paragraphs, starts, ends, verdict)


def clean_many(
    texts: Iterable[str],
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
    split: Split = "auto",
    jobs: int = 1,
) -> Iterator[str]:
    """Clean texts one after the other; as `clean`, but many times faster for small ones.

    Scores are those of `classify` but for rounding, by some millionths.

    Args:
        texts: read as needed, a bounded number ahead.
        threshold: this and all others but `jobs`: see `clean`.
        keep: see `clean`.
        remove: see `clean`.
        kinds: see `clean`.
        model: see `clean`.
        split: see `clean`.
        jobs: processes to share the work.

    Yields:
        The cleaned texts, in order.

    Raises:
        TypeError, ValueError: as `clean`; for the options at once, for a text when it is reached.
    """
    _check_texts(texts, "texts")
    options = check_options(threshold, keep, remove, kinds, model, split)
    return _run(_clean_batch, texts, options, jobs)


def classify_many(
    texts: Iterable[str],
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
    split: Split = "auto",
    jobs: int = 1,
) -> Iterator[list[Paragraph]]:
    """Label the paragraphs of texts one after the other; see `classify` and `clean_many`.

    Args and errors: see `clean_many`.

    Yields:
        For each text the list that `classify` returns.
    """
    _check_texts(texts, "texts")
    options = check_options(threshold, keep, remove, kinds, model, split)
    judged = _run(_split_and_judge, texts, options, jobs)
    return (_make_paragraphs(*found, verdict) for found, verdict in judged)


# --- arguments ----------------------------------------------------------------------------------


def _check_text(text: object, name: str = "text") -> None:
    if not isinstance(text, str):
        hint = "; decode it first" if isinstance(text, bytes | bytearray) else ""
        raise TypeError(f"{name} is {type(text).__name__}; it must be str{hint}")


def _check_texts(texts: object, name: str) -> None:
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        raise TypeError(
            f"{name} is {type(texts).__name__}; it must be several str, e.g. a list of them"
        )


def check_options(
    threshold: float | None,
    keep: Iterable[Phrase],
    remove: Iterable[Phrase],
    kinds: Collection[str] | None,
    model: Model | None,
    split: Split,
) -> Options:
    """Check the options of a call; see `clean`."""
    if threshold is not None:
        if isinstance(threshold, bool) or not isinstance(threshold, int | float | np.number):
            raise TypeError(f"threshold is {type(threshold).__name__}; it must be a number or None")
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold is {threshold}; it must be between 0 and 1")
    if kinds is not None:
        _check_texts(kinds, "kinds")
        kinds = frozenset(kinds)
        unknown = sorted(kinds - set(KINDS), key=str)
        if unknown:
            raise ValueError(f"unknown kinds {unknown}; there are {', '.join(KINDS)}")
    if model is not None:
        check_model("model", model)
    if split not in get_args(Split):
        raise ValueError(f"split is {split!r}; it must be one of {', '.join(get_args(Split))}")
    return Options(
        threshold,
        _patterns(keep, "keep"),
        _patterns(remove, "remove"),
        kinds,
        model,
        split,
    )


def _patterns(phrases: Iterable[Phrase], name: str) -> tuple[re.Pattern[str], ...]:
    _check_texts(phrases, name)
    patterns = []
    for phrase in phrases:
        if isinstance(phrase, re.Pattern) and isinstance(phrase.pattern, str):
            patterns.append(phrase)
        elif not isinstance(phrase, str):
            found = type(phrase).__name__
            raise TypeError(f"{name} holds {found}; it must hold str and compiled str patterns")
        elif not phrase.strip():
            raise ValueError(f"{name} holds a phrase without a visible character")
        else:
            patterns.append(_literal(phrase))
    return tuple(patterns)


def _literal(phrase: str) -> re.Pattern[str]:
    """Make a pattern of a phrase, with accents composed, apart, or as they were written."""
    written = {phrase, *(unicodedata.normalize(form, phrase) for form in ("NFC", "NFD"))}
    forms = (r"\s+".join(map(re.escape, each.split())) for each in sorted(written))
    return re.compile(re.sub("['\u2019]", "['\u2019]", "|".join(forms)), re.IGNORECASE)


# --- many texts ---------------------------------------------------------------------------------


def _run(
    work: Callable[[list[str], Options], list[Result]],
    texts: Iterable[str],
    options: Options,
    jobs: int,
) -> Iterator[Result]:
    check_jobs(jobs)
    if jobs == 1:
        return _run_here(work, texts, options)
    return _run_in_processes(work, texts, options, jobs)


def _run_here(
    work: Callable[[list[str], Options], list[Result]], texts: Iterable[str], options: Options
) -> Iterator[Result]:
    for batch in _batches(texts):
        yield from work(batch, options)


def _run_in_processes(
    work: Callable[[list[str], Options], list[Result]],
    texts: Iterable[str],
    options: Options,
    jobs: int,
) -> Iterator[Result]:
    """Hand out a bounded number of batches, wait for all, repeat.

    joblib's own generators read all their input ahead of a slow consumer.
    """
    import joblib  # noqa: PLC0415 (a third of the time that importing boilerstrip would take)

    with joblib.Parallel(n_jobs=jobs) as parallel:
        for round_ in _rounds(_batches(texts), jobs * BATCHES_A_JOB):
            for results in parallel(joblib.delayed(work)(batch, options) for batch in round_):
                yield from results


def _rounds(batches: Iterable[list[str]], size: int) -> Iterator[list[list[str]]]:
    """Take so many batches at a time; where they end by an error, first those before it."""
    round_: list[list[str]] = []
    try:
        for batch in batches:
            round_.append(batch)
            if len(round_) == size:
                yield round_
                round_ = []
    except Exception:
        yield round_
        raise
    yield round_


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    try:
        for text in texts:
            _check_text(text, "a text")
            batch.append(text)
            size += len(text) + OVERHEAD
            if size >= BATCH:
                yield batch
                batch, size = [], 0
    except Exception:
        if batch:
            yield batch  # what came before the error is not lost
        raise
    if batch:
        yield batch


# --- one batch ----------------------------------------------------------------------------------


class Verdict(NamedTuple):
    """What is said of the paragraphs of one document, an entry a paragraph.

    Kinds are numbers in `KINDS`; they hold for boilerplate, where they were asked for.
    """

    is_boilerplate: Flags
    scores: npt.NDArray[np.float32]
    kinds: Ints


def judge(texts: list[str], options: Options) -> list[tuple[Ints, Ints, Verdict]]:
    """Find and judge the paragraphs of some texts.

    Returns:
        For each text the starts and ends of its paragraphs, and what is said of them.
    """
    return [
        (starts, ends, verdict) for (_, starts, ends), verdict in _split_and_judge(texts, options)
    ]


def _split_and_judge(
    texts: list[str], options: Options, *, tell_kinds: bool = True
) -> list[tuple[SplitText, Verdict]]:
    found = split_texts(texts, options.split)
    documents = [paragraphs for paragraphs, _, _ in found]
    verdicts = judge_paragraphs(documents, options, tell_kinds=tell_kinds)
    return list(zip(found, verdicts, strict=True))


def _clean_batch(texts: list[str], options: Options) -> list[str]:
    judged = _split_and_judge(texts, options, tell_kinds=False)
    return [
        delete_paragraphs(text, found.starts, verdict.is_boilerplate)
        for text, (found, verdict) in zip(texts, judged, strict=True)
    ]


def delete_paragraphs(text: str, starts: Ints, is_removed: Flags) -> str:
    """Delete paragraphs, each up to where the next one begins."""
    is_edge = is_removed.copy()
    is_edge[1:] ^= is_removed[:-1]
    edges = [0, *starts[is_edge].tolist(), len(text)]
    return "".join([text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=False)])


LABELS: tuple[Label, Label] = ("content", "boilerplate")
NAMES = (None, *KINDS)
OTHER = KINDS.index("other")


def _make_paragraphs(
    texts: Sequence[str], starts: Ints, ends: Ints, verdict: Verdict
) -> list[Paragraph]:
    columns = zip(
        texts,
        starts.tolist(),
        ends.tolist(),
        map(LABELS.__getitem__, verdict.is_boilerplate.tolist()),
        verdict.scores.tolist(),
        map(NAMES.__getitem__, ((verdict.kinds + 1) * verdict.is_boilerplate).tolist()),
        strict=True,
    )
    return list(map(tuple.__new__, itertools.repeat(Paragraph), columns))  # as _make, in C


def judge_paragraphs(
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
    judged = judge_paragraphs(seen, options, tell_kinds=tell_kinds)
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
    kept = _find(paragraphs, options.keep)
    removed = _find(paragraphs, options.remove)
    return kept, np.setdiff1d(removed, kept) if removed.size else removed


def _find(paragraphs: Sequence[str], patterns: Sequence[re.Pattern[str]]) -> Ints:
    """Find the paragraphs that one of the patterns is in."""
    if not patterns:
        return NOWHERE
    places = (n for n, text in enumerate(paragraphs) if any(p.search(text) for p in patterns))
    return np.fromiter(places, np.int64)


NOWHERE: Ints = np.empty(0, np.int64)


def _put_last(removed: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Put the removed paragraphs of some documents behind all others, each as a document.

    Returns:
        The paragraphs in the new order, and where in it each document begins.
    """
    owners = np.arange(sizes.size).repeat(sizes)
    owners[removed] = sizes.size + np.arange(removed.size)
    order = owners.argsort(kind="stable")
    return order, np.flatnonzero(np.diff(owners[order], prepend=-1))
