from django.urls import path

from . import views

FILES = "conversation/<int:conversation_id>/files/"
urlpatterns = [
    path(FILES, views.upload, name="files"),
    path(f"{FILES}<int:file_id>/", views.file, name="file"),
    path(f"{FILES}<int:file_id>/thumbnail/", views.thumbnail, name="file_thumbnail"),
]
