"""Refuse easy passwords that Django's own validators accept."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from trato.text import is_blank

from .models import User

DIFFERENT_MIN = 4  # characters


class SeveralCharactersValidator:
    """Refuses passwords of spaces or one repeated character, which are long but easy to guess."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError if there are too few distinct visible characters."""
        seen = {character for character in password if not is_blank(character)}
        if len(seen) < DIFFERENT_MIN:
            raise ValidationError(self.get_help_text(), code="too_few_different")

    def get_help_text(self) -> str:
        text = _("Your password needs at least %(count)d different characters.")
        return text % {"count": DIFFERENT_MIN}
