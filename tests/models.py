"""What tests make of models."""

from dataclasses import replace
from typing import Any

import numpy.typing as npt

from boilerstrip import Model

__all__ = ["list_arrays", "make_sterner"]


def list_arrays(model: Model) -> list[npt.NDArray[Any]]:
    """List all numbers of a model."""
    return [model.weights, model.scales, model.biases, *model.network]


def make_sterner(model: Model, by: float) -> Model:
    """Make a model whose logits are all greater: it takes more for boilerplate."""
    network = model.network
    return replace(model, network=network._replace(answer_bias=network.answer_bias + by))
