"""QR codes in pictures count like words of their message."""

from collections.abc import Iterable

from messaging.files import queries as files
from messaging.records import Attempt


def read_codes(attempts: Iterable[Attempt]) -> None:
    """Note in attempts what the QR codes in their pictures say, with one query for all of them.

    Makes no query without files. Files of others are refused later, and say nothing here.
    """
    with_files = [attempt for attempt in attempts if attempt.files]
    if not with_files:
        return
    codes = files.codes_of({pk for attempt in with_files for pk in attempt.files})
    for attempt in with_files:
        own = (codes.get((pk, attempt.sender_id)) for pk in attempt.files)
        attempt.codes = "\n".join(filter(None, own))
