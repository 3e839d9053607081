"""Lists in the admin on a laptop's screen."""

import pytest

from accounts.models import User
from messaging.factories import MessageFactory, ReportFactory
from messaging.models import Conversation
from tests.browser.acts import Person
from tests.browser.inspector import DESKTOP


@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
def test_a_list_with_filters_does_not_scroll_sideways(
    locale: str, person: Person, lead: User, seller: User, conversation: Conversation
) -> None:
    ReportFactory(message=MessageFactory(conversation=conversation), reporter=seller)
    page = person(lead, viewport=DESKTOP, locale=locale)
    for name in ("shieldrule", "report"):
        page.goto(f"/admin/messaging/{name}/")
        results = page.locator("#changelist .results")
        assert results.evaluate("(one) => one.scrollWidth <= one.clientWidth"), name
