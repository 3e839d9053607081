"""A saved view as JSON."""

from msgspec import Struct

from messaging.models import SavedView


class View(Struct, kw_only=True):
    """A saved view; see docs/protocol.md."""

    id: int
    name: str
    query: str

    @classmethod
    def of(cls, view: SavedView) -> "View":
        return cls(id=view.pk, name=view.name, query=view.query)
