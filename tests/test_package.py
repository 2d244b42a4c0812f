"""The package: what it exports, what importing it loads, and what it says is true."""

import ast
import dataclasses
import doctest
import importlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import boilerstrip
from boilerstrip import LabelledDocument, Model

ROOT = Path(__file__).parents[1]
PACKAGE = Path(boilerstrip.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


def test_exports() -> None:
    """All that is exported is there, in order, also what is loaded late."""
    names = boilerstrip.__all__
    assert all(getattr(boilerstrip, name) is not None for name in names)
    assert sorted(names, key=lambda name: (not name.isupper(), name)) == names
    with pytest.raises(AttributeError, match="has no attribute 'wash'"):
        boilerstrip.wash  # noqa: B018


def test_import() -> None:
    """Importing boilerstrip loads neither scikit-learn nor joblib nor an adapter."""
    code = "import sys, boilerstrip, boilerstrip.cli; print(*sys.modules)"
    loaded = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"sklearn", "scipy", "joblib", "pandas", "pyarrow", "boilerstrip.adapters"}
    assert "boilerstrip.model" in loaded
    assert heavy.isdisjoint(loaded)


def test_layers() -> None:
    """Each module imports from those alone that CONTRIBUTING.md lists above it."""
    listed = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("```")[1]
    lines = [re.findall(r"\w+", line) for line in listed.split("\n")]
    layers = {name: number for number, names in enumerate(lines) for name in names}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if not name.startswith("__"):
            below = {each for each in _find_imports(path) if each != name}
            assert {each for each in below if layers[each] >= layers[name]} == set(), name


def _find_imports(path: Path) -> set[str]:
    """Find the modules and folders of the package that a module imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "boilerstrip":
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            package, _, rest = node.module.partition(".")
            found.update([rest.partition(".")[0]] if package == "boilerstrip" else [])
    return found


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_doctests(name: str) -> None:
    """The examples in docstrings are true."""
    failed, attempted = doctest.testmod(importlib.import_module(name))
    assert attempted > 0
    assert failed == 0


@pytest.mark.parametrize("page", ["README.md", "docs/corpora.md", "docs/retraining.md"])
def test_documentation(
    page: str,
    model: Model,
    documents: list[LabelledDocument],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The Python in the documentation runs, block after block as one session."""
    blocks = _find_python(page)
    assert blocks
    monkeypatch.chdir(tmp_path)
    model.save("mine.npz")
    Path("mine").mkdir()
    Path("pages").mkdir()
    Path("pages/example.org_1.txt").write_text("It rained.\nSubscribe now!\n", encoding="utf-8")
    lines = [json.dumps(dataclasses.asdict(document)) for document in documents]
    for path in ("mine/documents.jsonl", "held-out.jsonl"):
        Path(path).write_text("\n".join(lines), encoding="utf-8")
    texts = ["It rained."]
    session = {"re": re, "text": texts[0], "texts": texts, "pages": texts, "documents": documents}
    for block in blocks:
        exec(block, session)  # noqa: S102 (our own documentation)


def _find_python(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_documented_labelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code to label with keeps five labels a page at random, and labels that are there."""
    monkeypatch.chdir(tmp_path)
    Path("pages").mkdir()
    for name, lines in (("a.org_long", 40), ("a.org_short", 3)):
        text = "".join(f"It rained for {n} days.\n" for n in range(lines))
        Path(f"pages/{name}.txt").write_text(text, encoding="utf-8")
    block = _find_python("docs/retraining.md")[0]
    exec(block, {})  # noqa: S102 (our own documentation)
    found = {d.id: d for d in boilerstrip.read_documents("mine")}
    labelled = {name: [p for p in d.paragraphs if p.label] for name, d in found.items()}
    assert {name: len(these) for name, these in labelled.items()} == {
        "a.org_long": 5,
        "a.org_short": 3,
    }
    assert len(found["a.org_long"].paragraphs) == 40
    assert labelled["a.org_long"] != list(found["a.org_long"].paragraphs[:5])
    with pytest.raises(FileExistsError):
        exec(block, {})  # noqa: S102


def test_documented_texts() -> None:
    """The texts that the documentation cleans lose their last line, and nothing else."""
    for page in ("docs/corpora.md", "docs/engines.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        literals = re.findall(r'"text": "(.*?)"|TEXT = """(.*?)"""', text, re.DOTALL)
        texts = {"".join(literal).replace(r"\n", "\n") for literal in literals} - {"..."}
        assert texts
        for each in texts:
            *kept, _ = each.splitlines()
            assert boilerstrip.clean(each).splitlines() == kept


def test_wheel(tmp_path: Path) -> None:
    """The wheel holds the model, the marker for types and the licence, and is under 5 MB."""
    subprocess.run(  # noqa: S603 (our own command)
        [
            *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"),
            *("--wheel-dir", tmp_path, ROOT),
        ],
        check=True,
    )
    (wheel,) = tmp_path.glob("boilerstrip-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"boilerstrip/default_model.npz", "boilerstrip/py.typed"} <= names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"boilerstrip"}
    assert wheel.stat().st_size < 5_000_000
