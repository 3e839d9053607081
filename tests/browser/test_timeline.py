"""Whatever arrives in whatever order, a thread hides no gap and shows nothing twice."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from playwright.sync_api import Page

from tests.whole import tries

from .acts import Person
from .timeline_model import MODEL, STEPS

steps = some.lists(some.tuples(some.sampled_from(STEPS), some.integers(0, 40)), max_size=60)


def test_any_order_of_pages_and_events_shows_what_the_database_has(person: Person) -> None:
    page: Page = person(None)
    page.goto("/products/")

    @settings(
        max_examples=tries(60),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(some.lists(steps, min_size=1, max_size=10))
    def hold(sequences: list[list[tuple[str, int]]]) -> None:
        wrong = page.evaluate(MODEL, sequences)
        assert wrong == [""] * len(sequences)

    hold()
