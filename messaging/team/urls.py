from django.urls import path

from . import views

urlpatterns = [path("conversations/team/", views.teamwork, name="teamwork")]
