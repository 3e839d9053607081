from django.urls import path

from . import views

urlpatterns = [
    path(
        "conversation/<int:conversation_id>/staff_messages/read/",
        views.read,
        name="read_staff_messages",
    ),
]
