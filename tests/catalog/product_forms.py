"""The product form as a browser sends it."""

import html
import re
from typing import Any

from catalog.models import Product


def fields_of(page: str) -> dict[str, Any]:
    """Return what a browser would post from the product form as shown."""
    form = page.partition('<form class="product-form')[2].partition("</form>")[0]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        names = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if names.get("type") not in ("file", "checkbox"):
            fields[names["name"]] = html.unescape(names.get("value", ""))
    for name, content in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = html.unescape(content).removeprefix("\n").replace("\n", "\r\n")
    for name, content in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.S):
        options = re.findall(r'<option value="([^"]*)"([^>]*)>', content)
        chosen = [value for value, rest in options if "selected" in rest]
        fields[name] = (chosen or [value for value, _rest in options])[0]
    return fields


def new_form(client: Any, product: Product, **change: Any) -> dict[str, Any]:
    form = fields_of(client.get("/my/products/new/").text)
    values = {"title": "Vase", "category": product.category_id, "amount": "9", "stock": "1"}
    return form | values | change
