"""A first question with a photo."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from catalog.models import Product
from messaging.models import Conversation, File, Message
from tests.uploads import PDF, jpeg

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hurry")]


def ask(client: Any, product: Product, *files: tuple[str, bytes], **form: Any) -> Any:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    form = {"client_id": str(uuid.uuid4()), "body": "Do you repair it?", **form}
    return client.post(f"{product.get_absolute_url()}contact/", {**form, "upload": uploads})


def test_a_question_may_come_with_a_photo(
    stranger: User, seller: User, product: Product, client_of: Any
) -> None:
    client, client_id = client_of(stranger), str(uuid.uuid4())
    for _ in range(2):  # a double click
        answer = ask(client, product, ("crack.jpg", jpeg()), client_id=client_id)
        assert answer.status_code == 302
    message = Message.objects.get()
    assert (message.body, message.attached) == ("Do you repair it?", "photo")
    file = message.files.get()
    assert file.name == "crack.jpg"
    assert client_of(seller).get(file.url).status_code == 200


def test_a_refused_photo_is_named_and_the_question_and_the_others_are_kept(
    stranger: User, product: Product, client_of: Any
) -> None:
    client = client_of(stranger)
    answer = ask(client, product, ("film.png", b"\0\0\0\x20ftypisom" * 9), ("rules.pdf", PDF))
    assert answer.status_code == 400
    assert "film.png: " in answer.text
    assert "Do you repair it?" in answer.text
    kept = File.objects.get()
    assert f'name="files" value="{kept.pk}"' in answer.text
    assert not Message.objects.exists()
    assert ask(client, product, files=kept.pk).status_code == 302
    assert Message.objects.get().files.get() == kept


def test_a_photo_stays_in_the_form_of_a_question_that_is_refused(
    stranger: User, product: Product, client_of: Any, settings: Any
) -> None:
    client, client_id = client_of(stranger), str(uuid.uuid4())
    settings.MESSAGE_MAX_CHARACTERS = 20
    long = "Do you repair it? " * 9
    refused = ask(client, product, ("crack.jpg", jpeg()), body=long, client_id=client_id)
    assert (refused.status_code, long.strip() in refused.text) == (413, True)
    kept = File.objects.get()
    assert f'name="files" value="{kept.pk}"' in refused.text
    again = ask(client, product, body=long, client_id=client_id, files=kept.pk)
    assert f'name="files" value="{kept.pk}"' in again.text
    assert ask(client, product, client_id=client_id, files=kept.pk).status_code == 302
    assert Message.objects.get().files.get() == kept


def test_a_visitor_is_not_offered_to_add_files(product: Product, client_of: Any) -> None:
    assert 'name="upload"' not in client_of(None).get(product.get_absolute_url()).text
    assert not Conversation.objects.exists()
