"""Every requirement is pinned for every Python, and no download URL is revealed."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
FILES = ["requirements.txt", "requirements-dev.txt"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASKED: list[str] = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]


@pytest.mark.parametrize("name", FILES)
def test_pinned_requirements_have_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^--?(i|index|extra-index|find-links)", text, re.M)
    pins = re.findall(r"^[a-z0-9_.-]+==\S+ \\\n    --hash=", text, re.M)
    assert len(pins) == len(pinned(name)) > 20


@pytest.mark.parametrize(
    ("name", "asked"), [(FILES[0], PROJECT["dependencies"]), (FILES[1], ASKED)]
)
@pytest.mark.parametrize("python", ["3.11.0", "3.11.9", "3.12.0", "3.13.0", "3.14.0"])
@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_everything_that_is_asked_for_is_pinned(
    name: str, asked: list[str], python: str, system: str
) -> None:
    """This includes what a package needs on only some Pythons: pins are made on one of them."""
    place = {
        "python_version": python.rsplit(".", 1)[0],
        "python_full_version": python,
        "sys_platform": system,
    }
    assert needed(asked, place) - pinned(name) == set()


def pinned(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / name).read_text(), re.M))


def needed(asked: list[str], place: dict[str, str]) -> set[str]:
    """Return the required packages and, if they are installed here, their requirements."""
    needed: set[tuple[str, str]] = set()  # with an extra, or ""
    waiting = [Requirement(line) for line in asked]
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        for extra in {"", *requirement.extras} - {other for one, other in needed if one == name}:
            needed.add((name, extra))
            here = {**place, "extra": extra}
            waiting += [
                further
                for further in map(Requirement, requires(name))
                if further.marker is None or further.marker.evaluate(here)
            ]
    return {name for name, _extra in needed}


def requires(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # only needed on other Pythons
        return []
