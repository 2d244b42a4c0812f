"""The public API as a type checker sees it: checked by mypy in `make check`, never run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import boilerstrip
from boilerstrip import (
    KINDS,
    Label,
    LabelledDocument,
    LabelledParagraph,
    Model,
    Paragraph,
    Report,
)
from boilerstrip.adapters.datasets import CleanColumn


def check_verbs(text: str, texts: Iterator[str], model: Model) -> None:
    """Each verb takes the same options."""
    assert_type(boilerstrip.clean(text), str)
    assert_type(
        boilerstrip.clean(
            text,
            threshold=0.8,
            keep=["phrase", re.compile("pattern")],
            remove=("phrase",),
            kinds={"donation"},
            model=model,
            split="blank",
        ),
        str,
    )
    assert_type(boilerstrip.classify(text, kinds=KINDS), list[Paragraph])
    assert_type(boilerstrip.classify_paragraphs([text], keep=iter([text])), list[Paragraph])
    assert_type(boilerstrip.clean_many(texts, jobs=2, threshold=None), Iterator[str])
    assert_type(boilerstrip.classify_many([text], split="line"), Iterator[list[Paragraph]])
    repeated = boilerstrip.find_repeated(texts, split="line")
    assert_type(repeated, frozenset[str])
    assert_type(boilerstrip.clean_many(texts, repeated=repeated), Iterator[str])


def check_paragraph(paragraph: Paragraph) -> None:
    """A paragraph has typed fields and cannot be changed."""
    assert_type(paragraph.text, str)
    assert_type(paragraph.start, int)
    assert_type(paragraph.end, int)
    assert_type(paragraph.label, Label)
    assert_type(paragraph.score, float)
    assert_type(paragraph.kind, str | None)
    paragraph.label = "content"  # type: ignore[misc]


def check_models(path: str) -> None:
    """Models are trained, saved, loaded and evaluated."""
    documents = boilerstrip.read_documents(path)
    assert_type(documents, Iterator[LabelledDocument])
    model = boilerstrip.train(documents, seed=1, jobs=2)
    assert_type(model, Model)
    model.save(path)
    assert_type(Model.load(path), Model)
    assert_type(boilerstrip.load_default(), Model)
    assert_type(boilerstrip.train(documents, base=model), Model)
    assert_type(boilerstrip.evaluate(model, documents), Report)
    LabelledDocument("id", (LabelledParagraph("text", "boilerplate", "donation"),), lang="en")


def check_adapters(path: str, model: Model) -> None:
    """Adapters take a model by its path."""
    CleanColumn("text", model_path=path)
    CleanColumn("text", model_path=Path(path))
    CleanColumn("text", model_path=model)  # type: ignore[arg-type]
    CleanColumn("text", model=model)  # type: ignore[call-arg]


def check_mistakes(text: str) -> None:
    """What is wrong at run time is wrong for the type checker."""
    boilerstrip.clean(text.encode())  # type: ignore[arg-type]
    boilerstrip.clean(text, 0.5)  # type: ignore[call-arg]
    boilerstrip.clean(text, split="word")  # type: ignore[arg-type]
    boilerstrip.clean(text, model="news.npz")  # type: ignore[arg-type]
    boilerstrip.classify_paragraphs(iter([text]))  # type: ignore[arg-type]
    LabelledParagraph(text, "good")  # type: ignore[arg-type]
