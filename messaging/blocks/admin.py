"""Blocks in the admin: who has blocked whom. Staff can't change them."""

from django.contrib import admin

from messaging.host import host
from messaging.models import Block
from trato.admin.bases import LargeAdmin
from trato.people import columns_of, name_column_of


@admin.register(Block)
class BlockAdmin(LargeAdmin[Block]):
    list_display = ("id", "consumer", "shop", "side", "by", "created_at")
    list_filter = ("side", "created_at")
    list_select_related = ("consumer", "shop", "by")
    search_fields = ("=id",)
    found_by = columns_of("consumer")
    shown_of_others = (
        name_column_of("consumer"),
        name_column_of("by"),
        f"shop__{host.shop_name_field}",
    )
