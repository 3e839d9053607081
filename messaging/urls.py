"""All URLs of messaging, in one namespace. Each feature has its own `urls`."""

from django.urls import path

from . import message_views, views
from .appeals.urls import urlpatterns as appeals
from .away.urls import urlpatterns as away
from .blocks.urls import urlpatterns as blocks
from .contact.urls import urlpatterns as contact
from .exports.urls import urlpatterns as exports
from .figures.urls import urlpatterns as figures
from .files.urls import urlpatterns as files
from .inbox.urls import urlpatterns as inbox
from .links.urls import urlpatterns as links
from .navigation.urls import urlpatterns as navigation
from .notes.urls import urlpatterns as notes
from .nudges.urls import urlpatterns as nudges
from .opening_hours.urls import urlpatterns as opening_hours
from .presence.urls import urlpatterns as presence
from .reading.urls import urlpatterns as reading
from .reports.urls import urlpatterns as reports
from .review.urls import urlpatterns as review
from .saved_replies.urls import urlpatterns as saved_replies
from .saved_views.urls import urlpatterns as saved_views
from .scheduled.urls import urlpatterns as scheduled
from .staff_looks.urls import urlpatterns as looks
from .staff_messages.urls import urlpatterns as staff_messages
from .suggestions.urls import urlpatterns as suggestions
from .team.urls import urlpatterns as team
from .triage.urls import urlpatterns as triage

app_name = "messaging"
urlpatterns = [
    path("conversation/<int:conversation_id>/", views.conversation, name="conversation"),
    path("conversation/<int:conversation_id>/new_message/", views.new_message, name="new_message"),
    path("conversation/<int:conversation_id>/messages/", views.messages, name="messages"),
    path(
        "conversation/<int:conversation_id>/messages/<int:sequence>/",
        message_views.message,
        name="message",
    ),
    *appeals,
    *away,
    *blocks,
    *contact,
    *inbox,
    *presence,
    *links,
    *looks,
    *reading,
    *opening_hours,
    *reports,
    *saved_replies,
    *saved_views,
    *staff_messages,
    *suggestions,
    *scheduled,
    *team,
    *triage,
    *notes,
    *nudges,
    *review,
    *figures,
    *files,
    *exports,
    *navigation,
]
