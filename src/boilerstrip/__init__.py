"""Tell content from boilerplate in the text of scraped pages, paragraph by paragraph."""

from typing import TYPE_CHECKING, Any

from boilerstrip.cleaning import (
    classify,
    classify_many,
    classify_paragraphs,
    clean,
    clean_many,
)
from boilerstrip.documents import LabelledDocument, LabelledParagraph, read_documents
from boilerstrip.errors import BoilerstripError, CorpusError, ModelFormatError, TrainingDataError
from boilerstrip.model import Model, load_default
from boilerstrip.paragraphs import KINDS, Label, Paragraph, Split
from boilerstrip.phrases import Phrase
from boilerstrip.repeated import find_repeated

if TYPE_CHECKING:
    from boilerstrip.corpus import CorpusReport, OnError, Progress, clean_corpus
    from boilerstrip.evaluation import Report, evaluate
    from boilerstrip.training import train

__all__ = [
    "KINDS",
    "BoilerstripError",
    "CorpusError",
    "CorpusReport",
    "Label",
    "LabelledDocument",
    "LabelledParagraph",
    "Model",
    "ModelFormatError",
    "OnError",
    "Paragraph",
    "Phrase",
    "Progress",
    "Report",
    "Split",
    "TrainingDataError",
    "classify",
    "classify_many",
    "classify_paragraphs",
    "clean",
    "clean_corpus",
    "clean_many",
    "evaluate",
    "find_repeated",
    "load_default",
    "read_documents",
    "train",
]

__version__ = "0.1.0"

LAZY = {
    "CorpusReport": "corpus",
    "OnError": "corpus",
    "Progress": "corpus",
    "Report": "evaluation",
    "clean_corpus": "corpus",
    "evaluate": "evaluation",
    "train": "training",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 (whatever the name stands for)
    """Import what few need, or what needs scikit-learn, only when it is asked for."""
    if name not in LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415

    return getattr(importlib.import_module(f"{__name__}.{LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
