"""Export a conversation: the ZIP that a browser saves, and the page in it."""

import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from messaging.editing.actions import withdraw
from messaging.models import Conversation, Export
from tests.browser.acts import Person, open_thread
from tests.exports import said_with_files
from tests.messaging.navigation.long import fill
from tests.said import say
from tests.uploads import PDF, jpeg
from tests.whole import only_whole

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
READY = "Your download is ready"


@pytest.fixture
def long_talk(conversation: Conversation, shopper: User, settings: Any) -> Conversation:
    """A conversation whose export is prepared in the background."""
    fill(conversation, shopper, settings.EXPORT_DIRECT_MESSAGES + 1)
    return conversation


def test_a_conversation_is_saved_and_opened_without_the_site(
    person: Person,
    shopper: User,
    seller: User,
    conversation: Conversation,
    tmp_path: Path,
    settings: Any,
) -> None:
    # The servers' own folder: they have to find the files.
    private = settings.STORAGES["private"] | {"OPTIONS": {"location": settings.PRIVATE_MEDIA_ROOT}}
    settings.STORAGES = settings.STORAGES | {"private": private}
    said_with_files(
        shopper, conversation, "Is it glazed?", ("the bowl.jpg", jpeg()), ("rules.pdf", PDF)
    )
    say(seller, conversation, HOSTILE)
    page = person(shopper)
    open_thread(page, conversation)
    page.locator(".triage__more").click()
    page.get_by_role("link", name="Download this conversation").click()
    expect(page.get_by_role("heading", name="Download this conversation")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download the ZIP file").click()
    assert saving.value.suggested_filename.startswith("Barro y Sal ")
    saving.value.save_as(tmp_path / "saved.zip")
    with zipfile.ZipFile(tmp_path / "saved.zip") as archive:
        archive.extractall(tmp_path / "saved")
    assert (tmp_path / "saved/files/1-2 rules.pdf").read_bytes() == PDF
    page.goto(f"file://{tmp_path}/saved/conversation.html")
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    expect(page.locator("article")).to_have_count(2)
    page.wait_for_function("document.querySelector('img').naturalWidth > 0")
    assert page.locator("img").count() == 1


@only_whole
def test_a_long_one_is_announced_and_its_link_works_for_a_day_for_its_owner_only(
    person: Person, shopper: User, seller: User, stranger: User, long_talk: Conversation
) -> None:
    page = person(shopper)
    page.goto(f"{long_talk.get_absolute_url()}export/")
    page.get_by_role("button", name="Prepare the download").click()
    expect(page.get_by_role("status").get_by_text("We're preparing your download")).to_be_visible()
    page.goto("/products/")
    page.locator(".toast__link", has_text=READY).click()
    page.get_by_role("button", name=READY, exact=True).click()
    link = page.get_by_role("link", name="Download the ZIP file")
    with page.expect_download() as saving:
        link.click()
    with zipfile.ZipFile(saving.value.path()) as archive:
        assert "Message 501" in archive.read("conversation.html").decode()
    address = link.get_attribute("href")
    assert address
    for other in (seller, stranger):
        assert person(other).request.get(address).status == 404
    assert page.request.get(address).status == 200
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert page.request.get(address).status == 404
    page.reload()
    expect(link).to_have_count(0)
    expect(page.get_by_role("button", name="Prepare the download")).to_be_visible()


def test_one_with_words_that_are_gone_since_is_prepared_again(
    person: Person, shopper: User, long_talk: Conversation
) -> None:
    page = person(shopper)
    page.goto(f"{long_talk.get_absolute_url()}export/")
    page.get_by_role("button", name="Prepare the download").click()
    page.goto("/notifications/")
    page.get_by_role("button", name=READY, exact=True).click()
    link = page.get_by_role("link", name="Download the ZIP file")
    address = link.get_attribute("href")
    assert address
    withdraw(shopper, long_talk.pk, long_talk.last_sequence)
    link.click()  # of a page that doesn't know
    expect(page.get_by_text("The conversation has changed since.")).to_be_visible()
    page.get_by_role("button", name="Prepare it again").click()
    page.goto("/notifications/")
    page.get_by_role("button", name=READY, exact=True).click()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Download the ZIP file").click()
    with zipfile.ZipFile(saving.value.path()) as archive:
        assert "Message 501" not in archive.read("conversation.html").decode()
        assert "Message 500" in archive.read("conversation.html").decode()
