"""The shield's own corpora, as `manage.py shield_check` reads them."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "corpus"


def read(name: str) -> list[dict[str, Any]]:
    paths = sorted(FOLDER.glob(f"{name}_*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


@pytest.fixture(scope="session")
def contacts() -> list[dict[str, Any]]:
    return read("contacts")


@pytest.fixture(scope="session")
def scams() -> list[dict[str, Any]]:
    return read("scams")
