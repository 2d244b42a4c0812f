"""What users call: clean or classify a text, paragraphs, or a stream of texts."""

import contextlib
import functools
import itertools
import pickle
import tempfile
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from boilerstrip.arguments import check_jobs, check_text, check_texts
from boilerstrip.arrays import Ints
from boilerstrip.judging import BATCH, Verdict, judge, judge_given
from boilerstrip.model import Model
from boilerstrip.options import Options, check_options
from boilerstrip.paragraphs import KINDS, Paragraph, Split, SplitTexts, delete_paragraphs
from boilerstrip.phrases import Phrase

__all__ = [
    "classify",
    "classify_many",
    "classify_paragraphs",
    "clean",
    "clean_many",
]

Batch = TypeVar("Batch")
Result = TypeVar("Result")

OVERHEAD = 16  # characters that a document counts for, beside those it has
MADE_TOGETHER = 1000  # paragraphs whose parts stay in the cache of the processor
BATCHES_A_JOB = 4  # handed to each process at a time: bounds memory, hides the cost of handing over
OPTIONS_HELD = 4  # in each process


def clean(
    text: str,
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    repeated: Iterable[str] = (),
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
            that what stays can be expected to agree best with its true content. So decided, a
            document that is one paragraph of more than 250 words stays: it is likely a page that
            has lost its line breaks.
        keep: phrases and patterns of paragraphs that stay, whatever else is said of them. A phrase
            may stand anywhere, also within a word; case, the width of blanks, whether accents are
            characters of their own, and whether apostrophes are straight do not matter, nor does
            blank space at its ends: for whole words give a pattern, ``re.compile(r"\bad\b")``.
            (The two i of Turkish differ.) A phrase takes one quick look at all the text, a pattern
            one at each paragraph.
        remove: phrases and patterns of paragraphs that go, whatever the model says. The model
            does not see them, so they do not speak for or against their neighbours.
        repeated: paragraphs that stand on several pages of this one's site, and get higher scores:
            give the frozenset of `boilerstrip.find_repeated` as it is, which is looked through once
            and not in every call.
        kinds: remove only boilerplate of these `KINDS`; what `remove` matches goes all the same.
        model: the model to use instead of the one that comes with boilerstrip.
        split: what a paragraph is: ``"line"``, ``"blank"`` (between blank lines), or ``"auto"``
            (a line, or the lines of hard-wrapped prose joined).

    Returns:
        The text without its boilerplate.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: a threshold outside 0 to 1, an unknown kind or split, an empty phrase.

    >>> clean("Rain fell on Leeds.\n\nAdvertisement\n", remove=["advertisement"])
    'Rain fell on Leeds.\n\n'
    """
    check_text(text)
    options = check_options(
        threshold=threshold,
        keep=keep,
        remove=remove,
        repeated=repeated,
        kinds=kinds,
        model=model,
        split=split,
    )
    (cleaned,) = _clean_batch([text], options)
    return cleaned


def classify(
    text: str,
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    repeated: Iterable[str] = (),
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
    check_text(text)
    options = check_options(
        threshold=threshold,
        keep=keep,
        remove=remove,
        repeated=repeated,
        kinds=kinds,
        model=model,
        split=split,
    )
    (paragraphs,) = _make_batch(judge([text], options))
    return paragraphs


def classify_paragraphs(
    paragraphs: Sequence[str],
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    repeated: Iterable[str] = (),
    kinds: Collection[str] | None = None,
    model: Model | None = None,
) -> list[Paragraph]:
    r"""Label the paragraphs of one document that is already split.

    Args and errors: see `clean`.

    Returns:
        As many paragraphs, with their spans in ``"\n".join(paragraphs)``. Blank space around one
        tells the model nothing, and one that is blank is content, with the score 0.
    """
    check_texts(paragraphs, "paragraphs")
    if not isinstance(paragraphs, Sequence):
        raise TypeError(f"paragraphs is {type(paragraphs).__name__}; it must be a sequence of str")
    paragraphs = list(paragraphs)
    for number, paragraph in enumerate(paragraphs):
        check_text(paragraph, "paragraphs", number)
    options = check_options(
        threshold=threshold,
        keep=keep,
        remove=remove,
        repeated=repeated,
        kinds=kinds,
        model=model,
        split="line",
    )
    (verdict,) = judge_given([paragraphs], options)
    ends = np.fromiter((len(p) + 1 for p in paragraphs), np.int64, len(paragraphs)).cumsum() - 1
    starts = np.append(0, ends[:-1] + 1)[: ends.size]
    return list(_make_paragraphs(paragraphs, starts, ends, verdict))


def clean_many(
    texts: Iterable[str],
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    repeated: Iterable[str] = (),
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
        repeated: see `clean`; for texts of one site.
        kinds: see `clean`.
        model: see `clean`.
        split: see `clean`.
        jobs: processes to share the work.

    Yields:
        The cleaned texts, in order.

    Raises:
        TypeError, ValueError: as `clean`; for the options at once, for a text when it is reached.
    """
    check_texts(texts, "texts")
    options = check_options(
        threshold=threshold,
        keep=keep,
        remove=remove,
        repeated=repeated,
        kinds=kinds,
        model=model,
        split=split,
    )
    return _each(_run(_clean_batch, texts, options, jobs), iter)


def classify_many(
    texts: Iterable[str],
    *,
    threshold: float | None = None,
    keep: Iterable[Phrase] = (),
    remove: Iterable[Phrase] = (),
    repeated: Iterable[str] = (),
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
    check_texts(texts, "texts")
    options = check_options(
        threshold=threshold,
        keep=keep,
        remove=remove,
        repeated=repeated,
        kinds=kinds,
        model=model,
        split=split,
    )
    return _each(_run(judge, texts, options, jobs), _make_batch)


# --- many texts ---------------------------------------------------------------------------------


def _each(
    batches: Generator[Batch, None, None], unpack: Callable[[Batch], Iterable[Result]]
) -> Iterator[Result]:
    with contextlib.closing(batches):
        for batch in batches:
            yield from unpack(batch)
            del batch  # or a large one would be kept while the next one is judged


def _run(
    work: Callable[[list[str], Options], Batch],
    texts: Iterable[str],
    options: Options,
    jobs: int,
) -> Generator[Batch, None, None]:
    check_jobs(jobs)
    if jobs == 1:
        return _run_here(work, texts, options)
    return _run_in_processes(work, texts, options, jobs)


def _run_here(
    work: Callable[[list[str], Options], Batch], texts: Iterable[str], options: Options
) -> Generator[Batch, None, None]:
    for batch in _batches(texts):
        yield work(batch, options)


def _run_in_processes(
    work: Callable[[list[str], Options], Batch],
    texts: Iterable[str],
    options: Options,
    jobs: int,
) -> Generator[Batch, None, None]:
    """Hand out a bounded number of batches, wait for all, repeat.

    joblib's own generators read all their input ahead of a slow consumer. A round is handed out at
    once: calls in several threads, which share their processes, could else wait for each other for
    ever. The options, which may hold a model and many repeated paragraphs, are handed over as a
    file, once.
    """
    import joblib  # noqa: PLC0415 (a third of the time that importing boilerstrip would take)

    rounds = _rounds(_batches(texts), jobs * BATCHES_A_JOB)
    first = next(rounds)
    jobs = max(1, min(jobs, len(first)))  # no process without work
    with (
        tempfile.TemporaryDirectory() as folder,
        joblib.Parallel(n_jobs=jobs, pre_dispatch="all") as parallel,
    ):
        path = Path(folder) / "options"
        path.write_bytes(pickle.dumps(options))
        for round_ in itertools.chain([first], rounds):
            yield from parallel(joblib.delayed(_work_with)(path, work, batch) for batch in round_)


def _work_with(path: Path, work: Callable[[list[str], Options], Batch], batch: list[str]) -> Batch:
    return work(batch, _load_options(path))


@functools.lru_cache(OPTIONS_HELD)
def _load_options(path: Path) -> Options:
    options: Options = pickle.loads(path.read_bytes())  # noqa: S301 (which this call has written)
    return options


def _rounds(batches: Iterable[list[str]], size: int) -> Iterator[list[list[str]]]:
    """Take so many batches at a time, and last the rest, also if it is none or ends by an error."""
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
        for number, text in enumerate(texts):
            check_text(text, "texts", number)
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


def _clean_batch(texts: list[str], options: Options) -> list[str]:
    found, verdict = judge(texts, options, tell_kinds=False)
    return delete_paragraphs(texts, found, verdict.is_boilerplate)


LABELS = np.array(["content", "boilerplate"], object)  # by whether it is boilerplate
NAMES = np.array([None, *KINDS], object)


def _make_paragraphs(
    texts: Sequence[str], starts: Ints, ends: Ints, verdict: Verdict
) -> Iterator[Paragraph]:
    is_boilerplate = verdict.is_boilerplate.astype(np.int64)
    labels = LABELS.take(is_boilerplate)
    names = NAMES.take((verdict.kinds + 1) * is_boilerplate)
    columns = (starts, ends, labels, verdict.scores, names)

    def make_some(first: int) -> Iterator[Paragraph]:
        here = slice(first, first + MADE_TOGETHER)
        rows = zip(texts[here], *(column[here].tolist() for column in columns), strict=True)
        return map(tuple.__new__, itertools.repeat(Paragraph), rows)  # as _make, in C

    firsts = range(0, len(texts), MADE_TOGETHER)
    return itertools.chain.from_iterable(map(make_some, firsts))


def _make_batch(judged: tuple[SplitTexts, Verdict]) -> Iterator[list[Paragraph]]:
    """Make the paragraphs of each text when it is its turn."""
    found, verdict = judged
    paragraphs = _make_paragraphs(found.paragraphs, found.starts, found.ends, verdict)
    for count in np.diff(found.edges).tolist():
        yield list(itertools.islice(paragraphs, count))
