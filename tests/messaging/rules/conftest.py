"""Rules that a test changes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from messaging.models import ShieldRule
from messaging.rules import hits, snapshot

SetRule = Callable[..., ShieldRule]


@pytest.fixture(autouse=True)
def fresh_rules(request: pytest.FixtureRequest) -> Iterator[None]:
    """Load each test's own rules, without what other tests have counted."""
    request.getfixturevalue("db" if _shares(request) else "transactional_db")
    _drop_counts()
    snapshot.load()
    yield
    _drop_counts()
    snapshot.forget()


def _shares(request: pytest.FixtureRequest) -> bool:
    marker: Any = request.node.get_closest_marker("django_db")
    return not (marker and marker.kwargs.get("transaction"))


def _drop_counts() -> None:
    hits._hits.clear()
    hits._objections.clear()


@pytest.fixture
def set_rule(db: None) -> SetRule:
    """`set_rule("phone", action="mask")`: change the first rule, or create one with a pattern."""

    def change(name: str, **values: Any) -> ShieldRule:
        rule, _is_new = ShieldRule.objects.update_or_create(name=name, defaults=values)
        snapshot.load()
        return rule

    return change
