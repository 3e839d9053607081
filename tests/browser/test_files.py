"""Photos and PDFs between two people: chosen, dropped, pasted, described, sent and looked at."""

from playwright.sync_api import Route, expect

from accounts.models import User
from catalog.models import Product
from messaging.editing.actions import edit
from messaging.models import Conversation
from tests.browser.acts import (
    Person,
    block_socket,
    choose_in_menu,
    open_thread,
    polling,
    says,
    write,
)
from tests.browser.files import (
    CAMERA,
    CHOOSE,
    LINES,
    document,
    hand_over,
    is_drawn,
    photo,
    send,
    stored,
)
from tests.browser.inspector import Inspect, languages
from tests.exports import said_with_files
from tests.said import say
from tests.uploads import jpeg
from tests.whole import only_whole


def test_photos_by_button_drop_paste_and_camera_reach_the_other_side(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    asking, answering = person(shopper, viewport={"width": 390, "height": 844}), person(seller)
    open_thread(asking, conversation)
    open_thread(answering, conversation)
    asking.set_input_files(CHOOSE, [photo("chosen.jpg"), document()])
    hand_over(asking, "drop", ".thread__scroll", photo("dropped.jpg"))
    hand_over(asking, "paste", "#composer-body", photo("pasted.jpg"))
    asking.set_input_files(CAMERA, photo("camera.jpg"))
    expect(asking.locator(LINES)).to_have_count(5)
    asking.locator(LINES).first.locator("input").fill("A bowl, cracked at its edge")
    asking.fill("#composer-body", "Is this one mine?")
    send(asking)
    says(answering, "Is this one mine?")
    is_drawn(answering, 4)
    is_drawn(asking, 4)
    expect(answering.get_by_alt_text("A bowl, cracked at its edge")).to_be_visible()
    expect(answering.locator(".files__document")).to_contain_text("rules.pdf")
    expect(asking.locator(LINES)).to_have_count(0)
    names = ["chosen.jpg", "rules.pdf", "dropped.jpg", "pasted.jpg", "camera.jpg"]
    assert stored() == [("Is this one mine?", names)]
    answering.reload()
    is_drawn(answering, 4)


@only_whole
def test_one_of_three_is_cancelled_and_the_others_are_sent(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, [photo("one.jpg"), photo("two.jpg"), photo("three.jpg")])
    expect(page.locator(LINES)).to_have_count(3)
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as discarded:
        page.get_by_role("button", name="Remove two.jpg").click()
    assert discarded.value.status == 204  # whether or not the server had all of it
    expect(page.locator(LINES)).to_have_count(2)
    send(page)
    is_drawn(page, 2)
    assert stored() == [("", ["one.jpg", "three.jpg"])]


@only_whole
def test_a_file_that_another_tab_is_uploading_is_removed_on_the_server_too(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    held: list[Route] = []
    page.route("**/files/", lambda route: held.append(route))
    open_thread(page, conversation)
    with page.expect_request("**/files/"):
        page.set_input_files(CHOOSE, photo())
    other = page.context.new_page()
    open_thread(other, conversation)
    remove = other.get_by_role("button", name="Remove bowl.jpg")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as discarded:
        remove.click()
    assert discarded.value.status == 204
    expect(page.locator(LINES)).to_have_count(0)


@only_whole
def test_a_refused_file_says_why_beside_it_and_the_others_are_unharmed(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    film = {"name": "film.png", "mimeType": "image/png", "buffer": b"\0\0\0\x20ftypisom" * 9}
    turned = photo("fact\u202egpj.exe.jpg")
    nothing = {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""}
    page.set_input_files(CHOOSE, [photo(), film, nothing, turned])
    expect(page.locator(".attachment__name").last).to_have_text("factgpj.exe.jpg")
    page.get_by_role("button", name="Remove factgpj.exe.jpg").click()
    refused = page.locator(f"{LINES}[data-refused]")
    expect(refused).to_have_count(2)
    expect(refused.first).to_contain_text("We can't send this kind of file.")
    expect(refused.last).to_contain_text("The file is empty.")
    send(page)
    expect(page.locator("[data-attachments-said]")).to_contain_text("film.png can't be sent.")
    for name in ("film.png", "empty.jpg"):
        page.get_by_role("button", name=f"Remove {name}").click()
    send(page)
    is_drawn(page, 1)
    assert stored() == [("", ["bowl.jpg"])]


@only_whole
def test_a_seventh_file_is_not_taken(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, [document(f"{place}.pdf") for place in range(7)])
    expect(page.locator(LINES)).to_have_count(6)
    expect(page.get_by_text("A message can have at most 6 files.")).to_be_visible()
    send(page)
    expect(page.locator(LINES)).to_have_count(0)
    expect(page.get_by_text("A message can have at most 6 files.")).to_have_count(0)


@only_whole
def test_files_that_are_dropped_quickly_one_after_the_other_are_not_too_many(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.evaluate(
        """() => {
            for (let time = 0; time < 3; time += 1) {
                const transfer = new DataTransfer();
                for (let place = 0; place < 4; place += 1) {
                    transfer.items.add(new File(["%PDF-1.7 %%EOF"], `${time}-${place}.pdf`));
                }
                const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
                const drop = new DragEvent("drop", options);
                document.querySelector(".thread__scroll").dispatchEvent(drop);
            }
        }"""
    )
    expect(page.get_by_text("A message can have at most 6 files.")).to_be_visible()
    send(page)
    expect(page.locator(".message[data-pending]")).to_have_count(0)
    [(_body, names)] = stored()
    assert len(names) == 6


@only_whole
def test_another_tab_leaves_a_file_alone_that_the_browser_is_still_keeping(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    other = page.context.new_page()
    page.add_init_script("IDBFactory.prototype.open = () => ({})")  # it never answers
    open_thread(page, conversation)
    open_thread(other, conversation)
    held: list[Route] = []
    page.route("**/files/", lambda route: held.append(route))
    for name in ("one.pdf", "two.pdf", "three.pdf"):
        page.set_input_files(CHOOSE, document(name))
    for tab in (page, other):
        expect(tab.locator(LINES)).to_have_count(3)
    with other.expect_event("console", lambda said: said.text == "tried"):
        other.evaluate(
            """async () => {
                const { uploads } = await import("trato/uploads");
                // Two of them are under way in the first tab, which leaves the third to this one.
                const { id } = uploads.all().at(-1);
                const tell = () => {
                    if (uploads.pauses.has(id) || uploads.get(id)?.error) console.log("tried");
                };
                uploads.addEventListener("changed", tell);
                uploads.start();
                tell();
            }"""
        )
    expect(other.locator(f"{LINES}[data-refused]")).to_have_count(0)
    for route in held:
        route.continue_()
    page.unroute("**/files/")
    send(page)
    expect(page.locator(".message[data-pending]")).to_have_count(0)
    assert stored() == [("", ["one.pdf", "two.pdf", "three.pdf"])]


@only_whole
def test_a_file_that_can_be_tried_again_keeps_its_name_readable(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper, locale="es")
    page.route(
        "**/files/", lambda route: route.fulfill(status=403, json={"detail": "No hay sitio."})
    )
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        open_thread(page, conversation)
        page.set_input_files(CHOOSE, [photo(f"{number}.jpg") for number in range(3)])
        again = page.locator(f"{LINES} [data-again]:visible")
        expect(again).to_have_count(3)
        for part in page.locator(f"{LINES} :is(.attachment__name, [data-size])").all():
            assert part.evaluate("(one) => one.scrollWidth <= one.clientWidth || !one.clientWidth")
            assert part.evaluate("(one) => one.getClientRects()[0].height") < 32
        for _number in range(3):
            page.locator(f"{LINES} [data-remove]").first.click()


@only_whole
def test_a_quote_with_nothing_but_files_survives_a_reload(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(seller, conversation, "Which colour?")
    page = person(shopper)
    open_thread(page, conversation)
    choose_in_menu(page, 1, "quote")
    page.set_input_files(CHOOSE, photo())
    expect(page.locator(LINES)).to_have_count(1)
    page.reload()
    expect(page.locator(LINES)).to_have_count(1)
    expect(page.locator(".composer__about")).to_contain_text("Which colour?")


@only_whole
def test_without_a_socket_files_go_by_post(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    page, answering = person(shopper), person(seller)
    block_socket(page)
    open_thread(page, conversation, wait=False)
    polling(page)
    open_thread(answering, conversation)
    page.set_input_files(CHOOSE, [photo("one.jpg"), document("two.pdf")])
    write(page, "By post")
    says(answering, "By post")
    is_drawn(answering, 1)
    assert stored() == [("By post", ["one.jpg", "two.pdf"])]


@only_whole
def test_a_draft_with_files_is_there_after_a_reload_and_in_another_tab(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, photo())
    page.locator(LINES).locator("input").fill("My bowl")
    page.locator(LINES).locator("input").press("Tab")
    other = page.context.new_page()
    open_thread(other, conversation)
    page.reload()
    for tab in (page, other):
        expect(tab.locator(LINES)).to_have_count(1)
        expect(tab.locator(LINES).locator("input")).to_have_value("My bowl")
    send(page)
    is_drawn(other, 1)
    expect(other.locator(LINES)).to_have_count(0)


@only_whole
def test_a_browser_that_cannot_keep_files_says_so_and_sends_them(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, photo())
    expect(page.get_by_text("This browser can't keep files.")).to_be_visible()
    send(page)
    is_drawn(page, 1)


@only_whole
def test_a_message_with_files_that_waits_can_be_taken_back(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper)
    page.route("**/files/", lambda route: route.abort())
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, photo())
    write(page, "Not yet")
    page.locator("[data-take-back]:visible").click()
    expect(page.locator("#composer-body")).to_have_value("Not yet")
    expect(page.locator(LINES)).to_have_count(1)
    page.unroute("**/files/")
    send(page)
    is_drawn(page, 1)
    assert stored() == [("Not yet", ["bowl.jpg"])]


def test_without_scripts_a_form_sends_files(
    person: Person, shopper: User, conversation: Conversation
) -> None:
    page = person(shopper, java_script_enabled=False)
    page.goto(conversation.get_absolute_url())
    page.set_input_files(CHOOSE, [photo(), document()])
    page.fill("#composer-body", "No scripts here")
    page.click(".composer__send")
    expect(page.locator(".files__picture")).to_have_count(1)
    expect(page.locator(".files__document")).to_contain_text("rules.pdf")
    assert stored() == [("No scripts here", ["bowl.jpg", "rules.pdf"])]


@only_whole
def test_a_first_question_has_a_photo(person: Person, stranger: User, product: Product) -> None:
    page = person(stranger)
    page.goto(product.get_absolute_url())
    page.fill("#ask-body", "Do you have one like this?")
    page.set_input_files("#ask-files", photo("mine.jpg"))
    page.locator(".ask form .button--primary").click()
    is_drawn(page, 1)
    assert stored() == [("Do you have one like this?", ["mine.jpg"])]


@only_whole
@languages
def test_files_that_wait_and_pictures_that_are_shown_are_accessible(
    locale: str, inspect: Inspect, shopper: User, conversation: Conversation
) -> None:
    inspector = inspect(shopper, locale=locale)
    page = inspector.page
    open_thread(page, conversation)
    page.set_input_files(CHOOSE, [photo("one.jpg"), photo("two.jpg"), document()])
    send(page)
    is_drawn(page, 2)
    film = {"name": "film.png", "mimeType": "image/png", "buffer": b"\0\0\0\x20ftypisom" * 9}
    page.set_input_files(CHOOSE, [photo(), film])
    expect(page.locator(f"{LINES}[data-refused]")).to_have_count(1)
    expect(page.locator(f"{LINES} input")).not_to_have_count(0)
    inspector.look()
    page.locator(".files__picture").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    inspector.look()
    assert inspector.problems == []


def test_a_quote_of_a_photo_says_so_wherever_it_is_shown(
    person: Person, shopper: User, seller: User, conversation: Conversation
) -> None:
    said_with_files(seller, conversation, "", ("bowl.jpg", jpeg()))
    page, answering = person(shopper), person(seller)
    open_thread(page, conversation)
    open_thread(answering, conversation)
    choose_in_menu(page, 1, "quote")
    expect(page.locator(".composer__about [data-excerpt]")).to_have_text("Photo")
    write(page, "Nice")
    for one in (page, answering):
        quoted = one.locator("#message-2 .message__quoted")
        expect(quoted).to_have_text("Photo")
    edit(seller, conversation.pk, 1, "My bowl")
    expect(quoted).to_have_text("My bowl")
    page.reload()
    edit(seller, conversation.pk, 1, "")
    expect(page.locator("#message-2 .message__quoted")).to_have_text("Photo")
