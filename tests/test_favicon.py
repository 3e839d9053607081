"""The site's icon."""

from django.test import Client


def test_the_oldest_address_of_an_icon_leads_to_ours(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith(".svg")
