"""Pictures of a conversation, looked at one by one."""

from playwright.sync_api import expect

from accounts.models import User
from messaging.models import Conversation, File
from tests.browser.acts import Person, open_thread
from tests.browser.files import CHOOSE, LINES, is_drawn, photo, send
from tests.whole import only_whole


@only_whole
def test_pictures_are_looked_at_one_after_another_with_the_keyboard(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page = person(seller)
    asking = person(shopper)
    open_thread(asking, conversation)
    asking.set_input_files(CHOOSE, [photo("one.jpg"), photo("two.jpg")])
    send(asking)
    open_thread(page, conversation)
    is_drawn(page, 2)
    page.locator(".files__picture").first.focus()
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name="Picture")
    expect(viewer.locator("[data-place]")).to_have_text("1 / 2")
    expect(viewer.locator("[data-close]")).to_be_focused()
    page.wait_for_function("() => document.querySelector('.viewer__picture').naturalWidth === 800")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("[data-place]")).to_have_text("2 / 2")
    expect(viewer.locator("[data-next]")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert page.evaluate("document.activeElement.querySelector('img').alt") == "two.jpg"


@only_whole
def test_a_finger_turns_the_pictures(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper, viewport={"width": 390, "height": 844}, has_touch=True)
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, [photo("one.jpg"), photo("two.jpg")])
    page.locator(".composer__send").tap()
    is_drawn(page, 2)
    page.locator(".files__picture").first.tap()
    place = page.locator("[data-place]")
    expect(place).to_have_text("1 / 2")
    for start, end, where in ((300, 60, "2 / 2"), (60, 300, "1 / 2")):
        page.evaluate(
            """([start, end]) => {
                const figure = document.querySelector(".viewer__figure");
                const at = { bubbles: true, isPrimary: true, pointerType: "touch" };
                figure.dispatchEvent(new PointerEvent("pointerdown", { ...at, clientX: start }));
                figure.dispatchEvent(new PointerEvent("pointerup", { ...at, clientX: end }));
            }""",
            [start, end],
        )
        expect(place).to_have_text(where)


@only_whole
def test_a_withdrawn_picture_leaves_the_other_sides_page_and_viewer(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, page = person(shopper), person(seller)
    open_thread(asking, conversation)
    open_thread(page, conversation)
    asking.set_input_files(CHOOSE, photo())
    asking.locator(LINES).locator("input").fill("A cracked bowl")
    send(asking)
    is_drawn(page, 1)
    page.locator(".files__picture").click()
    viewer = page.get_by_role("dialog", name="Picture")
    expect(viewer).to_be_visible()
    asking.evaluate(
        """async (address) => {
            const { post } = await import("trato/api");
            await post(`${address}messages/1/`, { act: "withdraw" });
        }""",
        conversation.get_absolute_url(),
    )
    expect(viewer).to_be_hidden()
    expect(page.locator("#message-1")).to_be_focused()
    expect(page.locator(".files__picture")).to_have_count(0)
    page.wait_for_function("() => !document.body.innerHTML.includes('A cracked bowl')")
    address = File.objects.get().url
    for path in (address, f"{address}thumbnail/", f"{address}thumbnail/?size=large"):
        assert page.request.get(path).status == 404
