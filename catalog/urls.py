from django.urls import path

from . import seller_views, shop_views, views

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
    path("my/team/", seller_views.team, name="team"),
]
