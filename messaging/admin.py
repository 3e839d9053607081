"""The admin's pages of conversations; each feature has its own."""

from .moderation.admin import conversations as conversations
from .moderation.admin import reports as reports
