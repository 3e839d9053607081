from django.urls import path

from . import views

urlpatterns = [
    path("conversations/team/", views.teamwork, name="teamwork"),
    path("conversation/<int:conversation_id>/alerts/", views.alerts, name="alerts"),
]
