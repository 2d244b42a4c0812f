"""Models: scores, and files of them, also such as an enemy would make."""

import io
import json
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import compress, product
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boilerstrip import Model, ModelFormatError, context, features, linear, load_default
from boilerstrip.model import MOST_UNITS
from boilerstrip.model_file import LARGEST_NUMBER
from boilerstrip.network import Network, shapes
from tests import strategies
from tests.models import list_arrays
from tests.reference_features import describe

Array = npt.NDArray[Any]

PARAGRAPHS = ["Subscribe now!", "It rained in the hills.", "", "Lire la suite"]


@pytest.fixture(scope="module")
def saved(model_file: str) -> Path:
    """Return the path of the small model's file."""
    return Path(model_file)


def score_plainly(model: Model, paragraph: str) -> Array:
    """Compute all step-1 outputs of a paragraph from its plain features."""
    found = describe(paragraph)
    rows = found.stems + found.pairs + found.shape_rows
    sums = model.weights[rows].astype(np.int64).sum(axis=0) - linear.WEIGHT_ZERO * len(rows)
    outputs: Array = sums * model.scales / np.sqrt(len(rows)) + model.biases
    return outputs


def npy(array: Array, **options: Any) -> bytes:
    """Write an array as ``.npy`` data."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, **options)
    return stream.getvalue()


def change(saved: Path, path: Path, **members: bytes | None) -> Path:
    """Copy a model file with some members replaced, or left out where ``None``."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = members.get(name.removesuffix(".npy"), old.read(name))
            if data is not None:
                new.writestr(name, data)
    return path


def header(model: Model, **changes: Any) -> bytes:
    """Write the header of a model with some fields replaced."""
    text = json.dumps({"format": 1, **model.header, **changes})
    return npy(np.frombuffer(text.encode(), np.uint8))


# --- scores -------------------------------------------------------------------------------------


def test_scores(model: Model) -> None:
    """Scores are probabilities, one a paragraph; words are counted."""
    scores = model.predict(PARAGRAPHS, np.array([0, 3]))
    assert scores.boilerplate.shape == (4,)
    assert ((scores.boilerplate >= 0) & (scores.boilerplate <= 1)).all()
    assert scores.words.tolist() == [2, 5, 0, 3]
    assert scores.pieces == []
    held = model.predict(PARAGRAPHS, np.array([0, 3]), hold_pieces=True)
    assert held.boilerplate.tobytes() == scores.boilerplate.tobytes()


def test_kinds(model: Model) -> None:
    """Each paragraph wanted is of the kind whose output is largest, in whatever company."""
    outputs = [score_plainly(model, paragraph)[context.OUTPUTS :] for paragraph in PARAGRAPHS]
    expected = [int(np.argmax(each)) for each in outputs]
    with mock.patch.object(features, "PIECE", 20):
        _, _, pieces = model.predict(PARAGRAPHS, np.array([0]), hold_pieces=True)
    for wanted in product((False, True), repeat=len(PARAGRAPHS)):
        kinds = model.tell_kinds(pieces, np.array(wanted))
        assert kinds.tolist() == list(compress(expected, wanted))


def test_outputs(model: Model) -> None:
    """Step-1 outputs are the sums of weights that the plain features choose."""
    outputs = linear.run(model.packed, features.extract(PARAGRAPHS)).outputs
    expected = [score_plainly(model, paragraph)[: context.OUTPUTS] for paragraph in PARAGRAPHS]
    assert np.allclose(outputs, expected, rtol=1e-5, atol=1e-6)


def test_large_numbers(model: Model) -> None:
    """A network of the most units, and of numbers as large as a file may hold, has some answer."""
    of_shapes = shapes(MOST_UNITS, context.WIDTH).items()
    largest = {name: np.full(shape, LARGEST_NUMBER, np.float32) for name, shape in of_shapes}
    largest["answer"][0, ::2] *= -1
    scores = replace(model, network=Network(**largest)).predict(PARAGRAPHS * 9, np.array([0, 3]))
    assert np.isfinite(scores.boilerplate).all()


def test_no_paragraphs(model: Model) -> None:
    """Nothing has no scores."""
    scores = model.predict([], np.empty(0, np.int64))
    assert scores.boilerplate.size == scores.words.size == 0
    assert not model.tell_kinds(scores.pieces, np.empty(0, bool)).size


def test_neighbours(model: Model) -> None:
    """A paragraph's score depends on those around it in its document."""
    whole = model.predict(PARAGRAPHS, np.array([0])).boilerplate
    apart = model.predict(PARAGRAPHS, np.arange(len(PARAGRAPHS))).boilerplate
    assert np.abs(whole - apart).max() > 0.1


def test_raised(model: Model) -> None:
    """Scores are those of step 2, raised."""
    with mock.patch.object(context, "raise_inserted", side_effect=context.raise_inserted) as raise_:
        plain = model.predict(PARAGRAPHS, np.array([0])).boilerplate
        raise_.side_effect = lambda logits, *_: logits + np.float32(1)
        raised = model.predict(PARAGRAPHS, np.array([0])).boilerplate
    logits, outputs, shape, starts = raise_.call_args.args
    assert (raised > plain).all()
    assert logits.shape == (4,)
    assert outputs.shape == (4, context.OUTPUTS)
    assert shape.shape == (4, len(features.SHAPE))
    assert starts.tolist() == [0]


@given(strategies.paragraphs.filter(len))
def test_documents_apart(model: Model, paragraphs: list[str]) -> None:
    """What stands in another document changes no score."""
    alone = model.predict(paragraphs, np.array([0])).boilerplate
    both = model.predict([*PARAGRAPHS, *paragraphs, "End"], np.array([0, 4, 4 + len(paragraphs)]))
    assert np.allclose(both.boilerplate[4:-1], alone, atol=1e-5)


def test_shipped() -> None:
    """The model that comes with boilerstrip is read once, and tells what it was trained on."""
    model = load_default()
    assert model is load_default()
    assert model.header["training"]["paragraphs"] > 1000


# --- files --------------------------------------------------------------------------------------


def test_stored_by_columns(model: Model, tmp_path: Path) -> None:
    """How arrays lie in memory makes no difference to the file."""
    by_columns = replace(model, weights=np.asfortranarray(model.weights))
    by_columns.save(tmp_path / "model.npz")
    assert (Model.load(tmp_path / "model.npz").weights == model.weights).all()


def test_round_trip(model: Model, saved: Path) -> None:
    """A model that was saved and loaded is the same to the last bit."""
    loaded = Model.load(saved)
    assert loaded.header == model.header
    for saved_array, loaded_array in zip(list_arrays(model), list_arrays(loaded), strict=True):
        assert loaded_array.dtype == saved_array.dtype
        assert loaded_array.tobytes() == saved_array.tobytes()
    starts = np.array([0, 2])
    before, after = (each.predict(PARAGRAPHS, starts, hold_pieces=True) for each in (model, loaded))
    assert before.boilerplate.tobytes() == after.boilerplate.tobytes()
    kinds = [each.tell_kinds(before.pieces, np.ones(4, bool)).tolist() for each in (model, loaded)]
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) == len(PARAGRAPHS)


def test_same_bytes(saved: Path, tmp_path: Path) -> None:
    """The same model makes the same file, and saving leaves no other file behind."""
    Model.load(saved).save(str(tmp_path / "again.npz"))
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.npz"]


def test_save_replaces(model: Model, tmp_path: Path) -> None:
    """Saving replaces the file that is there."""
    path = tmp_path / "model.npz"
    path.write_text("old")
    model.save(path)
    assert Model.load(path).weights.tobytes() == model.weights.tobytes()


def test_save_fails(model: Model, tmp_path: Path) -> None:
    """A file that cannot be written is an error, and nothing half-written is left."""
    with pytest.raises(OSError, match="missing"):
        model.save(tmp_path / "missing" / "model.npz")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        model.save(tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is the usual error of the system."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Model.load(tmp_path / "nowhere.npz")
    with pytest.raises(TypeError):
        Model.load(None)  # type: ignore[arg-type]


class Malice:
    """Something that would run code if it were unpickled."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        """Run code when unpickled."""
        return exec, ("raise SystemExit('unpickled')",)


MALICE = np.array([Malice()], object)

WHOLE_FILES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"Not a model, but a line of text.\n",
    "pickle": lambda _: pickle.dumps({"weights": [1, 2, 3]}),
    "npy": lambda _: npy(np.zeros(3)),
    "zip without members": lambda _: b"PK\x05\x06" + bytes(18),
    "truncated": lambda data: data[: len(data) // 2],
    "last byte missing": lambda data: data[:-1],
    "first byte missing": lambda data: data[1:],
}


@pytest.mark.parametrize("damage", WHOLE_FILES.values(), ids=WHOLE_FILES)
def test_foreign_files(damage: Callable[[bytes], bytes], saved: Path, tmp_path: Path) -> None:
    """A file that is no model is refused by name."""
    path = tmp_path / "foreign.npz"
    path.write_bytes(damage(saved.read_bytes()))
    with pytest.raises(ModelFormatError, match=r"foreign\.npz: not a model file"):
        Model.load(path)


MEMBERS: dict[str, tuple[str, Callable[[Model], bytes | None], str]] = {
    "no header": ("header", lambda _: None, "it holds no 'header'"),
    "no weights": ("weights", lambda _: None, "it holds no 'weights'"),
    "no layer": ("layers", lambda _: None, "it holds no 'layers'"),
    "pickled weights": ("weights", lambda _: npy(MALICE, allow_pickle=True), r"weights is .*'\|O'"),
    "pickled header": ("header", lambda _: npy(MALICE, allow_pickle=True), "not JSON"),
    "raw pickle": ("scales", lambda _: pickle.dumps(Malice()), "scales is not in the .npy format"),
    "empty member": ("scales", lambda _: b"", "scales is not in the .npy format"),
    "newer npy": (
        "scales",
        lambda m: npy(m.scales, version=(2, 0)),
        "scales is not in the .npy format, version 1.0",
    ),
    "endless npy header": (
        "scales",
        lambda _: b"\x93NUMPY\x01\x00\xff\xff" + b" " * 900,
        "scales is not in the .npy format",
    ),
    "npy header of code": (
        "scales",
        lambda _: b"\x93NUMPY\x01\x00\x10\x00__import__('os')",
        "does not say what array it is",
    ),
    "npy header of brackets": (
        "scales",
        lambda _: b"\x93NUMPY\x01\x00\xe8\x03" + b"(" * 1000,
        "does not say what array it is",
    ),
    "npy header of a list": (
        "scales",
        lambda _: b"\x93NUMPY\x01\x00\x06\x00[1, 2]",
        r"scales is \[1, 2\]",
    ),
    "short": ("scales", lambda m: npy(m.scales)[:-1], "scales has 55 bytes of numbers, not 56"),
    "long": ("scales", lambda m: npy(m.scales) + b"x", "scales has 57 bytes of numbers, not 56"),
    "too large": ("scales", lambda _: npy(np.zeros(999)), "scales is larger than"),
    "wrong type": ("scales", lambda m: npy(m.scales.astype(">f4")), "scales is .*'>f4'"),
    "wrong shape": ("scales", lambda m: npy(m.scales[1:]), r"scales is .*\(13,\).*\(14,\)"),
    "wrong order": (
        "entry",
        lambda m: npy(np.asfortranarray(m.network.entry)),
        "entry is .*'fortran_order': True",
    ),
    "nan": (
        "answer",
        lambda m: npy(m.network.answer * np.float32("nan")),
        "answer holds .* not finite",
    ),
    "infinity": ("biases", lambda m: npy(m.biases + np.float32("inf")), "biases .* not finite"),
    "huge": ("biases", lambda m: npy(m.biases + np.float32(1e30)), r"biases .* beyond 10000"),
    "header not JSON": ("header", lambda _: npy(np.zeros(9, np.uint8)), "header is not JSON"),
    "deep header": ("header", lambda _: npy(np.frombuffer(b"[" * 99_999, np.uint8)), "not JSON"),
    "list as header": ("header", lambda _: npy(np.frombuffer(b"[1]", np.uint8)), r"version \[1\]"),
    "format": ("header", lambda m: header(m, format=99), "format version 99.* reads 1; train"),
    "features": ("header", lambda m: header(m, features=-1), "features are -1.*train the model"),
    "context": ("header", lambda m: header(m, context=99), "context are 99"),
    "kinds": ("header", lambda m: header(m, kinds=["spam"]), r"kinds are \['spam'\]"),
    "no units": ("header", lambda m: header(m, units=None), "None units, where an even number"),
    "none at all": ("header", lambda m: header(m, units=0), "0 units"),
    "units of text": ("header", lambda m: header(m, units="9"), "'9' units"),
    "units of truth": ("header", lambda m: header(m, units=True), "True units"),
    "endless units": ("header", lambda m: header(m, units=10**12), "1000000000000 units"),
    "odd units": ("header", lambda m: header(m, units=33), "33 units"),
    "other units": ("header", lambda m: header(m, units=34), r"entry is .* \(34, \d+\)"),
}


@pytest.mark.parametrize(("member", "make", "message"), MEMBERS.values(), ids=MEMBERS)
def test_hostile_members(
    member: str,
    make: Callable[[Model], bytes | None],
    message: str,
    model: Model,
    saved: Path,
    tmp_path: Path,
) -> None:
    """Whatever a member holds, the file is refused in a message that names it and stays short."""
    path = change(saved, tmp_path / "hostile.npz", **{member: make(model)})
    with pytest.raises(ModelFormatError, match=message) as refusal:
        Model.load(path)
    text = str(refusal.value)
    assert text.startswith(str(path))
    assert len(text) < len(str(path)) + 400
    assert "allow_pickle" not in text


@pytest.mark.parametrize("member", ["header", "weights", "layers"])
def test_zip_bomb(member: str, saved: Path, tmp_path: Path) -> None:
    """A member that would blow up to 256 MB is refused before it does."""
    path = change(saved, tmp_path / "bomb.npz", **{member: bytes(1 << 28)})
    tracemalloc.start()
    with pytest.raises(ModelFormatError, match=rf"bomb\.npz: {member} is larger than"):
        Model.load(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 25


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_other_compression(method: int, saved: Path, tmp_path: Path) -> None:
    """Methods of compression whose output cannot be limited are refused."""
    path = tmp_path / "other.npz"
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(ModelFormatError, match="compressed by an unknown method"):
        Model.load(path)


def test_encrypted(saved: Path, tmp_path: Path) -> None:
    """Encrypted members are refused."""
    data = bytearray(saved.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    path = tmp_path / "encrypted.npz"
    path.write_bytes(data)
    with pytest.raises(ModelFormatError, match=r"encrypted\.npz"):
        Model.load(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_random_files(data: bytes, tmp_path: Path) -> None:
    """Random bytes are refused."""
    path = tmp_path / "random.npz"
    path.write_bytes(data)
    with pytest.raises(ModelFormatError, match=r"random\.npz"):
        Model.load(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data())
def test_random_damage(data: st.DataObject, saved: Path, tmp_path: Path) -> None:
    """A file with some bytes changed is refused or, where nothing depends on them, loaded."""
    content = bytearray(saved.read_bytes())
    anywhere = st.integers(0, len(content) - 1)
    tail = st.integers(len(content) - 1200, len(content) - 1)  # the directory of the archive
    head = st.integers(0, 100)
    for place in data.draw(st.lists(st.one_of(anywhere, tail, head), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.npz"
    path.write_bytes(content)
    try:
        Model.load(path)
    except ModelFormatError as error:
        assert str(path) in str(error)  # noqa: PT017 (it need not be raised)


def test_repr(model: Model) -> None:
    """A model names what it was trained on, and shows no arrays."""
    assert repr(model) == f"<Model trained on {model.header['training']['documents']} documents>"


@pytest.mark.parametrize("facts", [{"training": "much"}, {"adapted_on": {}}], ids=["base", "more"])
def test_wrong_facts(facts: dict[str, Any], model: Model, tmp_path: Path) -> None:
    """A header that tells of the training in another way is refused."""
    replace(model, header=dict(model.header) | facts).save(tmp_path / "m.npz")
    with pytest.raises(ModelFormatError, match="does not say what it was trained on"):
        Model.load(tmp_path / "m.npz")


def test_repr_adapted(model: Model) -> None:
    """An adapted model says that it is one."""
    adapted = replace(model, header=dict(model.header) | {"adapted_on": [{"paragraphs": 50}]})
    assert "documents, adapted>" in repr(adapted)


def test_frozen(model: Model) -> None:
    """A model cannot be changed, but copied with a change."""
    with pytest.raises(AttributeError):
        model.biases = model.scales  # type: ignore[misc]
    assert replace(model, biases=model.scales).biases is model.scales
