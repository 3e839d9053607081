from django.urls import path

from . import data_views, views

EXPORT = "conversation/<int:conversation_id>/export/"
urlpatterns = [
    path("conversations/data/", data_views.data, name="data"),
    path("conversations/data/<int:export_id>/", data_views.download, name="data_download"),
    path(EXPORT, views.export, name="export"),
    path(f"{EXPORT}<int:export_id>/", views.download, name="export_download"),
]
