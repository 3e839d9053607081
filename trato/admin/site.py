"""The admin site: which requests its pages accept."""

from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import (
    DisallowedModelAdminLookup,
    DisallowedModelAdminToField,
)
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from .bases import StaffAdmin


class StaffSite(admin.AdminSite):
    """The admin site, with only our own pages.

    An installed app's own pages are left out until we register a `StaffAdmin` for the model.
    allauth's pages would let staff move an email address from one account to another and show the
    secrets of second factors; Django's would let staff extend their own permissions.
    """

    def register(
        self,
        model_or_iterable: Any,
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        if admin_class is not None and issubclass(admin_class, StaffAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap a page so that a disallowed query gets a 400 and one line in the log."""

        def refusing(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return view(request, *args, **kwargs)
            except (DisallowedModelAdminLookup, DisallowedModelAdminToField) as error:
                raise BadRequest(error) from None

        return super().admin_view(update_wrapper(refusing, view), cacheable)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Suggest rows only for relations that have an autocomplete field on one of these pages."""
        asked = (request.GET.get("app_label"), request.GET.get("model_name"))
        fields = [
            field
            for model, model_admin in self._registry.items()
            if asked == (model._meta.app_label, model._meta.model_name)
            for field in model_admin.get_autocomplete_fields(request)
        ]
        if request.GET.get("field_name") not in fields:
            raise PermissionDenied
        return super().autocomplete_view(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        address = "r/<path:content_type_id>/<path:object_id>/"
        own = path(address, self.admin_view(self.view_on_site), name="view_on_site")
        return [own, *super().get_urls()]

    def view_on_site(
        self, request: HttpRequest, content_type_id: str, object_id: str
    ) -> HttpResponse:
        """Redirect from a row's admin page to its public page, if the person may view the row.

        Django redirects all staff, which reveals the URLs of private objects.
        """
        try:
            model = ContentType.objects.get_for_id(int(content_type_id)).model_class()
        except (ValueError, ContentType.DoesNotExist):
            model = None
        model_admin = self._registry.get(model) if model else None
        row = model_admin.get_object(request, object_id) if model_admin else None
        if model_admin is None or row is None or not model_admin.has_view_permission(request, row):
            raise Http404("no such page")
        return shortcut(request, content_type_id, object_id)
