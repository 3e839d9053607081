"""Names for files in a ZIP that every system can unpack, whatever people have called them."""

import re
import unicodedata

from trato.text import BIDI_CONTROLS

# What Windows doesn't allow in names; `/` and `\` would also lead into other folders.
NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
STEM_MAX_BYTES = 120  # in UTF-8; most file systems allow 255 for the whole name


def name_in_archive(sequence: int, position: int, name: str, extension: str) -> str:
    """Return a file's path in the ZIP: `files/12-1 photo.jpg`.

    The message's number and the file's place in it come first. So names are unique, even where case
    doesn't count, and none is reserved (such as `CON`), hidden, or mistaken for an option.

    Args:
        position: the file's place in the message, from 0.
        name: the name that people see.
        extension: the one that fits the content.
    """
    stem = cleaned(name.rpartition(".")[0] or name, STEM_MAX_BYTES)
    return f"files/{sequence}-{position + 1}{f' {stem}' if stem else ''}.{extension}"


def cleaned(text: str, most_bytes: int) -> str:
    """Return a text that is safe in a file name; it may be empty.

    Args:
        most_bytes: in UTF-8; the rest is cut off.
    """
    kept = "".join(
        character
        for character in NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", text))
        if character not in BIDI_CONTROLS
        and (character.isspace() or unicodedata.category(character)[0] != "C")
    )
    line = " ".join(kept.split()).encode()[:most_bytes].decode(errors="ignore")
    return line.strip(" .")
