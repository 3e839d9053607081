from django.urls import path

from . import views

urlpatterns = [
    path(
        "conversation/<int:conversation_id>/messages/<int:sequence>/report/",
        views.report,
        name="report",
    )
]
