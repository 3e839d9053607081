"""PostgreSQL goes down: every response is a clear "not now". It returns: all works again."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode

import psycopg

from deploy import services
from tests.locks import WAITING
from tests.site import JSON, Answer

from .conftest import Place

PAGES = [
    "/",
    "/products/speckled-bowl/",
    "/conversations/",
    "/notifications/",
    "/accounts/profile/",
    "/my/products/",
    "/admin/",
    "/there-is-no-such-page/",  # its page has a badge
]


def ask_all(place: Place, paths: list[str], **headers: str) -> list[Answer]:
    """Request several pages at once: each of them waits a while for the database."""
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(lambda path: place.shopper.get(path, **headers), paths))


def is_unavailable(answer: Answer) -> bool:
    """Whether a script gets `unavailable`, and a time to try again."""
    told = answer.json()
    return (
        answer.status == 503
        and (told["type"], told["code"]) == ("error", "unavailable")
        and bool(told["detail"])
        and int(answer.headers["Retry-After"]) > 0
    )


def test_without_the_database_every_page_is_a_friendly_503_in_the_readers_language(
    place: Place,
) -> None:
    place.database.stop()
    for language, words in (("en", "We'll be right back"), ("es", "Volvemos enseguida")):
        for path, answer in zip(
            PAGES, ask_all(place, PAGES, accept_language=language), strict=True
        ):
            assert (path, answer.status) == (path, 503)
            assert words in answer.text, path
            assert int(answer.headers["Retry-After"]) > 0


def test_without_the_database_forms_are_told_and_nothing_is_half_done(place: Place) -> None:
    place.database.stop()
    login = {"login": "lucia@example.com", "password": "trato-demo"}
    with ThreadPoolExecutor(2) as pool:
        sent = pool.submit(place.post, place.shopper, "Lost?")
        logged_in = pool.submit(place.visitor.post, "/accounts/login/", login)
        assert sent.result().status == logged_in.result().status == 503
    place.database.start()
    assert place.stored() == []


def test_without_the_database_scripts_are_told_that_it_is_unavailable(place: Place) -> None:
    place.database.stop()
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(place.post, place.shopper, "Lost?", accept=JSON)
        paths = [f"{place.address}messages/?since=1", "/notifications/unread/"]
        assert all(is_unavailable(answer) for answer in ask_all(place, paths, accept=JSON))
        assert is_unavailable(sent.result())


def test_without_the_database_health_is_503(place: Place) -> None:
    place.database.kill()
    answer = place.visitor.get("/health/")
    assert (answer.status, answer.json()["database"]) == (503, False)


def test_without_the_database_a_socket_is_told_lives_and_goes_on_when_it_is_back(
    place: Place,
) -> None:
    with place.shopper.socket() as line:
        line.next_frame("session.ready")
        place.database.kill()
        answer = place.send(line, "Not now")
        assert (answer["type"], answer["code"]) == ("error", "unavailable")
        place.database.start()
        answer = place.send(line, "Now")
        while answer["type"] == "error":  # until the pool has reconnected
            assert answer["code"] == "unavailable"
            answer = place.send(line, "Now")
        assert answer["sequence"] == 1
    assert place.stored() == ["Now"]


def test_without_the_database_a_new_socket_is_told_to_come_again(place: Place) -> None:
    place.database.stop()
    with place.shopper.socket() as line:
        assert line.closed_with() == 1013


def test_with_the_database_back_pages_work_at_once_without_a_restart(place: Place) -> None:
    place.database.stop()
    assert place.shopper.get("/conversations/").status == 503
    place.database.start()
    for path in PAGES[:-1]:
        assert place.shopper.get(path).status in (200, 302)


def test_a_restart_of_the_database_between_two_requests_is_not_noticed(place: Place) -> None:
    ask_all(place, PAGES)  # the pool has all its connections, and the restart breaks all of them
    place.database.stop()
    place.database.start()
    answers = [place.shopper.get("/conversations/") for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 6, place.site.said()


def test_where_the_server_takes_no_more_connections_the_answer_is_not_now(place: Place) -> None:
    held: list[psycopg.Connection] = []
    try:
        while others := take_connections(place.database.address, held):
            for pid in others:
                held[0].execute("SELECT pg_terminate_backend(%s)", [pid])
        assert place.shopper.get("/conversations/").status == 503
        assert is_unavailable(place.post(place.shopper, "Full?", accept=JSON))
    finally:
        for connection in held:
            connection.close()
    assert place.shopper.get("/conversations/").status == 200


def take_connections(address: str, held: list[psycopg.Connection]) -> list[int]:
    """Take every free connection; return the processes of the others."""
    try:
        while True:
            held.append(psycopg.connect(address, autocommit=True, application_name="hoard"))
    except psycopg.OperationalError:
        rows = held[0].execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND application_name <> 'hoard'"
        )
        return [pid for (pid,) in rows]


def test_where_all_connections_of_a_process_are_busy_the_answer_is_not_now(place: Place) -> None:
    """Somebody locks the sessions, and each form of a logged-in person waits for them."""
    is_seen, statuses = threading.Event(), set()

    def post_on(number: int) -> None:
        while not is_seen.is_set():  # it gives up after a while, and frees its connection
            statuses.add(place.post(place.shopper, f"Question {number}").status)

    def visitor_waits() -> None:
        assert place.visitor.get("/").status == 503

    with psycopg.connect(place.database.address) as connection, ThreadPoolExecutor(8) as pool:
        connection.execute("LOCK TABLE django_session")
        waiting = [pool.submit(post_on, number) for number in range(8)]
        try:
            services.wait(visitor_waits, AssertionError)
        finally:
            is_seen.set()
            connection.rollback()
        for future in waiting:
            future.result()
    assert statuses <= {302, 503}
    assert place.shopper.get("/conversations/").status == 200


def test_requests_whose_clients_leave_do_not_keep_their_connections(place: Place) -> None:
    """Each request waits for a lock, and together they use all connections of the process."""
    form = urlencode({"body": "Hello?", "client_id": str(uuid.uuid4())})
    with psycopg.connect(place.database.address, autocommit=True) as watching:
        left: list[HTTPConnection] = []

        def all_wait() -> None:
            waits = watching.execute(WAITING).rowcount
            if waits < 4:  # the first may have given up before the last arrived
                left.append(HTTPConnection("127.0.0.1", place.shopper.port))
                left[-1].request(
                    "POST", f"{place.address}new_message/", form, place.shopper.headers
                )
            assert waits == 4  # the pool's size here

        with psycopg.connect(place.database.address) as other:
            other.execute("SELECT FROM messaging_conversation FOR UPDATE")
            services.wait(all_wait, AssertionError)
            for line in left:
                line.close()

            def page_is_there() -> None:
                assert place.shopper.get("/conversations/").status == 200

            services.wait(page_is_there, AssertionError)  # although the lock is still held

            def all_have_given_up() -> None:
                assert watching.execute(WAITING).rowcount == 0

            services.wait(all_have_given_up, AssertionError)  # or the last would still be stored
    assert place.stored() == []


def test_where_the_database_only_reads_people_are_told_and_the_socket_lives(place: Place) -> None:
    """This happens after a failover, or if its disk is full."""
    with place.shopper.socket() as line:
        line.next_frame("session.ready")
        only_read(place, "on")
        try:
            answer = place.send(line, "Not now")
            assert (answer["type"], answer["code"]) == ("error", "unavailable")
            assert is_unavailable(place.post(place.shopper, "Not now", accept=JSON))
            assert place.seller.get("/conversations/").status == 200
        finally:
            only_read(place, "off")
        assert place.send(line, "Now")["type"] == "message.accepted"
        assert place.post(place.shopper, "Again", accept=JSON).status == 200
    assert place.stored() == ["Now", "Again"]


def only_read(place: Place, value: str) -> None:
    """From now on, make every connection read-only, or writable again."""
    with psycopg.connect(place.database.address, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        connection.execute("SELECT pg_reload_conf()")

    def is_set() -> None:
        with psycopg.connect(place.database.address) as connection:
            row = connection.execute("SHOW default_transaction_read_only").fetchone()
        assert row == (value,)

    services.wait(is_set, AssertionError)


def test_a_database_that_hangs_keeps_what_does_not_need_it(place: Place) -> None:
    place.database.pause()
    release = threading.Timer(3, place.database.resume)
    release.start()
    try:
        assert place.visitor.get("/text.js").status == 200
        assert place.shopper.get("/conversations/").status == 200  # late, but it arrives
    finally:
        release.join()
