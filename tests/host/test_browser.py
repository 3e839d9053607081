"""Two people of the other shop in real browsers: its URLs, its name, its page layout."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from playwright.async_api import Page, async_playwright, expect

from deploy import programs, services
from messaging.models import Conversation
from tests.databases import own_database
from tests.host.market.models import Item
from tests.host.people.models import Member
from tests.patience import PATIENCE
from tests.whole import only_whole

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(programs.find("chromium") is None, reason="no chromium"),
]

Person = Callable[[Member], Awaitable[Page]]
LIVE = """async () => {
    const { session } = await import("trato/session");
    if (session.live) return;
    await new Promise((resume) => session.addEventListener("live", resume, { once: true }));
}"""
SENT = ".message[data-sequence]:not([data-sequence='']) .message__body"


@pytest.fixture
def server(item: Item, tmp_path: Path) -> Iterator[str]:
    """The URL of the other project, served by plain Daphne."""
    port = services.free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "daphne", "tests.host.asgi:application", "-p", str(port)]
    environment = os.environ | {"DATABASE_URL": own_database()}
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def probe() -> None:
        assert process.poll() is None, (tmp_path / "server.log").read_text()
        socket.create_connection(("localhost", port), PATIENCE).close()

    try:
        services.wait(probe, ConnectionRefusedError)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest_asyncio.fixture
async def person(server: str, client_of: Any) -> AsyncIterator[Person]:
    """`await person(member)`: a page of a browser in which that member is logged in."""
    expect.set_options(timeout=PATIENCE * 1000)
    name = settings.SESSION_COOKIE_NAME
    async with async_playwright() as playwright:
        path = programs.find("chromium")
        options = ["--no-sandbox", "--disable-gpu"]
        browser = await playwright.chromium.launch(executable_path=path, args=options)

        async def arrive(member: Member) -> Page:
            key = (await sync_to_async(client_of)(member)).cookies[name].value
            context = await browser.new_context(base_url=server)
            context.set_default_timeout(PATIENCE * 1000)
            await context.add_cookies([{"name": name, "value": key, "url": server}])
            return await context.new_page()

        yield arrive
        await browser.close()


async def say(page: Page, text: str) -> None:
    """Write a message and wait until the page shows that it is sent."""
    await page.fill("#composer-body", text)
    await page.press("#composer-body", "Enter")
    await expect(page.locator(SENT).last).to_have_text(text)


async def test_a_message_appears_there_at_once_and_a_toast_leads_to_it(
    buyer: Member, crew: Member, conversation: Conversation, person: Person
) -> None:
    address = conversation.get_absolute_url()
    asking, answering = await person(buyer), await person(crew)
    await answering.goto(address)
    await asking.goto(address)
    await say(asking, "Is it dishwasher-safe?")
    await expect(answering.locator(".message__body")).to_have_text("Is it dishwasher-safe?")
    await asking.goto("/items/bowl/")
    await asking.evaluate(LIVE)
    await say(answering, "Yes, it is.")
    link = asking.locator(".toast__link")
    await expect(link).to_have_attribute("href", address)
    await expect(asking.locator("[data-badge]")).to_have_text("1")
    await expect(asking.locator("#incomplete")).to_be_hidden()


@only_whole
async def test_without_a_socket_a_message_goes_by_post(
    buyer: Member, conversation: Conversation, person: Person
) -> None:
    page = await person(buyer)
    await page.context.route_web_socket("**/line/", lambda line: line.close())
    await page.goto(conversation.get_absolute_url())
    async with page.expect_response(f"**{conversation.get_absolute_url()}new_message/") as posted:
        await say(page, "Hello")
    assert (await posted.value).status == 200
    assert await conversation.messages.acount() == 1


@only_whole
async def test_a_page_that_ends_bears_the_sites_name_and_leads_to_its_login(
    buyer: Member, conversation: Conversation, person: Person
) -> None:
    page = await person(buyer)
    await page.goto(conversation.get_absolute_url())
    # Before its session has started, a page has nothing to check.
    await page.evaluate(
        """async () => {
            const { session } = await import("trato/session");
            while (!session.live) await new Promise((resume) => setTimeout(resume, 20));
        }"""
    )
    await page.context.clear_cookies()
    await page.evaluate("import('trato/session').then(({ session }) => session.check())")
    login = f"/come-in/?next=%2Ftalk%2Fconversation%2F{conversation.pk}%2F"
    await expect(page.locator("#connection a")).to_have_attribute("href", login)
    await expect(page).to_have_title("Market")
