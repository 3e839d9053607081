"""Which passwords are too easy, beside those that Django's own validators find."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from trato.text import is_blank

from .models import User

DIFFERENT_MIN = 4  # characters


class SeveralCharactersValidator:
    """Refuse passwords made of spaces or one repeated key: long enough, but easy to guess."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError if too few different characters can be seen."""
        seen = {character for character in password if not is_blank(character)}
        if len(seen) < DIFFERENT_MIN:
            raise ValidationError(self.get_help_text(), code="too_few_different")

    def get_help_text(self) -> str:
        text = _("Your password needs at least %(count)d different letters, digits or signs.")
        return text % {"count": DIFFERENT_MIN}
