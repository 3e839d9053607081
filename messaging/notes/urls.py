from django.urls import path

from . import views

urlpatterns = [
    path("conversation/<int:conversation_id>/notes/", views.notes, name="notes"),
    path("conversation/<int:conversation_id>/notes/people/", views.people, name="note_people"),
    path("conversation/<int:conversation_id>/notes/read/", views.read, name="read_notes"),
]
