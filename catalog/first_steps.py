"""The part of a page with a new shop's first steps: add a product, publish it, tell people."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import User

from . import queries


@dataclass(frozen=True)
class ShownSteps:
    """The values that `templates/catalog/_first_steps.html` shows.

    Args:
        url: the absolute URL of the shop's page, to share.
        back: the URL of the page with the steps; their buttons lead back to it.
    """

    steps: queries.FirstSteps
    url: str
    back: str


def shown(request: HttpRequest, user: User, *, back: str) -> ShownSteps | None:
    """Return the steps that a person's shop still has to take; None if there are none."""
    steps = queries.first_steps(user)
    if steps is None:
        return None
    return ShownSteps(steps, request.build_absolute_uri(steps.shop.get_absolute_url()), back)
