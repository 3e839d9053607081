"""Code that both populations share: sessions for many people, the number of earlier messages."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

# Messages per conversation, by both people in turn. With empty tables, PostgreSQL would make plans
# that are out of date a second later.
HISTORY = 10


def sessions_of(people: Sequence[Any]) -> list[str]:
    """Log people in without a password; return their session keys in the same order."""
    encode = SessionStore().encode
    sessions = [
        Session(
            session_key=secrets.token_hex(16),
            session_data=encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=timezone.now() + timedelta(days=1),
        )
        for person in people
    ]
    Session.objects.bulk_create(sessions)
    return [session.session_key for session in sessions]
