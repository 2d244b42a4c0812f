"""What was found and done: counted block by block, and told at the end."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["CorpusReport", "Counts"]


@dataclass(slots=True)
class Counts:
    """What was found and done in some files; see `CorpusReport`."""

    documents: int = 0
    emptied: int = 0
    paragraphs: int = 0
    removed: int = 0
    errors: int = 0
    bytes: int = 0
    removed_characters: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Counts") -> None:
        """Add what was counted elsewhere."""
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, characters in other.removed_characters.items():
            self.removed_characters[kind] = self.removed_characters.get(kind, 0) + characters


NUMBERS = ("documents", "emptied", "paragraphs", "removed", "errors", "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusReport:
    """What was found and done in a corpus.

    Attributes:
        files: files of the corpus.
        finished_before: those of them that an earlier run had finished; they count in all the
            numbers but `seconds` and `megabytes_per_second`.
        left_out: what folders and patterns have beside them, and is no file of a known format;
            hidden files and those whose names begin with ``_`` do not count.
        documents: documents without an error.
        emptied: documents with no paragraph left, or with none from the beginning.
        paragraphs: paragraphs of the documents.
        removed: those of them that are boilerplate.
        removed_characters: code points in these, by kind.
        errors: bad records, damaged files and files that cannot be used.
        bytes: what was read, decompressed; of tables: what their rows take in memory.
        seconds: duration.
        megabytes_per_second: 10^6 bytes read, decompressed, in a second.
    """

    files: int
    finished_before: int
    left_out: int
    documents: int
    emptied: int
    paragraphs: int
    removed: int
    removed_characters: Mapping[str, int]
    errors: int
    bytes: int
    seconds: float
    megabytes_per_second: float

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)

    def __str__(self) -> str:
        """Tell it in a few lines."""
        kinds = sorted(self.removed_characters.items(), key=lambda item: -item[1])
        lines = [
            f"{self.files:,} files, {self.finished_before:,} of them finished before",
            f"{self.left_out:,} other files left out",
            f"{self.documents:,} documents, {self.emptied:,} with nothing left",
            f"{self.paragraphs:,} paragraphs, {self.removed:,} of them boilerplate",
            *(f"  {kind}: {characters:,} characters" for kind, characters in kinds),
            f"{self.errors:,} errors",
            f"{self.seconds:.1f} s, {self.megabytes_per_second:.1f} MB/s",
        ]
        return "\n".join(lines)
