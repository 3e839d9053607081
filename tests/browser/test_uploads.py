"""Uploads interrupted by a lost connection, a reload, or the end of a server or a session."""

from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Route, expect

from accounts.models import User
from messaging.models import Conversation, File
from tests.browser.acts import (
    Person,
    open_thread,
    returned,
    says,
    write,
)
from tests.browser.files import (
    CHOOSE,
    LINES,
    document,
    is_drawn,
    photo,
    stored,
)
from tests.uploads import jpeg
from tests.whole import only_whole


@only_whole
def test_a_message_waits_for_its_files_and_what_follows_waits_behind_it(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page, answering = person(shopper), person(seller)
    held: list[Route] = []
    page.route("**/files/", lambda route: held.append(route))
    open_thread(page, conversation)
    open_thread(answering, conversation)
    page.set_input_files(CHOOSE, photo())
    write(page, "With a photo")
    write(page, "And then this")
    expect(page.locator(".message[data-pending]")).to_have_count(2)
    expect(page.locator("[data-upload]")).to_have_count(1)
    assert stored() == []
    [route] = held
    route.continue_()
    says(answering, "And then this")
    is_drawn(answering, 1)
    assert stored() == [("With a photo", ["bowl.jpg"]), ("And then this", [])]


def test_why_a_file_still_waits_is_said_beside_it(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    full = {"type": "error", "code": "unavailable", "detail": "There is no room for files."}
    page.route("**/files/", lambda route: route.fulfill(status=503, json=full))
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, photo())
    expect(page.locator(f"{LINES} [data-error]")).to_have_text("There is no room for files.")
    write(page, "With a photo")
    expect(page.locator("[data-upload] .files__size")).to_have_text("There is no room for files.")
    page.unroute("**/files/")
    is_drawn(page, 1)
    assert stored() == [("With a photo", ["bowl.jpg"])]


def test_a_file_that_is_gone_from_the_device_holds_nothing_back(
    person: Person, shopper: User, conversation: Conversation, tmp_path: Path
) -> None:
    page = person(shopper)
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.route("**/files/", lambda route: None)
    open_thread(page, conversation)
    chosen = tmp_path / "bowl.jpg"
    chosen.write_bytes(jpeg())
    with page.expect_request("**/files/"):
        page.set_input_files(CHOOSE, chosen)
    chosen.unlink()
    write(page, "With a photo that is gone")
    write(page, "And then this")
    page.unroute("**/files/")
    pending = page.locator(".message[data-pending]")
    expect(pending).to_have_count(1)
    expect(pending.locator("[data-why]")).to_contain_text("has lost the file")
    assert stored() == [("And then this", [])]


def test_what_is_pasted_as_a_description_does_not_hold_the_file_back(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, photo())
    description = page.locator(".attachment__alt input")
    description.fill("A\u0007bowl\u0002 of clay")
    write(page, "As in the PDF")
    is_drawn(page, 1)
    assert File.objects.get().alt == "A bowl of clay"


def test_an_upload_over_a_dead_line_is_tried_again(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.clock.install()
    page.route("**/files/", lambda route: None)
    open_thread(page, conversation)
    with page.expect_request("**/files/"):
        page.set_input_files(CHOOSE, photo())
    write(page, "On a train")
    with page.expect_request("**/files/"):
        page.clock.run_for(150_000)
    page.unroute("**/files/")
    is_drawn(page, 1)
    assert stored() == [("On a train", ["bowl.jpg"])]


@only_whole
def test_an_upload_outlives_a_lost_connection_and_a_reload(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.route("**/files/", lambda route: route.abort())
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, [photo("one.jpg"), document("two.pdf")])
    write(page, "On a train")
    expect(page.locator(".message[data-pending]")).to_have_count(1)
    page.reload()
    expect(page.locator(".message[data-pending]")).to_have_count(1)
    page.unroute("**/files/")
    is_drawn(page, 1)
    expect(page.locator(".message[data-pending]")).to_have_count(0)
    assert stored() == [("On a train", ["one.jpg", "two.pdf"])]
    assert File.objects.count() == 2


@only_whole
def test_a_server_that_is_killed_during_an_upload_gets_the_file_again(
    person: Person, site: Any, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    site.kill(0)
    page.set_input_files(CHOOSE, photo())
    write(page, "Hold on")
    site.start(0)
    returned(page)
    is_drawn(page, 1)
    expect(page.locator(".message[data-pending]")).to_have_count(0)
    assert stored() == [("Hold on", ["bowl.jpg"])]


@only_whole
def test_an_upload_that_the_end_of_the_session_refuses_goes_on_after_the_next_login(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.set_input_files(CHOOSE, photo())
    expect(page.get_by_text("You've been logged out.")).to_be_visible()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # as they came
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    write(page, "Here it is")
    is_drawn(page, 1)
    assert stored() == [("Here it is", ["bowl.jpg"])]
