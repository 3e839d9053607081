"""Actions on blocks."""

from django.test import Client

from messaging.models import Block, Side
from tests.messaging.matrix.scene import Scene


def block(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    status = client.post(f"{scene.address}block/", {"act": "block"}).status_code
    side = Side.CONSUMER if person == "shopper" else Side.SELLER
    rows = Block.objects.filter(consumer=scene.conversation.consumer_id, side=side)
    return status, rows.exists()


def unblock(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    path = f"{scene.blocked.get_absolute_url()}block/"
    status = client.post(path, {"act": "unblock"}).status_code
    return status, not Block.objects.filter(consumer=scene.blocked.consumer_id).exists()


def see_blocks(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get("/conversations/blocked/")
    return answer.status_code, "Ane Bloqueada" in answer.text


def ask_to_block(client: Client, scene: Scene, person: str) -> tuple[int, bool]:
    answer = client.get(f"{scene.address}block/")
    return answer.status_code, 'value="block"' in answer.text
