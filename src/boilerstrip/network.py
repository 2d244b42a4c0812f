"""Step 2 of the model: a small convolutional network over the paragraphs of a document.

It turns what is said of each paragraph into some numbers, its units. Then each of its layers adds
to them what these, and half of the units of a paragraph some way before and of one as far behind,
amount to: 1, 2, 4, then 8 paragraphs away, so that in the end 15 on either side were seen. The
first layer also adds what the whole document amounts to: the means of its units, of all paragraphs
and of all words. Such dilated convolutions are described by Yu and Koltun, "Multi-scale context
aggregation by dilated convolutions", 2016; layers that add to what is there already by He et al.,
"Deep residual learning for image recognition", 2016.

In here a row is one number of all paragraphs, as in `boilerstrip.context`.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from boilerstrip.arrays import AnyInts, Floats, Ints, find_sizes

__all__ = [
    "DILATIONS",
    "MEANS",
    "Documents",
    "Network",
    "average",
    "blank_lacking",
    "find_documents",
    "run",
    "shapes",
    "shift",
    "split_seen",
]

DILATIONS = (1, 2, 4, 8)  # paragraphs that each layer looks away
MEANS = 2  # of all paragraphs, of all words

STEP = 128  # paragraphs that are multiplied at a time: whole vectors of the processor, and so few
# that OpenBLAS does not wake threads, and wait for them


class Network(NamedTuple):
    """The numbers of a network, a row a unit; see `shapes`.

    Attributes:
        entry: what makes units of what is said of a paragraph.
        entry_bias: their biases.
        document: what makes a bias, of the first layer, of the means of a document's units.
        layers: for each layer, what it makes of what it sees: of half of the units of the paragraph
            before, of those of this one, and of half of those of the one behind.
        layer_biases: their biases.
        answer: what makes the logit of a paragraph's units, and of what is said of it.
        answer_bias: its bias.
    """

    entry: Floats
    entry_bias: Floats
    document: Floats
    layers: Floats
    layer_biases: Floats
    answer: Floats
    answer_bias: Floats

    @property
    def units(self) -> int:
        """How many numbers it makes of each paragraph."""
        return len(self.entry)


def shapes(units: int, inputs: int) -> Mapping[str, tuple[int, ...]]:
    """Tell the shapes of the arrays of a network of so many units and inputs."""
    layers = len(DILATIONS)
    return {
        "entry": (units, inputs),
        "entry_bias": (units, 1),
        "document": (units, MEANS * units),
        "layers": (layers, units, 2 * units),
        "layer_biases": (layers, units, 1),
        "answer": (1, units + inputs),
        "answer_bias": (1, 1),
    }


class Documents(NamedTuple):
    """Which paragraphs are of which document.

    Attributes:
        starts: the first paragraph of each.
        sizes: how many each has.
        tokens: of each paragraph, shape ``(paragraphs,)``; of each document, ``(documents,)``.
        lacking: for each of `DILATIONS`, the paragraphs of whose document none is that far before,
            and those with none that far behind.
    """

    starts: Ints
    sizes: Ints
    tokens: tuple[Floats, Floats]
    lacking: tuple[tuple[Ints, Ints], ...]


def find_documents(starts: Ints, tokens: AnyInts) -> Documents:
    """Find out what the network has to know of some documents.

    Args:
        starts: first paragraph of each document, rising from 0; no document is empty.
        tokens: of each paragraph.
    """
    sizes = find_sizes(starts, tokens.size)
    counts = tokens.astype(np.float32)
    of_documents = np.add.reduceat(counts, starts)
    return Documents(starts, sizes, (counts, of_documents), _find_lacking(starts, sizes))


def _find_lacking(starts: Ints, sizes: Ints) -> tuple[tuple[Ints, Ints], ...]:
    """List the first and the last paragraphs of the documents, as many as each layer looks away."""
    steps = np.arange(max(DILATIONS))
    is_there = steps < sizes[:, None]
    first = starts[:, None] + steps
    last = (starts + sizes - 1)[:, None] - steps
    return tuple(
        (first[:, :dilation][is_there[:, :dilation]], last[:, :dilation][is_there[:, :dilation]])
        for dilation in DILATIONS
    )


def run(network: Network, inputs: Floats, documents: Documents) -> Floats:
    """Give the logits, shape ``(paragraphs,)``, for inputs of shape ``(inputs, paragraphs)``."""
    rows = network.layers.shape[2]
    workspace = np.empty((rows + network.units, inputs.shape[1]), np.float32)
    seen, added = workspace[:rows], workspace[rows:]
    _, units, _ = split_seen(seen)
    _multiply(network.entry, inputs, units)
    units += network.entry_bias
    np.maximum(units, np.zeros(inputs.shape[1], np.float32), out=units)
    for layer, bias in enumerate(_find_biases(network, units, documents)):
        shift(seen, layer, documents)
        _multiply(network.layers[layer], seen, added)
        added += bias
        added += units
        np.maximum(units, added, out=units)  # numpy is slower with a 0, here and above
    logits = np.empty((2, inputs.shape[1]), np.float32)
    _multiply(network.answer[:, : network.units], units, logits[:1])
    _multiply(network.answer[:, network.units :], inputs, logits[1:])
    logits[0] += logits[1]
    answers: Floats = logits[0] + network.answer_bias[0]
    return answers


def _find_biases(network: Network, units: Floats, documents: Documents) -> Iterator[Floats]:
    """Find what each layer adds whatever it sees: the first one, what the document says."""
    means = average(units, documents)
    of_documents = np.empty((network.units, means.shape[1]), np.float32)
    _multiply(network.document, means, of_documents)
    of_documents += network.layer_biases[0]
    yield of_documents.repeat(documents.sizes, axis=1)
    yield from network.layer_biases[1:]


def average(units: Floats, documents: Documents) -> Floats:
    """Average the units of each document, over its paragraphs and over its words."""
    of_paragraphs, of_documents = documents.tokens
    by_paragraph = np.add.reduceat(units, documents.starts, axis=1)
    by_paragraph /= documents.sizes.astype(np.float32)
    by_word = np.add.reduceat(units * of_paragraphs, documents.starts, axis=1)
    by_word /= of_documents
    return np.concatenate([by_paragraph, by_word])


def split_seen(seen: Floats) -> tuple[Floats, Floats, Floats]:
    """Split what a layer sees: of the paragraph before, of this one, of the one behind."""
    part = len(seen) // 4
    return seen[:part], seen[part:-part], seen[-part:]


def shift(seen: Floats, layer: int, documents: Documents) -> None:
    """Fill in, beside the units, half of those before and behind; 0 where there are none."""
    before, units, behind = split_seen(seen)
    half = units[: len(before)]
    dilation = DILATIONS[layer]
    before[:, dilation:] = half[:, :-dilation]
    behind[:, :-dilation] = half[:, dilation:]
    blank_lacking(before, behind, documents.lacking[layer])


def blank_lacking(before: Floats, behind: Floats, lacking: tuple[Ints, Ints]) -> None:
    """Put 0 where nothing lies before, and where nothing lies behind."""
    none_before, none_behind = lacking
    before[:, none_before] = 0
    behind[:, none_behind] = 0


def _multiply(matrix: Floats, values: Floats, products: Floats) -> None:
    whole = values.shape[1] - values.shape[1] % STEP
    if whole:
        in_steps = _in_steps(values[:, :whole]), _in_steps(products[:, :whole])
        np.matmul(matrix, in_steps[0], out=in_steps[1])
    if whole < values.shape[1]:
        np.matmul(matrix, values[:, whole:], out=products[:, whole:])


def _in_steps(values: Floats) -> Floats:
    return values.reshape(len(values), -1, STEP).transpose(1, 0, 2)
