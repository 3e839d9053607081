from django.urls import path

from . import invitation_views, seller_views, shop_views, team_views, views

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("products/", views.product_list, name="products"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("shops/<slug:slug>/", views.shop, name="shop"),
    path("my/products/", seller_views.my_products, name="my_products"),
    path("my/products/new/", seller_views.new_product, name="new_product"),
    path("my/products/<slug:slug>/", seller_views.edit_product, name="edit_product"),
    path("my/products/<slug:slug>/publish/", seller_views.publish, name="publish"),
    path(
        "my/products/<slug:slug>/pictures/<int:picture_id>/",
        seller_views.change_picture,
        name="change_picture",
    ),
    path("my/shop/open/", seller_views.open_shop, name="open_shop"),
    path(
        "my/shop/<int:shop_id>/first-steps/",
        shop_views.finish_first_steps,
        name="finish_first_steps",
    ),
    path("my/shop/", shop_views.my_shop, name="my_shop"),
    path("my/shop/<int:shop_id>/", shop_views.shop_settings, name="shop_settings"),
    path("my/shop/<int:shop_id>/picture/", shop_views.shop_picture, name="shop_picture"),
    path("my/team/", team_views.team, name="team"),
    path("my/team/<str:shop_key>/leave/", team_views.leave, name="leave_team"),
    path("my/team/<str:shop_key>/<str:user_key>/", team_views.change_role, name="change_role"),
    path("my/team/<str:shop_key>/<str:user_key>/remove/", team_views.remove, name="remove_member"),
    path("team-invitation/", invitation_views.invitation, name="invitation"),
    path("team-invitation/<str:token>/", invitation_views.invitation_link, name="invitation_link"),
]
