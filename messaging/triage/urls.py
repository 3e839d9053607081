from django.urls import path

from . import views

urlpatterns = [
    path("conversations/acts/", views.acts, name="acts"),
]
