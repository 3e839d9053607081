"""The demo shop: believable, consistent, the same each time, and harmless to create twice."""

import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Max, Min, QuerySet
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog.demo.drawings import VIEWS
from catalog.demo.shops import shops
from catalog.models import Product, ProductImage, Shop
from messaging.away import queries as away
from messaging.demo.clock import ZONE, WakingClock
from messaging.models import (
    MENTION_KIND,
    SUBJECT_KIND,
    AwayWords,
    Case,
    Conversation,
    File,
    Message,
    MessageVersion,
    Note,
    OpeningHours,
    Participant,
    Reaction,
    Report,
    ScheduledMessage,
    Side,
)
from notifications.models import Notification
from tests.languages import score
from tests.pictures import difference, thumbnail
from tests.reported import message_of
from tests.whole import only_whole
from trato.audit.models import AuditEntry

# At night, one more shopper is waiting: 345. On SQLite, a wider message takes two more.
MOST_STATEMENTS = 350


def talks(**facts: Any) -> QuerySet[Conversation]:
    return Conversation.objects.filter(**facts)


def sentences(body: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?…])\s+|\n", body) if part.strip()]


def counts() -> list[int]:
    rows: list[Any] = [
        User, Shop, Product, ProductImage, Conversation, Message, Participant, Notification, Report,
        AuditEntry, Note, ScheduledMessage, OpeningHours, AwayWords, File, MessageVersion, Reaction,
    ]  # fmt: skip
    return [model.objects.count() for model in rows]


def ours() -> QuerySet[Conversation]:
    """Return what both the demo's shopper and its seller see."""
    return talks(consumer__email="shopper@example.com", shop__members__email="seller@example.com")


class DemoTests(TestCase):
    """Claims about the demo's data, which is created once."""

    statements: int
    media: str
    private: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.media = cls.enterClassContext(TemporaryDirectory())
        cls.private = cls.enterClassContext(TemporaryDirectory())
        private = {"OPTIONS": {"location": cls.private}}
        storages = settings.STORAGES | {"private": settings.STORAGES["private"] | private}
        cls.enterClassContext(override_settings(STORAGES=storages))
        with (
            override_settings(MEDIA_ROOT=cls.media),
            CaptureQueriesContext(connection) as captured,
        ):
            call_command("demo", verbosity=0)
        cls.statements = len(captured)

    def test_thirty_products_are_on_sale_in_two_languages(self) -> None:
        on_sale = Product.objects.filter(published_at__isnull=False)
        by_language = Counter(
            shop.language for shop in shops() for goods in shop.goods if goods.state == "published"
        )
        assert on_sale.count() == by_language.total() >= 30
        assert set(by_language) == {"en", "es"}
        assert min(by_language.values()) >= 12
        assert not on_sale.filter(price=0).exists()
        texts = list(on_sale.values_list("title", "description"))
        assert len({title for title, _text in texts}) == len(texts)
        assert min(len(text) for _title, text in texts) > 90

    def test_each_shop_has_a_city_and_a_text_of_its_own(self) -> None:
        rows = list(Shop.objects.values_list("city", "description"))
        assert all(city and len(text) > 150 for city, text in rows)
        assert len({text for _city, text in rows}) == len(rows) == 8

    def test_the_newest_eight_products_are_of_eight_kinds_and_shops(self) -> None:
        newest = Product.objects.filter(published_at__isnull=False).order_by("-published_at")[:8]
        assert len({product.shop_id for product in newest}) == 8
        assert len({product.category_id for product in newest}) == 8

    def test_each_product_is_seen_from_the_front_from_near_and_in_a_room(self) -> None:
        for product in Product.objects.filter(published_at__isnull=False).prefetch_related(
            "images"
        ):
            pictures = list(product.images.all())
            assert len(pictures) == len(VIEWS)
            assert len({picture.alt for picture in pictures}) == len(VIEWS)
            small = [
                thumbnail((Path(self.media) / str(picture.file.name)).read_bytes())
                for picture in pictures
            ]
            for one, other in combinations(small, 2):
                assert difference(one, other) > 4, product.title

    def test_people_joined_over_two_years_and_before_they_wrote(self) -> None:
        joined = sorted(User.objects.values_list("date_joined", flat=True))
        assert len(set(joined)) == len(joined) >= 60
        assert timedelta(days=600) < joined[-1] - joined[0] < timedelta(days=731)
        early = User.objects.annotate(first=Min("sent_messages__created_at"))
        assert not early.filter(first__lt=F("date_joined")).exists()

    def test_the_demo_logins_exist(self) -> None:
        for name in ("shopper", "seller", "staff"):
            assert User.objects.get(email=f"{name}@example.com").check_password("trato-demo")

    def test_staff_write_to_people_in_their_language_unless_they_have_a_button(self) -> None:
        names = dict(User.objects.values_list("name", "language"))
        assert (names["Emilio Santos"], names["Freya Nilsen"]) == ("es", "en")
        assert names["Lucía Romero"] == ""

    def test_everybody_writes_one_language(self) -> None:
        spoken: dict[int, list[str]] = {}
        for sender_id, body in Message.objects.values_list("sender_id", "body"):
            spoken.setdefault(sender_id, []).append(body)
        used: Counter[str] = Counter()
        for bodies in spoken.values():
            messages_by_language = {"en": 0, "es": 0}
            for body in bodies:
                lead = score(body, "en") - score(body, "es")
                if abs(lead) > 1:
                    messages_by_language["en" if lead > 0 else "es"] += 1
            assert not (messages_by_language["en"] and messages_by_language["es"]), bodies
            used["en" if messages_by_language["en"] else "es"] += 1
        assert min(used.values()) >= 20

    def test_there_is_a_lot_of_talk(self) -> None:
        assert talks().count() >= 400
        assert Message.objects.count() >= 1400
        assert talks(shop__slug="barro-y-sal").count() >= 60

    def test_no_sentence_is_said_more_than_three_times(self) -> None:
        said = Counter(
            sentence
            for body in Message.objects.values_list("body", flat=True)
            for sentence in sentences(body)
            if len(sentence.split()) > 2  # not greetings and thanks
        )
        assert [sentence for sentence, times in said.items() if times > 3] == []

    def test_the_demo_seller_reads_no_message_twice(self) -> None:
        rows = Message.objects.filter(conversation__shop__slug="barro-y-sal")
        bodies = list(rows.values_list("body", flat=True))
        assert len(set(bodies)) == len(bodies)

    def test_nobody_says_a_placeholder(self) -> None:
        assert not Message.objects.filter(body__regex=r"[{}|]|^[<>=@!x%] ").exists()

    def test_everybody_writes_in_waking_hours_and_before_now(self) -> None:
        times = list(Message.objects.values_list("created_at", flat=True))
        assert max(times) <= timezone.now()
        assert timezone.now() - max(times) < timedelta(hours=14)
        for moment in times:
            assert time(8) <= moment.astimezone(ZONE).time() <= time(22, 30)

    def test_messages_of_a_conversation_follow_each_other_in_time(self) -> None:
        before: dict[int, datetime] = {}
        rows = Message.objects.order_by("conversation_id", "sequence")
        for conversation_id, moment in rows.values_list("conversation_id", "created_at"):
            assert before.get(conversation_id, moment) <= moment
            before[conversation_id] = moment

    def test_conversations_are_as_the_actions_leave_them(self) -> None:
        rows = Conversation.objects.annotate(
            first=Min("messages__sequence"),
            last=Max("messages__sequence"),
            newest=Max("messages__revision"),
            number=Count("messages"),
        )
        right = rows.filter(
            first=1, last=F("last_sequence"), number=F("last_sequence"), newest=F("revision")
        )
        assert right.count() == rows.count()
        assert not rows.exclude(last_message__created_at=F("last_message_at")).exists()

    def test_what_is_unread_is_what_waits(self) -> None:
        unread = set(
            Notification.objects.filter(read_at=None, news__subject_kind=SUBJECT_KIND).values_list(
                "recipient_id", "news__subject_id"
            )
        )
        waiting = set()
        for mark in Participant.objects.select_related("conversation__last_message"):
            last = mark.conversation.last_message
            if (
                last
                and last.side == Side(mark.side).other
                and last.sequence > mark.last_read_sequence
            ):
                waiting.add((mark.user_id, mark.conversation_id))
        assert unread == waiting
        for email in ("shopper@example.com", "seller@example.com"):
            assert User.objects.get(email=email).notifications.filter(read_at=None).exists()

    def test_a_morning_with_sixty_waiting_conversations(self) -> None:
        waiting = talks(shop__slug="barro-y-sal", turn=Side.SELLER)
        assert 55 <= waiting.count() <= 65
        assert waiting.filter(assignee=None).count() >= 30
        assert waiting.filter(labelled__isnull=False).exists()
        yesterday = timezone.now() - timedelta(days=1)
        assert waiting.filter(waiting_since__gt=yesterday).count() >= 20
        last_words = waiting.values_list("last_message__body", flat=True)
        assert sum("?" in words for words in last_words) >= 40

    def test_the_team_has_left_notes_and_one_mentions_the_seller(self) -> None:
        notes = Note.objects.select_related("author", "conversation__shop")
        assert len({note.conversation_id for note in notes}) >= 6
        assert {note.conversation.shop.slug for note in notes} == {"barro-y-sal"}
        assert len({note.author_id for note in notes}) == 3
        assert Note.objects.exclude(created_at__lt=timezone.now()).count() == 0
        seller = User.objects.get(email="seller@example.com")
        assert [note.mentions for note in notes if note.mentions] == [[seller.pk]]
        assert seller.notifications.get(news__subject_kind=MENTION_KIND).read_at is None

    def test_one_message_is_scheduled_and_some_conversations_are_snoozed(self) -> None:
        later = ScheduledMessage.objects.get()
        assert later.send_at > timezone.now() + timedelta(hours=12)
        assert later.conversation.turn == Side.CONSUMER
        asleep = Participant.objects.filter(snoozed_until__gt=timezone.now())
        assert {row.user.email for row in asleep} == {"seller@example.com"}
        assert asleep.count() == 2

    def test_the_shop_has_hours_and_answers_nothing_from_before_the_demo(self) -> None:
        hours = OpeningHours.objects.get()
        assert hours.shop.slug == "barro-y-sal"
        assert len(hours.spans[4]) == 2  # a break for lunch
        assert "Christmas Day" in hours.days_off.values()
        words = AwayWords.objects.get(shop=hours.shop, is_on=True)
        night = timezone.now().replace(hour=2)
        for message in Message.objects.filter(conversation__shop=hours.shop):
            assert not away.words_for(message, words, hours.schedule, night)

    def test_the_shopper_and_the_seller_share_a_long_conversation(self) -> None:
        long = ours().order_by("-last_message_at").first()
        assert long is not None
        assert long.last_sequence > 2 * settings.HISTORY_PAGE_SIZE
        days = {moment.date() for moment in long.messages.values_list("created_at", flat=True)}
        assert len(days) >= 10
        assert long.last_message_at == Message.objects.aggregate(last=Max("created_at"))["last"]

    def test_a_price_has_changed_since_the_question(self) -> None:
        assert (
            talks(consumer__email="shopper@example.com")
            .exclude(product_price=F("product__price"))
            .exists()
        )

    def test_a_product_has_been_withdrawn(self) -> None:
        assert ours().filter(product__published_at=None).exists()

    def test_a_message_was_removed_and_that_is_on_record(self) -> None:
        message = Message.objects.get(removed_at__isnull=False)
        assert message.conversation.shop.slug == "barro-y-sal"
        assert (
            message.revision == message.conversation.revision > message.conversation.last_sequence
        )
        decision = message.decisions.get()
        acts = AuditEntry.objects.filter(subject=f"decision:{decision.pk}", verb="decision.remove")
        assert acts.values_list("actor__email", flat=True).get() == "staff@example.com"
        assert message.reports.get().outcome == Report.Outcome.UPHELD

    def test_something_arrived_broken_and_there_are_photos_of_it(self) -> None:
        talk = ours().get(product__slug="speckled-breakfast-bowl")
        said = {row.sequence: row for row in talk.messages.prefetch_related("files", "versions")}
        photos, [document] = list(said[1].files.all()), said[6].files.all()
        assert [photo.kind for photo in photos] == ["image", "image"]
        assert all(photo.alt for photo in photos)
        assert (said[1].attached, said[6].attached) == ("photos", "document")
        for file in (*photos, document):
            for name in file.stored_names():
                assert (Path(self.private) / name).stat().st_size > 500, name
        assert said[2].edited_at
        assert said[2].versions.get().body != said[2].body
        assert said[3].withdrawn_at
        assert said[5].quote == 4
        reactions = Reaction.objects.filter(message__conversation=talk).order_by("message")
        assert list(reactions.values_list("message__sequence", "reaction")) == [
            (1, "😮"), (5, "❤️"), (6, "🙏"),
        ]  # fmt: skip

    def test_a_scam_waits_for_the_staff(self) -> None:
        scams = Report.objects.filter(reason=Report.Reason.SCAM, outcome="")
        assert scams.filter(
            message__conversation__shop__members__email="seller@example.com"
        ).exists()

    def test_somebody_writes_links_and_emoji(self) -> None:
        bodies = Message.objects.filter(conversation__consumer__email="shopper@example.com")
        assert bodies.filter(body__contains="https://").count() >= 3
        assert bodies.filter(body__contains="👋").exists()

    def test_the_desk_has_a_case_for_each_report(self) -> None:
        cases = {case.subject: case for case in Case.objects.select_related("person")}
        reports = list(Report.objects.select_related("message"))
        assert len(cases) == len(reports) > 4
        for report in reports:
            case = cases[f"message:{report.message_id}"]
            assert case.kind == Case.Kind.REPORT
            assert case.person == message_of(report).sender
            assert (case.opened_at, case.closed_at) == (report.created_at, report.resolved_at)
        assert cases[f"message:{Report.objects.get(reason='spam').message_id}"].severity == 0

    def test_six_different_messages_are_reported_for_good_reasons(self) -> None:
        reports = list(Report.objects.select_related("message__conversation"))
        assert len(reports) == 6
        assert {report.reason for report in reports} == {
            "scam",
            "off_platform",
            "abuse",
            "spam",
            "other",
        }
        assert len({report.words for report in reports}) == 6
        assert all(len(report.words) > 30 for report in reports)
        for report in reports:
            message = message_of(report)
            assert report.reporter_id is not None
            side = message.conversation.side_of(report.reporter_id)
            assert side == Side(message.side).other
        assert sum(not report.outcome for report in reports) == 5

    def test_the_demo_takes_few_statements(self) -> None:
        assert self.statements <= MOST_STATEMENTS

    def test_a_second_run_adds_nothing(self) -> None:
        before = counts()
        call_command("demo", verbosity=0)
        assert counts() == before


@only_whole
@pytest.mark.django_db
def test_the_demo_is_the_same_on_another_day_and_at_night() -> None:
    noon = content_made_at(datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert content_made_at(datetime(2026, 11, 8, 2, 15, tzinfo=UTC)) == noon


def test_at_night_the_last_word_was_said_in_the_evening() -> None:
    night = datetime(2026, 3, 30, 2, 30, tzinfo=UTC)
    clock = WakingClock(night)
    assert clock.ago(5).astimezone(ZONE).replace(tzinfo=None) == datetime(2026, 3, 29, 22, 25)
    assert clock.ago(14 * 60 + 35).astimezone(ZONE).replace(tzinfo=None) == datetime(
        2026, 3, 28, 22, 25
    )


def content_made_at(moment: datetime) -> list[tuple[Any, ...]]:
    """Create the demo at a given time; return its messages and its inbox in order."""
    with transaction.atomic(), time_machine.travel(moment, tick=False):
        call_command("demo", verbosity=0)
        said = Message.objects.order_by("pk").values_list(
            "sender__email", "conversation__product__slug", "sequence", "body"
        )
        inbox = Conversation.objects.order_by("-last_message_at", "-pk")
        content = [*said, *inbox.values_list("consumer__email", "product__slug")]
        transaction.set_rollback(True)
    return content
