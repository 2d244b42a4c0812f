"""How the network of step 2 is fitted: its gradients, and descent along them.

Descent is by Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015), with dropout
(Srivastava et al., 2014). What is kept is the average of the network on its way (Polyak and
Juditsky, "Acceleration of stochastic approximation by averaging", 1992), the latest counting most.
How the values were chosen: docs/choices.md.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from boilerstrip.arrays import AnyInts, Doubles, Floats, Ints
from boilerstrip.context import to_probabilities
from boilerstrip.network import (
    DILATIONS,
    MEANS,
    Documents,
    Network,
    average,
    blank_lacking,
    find_documents,
    shapes,
    shift,
    split_seen,
)
from boilerstrip.training.views import list_ranges

__all__ = ["Views", "descend"]

BATCH = 4096  # paragraphs or so, of whole documents
RATES = (2e-3, 1e-3)  # of learning, each for some epochs
EPOCHS, FEWEST_UPDATES = 5, 100  # at each rate: more epochs where batches are few
DROPOUT = 0.1  # of what a layer adds
AVERAGED = 0.1  # of all updates: how far back the average reaches
DECAYS = (0.9, 0.999)  # of Adam's averages of gradients, and of their squares
EPSILON = 1e-8


class Views(NamedTuple):
    """What the network is fitted to.

    Attributes:
        inputs: of each paragraph, standardised, shape ``(paragraphs, inputs)``.
        tokens: of each paragraph.
        starts: the first paragraph of each document.
        sizes: how many paragraphs each has.
        labels: 1 for boilerplate, 0 for content; anything where the weight is 0.
        weights: of each paragraph, 1 on average.
    """

    inputs: Floats
    tokens: AnyInts
    starts: Ints
    sizes: Ints
    labels: Ints
    weights: Doubles

    def select(self, documents: Ints) -> "Views":
        """Select some documents."""
        sizes = self.sizes[documents]
        rows = list_ranges(self.starts[documents], sizes)
        return Views(
            self.inputs[rows],
            self.tokens[rows],
            sizes.cumsum() - sizes,
            sizes,
            self.labels[rows],
            self.weights[rows],
        )


def descend(views: Views, units: int, generator: np.random.Generator) -> Network:
    """Fit a network of so many units."""
    network = _draw(units, views.inputs.shape[1], generator)
    averaged = Network(*map(np.copy, network))
    means, squares = ([np.zeros_like(array) for array in network] for _ in DECAYS)
    batch = min(BATCH, len(views.inputs))
    epochs = max(EPOCHS, FEWEST_UPDATES * batch // len(views.inputs))
    span = max(1, AVERAGED * len(RATES) * epochs * len(views.inputs) / batch)
    updates = 0
    for rate in RATES:
        for documents in _draw_batches(views, epochs, batch, generator):
            updates += 1
            bias, bias_of_squares = (1 - decay**updates for decay in DECAYS)
            gradients = find_gradients(network, views.select(documents), generator)
            for number, gradient in enumerate(gradients):
                means[number] += (1 - DECAYS[0]) * (gradient - means[number])
                squares[number] += (1 - DECAYS[1]) * (gradient**2 - squares[number])
                deviation = np.sqrt(squares[number] / bias_of_squares) + EPSILON
                network[number][:] -= rate * (means[number] / bias) / deviation
                averaged[number][:] += (network[number] - averaged[number]) / span
    return averaged


def _draw(units: int, inputs: int, generator: np.random.Generator) -> Network:
    """Draw weights to start from; biases are 0."""
    network = Network(
        **{name: np.zeros(s, np.float32) for name, s in shapes(units, inputs).items()}
    )
    for matrix in (network.entry, network.document, *network.layers, network.answer):
        limit = matrix.shape[1] ** -0.5
        matrix[:] = generator.uniform(-limit, limit, matrix.shape)
    return network


def _draw_batches(
    views: Views, epochs: int, batch: int, generator: np.random.Generator
) -> Iterator[Ints]:
    """Draw documents that make a batch, until all have been seen so many times."""
    for _ in range(epochs):
        documents = generator.permutation(views.sizes.size)
        numbers = views.sizes[documents].cumsum() // batch
        yield from np.split(documents, np.flatnonzero(np.diff(numbers)) + 1)


class Activations(NamedTuple):
    """What a network makes of some paragraphs, on its way to the logits.

    Attributes:
        entered: the units before the first layer.
        means: of these, in each document.
        seen: what each layer sees.
        passed: what is left of each number that a layer adds: nothing where it is not above 0 or
            dropped, else somewhat more than all.
        units: those behind the last layer.
    """

    entered: Floats
    means: Floats
    seen: list[Floats]
    passed: list[Floats]
    units: Floats


def find_gradients(
    network: Network, views: Views, generator: np.random.Generator, dropout: float = DROPOUT
) -> Network:
    """Find the gradient of the mean loss, weighted, with respect to each array of the network."""
    documents = find_documents(views.starts, views.tokens)
    inputs = views.inputs.T
    found = _activate(network, inputs, documents, generator, dropout)
    by_units, by_inputs = np.split(network.answer, [network.units], axis=1)
    logits = by_units @ found.units + by_inputs @ inputs + network.answer_bias
    of_logits = (to_probabilities(logits) - views.labels) * views.weights / len(views.inputs)
    of_logits = of_logits.astype(np.float32)

    gradients = Network(*map(np.empty_like, network))
    gradients.answer[:] = np.hstack([of_logits @ found.units.T, of_logits @ inputs.T])
    gradients.answer_bias[:] = of_logits.sum()
    of_units = by_units.T @ of_logits
    for layer in reversed(range(len(DILATIONS))):
        of_added = of_units * found.passed[layer]
        gradients.layers[layer] = of_added @ found.seen[layer].T
        gradients.layer_biases[layer] = of_added.sum(axis=1, keepdims=True)
        of_units += _shift_back(network.layers[layer].T @ of_added, layer, documents)
    of_documents = np.add.reduceat(of_added, documents.starts, axis=1)  # of the first layer
    gradients.document[:] = of_documents @ found.means.T
    of_units += _spread(network.document.T @ of_documents, documents)
    of_units *= found.entered > 0
    gradients.entry[:] = of_units @ inputs.T
    gradients.entry_bias[:] = of_units.sum(axis=1, keepdims=True)
    return gradients


def _activate(
    network: Network,
    inputs: Floats,
    documents: Documents,
    generator: np.random.Generator,
    dropout: float,
) -> Activations:
    entered = np.maximum(network.entry @ inputs + network.entry_bias, 0)
    means = average(entered, documents)
    found = Activations(entered, means, [], [], entered)
    for layer, bias in enumerate(network.layer_biases):
        seen = np.empty((network.layers.shape[2], inputs.shape[1]), np.float32)
        split_seen(seen)[1][:] = found.units
        shift(seen, layer, documents)
        added = network.layers[layer] @ seen + bias
        if layer == 0:
            added += (network.document @ means).repeat(documents.sizes, axis=1)
        is_kept = generator.random(added.shape, np.float32) >= dropout
        passed = (is_kept & (added > 0)) / np.float32(1 - dropout)
        found.seen.append(seen)
        found.passed.append(passed)
        found = found._replace(units=found.units + added * passed)
    return found


def _shift_back(of_seen: Floats, layer: int, documents: Documents) -> Floats:
    """Turn gradients of what `shift` gives into those of the units it was given."""
    before, units, behind = split_seen(of_seen)
    half = units[: len(before)]
    dilation = DILATIONS[layer]
    blank_lacking(before, behind, documents.lacking[layer])
    half[:, :-dilation] += before[:, dilation:]
    half[:, dilation:] += behind[:, :-dilation]
    return units


def _spread(of_means: Floats, documents: Documents) -> Floats:
    """Turn gradients of what `average` gives into those of the units it was given."""
    of_paragraphs, of_documents = documents.tokens
    by_paragraph, by_word = np.split(of_means, MEANS)
    sizes = documents.sizes.astype(np.float32)
    spread: Floats = np.concatenate([by_paragraph / sizes, by_word / of_documents])
    by_paragraph, by_word = np.split(spread.repeat(documents.sizes, axis=1), MEANS)
    gradients: Floats = by_paragraph + by_word * of_paragraphs
    return gradients
