from django.urls import path

from . import views

urlpatterns = [
    path("conversation/<int:conversation_id>/nudge/", views.nudge, name="nudge"),
    path("conversation/<int:conversation_id>/nudge/read/", views.read, name="read_nudge"),
]
