from django.urls import path

from . import views

urlpatterns = [
    path("conversation/<int:conversation_id>/read/", views.read, name="read"),
    path("conversation/<int:conversation_id>/read.gif", views.read_pixel, name="read_pixel"),
]
