"""A client's rules for resuming, with a server that loses, duplicates and reorders frames."""

from hypothesis import given
from hypothesis import strategies as some

from .thread import Item, Thread

LAST = 12


def item(revision: int) -> Item:
    return Item(100 + revision, revision, revision, f"client {revision}", changed=False)


def resumed(revision: int) -> Thread:
    """Return a thread that has everything up to a revision."""
    thread = Thread(1)
    thread.resume([item(number) for number in range(1, revision + 1)], revision)
    return thread


@given(some.lists(some.integers(2, LAST)), some.lists(some.integers(1, LAST), max_size=4))
def test_whatever_is_told_each_message_takes_its_place_once_and_in_order(
    told: list[int], resumes: list[int]
) -> None:
    thread = resumed(1)
    placed = []
    for number, revision in enumerate(told):
        placed += thread.add_live(item(revision))
        if number < len(resumes):
            since, top = thread.revision, max(resumes[number], thread.revision)
            placed += thread.resume([item(n) for n in range(since + 1, top + 1)], top)
    placed += thread.resume([item(n) for n in range(thread.revision + 1, LAST + 1)], LAST)
    assert [one.revision for one in placed] == list(range(2, LAST + 1))
    assert not thread.has_gap


def test_a_frame_that_comes_too_early_waits_and_shows_the_gap() -> None:
    thread = resumed(3)
    assert thread.add_live(item(5)) == []
    assert thread.has_gap
    assert [one.revision for one in thread.add_live(item(4))] == [4, 5]
    assert not thread.has_gap


def test_what_was_stored_after_the_page_was_read_waits_for_what_lies_between() -> None:
    thread = resumed(3)
    assert [one.revision for one in thread.resume([item(4), item(6)], 4)] == [4]
    assert thread.has_gap


def test_a_page_of_the_past_takes_nothing_back() -> None:
    thread = resumed(3)
    assert thread.resume([item(2)], 2) == []
    assert thread.revision == 3


def test_a_frame_that_is_told_twice_changes_nothing() -> None:
    thread = resumed(3)
    assert thread.add_live(item(3)) == []
    assert not thread.has_gap
