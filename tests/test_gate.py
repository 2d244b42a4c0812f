"""The shipped model is as good as it was."""

import json

import pytest
from evaluation import gate


def test_floors() -> None:
    """Every measure reaches its pinned floor."""
    assert gate.compare() == []


def test_changed_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases that were changed without pinning are noticed."""
    monkeypatch.setattr(gate, "read_cases", lambda: [{"text": "x", "label": "content"}])
    assert "changed" in gate.compare()[0]


def test_lowering(monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor is not lowered without being told so."""
    before = gate.FLOORS.read_text(encoding="utf-8")
    floors = json.loads(before)["floors"]
    monkeypatch.setattr(
        gate, "measure", lambda _: {name: value - 0.1 for name, value in floors.items()}
    )
    with pytest.raises(SystemExit, match="--allow-lower"):
        gate.pin(allow_lower=False)
    assert gate.FLOORS.read_text(encoding="utf-8") == before
