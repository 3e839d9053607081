"""QR codes, descriptions and file names, which count as part of their message's text."""

from collections.abc import Iterable

from messaging.files import queries as files
from messaging.records import Attempt


def read_codes(attempts: Iterable[Attempt]) -> None:
    """Set on the attempts what their files say, with one query for all of them.

    This takes no query if there are no files. Other people's files are ignored here, and refused
    later.
    """
    with_files = [attempt for attempt in attempts if attempt.files]
    if not with_files:
        return
    words = files.words_of({pk for attempt in with_files for pk in attempt.files})
    for attempt in with_files:
        own = [words.get((pk, attempt.sender_id), ("", "")) for pk in attempt.files]
        attempt.codes = "\n".join(filter(None, (codes for codes, _written in own)))
        attempt.captions = "\n".join(filter(None, (written for _codes, written in own)))
