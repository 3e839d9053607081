"""Inviting people to a team, and the links that they get."""

import re
from typing import Any

from django.core import mail
from django.test import Client

from catalog.models import Shop


def invite(
    client: Client, shop: Shop, email: str, role: str = "agent", form_key: str = "", **options: Any
) -> Any:
    """Invite somebody with the form on the team page."""
    form = {"shop": shop.pk, "email": email, "role": role, "form_key": form_key}
    return client.post("/my/team/", form, **options)


def links() -> list[str]:
    """Return the paths of the links in all invitation emails, oldest first."""
    texts = [str(sent.body) for sent in mail.outbox]
    return [link for text in texts for link in re.findall(r"/team-invitation/\S+/", text)]
