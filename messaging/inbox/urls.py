from django.urls import path

from . import views

urlpatterns = [
    path("conversations/", views.conversation_list, name="conversation_list"),
    path("conversations/rows/", views.conversation_rows, name="conversation_rows"),
]
