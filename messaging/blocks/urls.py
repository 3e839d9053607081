from django.urls import path

from . import views

urlpatterns = [
    path("conversation/<int:conversation_id>/block/", views.block, name="block"),
    path("conversations/blocked/", views.blocks, name="blocks"),
]
