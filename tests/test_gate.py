"""The shipped model is as good as it was."""

from pathlib import Path

import pytest
from evaluation import gate


def test_floors() -> None:
    """Every measure reaches its pinned floor."""
    cases = gate.read_cases()
    assert gate.compare(cases, gate.measure(cases)) == []


CASES = [{"text": "x", "label": "content"}]


def test_changed_cases() -> None:
    """Cases that were changed without pinning are noticed."""
    assert "changed" in gate.compare(CASES, {})[0]


@pytest.fixture
def floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the floors stand, once pinned at 0.8."""
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.json")
    gate.pin(CASES, {"content kept": 0.8}, allow_lower=False)
    return gate.FLOORS


def test_missed_floor(floors: Path) -> None:
    """A measure below its floor by more than scores differ between machines is named."""
    assert floors.exists()
    assert gate.compare(CASES, {"content kept": 0.7981}) == []
    (wrong,) = gate.compare(CASES, {"content kept": 0.7979})
    assert wrong == "content kept is 0.7979, below its floor of 0.8000"


def test_lowering(floors: Path) -> None:
    """A floor is lowered only on demand, and raised without."""
    before = floors.read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="content kept; that takes --allow-lower"):
        gate.pin(CASES, {"content kept": 0.7}, allow_lower=False)
    assert floors.read_text(encoding="utf-8") == before
    for lower, value in ((True, 0.7), (False, 0.9)):
        gate.pin(CASES, {"content kept": value}, allow_lower=lower)
        assert gate.compare(CASES, {"content kept": value}) == []
        assert gate.compare(CASES, {"content kept": value - 0.1}) != []


def test_lowering_without_pinning(capsys: pytest.CaptureFixture[str]) -> None:
    """The leave to lower floors is refused where nothing is pinned."""
    with pytest.raises(SystemExit):
        gate.main(["--allow-lower"])
    assert "--allow-lower does nothing without --pin" in capsys.readouterr().err
