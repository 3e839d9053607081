from django.urls import path

from . import views

urlpatterns = [
    path("conversation/<int:conversation_id>/search/", views.search, name="search_in_conversation"),
]
