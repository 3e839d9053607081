"""Parse the answer to a question about a message from a form without scripts."""

from django.http import QueryDict

from messaging.body import normalize_body


def answered(post: QueryDict) -> tuple[str, bool]:
    """Return the text to send, and whether its writer insists on it.

    If the writer has changed the text since the question, it counts as a new text, whichever button
    was used.
    """
    body: str = post.get("body", "")
    if normalize_body(post.get("asked", body)) != normalize_body(body):
        return body, False
    if "without" in post and "masked" in post:
        return post.get("masked", ""), False
    return body, bool(post.get("insists"))
