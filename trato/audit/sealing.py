"""Keyed hashes that reveal whether an entry was changed, added, moved or removed.

`verification` compares them with the entries. `docs/decisions/0024-audit-chain.md` explains what
each hash covers.
"""

import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.encoding import force_bytes

ENCODING = 1  # version of what is hashed; each entry stores its own
SALT_BYTES = 16
START = bytes(32)  # the link before the first entry
SECRET_MIN = 32  # characters
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def keys() -> Mapping[str, bytes]:
    """Return the secrets by key ID: first the one that seals new entries, then former ones.

    Raises:
        ImproperlyConfigured: `AUDIT_KEYS` can't be read, or a secret is too short.
    """
    site = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return _keys(tuple(settings.AUDIT_KEYS), tuple(map(force_bytes, site)))


@lru_cache(maxsize=8)
def _keys(named: tuple[str, ...], site: tuple[bytes, ...]) -> dict[str, bytes]:
    by_id: dict[str, bytes] = {}
    for word in named:
        match = re.fullmatch(rf"([\w-]{{1,16}}):(\S{{{SECRET_MIN},}})", word.strip(), re.ASCII)
        if match is None or match[1] in by_id:
            raise ImproperlyConfigured(
                "AUDIT_KEYS must be a list like 2027:secret,2026:former-secret, each with an ID of "
                f"its own and a secret of at least {SECRET_MIN} characters."
            )
        by_id[match[1]] = match[2].encode()
    for secret in site:
        # The ID is derived from the secret, so a changed secret is an unknown key, and its entries
        # don't count as tampered with.
        derived = hmac.digest(secret, b"trato.audit", "sha256")
        by_id.setdefault(f"site-{sha256(derived).hexdigest()[:8]}", derived)
    return by_id


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def commitment(key: bytes, salt: bytes, words: str) -> bytes:
    """Commit to an entry's text. Without the salt, nobody can test a guess at it."""
    return _digest(key, b"words", salt, words.encode())


def seal(
    key: bytes, actor_id: object, verb: str, subject: str, created_at: datetime, words: bytes
) -> bytes:
    """Seal the whole entry; `words` is the commitment to its text."""
    time = (created_at - EPOCH) // MICROSECOND
    return _digest(
        key, b"entry", str(actor_id).encode(), verb.encode(), subject.encode(), b"%d" % time, words
    )


def chain(key: bytes, previous: bytes, position: int, entry_id: int, entry_seal: bytes) -> bytes:
    """Bind an entry to its place in the chain, after the previous entry."""
    return _digest(key, b"place", previous, b"%d" % position, b"%d" % entry_id, entry_seal)


def _digest(key: bytes, *parts: bytes) -> bytes:
    """Hash the parts. The length before each makes the encoding unambiguous."""
    text = b"".join([b"trato.audit.%d" % ENCODING, *(b"%d:%b" % (len(p), p) for p in parts)])
    return hmac.digest(key, text, "sha256")
