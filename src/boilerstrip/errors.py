"""Errors that boilerstrip raises beside `TypeError` and `ValueError`."""

__all__ = ["BoilerstripError", "CorpusError", "ModelFormatError", "TrainingDataError"]


class BoilerstripError(Exception):
    """What all errors of boilerstrip's own have in common."""


class CorpusError(BoilerstripError):
    """Files cannot be cleaned as asked: what is in them, or what stands in the way."""


class ModelFormatError(BoilerstripError):
    """A file is not a model that this version of boilerstrip can read."""


class TrainingDataError(BoilerstripError):
    """Labelled documents are malformed, or too few to train or evaluate on."""
