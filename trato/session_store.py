"""Django's sessions in the database, loaded with a prepared statement."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from .prepared import prepared


class SessionStore(db.SessionStore):
    """The class that Django finds through `SESSION_ENGINE`."""

    def _get_session_from_db(self) -> Session | None:
        rows = _sessions(self.session_key or "")
        if rows and rows[0].expire_date > timezone.now():
            return rows[0]
        self._session_key = None
        return None


@prepared
def _sessions(key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key)
