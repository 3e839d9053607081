from django.urls import path

from . import views

urlpatterns = [
    path(
        "conversation/<int:conversation_id>/held/<uuid:client_id>/",
        views.withdraw,
        name="withdraw_held",
    ),
]
