"""`notify()`: one row per person and subject, and removing the text."""

import pytest

from accounts.models import User
from notifications import actions, queries
from notifications.models import News, Notification
from tests.unread import unread_count

pytestmark = pytest.mark.django_db


def notify_people(
    *people: User,
    subject: int = 1,
    excerpt: str = "Words",
    kind: str = "conversation",
    team: int | None = None,
) -> None:
    actions.notify(
        [person.pk for person in people],
        subject_kind=kind,
        subject_id=subject,
        title="News",
        excerpt=excerpt,
        url=f"/conversation/{subject}/",
        team_id=team,
    )


def excerpts(person: User) -> list[str]:
    rows = Notification.objects.filter(recipient=person).order_by("pk")
    return list(rows.values_list("news__excerpt", flat=True))


def test_ten_pieces_of_news_about_one_thing_are_one_notification(
    shopper: User, seller: User
) -> None:
    for number in range(10):
        notify_people(shopper, seller, excerpt=f"Words {number}")
    for person in (shopper, seller):
        assert excerpts(person) == ["Words 9"]
    assert queries.unread_counts([shopper.pk, seller.pk]) == {shopper.pk: (1, 0), seller.pk: (1, 0)}


def test_news_after_reading_are_unread_again(shopper: User) -> None:
    notify_people(shopper)
    actions.mark_read(shopper, subject_kind="conversation", subject_id=1)
    assert unread_count(shopper.pk) == 0
    notify_people(shopper)
    assert unread_count(shopper.pk) == 1
    assert Notification.objects.count() == 1


def test_marking_as_read_touches_one_person_and_one_subject(shopper: User, seller: User) -> None:
    notify_people(shopper, seller)
    notify_people(shopper, subject=2)
    notify_people(shopper, kind="shop")
    actions.mark_read(shopper, subject_kind="conversation", subject_id=1)
    assert queries.unread_counts([shopper.pk, seller.pk]) == {shopper.pk: (2, 1), seller.pk: (1, 0)}
    assert actions.mark_all_read(shopper) == 2
    assert actions.mark_all_read(shopper) == 0
    assert queries.unread_counts([shopper.pk, seller.pk]) == {shopper.pk: (0, 0), seller.pk: (1, 0)}


@pytest.mark.parametrize("words", ["Call me", "é" * 300])
def test_withdrawn_words_are_quoted_nowhere_and_all_else_stays(
    words: str, shopper: User, seller: User, colleague: User
) -> None:
    notify_people(seller, colleague, excerpt=words, team=1)
    notify_people(shopper, excerpt=words)
    notify_people(seller, subject=2, excerpt=words)
    notify_people(seller, kind="shop", excerpt=words)
    actions.replace_excerpt(subject_kind="conversation", subject_id=1, team_id=1, excerpt=words)
    assert excerpts(colleague) == [""]
    assert excerpts(seller) == ["", words[:160], words[:160]]
    assert excerpts(shopper) == [words[:160]]  # from the other side, which still says it
    assert actions.mark_all_read(seller) == 3  # they are as unread as before


def test_telling_nobody_only_changes_what_others_were_told(shopper: User, seller: User) -> None:
    notify_people()
    assert not News.objects.exists()
    notify_people(seller, team=1)
    notify_people(shopper)
    actions.mark_read(seller, subject_kind="conversation", subject_id=1)
    notify_people(team=1, excerpt="Later words")
    assert (excerpts(seller), excerpts(shopper)) == (["Later words"], ["Words"])
    assert unread_count(seller.pk) == 0
