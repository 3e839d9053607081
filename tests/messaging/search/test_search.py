"""Searching one's conversations, alike on both databases."""

import re
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.factories import UserFactory
from accounts.models import User
from catalog import queries as catalog
from catalog.factories import ProductFactory, ShopFactory
from catalog.models import Product, Shop
from messaging import actions, search
from messaging.contact import queries as contact
from messaging.factories import ConversationFactory, MessageFactory
from messaging.inbox import queries
from messaging.models import Conversation, Message, hour_of
from messaging.moderation import actions as moderation
from messaging.reading.actions import mark_read
from messaging.search import postgresql
from trato.pagination import PageRequest
from trato.text import folded, word_pattern

pytestmark = pytest.mark.django_db

ON_POSTGRESQL = connection.vendor == "postgresql"


def hits(person: User, text: str, **options: Any) -> list[int]:
    """The ids of what a person's search gives, over all its pages."""
    page = queries.conversation_list(person, words=text, **options)
    ids = [row.pk for row in page.rows]
    while page.older:
        start = PageRequest(page.older)
        page = queries.conversation_list(person, start, words=text, **options)
        ids += [row.pk for row in page.rows]
    return ids


@pytest.fixture
def said(conversation: Conversation) -> Callable[[str], Message]:
    """`said(text)`: the shopper says it."""

    def say(text: str) -> Message:
        return MessageFactory(conversation=conversation, body=text)

    return say


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("We ship to Málaga.", "malaga"),
        ("We ship to Malaga.", "Málaga"),
        ("¿MÁLAGA?", "málaga"),
        ("We ship to Ma\u0301laga.", "málaga"),
        ("¿Sigue disponible?", "sigue"),
        ("«Jarrón» y taza", "jarron"),
        ("Blue/green, or green-grey?", "grey blue"),
        ("Write to ana@example.com", "example ana"),
        ("See https://example.com/lamps/oak_lamp", "oak"),
        ("<b>bold</b> &amp; brave", "bold brave"),
        ("It costs 24,50", "24"),
        ("The parcel has arrived", "parcel arr"),
        ("Ask Zoe O'Brien", "o'bri"),
        ("Write to zoe@example.com", "zoe@exam"),
        ("Mañana a las 5", "manana"),
        ("Überraschung", "uberraschung"),
        ("好 的", "好"),
        ("한국 도자기", "한국"),
        ("Meine Straße", "strasse"),
        ("MEINE STRASSE", "straße"),
        ("MEINE STRAẞE", "strasse"),
        ("Łódź", "ŁÓDŹ"),
        ("Łódź", "lodz"),
        ("Lodz", "ŁÓDŹ"),
        ("İSTANBUL", "istanbul"),
        ("istanbul", "İSTANBUL"),
        ("Istanbul", "ıstanbul"),
        ("Ærø", "aero"),
        ("Smørrebrød", "SMORREBROD"),
        ("Þór", "thor"),
        ("Œuvre", "oeuvre"),
        ("ПРИВЁТ", "привет"),
        ("СИНИЙ ЧАЙНИК", "синий чайник"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("ΣΟΦΌΣ", "σοφος"),
        ("Ti\u1ebfng Vi\u1ec7t", "tieng viet"),
    ],
)
def test_what_was_said_is_found_without_case_and_accents(
    seller: User, said: Callable[[str], Message], text: str, query: str
) -> None:
    message = said(text)
    assert hits(seller, query) == [message.conversation_id]


LATIN = (*range(0xC0, 0x149), *range(0x14A, 0x180), *range(0x1E00, 0x1E96), *range(0x1E9E, 0x1EFA))
LETTERS = [chr(number) for number in (*LATIN, *range(0x386, 0x3CF), *range(0x400, 0x460))]


def test_every_letter_is_folded_alike_on_both_databases(
    seller: User, said: Callable[[str], Message]
) -> None:
    letters = [letter for letter in LETTERS if letter.isalpha()]
    words = [f"q{letter}{10_000 + number}" for number, letter in enumerate(letters)]
    said(" ".join(words))
    for start in range(0, len(words), search.MAX_WORDS):
        query = " ".join(words[start : start + search.MAX_WORDS])
        for looked_for in (query, folded(query), query.swapcase()):
            assert hits(seller, looked_for), looked_for
    assert not hits(seller, "qz10000")


@settings(deadline=None)
@given(text=st.text(max_size=20))
def test_a_word_is_found_by_its_pattern_whatever_its_case_and_accents(text: str) -> None:
    for word in unicodedata.normalize("NFC", text).split():
        for other in (word, folded(word), unicodedata.normalize("NFD", word)):
            assert re.search(word_pattern(other), word), (word, other)


@pytest.mark.parametrize(
    "query", ["elephant", "malag ship", "shipped", "alaga", "malaga elephant", "!?", "'", '"']
)
def test_what_was_not_said_is_not_found(
    seller: User, said: Callable[[str], Message], query: str
) -> None:
    said("We ship to Málaga.")
    assert hits(seller, "malaga ship")
    assert hits(seller, query) == []


def test_the_last_word_may_be_a_beginning_and_the_others_may_not(
    seller: User, said: Callable[[str], Message]
) -> None:
    said("We ship to Málaga.")
    assert hits(seller, "mala")
    assert hits(seller, "ship mala")
    assert not hits(seller, "mala ship")


def test_title_shop_and_shopper_are_found_without_accents_too(
    shopper: User, seller: User, shop: Shop
) -> None:
    shop.name = "Cerámica Núñez"
    shop.save()
    about = ConversationFactory(
        consumer=shopper, product=ProductFactory(shop=shop, title="Jarrón pequeño")
    )
    MessageFactory(conversation=about, body="Hello")
    for person in (shopper, seller):
        for text in (
            "JARRÓN",
            "jarron",
            "PEQUEÑO",
            "lucia",
            "ceramica",
            "nunez jarrón hello romer",
        ):
            assert hits(person, text) == [about.pk], text
        assert hits(person, "arron") == []


def test_title_and_shop_are_found_by_letters_that_have_no_accent(shopper: User, shop: Shop) -> None:
    shop.name = "Łódź & İzmir"
    shop.save()
    product = ProductFactory(shop=shop, title="Straßenschild")
    about = ConversationFactory(consumer=shopper, product=product)
    MessageFactory(conversation=about, body="Hello")
    for text in ("strassens", "STRAẞEN", "lodz", "ŁÓDŹ", "izmir", "IZMIR"):
        assert hits(shopper, text) == [about.pk], text
        assert [row.pk for row in catalog.search(catalog.published(), text)] == [product.pk], text
    for text in ("strase", "kodz"):
        assert not hits(shopper, text)
        assert not catalog.search(catalog.published(), text)


def test_words_may_stand_in_different_messages(
    seller: User, said: Callable[[str], Message]
) -> None:
    said("Is the glaze blue?")
    said("And does it survive an oven?")
    assert hits(seller, "oven glaze")


def test_a_removed_message_is_not_found_and_the_others_are(
    seller: User, moderator: User, said: Callable[[str], Message]
) -> None:
    removed = said("Pay me on the telephone")
    said("A teapot, please")
    assert hits(seller, "telephone")
    moderation.remove_message(moderator, removed.pk, "asks to pay elsewhere")
    assert not hits(seller, "telephone")
    assert hits(seller, "teapot")


def test_only_ones_own_conversations_are_found(
    shopper: User,
    seller: User,
    colleague: User,
    former_colleague: User,
    other_seller: User,
    stranger: User,
    suspended: User,
    moderator: User,
    said: Callable[[str], Message],
) -> None:
    said("We ship to Málaga.")
    for insider in (shopper, seller, colleague):
        assert hits(insider, "malaga")
    for outsider in (former_colleague, other_seller, stranger, suspended, moderator):
        assert not hits(outsider, "malaga")
    shopper.is_active = False
    shopper.save()
    assert not hits(shopper, "malaga")


def test_a_message_sent_is_found_at_once(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Does it come in Málaga green?")
    assert hits(seller, "malaga", unread_only=True) == [conversation.pk]
    mark_read(seller, conversation.pk, 1)
    assert hits(seller, "malaga", unread_only=True) == []
    assert hits(seller, "malaga") == [conversation.pk]


@pytest.fixture
def long_list(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """30 conversations of the shop, the newest first; what "newest" means is made to fit."""
    monkeypatch.setattr(postgresql, "NEWEST", 4)
    monkeypatch.setattr(postgresql, "FURTHER", 6)
    made = []
    for number in range(30):
        about = ConversationFactory(
            consumer=UserFactory(name="Óscar Gil" if number == 1 else "Eva Mas"),
            product=ProductFactory(shop=shop, title="Cuenco añil" if number == 2 else "Plate"),
        )
        words = "kiln" if number < 2 else "lamp"
        MessageFactory(conversation=about, body=f"Hello, about the {words}: {number}th piece")
        if number < 2:
            MessageFactory(conversation=about, body="Pay elsewhere", removed_at=timezone.now())
        made.append(about.pk)
    return made[::-1]


@pytest.mark.parametrize(
    ("common", "rare"),
    [(0, 0), (20_000, 0), (20_000, 20_000)],
    ids=["all words common", "no two words rare", "all words rare"],
)
@pytest.mark.parametrize("size", [1, 3, 25])
def test_nothing_is_missed_or_doubled_however_far_back_it_lies(
    seller: User,
    long_list: list[int],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    common: int,
    rare: int,
    size: int,
) -> None:
    monkeypatch.setattr(postgresql, "COMMON", common)
    monkeypatch.setattr(postgresql, "RARE", rare)
    settings.CONVERSATION_PAGE_SIZE = size
    assert hits(seller, "hello") == long_list
    assert hits(seller, "kiln") == long_list[-2:]
    assert hits(seller, "hello 0th") == long_list[-1:]
    assert hits(seller, "oscar") == [long_list[-2]]
    assert hits(seller, "piece anil") == [long_list[-3]]
    assert hits(seller, "barro oscar hello") == [long_list[-2]]
    assert hits(seller, "kiln lamp") == []
    assert hits(seller, "elsewhere") == hits(seller, "kiln elsewhere") == []


def test_a_shopper_who_works_for_no_shop_finds_what_lies_far_back(
    shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "NEWEST", 1)
    asked = [ConversationFactory(consumer=shopper, product=ProductFactory()) for _ in range(4)]
    for about, text in zip(asked, ("kiln", "lamp", "kiln", "lamp"), strict=True):
        MessageFactory(conversation=about, body=text)
    assert hits(shopper, "kiln") == [asked[2].pk, asked[0].pk]


def test_a_search_costs_the_same_queries_whatever_the_number_of_conversations(
    seller: User, shop: Shop, client_of: Any
) -> None:
    client, costs = client_of(seller), []
    for _ in range(2):
        for _ in range(10):
            MessageFactory(
                conversation=ConversationFactory(
                    consumer=UserFactory(), product=ProductFactory(shop=shop)
                )
            )
        with CaptureQueriesContext(connection) as asked:
            assert "Nothing found" not in client.get("/conversations/?q=still+avail").text
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 8


def test_a_search_that_stopped_early_says_that_there_are_older_ones(
    seller: User, shop: Shop, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not ON_POSTGRESQL:
        pytest.skip("SQLite never stops early")
    monkeypatch.setattr(postgresql, "NEWEST", 2)
    monkeypatch.setattr(postgresql, "COMMON", 0)
    monkeypatch.setattr(postgresql, "RARE", 0)
    oldest = MessageFactory(
        conversation=ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop)),
        body="kiln",
    )
    for _ in range(2):
        MessageFactory(
            conversation=ConversationFactory(
                consumer=UserFactory(), product=ProductFactory(shop=shop)
            )
        )
    client = client_of(seller)
    page = client.get("/conversations/?q=kiln").text
    assert "Search older conversations" in page
    address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    page = client.get(f"/conversations/{address}").text
    assert oldest.conversation.get_absolute_url() in page


HOSTILE = st.one_of(
    st.text(max_size=120),
    st.text(alphabet="'\"\\:*&|!()<->%_^~{}[]+-#;,.@/\0 aé½ŉßİ\u0301\ud800", max_size=60),
    st.sampled_from(["a" * 5000, "'" * 99, "OR NOT NEAR(", "a:*", "body:", "* *", "\\", "½ ŉa"]),
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=HOSTILE)
@example('a"b c"')
@example("o'b \\'")
@example("a* b:* (c & !d)")
def test_no_query_is_an_error(seller: User, said: Callable[[str], Message], text: str) -> None:
    said("Something, so that a database has to look")
    queries.conversation_list(seller, words=text)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=HOSTILE)
def test_no_query_is_an_error_on_the_page(
    seller: User, said: Callable[[str], Message], client_of: Any, text: str
) -> None:
    said("Something, so that a database has to look")
    address = f"/conversations/?q={quote(text.encode(errors='replace'))}"
    assert client_of(seller).get(address).status_code == 200


@pytest.mark.skipif(ON_POSTGRESQL, reason="SQLite's triggers")
def test_every_migration_leaves_the_triggers_that_fill_the_search_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' "
            "AND tbl_name = 'messaging_message' AND name LIKE 'messaging_words_%'"
        )
        assert cursor.fetchone() == (3,)


def test_a_deleted_message_leaves_the_search_table_sound(
    seller: User, conversation: Conversation, said: Callable[[str], Message]
) -> None:
    gone = said("kiln")
    said("lamp")
    gone.delete()
    assert hits(seller, "kiln") == []
    assert hits(seller, "lamp") == [conversation.pk]
    if not ON_POSTGRESQL:
        with connection.cursor() as cursor:  # raises where table and index disagree
            cursor.execute("INSERT INTO messaging_words(messaging_words) VALUES('integrity-check')")


@pytest.mark.skipif(not ON_POSTGRESQL, reason="PostgreSQL's plans")
def test_lists_and_searches_of_a_big_shop_read_no_table_from_end_to_end(
    seller: User, shop: Shop, product: Product
) -> None:
    """Where the planner is told to avoid it, it can; what it chooses is for `make bench-pages`."""
    shops: list[Shop] = [shop, *(ShopFactory() for _ in range(3))]
    shoppers = User.objects.bulk_create(
        User(email=f"s{n}@example.com", name=f"Person {n}") for n in range(1500)
    )
    made = Conversation.objects.bulk_create(
        Conversation(
            consumer=person, shop=shops[n % 4], last_sequence=4, revision=4,
            last_message_at=person.date_joined, last_message_hour=hour_of(person.date_joined),
        )
        for n, person in enumerate(shoppers)
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(
            conversation=about, sender_id=about.consumer_id, side="consumer",
            sequence=n, revision=n, client_id=uuid.uuid4(),
            body=f"Word {about.pk % 97} and number {about.pk}-{n}",
        )
        for about in made
        for n in range(1, 5)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")
    plans = plans_of(
        lambda: (
            queries.conversation_list(seller),
            queries.conversation_list(seller, unread_only=True),
            queries.conversation_list(seller, words=str(made[0].pk)),
            contact.shop_answers(shop.pk, product.pk, seller.pk),
        )
    )
    assert len(plans) > 8
    for table in ("message", "conversation", "participant"):
        offending = [plan for plan in plans if f"Seq Scan on messaging_{table}" in plan]
        assert not offending, "\n\n".join(offending)


def plans_of(read: Callable[[], object]) -> list[str]:
    """The plan of every SELECT that `read` makes."""
    with CaptureQueriesContext(connection) as asked:
        read()
    plans = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if not query["sql"].startswith("EXPLAIN"):
                cursor.execute(f"EXPLAIN {query['sql']}")
                plans.append("\n".join(row for (row,) in cursor))
    return plans
