"""The trained model: arrays and a header, how they score paragraphs, and the file they live in."""

import functools
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import numpy as np

from boilerstrip import context, features, linear, model_file
from boilerstrip.arrays import Bytes, Counts, Flags, Floats, Ints
from boilerstrip.errors import ModelFormatError
from boilerstrip.network import Network, find_documents, run, shapes
from boilerstrip.overlap import measure_overlap
from boilerstrip.paragraphs import KINDS

__all__ = ["OUTPUTS", "Model", "Scores", "check_model", "load_default"]

FIRST_KIND = context.OUTPUTS  # the first output that tells a kind
OUTPUTS = FIRST_KIND + len(KINDS)
"""Outputs of step 1: those that step 2 sees, and behind them one for each kind."""

MOST_UNITS = 64  # of step 2; numbers as large as may be do not overflow with these

FIXED_SHAPES: Mapping[str, tuple[str, tuple[int, ...]]] = MappingProxyType(
    {
        "weights": ("uint8", (features.ROWS, OUTPUTS)),
        "scales": ("float32", (OUTPUTS,)),
        "biases": ("float32", (OUTPUTS,)),
    }
)
"""Type and shape of the arrays of step 1."""


class Scores(NamedTuple):
    """What the model says of some paragraphs.

    Attributes:
        boilerplate: the probability that each is boilerplate, shape ``(paragraphs,)``.
        words: how many words each has, of the same shape.
        pieces: their features, for `Model.tell_kinds`; none if they were not to be held.
    """

    boilerplate: Floats
    words: Counts
    pieces: list[features.Features]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model:
    """A trained model: arrays, and a header that tells where they come from.

    Attributes:
        header: JSON-like: parameters of the features, kinds, units, facts about training.
        weights: step 1: a row a feature, a column an output, 128 standing for 0.
        scales: what one step of each output's weights is worth.
        biases: of the outputs.
        network: step 2.
    """

    header: Mapping[str, Any]
    weights: Bytes
    scales: Floats
    biases: Floats
    network: Network
    packed: linear.Linear = field(init=False)
    packed_kinds: linear.Linear = field(init=False)

    def __repr__(self) -> str:
        """Name what it was trained on; the arrays would fill pages."""
        facts = self.header.get("training", {})
        adapted = ", adapted" if self.header.get("adapted_on") else ""
        return f"<Model trained on {facts.get('documents', 'unknown')} documents{adapted}>"

    def __post_init__(self) -> None:
        """Make step 1 ready to run."""
        step_1 = self.weights, self.scales, self.biases
        object.__setattr__(self, "packed", linear.pack(*step_1, slice(FIRST_KIND)))
        object.__setattr__(self, "packed_kinds", linear.pack(*step_1, slice(FIRST_KIND, OUTPUTS)))

    def predict(
        self, paragraphs: Sequence[str], document_starts: Ints, *, hold_pieces: bool = False
    ) -> Scores:
        """Score the paragraphs of some documents.

        Args:
            paragraphs: those of all documents, in order.
            document_starts: the first paragraph of each document; none is empty.
            hold_pieces: return the features too, which `tell_kinds` needs; else each piece is
                dropped when it is scored, which is faster.
        """
        if not paragraphs:
            return Scores(np.empty(0, np.float32), np.empty(0, np.int32), [])
        pieces = list(features.extract(paragraphs)) if hold_pieces else []
        outputs, shape, stems = linear.run(self.packed, pieces or features.extract(paragraphs))
        tokens = shape[:, features.TOKENS]
        overlap = measure_overlap(stems, outputs[:, context.MAIN_OUTPUT], tokens, document_starts)
        described = context.describe(outputs, shape, overlap, document_starts)
        documents = find_documents(document_starts, tokens)
        logits = run(self.network, described.T, documents)
        logits = context.raise_inserted(logits, outputs, shape, document_starts)
        scores = context.to_probabilities(logits)
        return Scores(scores, tokens - 1, pieces)

    def tell_kinds(self, pieces: Sequence[features.Features], wanted: Flags) -> Ints:
        """Tell of what kind boilerplate is.

        Args:
            pieces: features of paragraphs, as `predict` returns them with `hold_pieces`.
            wanted: whether each of them is boilerplate.

        Returns:
            For each that is wanted the number in `boilerstrip.KINDS`.
        """
        kinds = [np.empty(0, np.int64)]
        end = 0
        for piece in pieces:
            here = wanted[end : end + len(piece.shape)]
            end += here.size
            if here.any():
                outputs = linear.score(self.packed_kinds, features.select(piece, here))
                kinds.append(outputs.argmax(axis=0))
        return np.concatenate(kinds)

    def save(self, path: str | Path) -> None:
        """Write the model to a ``.npz`` file, replacing it if there is one.

        Args:
            path: the file.
        """
        arrays = {name: getattr(self, name) for name in FIXED_SHAPES}
        model_file.write(path, self.header, arrays | self.network._asdict())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model from a file that `save` wrote.

        Sizes, types and finiteness are checked, and nothing in the file is ever executed.

        Args:
            path: the file.

        Raises:
            ModelFormatError: the file is no such model, damaged, or of another format version.
            OSError: it cannot be read.
        """
        with model_file.open_file(path) as file:
            header = model_file.read_header(file)
            expected = shapes(_find_units(header, path), context.WIDTH)
            of_network = {name: ("float32", shape) for name, shape in expected.items()}
            step_2 = model_file.read_arrays(file, of_network)
            step_1 = model_file.read_arrays(file, FIXED_SHAPES)
        return cls(header=header, network=Network(**step_2), **step_1)


def _find_units(header: Mapping[str, Any], path: str | Path) -> int:
    """Check the header against this version, and return the units of step 2."""
    expected = {"features": features.VERSION, "context": context.VERSION, "kinds": list(KINDS)}
    for name, value in expected.items():
        if header.get(name) != value:
            raise ModelFormatError(
                f"{path}: its {name} are {reprlib.repr(header.get(name))}, this version of "
                f"boilerstrip has {value!r}; train the model again"
            )
    facts, adapted_on = header.get("training", {}), header.get("adapted_on", [])
    if not isinstance(facts, dict) or not isinstance(adapted_on, list):
        raise ModelFormatError(f"{path}: its header does not say what it was trained on")
    units = header.get("units")
    if type(units) is not int or units not in range(2, MOST_UNITS + 1, 2):
        raise ModelFormatError(
            f"{path}: {reprlib.repr(units)} units, where an even number up to {MOST_UNITS} belongs"
        )
    return units


def check_model(name: str, model: object) -> None:
    """Check an argument of that name.

    Raises:
        TypeError: it is no `Model`.
    """
    if not isinstance(model, Model):
        raise TypeError(f"{name} is {type(model).__name__}; it must be a Model, see Model.load")


@functools.cache
def load_default() -> Model:
    """Return the model that comes with boilerstrip, read once."""
    with resources.as_file(resources.files("boilerstrip") / "default_model.npz") as path:
        return Model.load(path)
