"""The examples of the documentation run and clean what they show."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "engines").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_runs(example: Path, tmp_path: Path) -> None:
    """An example prints the content of its texts, and none of their boilerplate."""
    ran = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, example], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "The ferry runs again on Monday." in ran.stdout
    assert "Subscribe to our newsletter" not in ran.stdout
    assert "this site has no owner but you" not in ran.stdout
    has_null = " None" in example.read_text(encoding="utf-8")  # which stays one
    assert (re.search("None|null|nan", ran.stdout) is not None) == has_null


def test_documented() -> None:
    """The page of the documentation links each example, and shows nothing but lines of them."""
    page = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
    codes = [_lines(example.read_text(encoding="utf-8")) for example in EXAMPLES]
    shown = [_lines(code) for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL)]
    assert len(shown) >= len(EXAMPLES)
    assert [each for each in shown if not any(each <= code for code in codes)] == []
    assert [e.name for e in EXAMPLES if f"(../examples/engines/{e.name})" not in page] == []


def _lines(code: str) -> set[str]:
    return {line.strip() for line in code.splitlines()}
