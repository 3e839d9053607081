"""People who leave text everywhere, and where that text still is after an erasure.

`turn` erases one of them in a process that may be killed meanwhile, see `test_erasure_killed`.
"""

import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction

from accounts import deletion, pictures
from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory
from catalog.models import Product
from messaging import actions
from messaging.appeals import actions as appeals
from messaging.blocks import actions as blocks
from messaging.editing import actions as editing
from messaging.factories import ConversationFactory, SavedReplyFactory, SavedViewFactory
from messaging.models import Conversation, HeldMessage, KeptQuestion
from messaging.moderation import actions as moderation
from messaging.notes import actions as notes
from messaging.recall import traces
from messaging.reports import actions as reports
from tests.products import picture
from tests.rulings import rule
from tests.said import say
from tests.uploads import jpeg, uploaded
from trato.images.sanitize import Picture
from trato.stored_files.models import FileDeletion

BORN = 2001  # the year in which these people joined; an erasure leaves it as it is
MANY = 7  # their text is in more tables than that
MARK = "zq"  # at the beginning of each person's word; no other text has it


def word_of(person: User) -> str:
    """Return a word that is in all of this person's texts, and in nobody else's."""
    return f"{MARK}{person.pk}x"


def busy_shopper(product: Product, seller: User, moderator: User, lead: User) -> User:
    """Return a shopper who has used every feature that stores text."""
    person: User = UserFactory(email="somebody@example.com")
    word = word_of(person)
    User.objects.filter(pk=person.pk).update(
        name=f"Ana {word}",
        email=f"{word}@example.com",
        date_joined=datetime(BORN, 1, 2, tzinfo=UTC),
    )
    person.refresh_from_db()
    EmailAddress.objects.create(user=person, email=f"{word}@example.org", verified=True)
    session = SessionStore()
    session["next"] = word
    session.create()
    UserSession.objects.create(
        user=person, ip="127.0.0.1", user_agent=word, session_key=session.session_key
    )
    pictures.set_picture(person, Picture(picture(), name=f"{word}.jpg"))
    talk: Conversation = ConversationFactory(consumer=person, product=product)
    first = say(person, talk, f"{word} is what I ask for: https://{word}.example.com/")
    editing.edit(person, talk.pk, first.sequence, f"{word} is what I want")
    editing.withdraw(person, talk.pk, say(person, talk, f"{word} again").sequence)
    photo = uploaded(person, talk, jpeg(), name=f"{word}.jpg")
    actions.send(person, talk.pk, uuid.uuid4(), f"{word} with a photo", files=[photo.pk])
    uploaded(person, talk, jpeg(), name=f"{word}-unsent.jpg")
    answer = actions.send(seller, talk.pk, uuid.uuid4(), "What do you mean?", quote=first.sequence)
    report = reports.report_message(person, talk.pk, talk.last_sequence + 4, "spam", f"{word}!")
    assert report.message_id == answer.id  # type: ignore[union-attr]
    moderation.resolve_report(moderator, report.pk, "dismissed", "It is a question.")
    decision = rule(moderator, person.pk, "warn", "Shouting")
    appeal = appeals.appeal(person, decision.pk, f"{word} never shouts")
    appeals.decide(lead, appeal.pk, "upheld", "It does.")
    for state in HeldMessage.State:
        HeldMessage.objects.create(
            conversation=talk, sender=person, side="consumer", client_id=uuid.uuid4(),
            body=word, state=state,
        )  # fmt: skip
    KeptQuestion.objects.create(
        visitor=uuid.uuid4(), shop=product.shop, product=product, writer=str(person.pk),
        client_id=uuid.uuid4(), body=word,
    )  # fmt: skip
    SavedViewFactory(owner=person, name=word, query=f"q={word}")
    while traces.due(0):
        pass
    blocks.block(seller, talk.pk)
    return person


def busy_owner(shopper: User) -> User:
    """Return somebody who has used all of a shop's features, and whose shop closes with them."""
    person: User = UserFactory(seller=True)
    word = word_of(person)
    User.objects.filter(pk=person.pk).update(name=f"Bo {word}", email=f"{word}@example.com")
    person.refresh_from_db()
    shop = ShopFactory(owner=person, name="The stall", description=word, city=word)
    product = ProductFactory(shop=shop, title="Bowl", description=word)
    talk = ConversationFactory(consumer=shopper, product=product)
    say(shopper, talk, "Still there?")
    say(person, talk, f"{word} is still there")
    notes.add(person, talk.pk, uuid.uuid4(), word)
    SavedReplyFactory(shop=shop, name=word, body=word)
    SavedReplyFactory(owner=person, name=word, body=word)
    SavedViewFactory(shop=shop, name=word)
    return person


def places_of(word: str) -> list[str]:
    """Return where a word is: tables, and names and contents of stored files."""
    return [*tables_with(word), *_files_with(word)]


def tables_with(word: str) -> list[str]:
    """Return the names of the tables in which a word is."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        else:  # including the search's shadow tables
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = sorted(name for (name,) in cursor.fetchall())
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows[table] = str([bytes(c) if isinstance(c, memoryview) else c
                               for row in cursor.fetchall() for c in row]).lower()  # fmt: skip
    return [table for table, text in rows.items() if word in text]


def _files_with(word: str) -> list[str]:
    folders = {default_storage.path(""), settings.STORAGES["private"]["OPTIONS"]["location"]}
    files = [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    return [str(path) for path in files if word in path.name or word.encode() in path.read_bytes()]


def turn(_limit: int) -> int:
    """Erase the next person, and check everybody. A process that waits too long gives up."""
    with suppress(OperationalError):
        *others, _witness = people()
        if waiting := [person for person in others if person.deleted_at is None]:
            deletion.delete_account(waiting[0].pk)
        check()
    return 0


def people() -> list[User]:
    """Return the shoppers with text. The last one is a witness, who is never erased."""
    return list(User.objects.filter(is_staff=False, date_joined__year=BORN).order_by("pk"))


@transaction.atomic
def check() -> None:
    """Check that all of a person's text is there, or none. Nobody is erased meanwhile."""
    list(User.objects.select_for_update().order_by("pk").values_list("pk"))
    everybody = people()
    whole = _rows_with(everybody[-1])
    assert len(whole) > MANY
    for person in everybody:
        expected = [] if person.deleted_at else whole
        actual = _rows_with(person)
        if person.deleted_at and actual == [FileDeletion._meta.db_table]:
            continue  # the process died before it deleted the file, or hasn't deleted it yet
        assert actual == expected, f"{person.pk}: {set(actual) ^ set(expected)}"


def _rows_with(person: User) -> list[str]:
    """Return the tables with a person's word, except SQLite's index, which may compress words."""
    return [name for name in tables_with(word_of(person)) if not name.endswith("_words_data")]
