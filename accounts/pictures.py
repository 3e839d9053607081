"""A person's picture: set it, replace it, remove it."""

from django.db import transaction

from trato.images.sanitize import Picture
from trato.stored_files.actions import delete_on_commit

from .models import User


@transaction.atomic
def set_picture(actor: User, picture: Picture | None) -> None:
    """Store a person's new picture, or remove it; the old file is deleted on commit.

    Raises:
        User.DoesNotExist: the account was suspended or deleted meanwhile.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=actor.pk, is_active=True)
    forget_file(user)
    user.picture = picture or ""
    user.save(update_fields=["picture"])


def forget_file(user: User) -> None:
    """Delete the file of a person's picture on commit."""
    if user.picture:
        delete_on_commit([str(user.picture.name)])
