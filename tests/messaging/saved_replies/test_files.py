"""Files of saved replies: kept with the reply, copied into messages."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.models import Shop
from messaging import actions as messaging
from messaging.editing.actions import withdraw
from messaging.models import Conversation, File, SavedReply, SavedReplyFile
from messaging.saved_replies import actions, attachments
from tests.uploads import PDF, jpeg
from trato.images.queue import Uploader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hurry")]
JSON = {"accept": "application/json"}


def stored(settings: Any) -> list[Path]:
    folder = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    return [path for path in folder.rglob("*") if path.is_file()]


def pdf(name: str = "care.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


@pytest.fixture
def with_files(reply: SavedReply, seller: User, shop: Shop) -> SavedReply:
    """The shop's reply, with a photo and a PDF."""
    given = (SimpleUploadedFile("kiln.jpg", jpeg()), pdf())
    rows = [attachments.upload(seller, shop.pk, one, Uploader(seller.pk)) for one in given]
    return actions.change(
        seller, reply.pk, revision=1, name=reply.name, short=reply.short, body=reply.body,
        files=[row.pk for row in rows],
    )  # fmt: skip


def used(client: Any, address: str, reply: SavedReply) -> list[Any]:
    files: list[Any] = client.post(f"{address}{reply.pk}/use/", headers=JSON).json()["files"]
    return files


def test_a_form_uploads_keeps_and_drops_them(
    client_of: Any, seller: User, shop: Shop, form: dict[str, Any], settings: Any
) -> None:
    client = client_of(seller)
    new = f"/saved-replies/new/?shop={shop.pk}"
    page = client.post(new, {**form, "name": "", "upload": [pdf("a.pdf"), pdf("b.pdf")]}).text
    first, second = SavedReplyFile.objects.order_by("pk")
    for row in (first, second):
        assert f'name="files" value="{row.pk}" checked' in page
    wrong = SimpleUploadedFile("c.pdf", b"nothing")
    answer = client.post(new, {**form, "files": [first.pk, second.pk], "upload": wrong})
    assert (answer.status_code, "c.pdf: " in answer.text) == (400, True)
    assert not SavedReply.objects.exists()
    assert client.post(new, {**form, "files": [second.pk, first.pk]}).status_code == 302
    reply = SavedReply.objects.get()
    assert list(reply.files.all()) == [second, first]
    edit = f"/saved-replies/{reply.pk}/"
    assert f'name="files" value="{second.pk}" checked' in client.get(edit).text
    assert second.url in client.get("/saved-replies/").text
    kept = {**form, "revision": 1, "files": first.pk, "upload": pdf("d.pdf")}
    assert client.post(edit, kept).status_code == 302
    assert [row.name for row in reply.files.all()] == ["a.pdf", "d.pdf"]
    assert len(stored(settings)) == 2


def test_a_second_click_with_the_same_files_is_no_second_reply(
    client_of: Any, seller: User, shop: Shop, form: dict[str, Any]
) -> None:
    client = client_of(seller)
    new = f"/saved-replies/new/?shop={shop.pk}"
    for names, status in (("ab", 302), ("ba", 302), ("ac", 400)):
        sent = {**form, "upload": [pdf(f"{name}.pdf") for name in names]}
        assert client.post(new, sent).status_code == status
    rows = SavedReply.objects.get().files.all()
    assert [row.name for row in rows] == ["a.pdf", "b.pdf"]


def test_using_one_copies_them_and_each_goes_its_own_way(
    with_files: SavedReply,
    client_of: Any,
    seller: User,
    shopper: User,
    conversation: Conversation,
    address: str,
    settings: Any,
) -> None:
    [photo, document] = used(client_of(seller), address, with_files)
    assert (photo["kind"], document["name"]) == ("image", "care.pdf")
    ids = [photo["id"], document["id"]]
    assert len(stored(settings)) == 2 * 4  # a photo with two thumbnails, a PDF
    messaging.send(seller, conversation.pk, uuid.uuid4(), "", ids)
    copy = File.objects.get(pk=document["id"])
    assert client_of(shopper).get(copy.url).content == PDF
    actions.delete(seller, with_files.pk)
    assert not SavedReplyFile.objects.exists()
    assert len(stored(settings)) == 4
    assert client_of(shopper).get(copy.url).content == PDF


def test_a_file_that_is_gone_is_not_taken_for_a_full_disk(
    with_files: SavedReply, client_of: Any, seller: User, address: str, settings: Any
) -> None:
    for path in stored(settings):
        path.unlink()
    answer = client_of(seller).post(f"{address}{with_files.pk}/use/", headers=JSON)
    assert answer.json()["code"] == "not_found"
    assert not File.objects.exists()


def test_a_withdrawn_message_leaves_the_replys_files(
    with_files: SavedReply, client_of: Any, seller: User, conversation: Conversation, address: str
) -> None:
    ids = [file["id"] for file in used(client_of(seller), address, with_files)]
    messaging.send(seller, conversation.pk, uuid.uuid4(), "", ids)
    withdraw(seller, conversation.pk, 1)
    assert len(used(client_of(seller), address, with_files)) == 2


def test_the_list_for_a_conversation_names_them(
    with_files: SavedReply, client_of: Any, seller: User, address: str
) -> None:
    [row] = client_of(seller).get(address, headers=JSON).json()["replies"]
    assert row["files"] == ["kiln.jpg", "care.pdf"]
    assert "care.pdf" in client_of(seller).get(address).text


def test_without_scripts_they_come_with_the_text(
    with_files: SavedReply, client_of: Any, seller: User, address: str
) -> None:
    page = client_of(seller).post(f"{address}{with_files.pk}/use/", follow=True).text
    for row in File.objects.all():
        assert f'name="files" value="{row.pk}" checked' in page
    assert File.objects.count() == 2


def test_only_those_who_may_use_the_reply_see_its_files(
    with_files: SavedReply,
    client_of: Any,
    colleague: User,
    shopper: User,
    other_seller: User,
    former_colleague: User,
) -> None:
    photo, document = with_files.files.all()
    assert client_of(colleague).get(document.url).content == PDF
    assert client_of(colleague).get(f"{photo.url}?small")["Content-Type"] == "image/jpeg"
    assert client_of(colleague).get(f"{document.url}?small").status_code == 404
    for person in (shopper, other_seller, former_colleague):
        assert client_of(person).get(document.url).status_code == 404


def test_files_of_another_shop_or_person_are_refused(
    with_files: SavedReply, seller: User, other_seller: User, client_of: Any, form: dict[str, Any]
) -> None:
    ids = [row.pk for row in with_files.files.all()]
    for person, shop in ((other_seller, other_seller.shops.get().pk), (seller, None)):
        address = "/saved-replies/new/" + (f"?shop={shop}" if shop else "")
        answer = client_of(person).post(address, {**form, "files": ids})
        assert answer.status_code == 404
        assert not SavedReply.objects.filter(short=form["short"]).exists()


def test_the_files_of_a_shop_have_a_limit(
    client_of: Any, seller: User, shop: Shop, form: dict[str, Any], settings: Any
) -> None:
    settings.SAVED_REPLY_FILES_BYTES = len(PDF)
    new = f"/saved-replies/new/?shop={shop.pk}"
    answer = client_of(seller).post(new, {**form, "upload": [pdf("a.pdf"), pdf("b.pdf")]})
    assert answer.status_code == 400
    assert "b.pdf: The saved replies&#x27; files are too large together." in answer.text
    assert len(stored(settings)) == SavedReplyFile.objects.count() == 1


def test_copies_count_as_the_persons_files(
    with_files: SavedReply, client_of: Any, seller: User, address: str, settings: Any
) -> None:
    settings.FILES_PER_PERSON = 1
    answer = client_of(seller).post(f"{address}{with_files.pk}/use/", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not File.objects.exists()
    assert len(stored(settings)) == 4


def test_what_was_never_saved_is_purged_after_a_day(
    with_files: SavedReply, seller: User, settings: Any
) -> None:
    attachments.upload(seller, None, pdf(), Uploader(seller.pk))
    SavedReplyFile.objects.update(created_at=timezone.now() - timedelta(hours=25))
    call_command("purge_expired", "--delete", verbosity=0)
    assert list(SavedReplyFile.objects.values_list("reply", flat=True)) == [with_files.pk] * 2
    assert len(stored(settings)) == 4


def test_those_of_a_closing_shop_are_deleted(
    with_files: SavedReply, seller: User, settings: Any
) -> None:
    deletion.delete_account(seller.pk)
    assert not SavedReplyFile.objects.exists()
    assert stored(settings) == []
