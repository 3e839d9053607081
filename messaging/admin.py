"""The admin's pages of conversations; each feature has its own."""

from .moderation import admin as admin
