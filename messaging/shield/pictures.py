"""Files, judged like the text of their message."""


def with_codes(text: str, codes: str) -> str:
    """Return a message's text together with what the QR codes in its pictures say.

    It names them, because the patterns of scams look for words such as "scan this QR code".

    Args:
        codes: one per line; empty without any, and then the text is returned as it is.
    """
    return f"{text}\nQR code\n{codes}" if codes else text


def with_files(text: str, codes: str, captions: str) -> str:
    """Return a message's text together with all that its files say.

    Args:
        captions: names and descriptions, one per line.
    """
    whole = with_codes(text, codes)
    return f"{whole}\n{captions}" if captions else whole
