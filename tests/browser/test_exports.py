"""Take a conversation along: the ZIP that a browser saves, and the page in it."""

import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import Person, open_thread
from tests.exports import said_with_files
from tests.said import say
from tests.uploads import PDF, jpeg

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


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
