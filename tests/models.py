"""What tests make of models."""

from dataclasses import replace
from itertools import chain
from typing import Any

import numpy.typing as npt

from boilerstrip import Model

__all__ = ["list_arrays", "make_sterner"]


def list_arrays(model: Model) -> list[npt.NDArray[Any]]:
    """List all numbers of a model."""
    of_looks = ((*look[:2], *chain(*look.layers)) for look in model.looks)
    return [model.weights, model.scales, model.biases, *chain(*of_looks)]


def make_sterner(model: Model, by: float) -> Model:
    """Make a model whose logits are all greater: it takes more for boilerplate."""
    first, second = model.looks
    *layers, (weights, bias) = second.layers
    return replace(model, looks=(first, second._replace(layers=(*layers, (weights, bias + by)))))
