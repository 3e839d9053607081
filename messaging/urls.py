from django.urls import path

from . import views
from .moderation import views as report_views

app_name = "messaging"
urlpatterns = [
    path("products/<slug:slug>/contact/", views.contact, name="contact"),
    path("shops/<slug:slug>/contact/", views.contact_shop, name="contact_shop"),
    path("conversations/", views.conversation_list, name="conversation_list"),
    path("conversations/rows/", views.conversation_rows, name="conversation_rows"),
    path("conversation/<int:conversation_id>/", views.conversation, name="conversation"),
    path("conversation/<int:conversation_id>/new_message/", views.new_message, name="new_message"),
    path("conversation/<int:conversation_id>/messages/", views.messages, name="messages"),
    path("conversation/<int:conversation_id>/read/", views.read, name="read"),
    path("conversation/<int:conversation_id>/read.gif", views.read_pixel, name="read_pixel"),
    path(
        "conversation/<int:conversation_id>/messages/<int:sequence>/report/",
        report_views.report,
        name="report",
    ),
]
