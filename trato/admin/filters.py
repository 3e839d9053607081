"""Filters of the admin's lists."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.translation import gettext


class Happened(admin.EmptyFieldListFilter):
    """Filter by whether something has happened, that is, has a time: "yes" or "no", not "empty"."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        words = ("", gettext("No"), gettext("Yes"))
        for word, choice in zip(words, super().choices(changelist), strict=True):
            _empty, space, count = str(choice["display"]).partition(" (")  # if there are counts
            yield {**choice, "display": f"{word}{space}{count}"} if word else choice
