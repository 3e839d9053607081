"""The part of `host` for staff actions, such as suspending people and hiding products."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from trato.people import Person

View = Callable[..., HttpResponseBase]


class SafetyHost(ABC):
    """The powers of staff over people and products, and emails to strangers."""

    @abstractmethod
    def may_suspend(self, actor: Person, person: Person) -> bool:
        """Whether a staff member may suspend or restore a person."""

    @abstractmethod
    def set_active(self, person_id: int, *, active: bool) -> bool:
        """Suspend or restore an account for a recorded decision; return whether that is new.

        Change `is_active` in one transaction, and call
        `trato.realtime.sessions.announce_access_changed` and, while the person is a member,
        `trato.realtime.teams.announce_member_changed`.
        """

    def may_hide_product(self, actor: Person) -> bool:
        """Whether a staff member may take products off sale. If so, implement `set_hidden`."""
        return False

    def set_hidden(self, product_id: int, *, hidden: bool) -> bool:
        """Take a product off sale, or allow it again, for a recorded decision.

        Returns:
            Whether that is new.
        """
        return False

    def is_hidden(self, product: models.Model) -> bool:
        """Whether staff have taken a product off sale. Makes no query."""
        return False

    def staff_sessions(self, people: Mapping[str, Person]) -> set[str]:
        """Return the keys of the sessions in which staff may see what the admin shows them.

        By default, all of them. A site whose admin requires more than a password checks that here,
        too, and calls `trato.realtime.sessions.announce_access_changed` when somebody loses access.

        Args:
            people: the logged-in staff members, by session key.
        """
        return set(people)

    def confirmed(self, view: "View") -> "View":
        """Return a view that first asks for the password again, unless it was just entered.

        By default, the view asks for nothing.

        Args:
            view: the view that shows or sends all of the logged-in person's data.
        """
        return view

    def may_mail_stranger(self, request: HttpRequest) -> bool:
        """Count an email to an address without an account; return False if it must not be sent."""
        return True
