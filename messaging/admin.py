"""Collects the admin pages for conversations from the features."""

from .moderation.admin import conversations as conversations
from .moderation.admin import reports as reports
