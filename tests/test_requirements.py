"""What is pinned is what is asked for, and tells nobody's download addresses."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = ["requirements.txt", "requirements-dev.txt"]


@pytest.mark.parametrize("name", FILES)
def test_pinned_requirements_have_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^--?(i|index|extra-index|find-links)", text, re.M)
    pins = re.findall(r"^[a-z0-9_.-]+==\S+ \\\n    --hash=", text, re.M)
    assert len(pins) == len(re.findall(r"^[a-z0-9_.-]+==", text, re.M)) > 20


def test_everything_that_pyproject_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    pinned = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / FILES[1]).read_text(), re.M))
    names = {re.split(r"[\[<>=]", line)[0].lower() for line in asked}
    assert names <= pinned
