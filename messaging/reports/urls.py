from django.urls import path

from . import views, visitor_views

CONVERSATION = "conversation/<int:conversation_id>/"

urlpatterns = [
    path(f"{CONVERSATION}messages/<int:sequence>/report/", views.message, name="report"),
    path(f"{CONVERSATION}report/", views.conversation, name="report_conversation"),
    path(f"{CONVERSATION}people/<int:person_id>/report/", views.person, name="report_person"),
    path("products/<slug:slug>/report/", views.product, name="report_product"),
    path("shops/<slug:slug>/report/", views.shop, name="report_shop"),
    path("conversations/reports/", views.own_reports, name="own_reports"),
    path("conversations/reports/<int:report_id>/", views.own_report, name="own_report"),
    path("reports/sent/", visitor_views.reported, name="visitor_reported"),
    path("reports/<str:token>/", visitor_views.receipt, name="visitor_report"),
]
