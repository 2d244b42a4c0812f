"""What several tests need: a small model, trained once, and the documents it is trained on."""

import signal
from pathlib import Path

import hypothesis
import pytest

from boilerstrip import LabelledDocument, Model, read_documents, train

ROOT = Path(__file__).parents[1]

# A shared machine may stall at any moment: time is not what these tests are about.
hypothesis.settings.register_profile("boilerstrip", deadline=None)
hypothesis.settings.load_profile("boilerstrip")


@pytest.fixture(scope="session")
def documents() -> list[LabelledDocument]:
    """Return some of the project's own labelled documents."""
    whole = list(read_documents(ROOT / "training_data" / "documents" / "en.jsonl"))
    lone = list(read_documents(ROOT / "training_data" / "hard" / "en.jsonl"))
    # With a few whole ones, what is usual to a document would be far from all that step 2 has seen:
    # its logits would be hundreds, and their rounding would show up in the scores.
    return whole[:120] + lone[:400]


@pytest.fixture(scope="session")
def model(documents: list[LabelledDocument]) -> Model:
    """Return a small model, better than chance and no more."""
    return train(documents)


@pytest.fixture(scope="session")
def model_file(model: Model, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the file of the small model."""
    path = tmp_path_factory.mktemp("models") / "model.npz"
    model.save(path)
    return str(path)


@pytest.fixture(autouse=True, scope="session")
def _interruptible() -> None:
    """Let Ctrl-C arrive in the processes that tests start.

    A shell starts what runs in its background with Ctrl-C ignored, and children inherit that.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
