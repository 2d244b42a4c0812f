"""The documents of a corpus: judged many at a time, and what there is to tell of each."""

import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

import numpy as np

from boilerstrip.arrays import Ints
from boilerstrip.corpus.json_values import encode, encode_string, parse
from boilerstrip.corpus.streams import split_long
from boilerstrip.errors import CorpusError
from boilerstrip.judging import Verdict, judge
from boilerstrip.model import Model, load_default
from boilerstrip.model_file import file_version
from boilerstrip.options import Options, check_options
from boilerstrip.paragraphs import KINDS, Split, delete_paragraphs
from boilerstrip.phrases import Phrase
from boilerstrip.repeated import find_repeated

__all__ = [
    "SPANS",
    "Document",
    "OnError",
    "Settings",
    "judge_documents",
    "load_options",
    "model_version",
]

OnError = Literal["fail", "skip", "pass"]

SPANS = "boilerplate_spans"
"""The field or column that spans are written to."""

BATCH = 480_000  # characters that are judged together: with more, memory grows with the corpus
OVERHEAD = 8  # characters that a line counts for, beside those it has
MODELS_HELD = 4  # by each process: a run uses one, and the next run may use another


@dataclass(frozen=True, slots=True)
class Settings:
    """How a corpus is cleaned; handed to every process, so it holds the model's path only.

    Attributes:
        threshold: as in `boilerstrip.clean`, like the next four.
        keep: phrases of what stays.
        remove: phrases of what goes.
        kinds: that are removed.
        split: what a paragraph is.
        model_path: ``None``: the model that comes with boilerstrip.
        model_version: of the file there, when the run began; see `model_version`.
        text_field: where a record has its text.
        id_field: where it has its id; ``None``: where the format usually has it.
        site_field: where it has its site; ``None``: that is not wanted.
        by_site: whether pages of one site are compared with each other.
        removed: ending of the file of removed paragraphs; ``None``: there is none.
        spans: whether to add spans to the records and leave the texts alone.
        drop_empty: whether to leave out documents with nothing left.
        on_error: what becomes of bad records.
        dry_copy: whether to read and write only.
    """

    threshold: float | None
    keep: tuple[Phrase, ...]
    remove: tuple[Phrase, ...]
    kinds: frozenset[str] | None
    split: Split
    model_path: str | None
    model_version: tuple[int, ...] | None
    text_field: str
    id_field: str | None
    site_field: str | None
    by_site: bool
    removed: str | None
    spans: bool
    drop_empty: bool
    on_error: OnError
    dry_copy: bool

    @property
    def needs_fields(self) -> bool:
        """Whether ids and sites of documents are wanted."""
        return self.removed is not None or self.by_site


def model_version(path: str | None) -> tuple[int, ...] | None:
    """Return the version of a model's file; ``None`` if the model has no path of its own.

    Raises:
        OSError: there is no such file.
    """
    return None if path is None else file_version(path)


@functools.lru_cache(MODELS_HELD)
def load_options(settings: Settings) -> Options:
    """Check the options of the cleaning, and load the model; once in a process.

    Raises:
        TypeError, ValueError: as `boilerstrip.clean`.
        CorpusError: it is not the model that the run began with.
        ModelFormatError, OSError: as `Model.load`.
    """
    path = settings.model_path
    if model_version(path) != settings.model_version:  # a process may start late in a run
        raise CorpusError(f"{path} was replaced during the run; start it again")
    return check_options(
        threshold=settings.threshold,
        keep=settings.keep,
        remove=settings.remove,
        kinds=settings.kinds,
        model=load_default() if path is None else Model.load(path),
        split=settings.split,
    )


@dataclass(slots=True)
class Document:
    """A document on its way through a block.

    Attributes:
        number: of its line, row or record.
        pieces: its text.
        encode: how text is written in its format.
        is_long: whether its text may be judged in parts.
        identity: the document that its removed paragraphs are said to be from: members of a JSON
            object.
        fields: those of id and site that it has.
        site: what it is compared with other pages of; ``None``: it is not.
        place: how many characters of its text are dealt with.
        problem: why it is no good.
        is_empty: whether no paragraph is left.
        paragraphs: how many it has.
        boilerplate: how many of them are that.
        characters: how many of its characters are, by kind.
        kept: its cleaned text, encoded; there may be none if nothing was removed.
        spans: what is boilerplate, if it is wanted.
        removed: the same, as lines of the file of removed paragraphs.
    """

    number: int
    pieces: Iterable[str] = ()
    encode: Callable[[str], bytes] = str.encode
    is_long: bool = False
    identity: bytes = b""
    fields: tuple[str, ...] = ()
    site: str | None = None
    place: int = 0
    problem: str | None = None
    is_empty: bool = True
    paragraphs: int = 0
    boilerplate: int = 0
    characters: Ints = field(default_factory=lambda: np.zeros(len(KINDS), np.int64))
    kept: list[bytes] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)
    removed: list[bytes] = field(default_factory=list)

    def identify(
        self, get: Callable[[str], bytes], usual_id: str, name: str, settings: Settings
    ) -> None:
        """Find out its site, and what its removed paragraphs are to be said to be from, if wanted.

        Args:
            get: gives one of its fields as JSON, nothing if it is not there.
            usual_id: the field with the id, if no other is named.
            name: of the file, what a document is called that has no id, or null, with its number.
            settings: tell what is wanted.
        """
        if not settings.needs_fields:
            return
        wanted = [settings.id_field or usual_id]
        if settings.site_field is not None:
            wanted.append(settings.site_field)
        id_, *site = map(get, wanted)
        self.fields = tuple(itertools.compress(wanted, [id_, *site]))
        if id_ in {b"", b"null"}:
            id_ = encode(f"{name}:{self.number}")
        self.identity = b'"id":%b' % id_
        if site:
            self.identity += b',"site":%b' % (site[0] or b"null")
            self.site = _find_host(site[0]) if settings.by_site else None

    def is_dropped(self, settings: Settings) -> bool:
        """Whether it is left out of the output."""
        if self.problem is not None:
            return settings.on_error != "pass"
        return settings.drop_empty and self.is_empty


def judge_documents(documents: Iterable[Document], settings: Settings) -> None:
    """Judge the documents that have no problem, and note in each what is found.

    A text that turns out to be unreadable is noted as its document's problem.
    """
    options = load_options(settings)
    if settings.dry_copy:
        for document, _ in itertools.chain.from_iterable(_batches(documents)):
            document.is_empty = False
    elif settings.by_site:
        for pages, repeated in _find_sites(documents, settings.split):
            _judge(pages, settings, replace(options, repeated=repeated))
    else:
        _judge(documents, settings, options)


def _find_host(site: bytes) -> str | None:
    """Find the host of an address, given as JSON; other values are names of sites as they are.

    None and a blank string name none.
    """
    if site in {b"", b"null"}:
        return None
    name = parse(site)
    if not isinstance(name, str):
        return site.decode()
    if not name.strip():
        return None
    first = name.partition("/")[0]
    address = name if ":" in first or "." not in first else f"//{name}"  # example.org/page
    try:
        return urlsplit(address).hostname or name
    except ValueError:  # an address with wrong brackets
        return name


def _find_sites(
    documents: Iterable[Document], split: Split
) -> Iterator[tuple[list[Document], frozenset[str]]]:
    """Group documents: those of each site that share paragraphs, with these, and all others."""
    sites: dict[str | None, list[Document]] = defaultdict(list)
    for document in documents:
        sites[document.site].append(document)
    others = sites.pop(None, [])
    for pages in sites.values():
        texts = map(_hold_text, pages) if len(pages) > 1 else ()  # a page alone shares nothing
        if repeated := find_repeated(texts, split=split):
            yield pages, repeated
        else:
            others += pages
    yield others, frozenset()


def _hold_text(document: Document) -> str:
    """Read the text of a document, and keep it; one that cannot be read is as good as empty."""
    try:
        text = "".join(document.pieces)
    except ValueError as error:
        document.problem = str(error)
        return ""
    document.pieces = [text]
    return text


def _judge(documents: Iterable[Document], settings: Settings, options: Options) -> None:
    needs_spans = settings.spans or settings.removed is not None
    for batch in _batches(documents):
        texts = [text for _, text in batch]
        found, judged = judge(texts, options)
        cleaned = (
            texts if settings.spans else delete_paragraphs(texts, found, judged.is_boilerplate)
        )
        parts = zip(batch, cleaned, found.spans(), judged.split(found.edges), strict=True)
        for (document, text), kept, (starts, ends), verdict in parts:
            flags = verdict.is_boilerplate
            boilerplate = int(np.count_nonzero(flags))
            document.is_empty &= boilerplate == flags.size
            document.paragraphs += flags.size
            if boilerplate:
                document.boilerplate += boilerplate
                lengths = np.bincount(verdict.kinds, (ends - starts) * flags, len(KINDS))
                document.characters += lengths.astype(np.int64)
                if needs_spans:
                    _note_spans(document, text, starts, ends, verdict, settings)
            if not settings.spans and (boilerplate or document.is_long):
                document.kept.append(document.encode(kept))
            document.place += len(text)


def _batches(documents: Iterable[Document]) -> Iterator[list[tuple[Document, str]]]:
    batch: list[tuple[Document, str]] = []
    size = 0
    for document in documents:
        if document.problem is not None:
            continue
        try:
            for text in split_long(document.pieces):
                batch.append((document, text))
                size += len(text) + OVERHEAD * (1 + text.count("\n"))
                if size >= BATCH:
                    yield batch
                    batch, size = [], 0
        except ValueError as error:
            document.problem = str(error)
    if batch:
        yield batch


def _note_spans(
    document: Document, text: str, starts: Ints, ends: Ints, verdict: Verdict, settings: Settings
) -> None:
    found = np.flatnonzero(verdict.is_boilerplate)
    facts = (starts[found], ends[found], verdict.kinds[found], verdict.scores[found])
    for start, end, kind, score in zip(*(each.tolist() for each in facts), strict=True):
        span = {
            "start": document.place + start,
            "end": document.place + end,
            "kind": KINDS[kind],
            "score": round(score, 4),
        }
        if settings.spans:
            document.spans.append(span)
        if settings.removed is not None:
            line = document.identity, encode(span)[1:-1], encode_string(text[start:end])
            document.removed.append(b'{%b,%b,"text":%b}\n' % line)
