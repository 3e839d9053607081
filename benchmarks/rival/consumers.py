"""The tutorial's consumer, which also stores messages."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from .models import Conversation, Message, Notification


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.user = self.scope["user"]
        self.conversation_id = self.scope["url_route"]["kwargs"]["conversation_id"]
        self.room_group_name = f"chat_{self.conversation_id}"
        if not self.user.is_authenticated or not await self.takes_part():
            await self.close()
            return
        await self.channel_layer.group_add(self.room_group_name, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.room_group_name, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        data = json.loads(text_data or "")
        message = await self.store(data["message"])
        await self.channel_layer.group_send(
            self.room_group_name,
            {
                "type": "chat.message",
                "id": message.pk,
                "client_id": data["client_id"],
                "sender": self.user.username,
                "message": message.body,
                "created_at": message.created_at.isoformat(),
            },
        )

    async def chat_message(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(event))

    @database_sync_to_async
    def takes_part(self) -> bool:
        return Conversation.objects.filter(pk=self.conversation_id, participants=self.user).exists()

    @database_sync_to_async
    def store(self, body: str) -> Message:
        conversation = Conversation.objects.get(pk=self.conversation_id, participants=self.user)
        message = Message.objects.create(conversation=conversation, sender=self.user, body=body)
        for recipient in conversation.participants.exclude(pk=self.user.pk):
            Notification.objects.create(recipient=recipient, message=message)
        conversation.save()  # moves it to the top of the list
        return message
