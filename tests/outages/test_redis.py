"""Redis goes down: updates are slower, and everything else works. It returns: live again."""

import contextlib

import pytest

from tests.site import JSON, Visitor

from .conftest import WELL, Place


def test_without_redis_people_send_by_form_by_script_and_by_socket(place: Place) -> None:
    with place.shopper.socket() as line:
        line.next_frame("session.ready")
        place.broker.stop()
        assert place.post(place.shopper, "By form").status == 302
        answer = place.post(place.shopper, "By script", accept=JSON)
        assert (answer.status, answer.json()["type"]) == (200, "message.accepted")
        assert place.send(line, "By socket")["type"] == "message.accepted"
    assert place.stored() == ["By form", "By script", "By socket"]


def test_without_redis_one_catches_up_and_reads(place: Place) -> None:
    place.broker.stop()
    place.post(place.shopper, "Hello")
    page = place.seller.get(f"{place.address}messages/")
    assert [message["body"] for message in page.json()["messages"]] == ["Hello"]
    assert place.seller.get("/notifications/unread/").json()["unread"] == 1
    assert place.seller.post(f"{place.address}read/", {"sequence": 1}).status == 204
    assert place.seller.get("/notifications/unread/").json()["unread"] == 0


@pytest.mark.parametrize(
    "path", ["/", "/products/", "/products/speckled-bowl/", "/conversations/", "/notifications/"]
)
def test_without_redis_every_page_is_drawn(path: str, place: Place) -> None:
    place.broker.stop()
    assert place.shopper.get(path).status == 200


def test_without_redis_health_says_so_and_stays_well(place: Place) -> None:
    well = place.visitor.get("/health/")
    assert (well.status, well.json()) == (200, WELL)
    place.broker.stop()
    answer = place.visitor.get("/health/")
    assert (answer.status, answer.json()) == (200, {**WELL, "channel_layer": False})


def test_without_redis_each_process_keeps_the_limits_by_itself(place: Place) -> None:
    place.broker.stop()
    seller = Visitor(place.site, place.sessions["seller"])  # this process has seldom seen them
    answers = [place.post(seller, f"{number}", accept=JSON) for number in range(31)]
    assert [answer.status for answer in answers] == [200] * 30 + [429]
    assert 1 <= int(answers[30].headers["Retry-After"]) <= 60
    assert len(place.stored()) == 30


def test_without_redis_people_log_in_and_a_wrong_password_is_told(place: Place) -> None:
    place.broker.stop()
    for password, status in (("wrong", 200), ("trato-demo", 302)):
        form = {"login": "lucia@example.com", "password": password}
        assert place.visitor.post("/accounts/login/", form).status == status


def test_with_redis_back_open_sockets_are_live_again_without_a_restart(place: Place) -> None:
    with place.shopper.socket() as asking, place.seller.socket() as answering:
        for line in (asking, answering):
            line.next_frame("session.ready")
        place.broker.kill()
        assert place.send(asking, "While it was away")["type"] == "message.accepted"
        place.broker.start()
        assert place.visitor.get("/health/").json()["channel_layer"]
        for number in range(20):  # events may be lost while the layer reconnects
            place.send(asking, f"After it came back {number}")
            with contextlib.suppress(TimeoutError):
                answering.next_frame("message.created", within=1)
                return
    pytest.fail("the other process heard nothing of 20 messages")


def test_a_redis_that_hangs_delays_a_send_and_does_not_stop_it(place: Place) -> None:
    place.broker.pause()
    assert place.post(place.shopper, "Patience", accept=JSON).status == 200
    assert place.stored() == ["Patience"]


def test_without_redis_one_can_connect_catch_up_and_read(place: Place) -> None:
    place.broker.stop()
    place.post(place.shopper, "Hello")
    with place.seller.socket() as line:
        assert line.next_frame("session.ready")["unread"] == 1
        line.send(type="conversation.open", conversation=place.conversation, since=0)
        state = line.next_frame("conversation.state")
        assert [message["body"] for message in state["messages"]] == ["Hello"]
        line.send(type="conversation.read", conversation=place.conversation, sequence=1)
        page = place.shopper.get(f"{place.address}messages/")
    assert page.json()["messages"][0]["body"] == "Hello"
