from django.urls import path

from . import views

urlpatterns = [
    path(
        "conversation/<int:conversation_id>/messages/<int:sequence>/links/<int:place>/",
        views.leave,
        name="leave",
    ),
]
