"""Code shared by forms with pictures: count a person's uploads, and decode them in turn."""

from collections.abc import Callable, Sequence
from typing import cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trato import rate_limits
from trato.errors import Refused

from .queue import Abandoned, Busy, Uploader
from .sanitize import Picture, sanitize_all

RETRY_SECONDS = 5  # when to resend a form that waited too long


def decode(
    uploads: Sequence[UploadedFile[bytes]], uploader: Uploader, *, square: int = 0
) -> list[Picture | ValidationError]:
    """Return, for each upload, the picture or what is wrong with it.

    Args:
        square: crop the pictures to squares of this many pixels; 0 to keep them whole.

    Raises:
        ValidationError: with the code `too_often` if the person has sent too many pictures, or
            `busy` if too many are being decoded.
    """
    try:
        who = f"person-{uploader.person_id}"
        rate_limits.hit("PICTURES_PER_HOUR", who, cost=len(uploads))
        return sanitize_all(uploads, uploader, square=square)
    except Refused as refusal:
        raise ValidationError(str(refusal.detail), code="too_often") from refusal
    except (Busy, Abandoned) as error:
        text = _("We're processing too many pictures. Choose yours again in a moment.")
        raise ValidationError(text, code="busy") from error


class SquarePictureForm(forms.Form):
    """One picture of a person or a shop, cropped to a square of `AVATAR_SIDE` pixels.

    After `is_valid`, `picture` is the picture to store.

    Args:
        request: from the person who submits or sees the form.
        is_sent: whether the request contains this form; a page may have others.
    """

    picture = forms.FileField(
        label=gettext_lazy("Choose a picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("JPEG, PNG or WebP, up to 10 MB. We crop it to a square."),
    )

    def __init__(self, request: HttpRequest, *, is_sent: bool) -> None:
        super().__init__(*((request.POST, request.FILES) if is_sent else ()))
        self.uploader = Uploader(cast(int, request.user.pk), has_gone(request))

    def clean_picture(self) -> Picture:
        [made] = decode([self.cleaned_data["picture"]], self.uploader, square=settings.AVATAR_SIDE)
        if isinstance(made, ValidationError):
            raise made
        return made

    @property
    def headers(self) -> dict[str, str]:
        """The response's headers: when to send the picture again if it may be accepted later."""
        return {"Retry-After": str(RETRY_SECONDS)} if self.status in (429, 503) else {}

    @property
    def status(self) -> int:
        """The response's status: 503 or 429 if the same picture may be accepted later."""
        if self.has_error("picture", "busy"):
            return 503
        if self.has_error("picture", "too_often"):
            return 429
        return 400 if self.errors else 200


def has_gone(request: HttpRequest) -> Callable[[], bool]:
    """Return a function that tells whether the client has disconnected; False if unknown."""
    gone = getattr(request, "scope", {}).get("extensions", {}).get("trato.gone")
    return gone.is_set if gone is not None else lambda: False
