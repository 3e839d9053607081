"""Accessibility of the error pages."""

from django.test import RequestFactory
from django.urls import reverse
from playwright.sync_api import Page, Request, Route

from accounts.models import User
from config import error_pages, views
from tests.browser.inspector import Inspect, languages
from tests.whole import only_whole


@only_whole
@languages
def test_the_pages_for_when_something_is_wrong(
    locale: str, inspect: Inspect, shopper: User, moderator: User
) -> None:
    visit = inspect(shopper, locale=locale)
    visit.tour(["/nothing-here/"], status=404)

    def submit(page: Page, script: str, status: int) -> None:
        page.goto("/accounts/profile/")
        with page.expect_navigation() as navigation:
            page.locator("main form:has([name=name])").evaluate(script)
        assert navigation.value is not None
        assert navigation.value.status == status
        visit.look()

    submit(visit.page, "form => { form.csrfmiddlewaretoken.remove(); form.submit(); }", 403)
    submit(visit.page, "form => { form.name.value = 'x'.repeat(3e6); form.submit(); }", 413)

    staff_visit = inspect(moderator, locale=locale)
    staff_visit.tour([reverse("admin:catalog_product_changelist")], status=403)

    asked = RequestFactory().get("/", headers={"Accept-Language": locale})
    plain = {
        413: error_pages.pages(locale[:2])["413.html"],
        500: views.server_error(asked).text,
        503: views.service_unavailable(asked).text,
    }
    for status, body in plain.items():

        def fail(route: Route, request: Request, body: str = body, status: int = status) -> None:
            policy = route.fetch().headers["content-security-policy"]
            route.fulfill(
                status=status,
                body=body,
                headers={
                    "content-type": "text/html; charset=utf-8",
                    "content-security-policy": policy,
                },
            )

        visit.page.route("**/products/", fail)
        visit.tour(["/products/"], status=status)
        visit.page.unroute("**/products/")
    assert visit.problems + staff_visit.problems == []


@only_whole
@languages
def test_the_page_for_too_much_in_too_short_a_time(locale: str, inspect: Inspect) -> None:
    visitor = inspect(None, locale=locale)
    visitor.page.goto("/accounts/password/reset/")
    visitor.page.fill("input[name=email]", "nobody@example.com")
    with visitor.page.expect_navigation() as navigation:
        visitor.page.locator("main form").evaluate(
            """async form => {
                for (let times = 0; times < 20; times += 1) {
                    await fetch(form.action, { method: "POST", body: new FormData(form) });
                }
                form.submit();
            }"""
        )
    assert navigation.value is not None
    assert navigation.value.status == 429
    visitor.look()
    assert visitor.problems == []
