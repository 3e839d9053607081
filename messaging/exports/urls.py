from django.urls import path

from . import views

EXPORT = "conversation/<int:conversation_id>/export/"
urlpatterns = [
    path(EXPORT, views.export, name="export"),
    path(f"{EXPORT}<int:export_id>/", views.download, name="export_download"),
]
