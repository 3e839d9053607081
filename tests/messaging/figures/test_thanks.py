"""Messages that only say thank you."""

import pytest

from messaging.figures.thanks import only_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!", "thank you so much 🙏", "Great, thanks a lot!", "OK, thank you. Have a nice day",
        "Gracias", "¡Muchísimas gracias!", "Perfecto, mil gracias por la información :)",
        "vale, gracias, un saludo", "That's great, thanks for your help!", "MUCHAS GRACIAS",
    ],
)  # fmt: skip
def test_a_thank_you_is_found(text: str) -> None:
    assert only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "OK", "Great!", "Thanks, but it is broken", "Thanks! When will you send it?",
        "Gracias, ¿cuánto tarda?", "Gracias, lo quiero azul", "Thanks, I need 2 more",
        "Thanks in advance for looking into why the parcel is lost", "thanksgiving",
        "Gracias " * 20, "No, thanks to you it is late",
    ],
)  # fmt: skip
def test_anything_else_counts_as_a_question(text: str) -> None:
    assert not only_thanks(text)
