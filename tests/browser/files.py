"""Give files to the composer, and check what happens to them."""

import base64
from typing import Any

from playwright.sync_api import Page, expect

from messaging.models import Message
from tests.uploads import PDF, jpeg

CHOOSE = "input[data-choose]:not([capture])"
CAMERA = "input[data-choose][capture]"
LINES = ".attachment"


def photo(name: str = "bowl.jpg", width: int = 800, height: int = 600) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": jpeg(width, height)}


def document(name: str = "rules.pdf") -> Any:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def hand_over(page: Page, kind: str, selector: str, *files: Any) -> None:
    """Drop or paste files, which Playwright can't do itself."""
    given = [{**file, "buffer": base64.b64encode(file["buffer"]).decode()} for file in files]
    page.eval_on_selector(
        selector,
        """(target, [kind, given]) => {
            const transfer = new DataTransfer();
            for (const { name, mimeType, buffer } of given) {
                const bytes = Uint8Array.from(atob(buffer), (one) => one.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type: mimeType }));
            }
            const options = { bubbles: true, cancelable: true };
            target.dispatchEvent(kind === "paste"
                ? new ClipboardEvent(kind, { ...options, clipboardData: transfer })
                : new DragEvent(kind, { ...options, dataTransfer: transfer }));
        }""",
        [kind, list(given)],
    )


def send(page: Page) -> None:
    page.click(".composer__send")


def stored() -> list[tuple[str, list[str]]]:
    rows = Message.objects.order_by("sequence").prefetch_related("files")
    return [(row.body, [file.name for file in row.files.all()]) for row in rows]


def is_drawn(page: Page, count: int) -> None:
    """Wait until this many pictures are sent and shown, and their thumbnails have arrived."""
    expect(page.locator(".message[data-pending]")).to_have_count(0)
    expect(page.locator(".files__picture img")).to_have_count(count)
    page.wait_for_function(
        """() => [...document.querySelectorAll(".files__picture img")]
            .every((one) => one.naturalWidth)"""
    )
