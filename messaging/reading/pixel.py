"""The image with which a page without scripts marks a conversation as read."""

from django.utils.crypto import salted_hmac

GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


def signature(user_id: int, conversation_id: int, sequence: int) -> str:
    """Sign the image's URL for one reader and one message."""
    value = f"{user_id}:{conversation_id}:{sequence}"
    return salted_hmac("messaging.read_pixel", value, algorithm="sha256").hexdigest()
