"""The admin, with allauth's login and password pages, and a second factor for staff."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from allauth.account.decorators import secure_admin_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from trato.admin.site import StaffSite

from . import second_factor
from .models import User

View = TypeVar("View", bound=Callable[..., Any])


class SecondFactorSite(StaffSite):
    """The admin with this site's logins. The base class limits what its pages accept."""

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Log in on the same page as everybody else, with its limits and second factor."""
        return super().login(request, extra_context)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Require the second factor on every page, before checking permissions."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            user = request.user
            if isinstance(user, User) and self.has_permission(request):
                demand = second_factor.demand(request, user)
                if demand is not None:
                    return demand
            return inner(request, *args, **kwargs)

        return cast(View, update_wrapper(guarded, inner))

    def password_change(  # type: ignore[override]  # a redirect instead of a page
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """Redirect to the public page, which limits tries, closes sockets, notifies and records."""
        return redirect("account_change_password")
