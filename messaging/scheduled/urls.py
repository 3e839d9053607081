from django.urls import path

from . import views

urlpatterns = [
    path("conversation/<int:conversation_id>/scheduled/", views.scheduled, name="scheduled"),
    path(
        "conversation/<int:conversation_id>/scheduled/<int:pk>/",
        views.scheduled_message,
        name="scheduled_message",
    ),
]
