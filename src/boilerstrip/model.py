"""The trained model: arrays and a header, how they score paragraphs, and the file they live in."""

import functools
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from boilerstrip import context, features, model_file, network
from boilerstrip.errors import ModelFormatError
from boilerstrip.paragraphs import KINDS

__all__ = ["Model", "Scores", "load_default", "score_alone"]

Counts = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

WORDS = features.SHAPE.index("tokens")  # one more: the end counts as a token
WEIGHT_ZERO = 128  # the byte that stands for a weight of 0
FIRST_KIND = context.OUTPUTS - len(KINDS)  # step-1 outputs from here on stand for the kinds
MOST_LAYERS, WIDEST_LAYER = 8, 1024

FIXED_SHAPES: Mapping[str, tuple[str, tuple[int, ...]]] = MappingProxyType(
    {
        "weights": ("uint8", (features.ROWS, context.OUTPUTS)),
        "scales": ("float32", (context.OUTPUTS,)),
        "biases": ("float32", (context.OUTPUTS,)),
        "means": ("float32", (context.WIDTH,)),
        "deviations": ("float32", (context.WIDTH,)),
    }
)
"""Type and shape of the arrays that do not depend on the layer sizes."""


class Scores(NamedTuple):
    """What the model says of some paragraphs.

    All of shape ``(paragraphs,)``: `boilerplate` is the probability that each is boilerplate,
    `kinds` the number in `boilerstrip.KINDS` of the kind it would then be, `words` how many words
    it has.
    """

    boilerplate: Floats
    kinds: Ints
    words: Counts


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A trained model: arrays, and a header that tells where they come from.

    Attributes:
        header: JSON-like: parameters of the features, kinds, layer sizes, facts about training.
        weights: step 1: a row a feature, a column an output, 128 standing for 0.
        scales: what one step of each output's weights is worth.
        biases: of the outputs.
        means: of step 2's inputs in training.
        deviations: standard deviations of the same.
        layers: step 2: matrix and bias of each layer; the last one has one column.
    """

    header: Mapping[str, Any]
    weights: npt.NDArray[np.uint8]
    scales: Floats
    biases: Floats
    means: Floats
    deviations: Floats
    layers: tuple[tuple[Floats, Floats], ...]
    folded: network.Network = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make step 2 ready to run."""
        folded = network.fold(self.means, self.deviations, self.layers)
        object.__setattr__(self, "folded", folded)

    def predict(self, paragraphs: Sequence[str], document_starts: Ints) -> Scores:
        """Score the paragraphs of some documents.

        Args:
            paragraphs: those of all documents, in order.
            document_starts: the first paragraph of each document; none is empty.
        """
        if not paragraphs:
            return Scores(np.empty(0, np.float32), np.empty(0, np.int64), np.empty(0, np.int32))
        outputs, shape = score_alone(paragraphs, self.weights, self.scales, self.biases)
        described = context.describe(outputs, shape, document_starts)
        kinds = outputs.T[FIRST_KIND:].argmax(axis=0)
        scores = context.to_probabilities(network.run(self.folded, described.T))
        return Scores(scores, kinds, shape[:, WORDS] - 1)

    def save(self, path: str | Path) -> None:
        """Write the model to a ``.npz`` file, replacing it if there is one.

        Args:
            path: the file.
        """
        arrays = {name: getattr(self, name) for name in FIXED_SHAPES}
        for number, (weights, bias) in enumerate(self.layers):
            arrays[f"layer_{number}"], arrays[f"layer_bias_{number}"] = weights, bias
        model_file.write(path, self.header, arrays)

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
        header = model_file.read_header(path)
        sizes = _layer_sizes(header, path)
        expected = dict(FIXED_SHAPES)
        for number, (inputs, outputs) in enumerate(pairwise(sizes)):
            expected[f"layer_{number}"] = ("float32", (inputs, outputs))
            expected[f"layer_bias_{number}"] = ("float32", (outputs,))
        arrays = model_file.read_arrays(path, expected)
        if arrays["deviations"].min() <= 0:
            raise ModelFormatError(f"{path}: deviations of 0 or less")
        layers = tuple(
            (arrays[f"layer_{number}"], arrays[f"layer_bias_{number}"])
            for number in range(len(sizes) - 1)
        )
        return cls(header=header, layers=layers, **{name: arrays[name] for name in FIXED_SHAPES})


def score_alone(
    paragraphs: Sequence[str], weights: npt.NDArray[np.uint8], scales: Floats, biases: Floats
) -> tuple[Floats, Counts]:
    """Step 1: score each paragraph by itself.

    The result for a paragraph is the same, to the last bit, in whatever company it comes.

    Args:
        paragraphs: one or more.
        weights: as in `Model`, like the other two.
        scales: of the weights.
        biases: of the outputs.

    Returns:
        Outputs of shape ``(paragraphs, 16)``, and the shapes as in `features.Features`; both are
        stored column by column.
    """
    table = weights.view("<u8")
    outputs: Floats = np.empty((context.OUTPUTS, len(paragraphs)), np.float32)
    shape: Counts = np.empty((len(features.SHAPE), len(paragraphs)), np.int32)
    end = 0
    for piece in features.extract(paragraphs):
        here = slice(end, end + len(piece.shape))
        end = here.stop
        shape[:, here] = piece.shape.T
        terms = 2 * piece.shape[:, WORDS] + piece.shape_rows.shape[1]
        sums = features.sum_weights(table, piece).T - WEIGHT_ZERO * terms
        scaled = np.multiply(sums, scales[:, None], out=outputs[:, here], dtype=np.float32)
        scaled /= np.sqrt(terms, dtype=np.float32)
        scaled += biases[:, None]
    return outputs.T, shape.T


def _layer_sizes(header: Mapping[str, Any], path: str | Path) -> list[int]:
    """Check the header against this version, and return the sizes of step 2's layers."""
    expected = {"features": features.VERSION, "context": context.WIDTH, "kinds": list(KINDS)}
    for name, value in expected.items():
        if header.get(name) != value:
            raise ModelFormatError(
                f"{path}: its {name} are {reprlib.repr(header.get(name))}, this version of "
                f"boilerstrip has {value!r}; train the model again"
            )
    sizes = header.get("layers")
    if (
        not isinstance(sizes, list)
        or len(sizes) not in range(2, MOST_LAYERS + 1)
        or any(type(size) is not int or not 1 <= size <= WIDEST_LAYER for size in sizes)
        or (sizes[0], sizes[-1]) != (context.WIDTH, 1)
    ):
        raise ModelFormatError(
            f"{path}: layers of sizes {reprlib.repr(sizes)}, where at most {MOST_LAYERS} sizes up "
            f"to {WIDEST_LAYER} are expected, from {context.WIDTH} to 1"
        )
    return sizes


@functools.cache
def load_default() -> Model:
    """Return the model that comes with boilerstrip, read once."""
    with resources.as_file(resources.files("boilerstrip") / "default_model.npz") as path:
        return Model.load(path)
