"""What forms with pictures share: count a person's uploads, and decode them in turn."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from trato import rate_limits
from trato.errors import Refused

from .queue import Abandoned, Busy, Uploader
from .sanitize import Picture, sanitize_all


def decode(
    uploads: Sequence[UploadedFile[bytes]], uploader: Uploader
) -> list[Picture | ValidationError]:
    """Return, for each upload, the picture or what is wrong with it.

    Raises:
        ValidationError: with the code `too_often` if the person has sent too many pictures, or
            `busy` if too many are being decoded.
    """
    try:
        who = f"person-{uploader.person_id}"
        rate_limits.hit("PICTURES_PER_HOUR", who, cost=len(uploads))
        return sanitize_all(uploads, uploader)
    except Refused as refusal:
        raise ValidationError(str(refusal.detail), code="too_often") from refusal
    except (Busy, Abandoned) as error:
        text = _("We're processing too many pictures. Choose yours again in a moment.")
        raise ValidationError(text, code="busy") from error
