from django.urls import path

from . import views

urlpatterns = [
    path("conversations/views/", views.view_list, name="saved_views"),
    path("conversations/views/new/", views.new, name="new_saved_view"),
    path("conversations/views/<int:view_id>/", views.rename, name="saved_view"),
    path("conversations/views/<int:view_id>/delete/", views.delete, name="delete_saved_view"),
]
