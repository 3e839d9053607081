"""An open page while a server restarts gracefully."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from messaging.models import Conversation
from tests.browser.acts import live, returned, write
from tests.patience import PATIENCE
from tests.site import Site
from tests.whole import only_whole


@only_whole
def test_an_open_page_is_told_1012_comes_back_by_itself_and_goes_on(
    site: Site, person: Callable[..., Page], shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.goto(conversation.get_absolute_url())
    live(page)
    page.evaluate(
        """import('trato/session').then(({ session }) => {
            window.codes = [];
            session.connection.addEventListener('closed', (event) => codes.push(event.detail));
        })"""
    )
    server = site.processes.pop(0)
    server.terminate()
    assert server.wait(timeout=PATIENCE) == 0
    page.wait_for_function("codes.length > 0")
    assert page.evaluate("codes[0]") == {"code": 1012, "final": False}
    site.start(0)
    returned(page)
    write(page, "Still here")
    expect(page.locator(".message:not([data-pending])")).to_have_count(1)
