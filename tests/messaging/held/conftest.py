"""A rule that holds every message with a certain word."""

from typing import Any

import pytest

from messaging import pipeline
from messaging.message_checks import Check
from messaging.records import Attempt

WORD = "suspicious"


class HoldsWord(Check):
    def check(self, attempt: Attempt) -> None:
        if WORD in attempt.body:
            attempt.held_for = "word"


@pytest.fixture(autouse=True)
def rule(monkeypatch: Any) -> None:
    monkeypatch.setattr(pipeline, "CHECKS", (*pipeline.CHECKS, HoldsWord()))
