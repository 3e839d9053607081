"""What messaging asks of the shop to keep people safe: the part of `host` for staff's acts."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from trato.people import Person

View = Callable[..., HttpResponseBase]


class SafetyHost(ABC):
    """What staff may do about people and products, and whom the site may write to."""

    @abstractmethod
    def may_suspend(self, actor: Person, person: Person) -> bool:
        """Whether a member of staff may suspend or restore a person."""

    @abstractmethod
    def set_active(self, person_id: int, *, active: bool) -> bool:
        """Suspend or restore an account for a decision, which is on record; say if that is new.

        Change `is_active` in one transaction, and call
        `trato.realtime.sessions.announce_access_changed` and, while the person is a member,
        `trato.realtime.teams.announce_member_changed`.
        """

    def may_hide_product(self, actor: Person) -> bool:
        """Whether a member of staff may take products off sale; never without `hide_product`."""
        return False

    def hide_product(self, actor: Person, product_id: int, reason: str) -> object:
        """Take a product off sale until staff allow it again, in one transaction.

        Record the act in the audit trail.

        Raises:
            trato.errors.AlreadyDone: it is off sale already.
            PermissionDenied: see `may_hide_product`.
            ValidationError: no reason is given.
        """
        raise PermissionDenied

    def allow_product(self, actor: Person, product_id: int, reason: str) -> object:
        """Let a product be sold again. Raises the same exceptions as `hide_product`."""
        raise PermissionDenied

    def is_hidden(self, product: models.Model) -> bool:
        """Whether staff have taken a product off sale. Makes no query."""
        return False

    def confirmed(self, view: "View") -> "View":
        """Return a view that first asks for the password again, unless that was just given.

        By default, nothing is asked.

        Args:
            view: shows or sends all data of the person who is logged in.
        """
        return view

    def may_mail_stranger(self, request: HttpRequest) -> bool:
        """Count a mail to an address that has no account; return False if it must not be sent."""
        return True
