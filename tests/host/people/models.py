"""A user model that shares with `accounts.User` only what Django requires."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class MemberManager(BaseUserManager["Member"]):
    def create_user(self, mail: str, full_name: str, **fields: Any) -> "Member":
        member = self.model(mail=mail, full_name=full_name, **fields)
        member.set_unusable_password()
        member.save()
        return member


class Member(AbstractBaseUser, PermissionsMixin):
    """A person who buys, or sells for a partner."""

    member_no = models.BigAutoField(primary_key=True)
    mail = models.EmailField(unique=True)
    full_name = models.CharField(max_length=80, db_column="called")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    USERNAME_FIELD = EMAIL_FIELD = "mail"

    objects = MemberManager()

    def __str__(self) -> str:
        return self.full_name
