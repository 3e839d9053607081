"""Add what a message's files say to its text, so that the shield judges both."""


def with_codes(text: str, codes: str) -> str:
    """Return a message's text together with what the QR codes in its pictures say.

    It mentions the QR code, because scam patterns look for words such as "scan this QR code".

    Args:
        codes: one per line. If empty, the text is returned unchanged.
    """
    return f"{text}\nQR code\n{codes}" if codes else text


def with_files(text: str, codes: str, captions: str) -> str:
    """Return a message's text together with everything that its files say.

    Args:
        captions: names and descriptions, one per line.
    """
    whole = with_codes(text, codes)
    return f"{whole}\n{captions}" if captions else whole
