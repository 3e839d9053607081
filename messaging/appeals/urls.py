from django.urls import path

from . import views

urlpatterns = [
    path("conversations/standing/", views.standing, name="standing"),
    path("conversations/standing/<int:decision_id>/", views.decision, name="standing_of"),
]
