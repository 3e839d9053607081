"""`deploy/trato.env.example` names what production reads, with the defaults."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.whole import only_whole

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "deploy/trato.env.example"
SECRET = "kX2-mQ7_vT9zB4cN8wL1yR5hJ3gD6fS0pA-eU2iO7tY4bV9nM1"
# Loads the settings and says which variables it read, and the value of each setting.
READER = """
import json, re, environ
read, get = set(), environ.Env.get_value
def noting(self, var, *rest, **more):
    read.add(var)
    return get(self, var, *rest, **more)
environ.Env.get_value = noting
import django
from django.conf import settings
django.setup()
values = {name: repr(getattr(settings, name)) for name in dir(settings) if name.isupper()}
print(re.sub(" at 0x[0-9a-f]+", "", json.dumps([sorted(read), values])))
"""


def lines(text: str, *, commented: bool) -> dict[str, str]:
    """Return the variables of an example, or the ones that are commented out in it."""
    mark = "# " if commented else ""
    return dict(re.findall(rf"^{mark}([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def load(environment: dict[str, str]) -> Any:
    """Return what production reads in this environment, and its settings."""
    made = subprocess.run(
        [sys.executable, "-c", READER],
        env={**environment, "SECRET_KEY": SECRET, "PYTHONHASHSEED": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    return json.loads(made.stdout)


@pytest.fixture(scope="module")
def example() -> str:
    return EXAMPLE.read_text()


@pytest.fixture(scope="module")
def loaded(example: str) -> Any:
    return load(lines(example, commented=False))


def test_the_example_names_exactly_what_production_reads(example: str, loaded: Any) -> None:
    named = [*lines(example, commented=False), *lines(example, commented=True)]
    assert len(named) == len(set(named))
    assert sorted({*named} - {"DJANGO_SETTINGS_MODULE"}) == loaded[0]


@only_whole
def test_what_is_commented_out_changes_nothing(example: str, loaded: Any) -> None:
    everything = lines(example, commented=False) | lines(example, commented=True)
    assert load(everything) == loaded
    _read, settings = load(everything | {"MESSAGES_PER_MINUTE": "31"})
    assert settings != loaded[1]


def test_the_example_for_containers_names_nothing_else(loaded: Any) -> None:
    text = (ROOT / "deploy/container/trato.env.example").read_text()
    assert {*lines(text, commented=False)} <= {*loaded[0]}
