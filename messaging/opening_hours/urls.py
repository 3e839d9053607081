from django.urls import path

from . import views

urlpatterns = [path("conversations/hours/", views.hours, name="opening_hours")]
