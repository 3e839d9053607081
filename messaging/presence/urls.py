from django.urls import path

from . import views

urlpatterns = [path("conversations/presence/", views.presence, name="presence")]
