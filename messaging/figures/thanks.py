"""Whether a message only says thank you, in English or Spanish."""

import re
import unicodedata

MAX_CHARACTERS = 80
WORD = re.compile(r"[a-z]+")
# A thank-you has at least one of these …
_THANKS = "thanks thank thankyou thx ty cheers gracias agradezco"
# … and otherwise only these.
_BESIDE = """
a again all and appreciate appreciated awesome brilliant bye day for good great have help hi hello
info informacion information is it its kind kindly lot lots lovely many million much nice of ok okay
perfect quick really reply so sounds super take that thats the then very weekend wonderful you your
day
adios atencion ayuda buen buena buenas buenos con cordial de dia el en entonces este excelente
fantastico fenomenal fin genial hasta hola igualmente la las los lo luego mil muchas muchisimas muy
noches nos otra pronto perfecto por que rapida respuesta respuestas saludo saludos semana si tan
tarde tardes te todo todos toda tu tus un vale vez vosotros y
"""
THANKS = frozenset(_THANKS.split())
ALLOWED = THANKS.union(_BESIDE.split())


def only_thanks(text: str) -> bool:
    """Whether a message says thank you and nothing else that calls for a reply.

    When in doubt, the message counts as a question, and the team can settle it.
    """
    if len(text) > MAX_CHARACTERS or "?" in text or any(sign.isdigit() for sign in text):
        return False
    folded = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = set(WORD.findall(plain))
    return bool(words & THANKS) and words <= ALLOWED
