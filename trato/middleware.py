"""The base of the site's own middlewares, which run in the thread of their request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class Middleware:
    """Passes a request on. A subclass overrides `__call__`, or adds one of Django's hooks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
