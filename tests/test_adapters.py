"""What all adapters have in common; each against its engine: `make test-engines`."""

import importlib
import pickle
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import boilerstrip
from boilerstrip import BoilerstripError, Model
from boilerstrip.adapters.cleaner import Cleaner
from boilerstrip.adapters.datasets import CleanColumn
from tests.models import make_sterner

TEXTS = ["Rain fell on Leeds.\n\nSubscribe to our newsletter!", None, "", "Donate now", None]


def make(**options: Any) -> Cleaner:
    """Make a cleaner, with the defaults that all adapters have."""
    defaults = {
        "threshold": None,
        "keep": (),
        "remove": (),
        "kinds": None,
        "split": "auto",
        "model_path": None,
    }
    return Cleaner(**{**defaults, **options})


@pytest.fixture
def path(model: Model, tmp_path: Path) -> Path:
    """Return where the small model is saved."""
    path = tmp_path / "small.npz"
    model.save(path)
    return path


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that grows with each model that is read."""
    found: list[Any] = []
    load = Model.load

    def record(path: str | Path) -> Model:
        found.append(path)
        return load(path)

    monkeypatch.setattr(Model, "load", record)
    return found


@pytest.mark.parametrize(
    ("adapter", "module", "extra"),
    [
        ("datatrove", "datatrove", "datatrove"),
        ("pandas", "pandas", "pandas"),
        ("polars", "polars", "polars"),
        ("ray", "pyarrow", "ray"),
        ("spark", "pyarrow", "spark"),
    ],
)
def test_missing_extra(
    adapter: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its engine, an adapter says what to install."""
    for loaded in [name for name in sys.modules if name.startswith("boilerstrip.adapters")]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    command = rf"needs? {module}: .*pip install 'boilerstrip\[{extra}\]'"
    with pytest.raises(ModuleNotFoundError, match=command):
        importlib.import_module(f"boilerstrip.adapters.{adapter}")


def test_nulls(path: Path, model: Model) -> None:
    """Texts are cleaned as by `clean`, and nulls stay in their places."""
    expected = [text and boilerstrip.clean(text, model=model) for text in TEXTS]
    assert make(model_path=path).clean(TEXTS) == expected
    assert expected[1] is expected[4] is None


def test_no_text(path: Path) -> None:
    """What is no text is named by its place, nulls counted."""
    with pytest.raises(TypeError, match=r"texts\[2\] is int; it must be str"):
        make(model_path=path).clean(["Donate now", None, 7])  # type: ignore[list-item]


def test_iterators(path: Path) -> None:
    """Phrases and kinds from an iterator are read once and used for every batch."""
    phrases, kinds = ["leeds", re.compile("^Sub")], ["donation"]
    cleaner = make(keep=iter(phrases), remove=iter(["now"]), kinds=iter(kinds), model_path=path)
    assert cleaner == make(keep=phrases, remove=["now"], kinds=kinds, model_path=str(path))
    assert cleaner.clean(TEXTS) == cleaner.clean(TEXTS) == [*TEXTS[:3], "", None]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"threshold": 2}, ValueError, "between 0 and 1"),
        ({"threshold": "0.5"}, TypeError, "threshold is str"),
        ({"kinds": ["spam"]}, ValueError, "unknown kinds"),
        ({"keep": "Leeds"}, TypeError, "keep is str"),
        ({"remove": [b"Leeds"]}, TypeError, "remove holds bytes"),
        ({"split": "word"}, ValueError, "split is 'word'"),
        ({"model_path": 7}, TypeError, "model_path is int; it must be the path of a model file"),
    ],
)
def test_wrong_options(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """Options are checked before any work is handed out."""
    with pytest.raises(error, match=message):
        make(**options)


def test_paths(path: Path) -> None:
    """The path of a model may be an object of any class that stands for one."""

    class Somewhere:
        def __fspath__(self) -> str:
            return str(path)

    assert make(model_path=Somewhere()) == make(model_path=path) == make(model_path=str(path))


def test_model_is_not_a_path(model: Model) -> None:
    """A model itself is refused: it would travel with every task."""
    with pytest.raises(TypeError, match=r"which each worker reads for itself \(see Model.save\)"):
        make(model_path=model)


def test_pickle(path: Path) -> None:
    """However large the model is, what is sent to the workers is small."""
    cleaner = make(
        model_path=path,
        keep=["our readers"],
        remove=[re.compile(r"^\W+$")],
        kinds=boilerstrip.KINDS,
    )
    pickled = pickle.dumps(cleaner)
    assert len(pickled) < 1000
    assert pickle.loads(pickled) == cleaner  # noqa: S301 (made above)


def test_equal_pickles() -> None:
    """The order in which kinds are given, or come out of a set, makes no difference."""
    one, other = (
        make(kinds={"donation", "paywall", "cookie"}),
        make(kinds=["paywall", "cookie", "donation", "cookie"]),
    )
    assert pickle.dumps(one) == pickle.dumps(other)


def test_loaded_once(path: Path, loads: list[Any]) -> None:
    """All tasks of a worker share one model, whenever their cleaners arrive."""
    pickled = pickle.dumps(make(model_path=path))
    for _ in range(3):
        pickle.loads(pickled).clean(TEXTS)  # noqa: S301 (made above)
    assert loads == [str(path)]


def test_replaced_model(path: Path, model: Model) -> None:
    """A model that was saved again under the same name is read again."""
    make_sterner(model, by=-100).save(path)
    cleaner = make(model_path=path, threshold=0.5)
    assert cleaner.clean(["Rain fell on Leeds."]) == ["Rain fell on Leeds."]
    make_sterner(model, by=100).save(path)
    assert cleaner.clean(["Rain fell on Leeds."]) == [""]


def test_missing_model(tmp_path: Path) -> None:
    """A model that is not there is named, where it is needed."""
    cleaner = make(model_path=tmp_path / "nowhere.npz")
    with pytest.raises(FileNotFoundError, match=r"nowhere\.npz"):
        cleaner.clean(TEXTS)


def test_datasets_missing_column() -> None:
    """A name that the batch does not have is told, with those it has."""
    message = r"0 columns are named 'body'; there are \['title', 'text'\]"
    with pytest.raises(KeyError, match=message):
        CleanColumn("body")({"title": ["Rain"], "text": ["Donate now"]})


def test_datasets_unbatched(path: Path) -> None:
    """The step for datasets wants batches, and says so."""
    with pytest.raises(TypeError, match="call map with batched=True"):
        CleanColumn("text", model_path=path)({"text": "Donate now"})  # type: ignore[dict-item]


def test_datasets_replaced_model(path: Path, model: Model) -> None:
    """The step for datasets never uses another model than the one in its fingerprint."""
    contents = path.read_bytes()
    step = CleanColumn("text", model_path=path)
    assert step({"text": [""]}) == {"text": [""]}
    make_sterner(model, by=100).save(path)
    step = pickle.loads(pickle.dumps(step))  # noqa: S301 (made above)
    with pytest.raises(BoilerstripError, match=r"small\.npz is not the model .* a new CleanColumn"):
        step({"text": [""]})
    path.write_bytes(contents)
    assert step({"text": [""]}) == {"text": [""]}
