"""Pictures with QR codes, judged like their texts."""


def with_codes(text: str, codes: str) -> str:
    """Return a message's text together with what the QR codes in its pictures say.

    It names them, because the patterns of scams look for words such as "scan this QR code".

    Args:
        codes: one per line; empty without any, and then the text is returned as it is.
    """
    return f"{text}\nQR code\n{codes}" if codes else text
