"""What the models by site are asked, beside the tables: appeals in articles, pages of one site."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from evaluation import headlines, inserted, repeated
from evaluation.collection import Example
from evaluation.protocols import Step

from boilerstrip import LabelledDocument, LabelledParagraph, Model

SENTENCE = (
    "The council met on Tuesday to talk about the bridge over the river, which nobody wants. "
)
APPEAL = " ".join(["Support independent journalism: donate today!"] * 4)


def article(number: int, *more: LabelledParagraph) -> Example:
    """Make what an extractor kept of a page: six paragraphs of prose, and more."""
    prose = [LabelledParagraph(f"{n}. {SENTENCE * 2}{number}", "content") for n in range(6)]
    document = LabelledDocument(f"page {number}", (*prose, *more), site=f"site {number // 2}")
    gold = "\n".join(paragraph.text for paragraph in prose)
    return Example(document, "extractor", "wcxb-dev", view="trafilatura", gold=gold)


def lone(number: int, paragraph: LabelledParagraph, lang: str) -> Example:
    """Make a public paragraph without neighbours."""
    return Example(LabelledDocument(str(number), (paragraph,), lang=lang), "lone", "appeals")


def ask(
    script: ModuleType,
    examples: list[Example],
    models: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[str]:
    """Run a script on examples that are held out each time; return the rows of its table."""
    steps = [Step(f"sites-{number}", [], examples) for number in (1, 2, 3)]
    monkeypatch.setattr(script, "load", lambda _: examples)
    monkeypatch.setattr(script, "by_site", lambda *_: iter(steps))
    script.main(["--corpora", "none", *map(str, models)])
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def models(model: Model, tmp_path: Path) -> list[Path]:
    """Return the files of a model, named as the steps are."""
    paths = [tmp_path / f"sites-{number}-x.npz" for number in (1, 2, 3)]
    for path in paths:
        model.save(path)
    return paths


def test_inserted(
    models: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each real paragraph is put into an article, and counted by label and language."""
    boilerplate = LabelledParagraph(APPEAL, "boilerplate", "donation")
    content = LabelledParagraph(SENTENCE * 2, "content")
    examples = [article(n) for n in range(4)]
    examples += [lone(0, boilerplate, "en"), lone(1, boilerplate, "de"), lone(2, content, "en")]
    rows = ask(inserted, examples, models, monkeypatch, capsys)
    cells = {row.split(" | ")[0].strip("| "): row.strip("| ").split(" | ") for row in rows}
    assert [cells["all"][n] for n in (1, 4)] == ["6", "3"]
    assert [cells["English"][n] for n in (1, 4)] == ["3", "3"]
    assert 0 <= float(cells["all"][2]) <= 1
    assert rows[-1].startswith("Of the words of the articles themselves ")


def test_repeated(
    models: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sites of two pages or more are judged alone and together; what they share is found."""
    shared = LabelledParagraph(APPEAL, "boilerplate", "donation")
    examples = [*(article(n, shared) for n in range(4)), article(4)]  # the last: its own site
    rows = ask(repeated, examples, models, monkeypatch, capsys)
    assert [row.split(" | ")[1] for row in rows[2:]] == ["12", "12"]
    alone, together = rows[2].split(" | ")[3].split(" → ")
    assert float(alone) <= float(together) <= 1


def test_headlines(
    models: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first paragraph of content is a headline, if it is short; what is kept is counted."""
    menu = LabelledParagraph("Home | News | Sports", "boilerplate", "navigation")
    headline = LabelledParagraph("Council talks about the bridge over the river", "content")
    long = article(0)
    headed = LabelledDocument("page 1", (menu, headline, *long.document.paragraphs), site="site 1")
    short = replace(long, document=headed)
    examples = [replace(long, task="page"), replace(short, task="page"), short]
    rows = ask(headlines, examples, models, monkeypatch, capsys)
    name, pages, *kept = rows[2].strip("| ").split(" | ")
    assert (name, pages) == ("all", "3")
    assert len(kept) == 5
    assert {float(share) for share in kept} <= {0, 1}
    assert float(kept[1]) <= float(kept[2]) <= float(kept[3])


@pytest.mark.parametrize("script", [headlines, inserted, repeated])
def test_order_of_models(
    script: ModuleType,
    models: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A model in the place of another one, which may know the sites, is refused."""
    examples = [article(n) for n in range(2)]
    with pytest.raises(SystemExit):
        ask(script, examples, models[::-1], monkeypatch, capsys)
    assert "is given where the model of sites-1 is expected" in capsys.readouterr().err
