"""Ways to pay off the site: handles, requests to pay by a service, IBANs, wallets."""

import re

from stdnum import iban
from stdnum.es import ccc

from .findings import Finding
from .folding import Folded
from .site_name import SITE

SERVICE = (
    r"(?:b[i1][sz]+um\w{0,5}|pay[ -]?pal|ven ?mo|zelle|revolut|c[a@]sh ?app|wise|western union|"
    r"moneygram|nequi|daviplata|yape|plin|mercado ?pago|oxxo|pago ?movil|e-?transfer|interac|"
    r"google pay|apple pay|monzo|skrill|payoneer|bitcoin|btc|usdt|crypto|cripto\w{0,8})"
)
PLACE = rf"(?<![a-z0-9])(?:{SERVICE})(?![a-z0-9])"
ASKED = re.compile(
    rf"(?:\b(?:pay|paying|send|transfer|wire|zelle|venmo|deposit|settle)\b(?! (?:is|was|"
    rf"failed))[^.?!\n]{{0,40}}?\b(?:via|by|with|through|to|on|using|thru|over|into)\s(?:my\s|"
    rf"your\s|our\s|the\s|this\s)?{PLACE}"
    rf"|\b(?:haz(?:me|nos)?|hacer(?:me|te)?|hago|haga|haces|manda\w{{0,6}}|mando|envia\w{{0,6}}|"
    rf"envio|paga\w{{0,6}}|pago|dejo|dejamos|ingresa\w{{0,4}}|transfier\w{{1,5}}|pasa(?:me|"
    rf"r)?|abona\w{{0,3}}|cobro)\b[^.?!\n]{{0,40}}?\b(?:por|con|a|al|un|via|en|mediante|tu|mi|"
    rf"de)\s(?:mi\s|el\s|tu\s|un\s)?(?:cuenta\s(?:de\s)?)?{PLACE}"
    rf"|\b(?:hazme|haznos|hacerme|te hago|me haces|mandame|te mando|te envio)\s(?:un\s|"
    rf"el\s)?{PLACE}"
    rf"|\b(?:paso|doy|give|send|share|here'?s)\s(?:you\s)?(?:mi|my)\s(?:cuenta\sde\s)?{PLACE}"
    rf"|\bun\s{PLACE}\s(?:y|e)\s|{PLACE}\sy\s(?:te|os|listo|ya|arreglado)\b"
    rf"|{PLACE}\s?(?:me|us|you)\b(?! (?:charged|says|said|shows|asked|is|was))"
    rf"|{PLACE}\s?(?:to|al|a este|at|a|:|@|=|handle|tag|account|user|usuario|number|numero|"
    rf"username|id)\s?(?:is|es|:)?\s?(?:my|mi|me|mio|the|number|numero|handle|[@$\d+]|"
    rf"[a-z0-9_.-]{{2,30}}(?:@|arroba|\d)|#)"
    rf"|\b(?:my|mi|our|nuestro|su|his|her)\s{PLACE}\s?(?:handle|tag|account|user|usuario|number|"
    rf"numero|name|id|email|address|cuenta)?\s?(?:is|es|'s|:|=)"
    rf"|{PLACE}\s?(?:only|solo|directo|directly|instead|mejor|friends|amigos|sin comision)\b"
    rf"|{PLACE}\s?:\s?(?!yes|no\b|si\b|ok|any)[a-z][a-z0-9_.-]{{2,30}}"
    rf"|{PLACE}\s(?:is|would be|works|es|va|me va)\s(?:much |mucho |the |lo |also |tambien )?"
    r"(?:fine|ok|okay|great|good|best|better|easier|easiest|faster|fastest|quicker|mejor|bien|"
    r"comodo|facil|rapido)\b"
    rf"|\b(?:dinero|importe|mitad|senal|money|half|deposit)\b[^.?!\n]{{0,25}}?\b(?:por|con|via|"
    rf"by|through|"
    rf"with|on)\s(?:my\s|mi\s|tu\s|your\s)?{PLACE}"
    rf"|\b(?:friends and family|amigos y familiares|amigos y familia)\b"
    rf"|\b(?:me|te|lo|os)\s(?:pagas?|lo pagas|hago|mandas?|haces|pago|envio|envias?|"
    rf"mando)\b[^.?!\n]{{0,25}}?\b(?:por|con|un|de)\s{PLACE})"
)
TAG = re.compile(
    r"(?<![a-z0-9$])\$(?!(?:usd|mxn|eur|aud|cad|ars|clp|cop)\b)[a-z][a-z0-9_-]{3,20}(?![a-z0-9])"
)
NAMED = re.compile(
    rf"{PLACE}\s?(?:->|:|-)?\s?(?:[@$]\s?[a-z0-9_.-]{{2,30}}|#|\+?\d[\d .-]{{6,18}}\d)"
    rf"|{PLACE}[^.?!\n@$]{{1,20}}[@$][a-z][a-z0-9_.-]{{2,30}}"
)
WALLET = re.compile(
    r"(?<![a-z0-9])(?:bc1[a-z0-9]{20,60}|0x[a-f0-9]{40})(?![a-z0-9])"
    r"|\b(?:usdt|tether|trc ?20|btc|bitcoin|wallet|monedero)\b[^.?!\n]{0,30}?"
    r"\b[13t][a-z0-9]{25,34}\b"
)
NOT_ASKED = re.compile(
    r"\b(?:accept\w{0,3}|acept\w{1,4}|can i pay|could i pay|puedo pagar|se puede pagar|"
    r"podria pagar|do you take|admit\w{1,3}|paid|pague|refund\w{0,3}|reembols\w{1,4}|"
    r"devol\w{1,6}|checkout|pasarela|carrito|basket|cart|opcion de pago|payment option|charged|"
    r"cobrado|no pago|never pay|nunca pago|don't pay|not pay|won't|prefer not|no quiero|no hago|"
    r"no uso|don't use|don't accept|on the site|in the web|en la web|at the till)\b"
)
# `Wire it to my bank account`, `we could do it outside the site`: no service is named.
DIRECT = re.compile(
    r"\b(?:wire|transfer|send|deposit|pay)\b[^.?!\n]{0,30}?\b(?:in)?to my (?:own |personal |bank |"
    r"savings ){0,2}account\b(?! (?:manager|page|here|on|settings|balance|at|history|with))"
    r"|\b(?:hazme|haznos|me haces|nos haces|mandame|enviame|puedes hacerme) (?:una |la )?"
    r"transferencia\b"
    r"|\b(?:transfier\w{1,8}|ingres\w{1,8}|deposit\w{1,8}|manda\w{0,6}|pag\w{1,6})\b[^.?!\n]{0,30}?"
    rf"\b(?:en|a) mi cuenta\b(?! de (?:usuario|cliente|{SITE}|la web))"
    r"|\b(?:te (?:paso|doy|mando|dejo)|here'?s|here are|i'?ll (?:give|send) you|te paso) "
    r"(?:el |la |los |mi |mis |my |the ){0,2}(?:clabe|cbu|cvu|ccc|iban|sort code|bank details|"
    r"bank account|datos bancarios|numero de cuenta|cuenta bancaria)\b"
    r"|\b(?:my|mi|mis|our) (?:clabe|cbu|cvu|sort code|bank details|datos bancarios) (?:is|are|es|"
    r"son)\b"
    r"|\b(?:pay|paying|deal|buy|sell|settle|do (?:it|this|that)|order)\b[^.?!\n]{0,30}?"
    r"\b(?:outside|off)(?: of)? (?:(?:the |this )?(?:site|app|platform|website|marketplace|here)|"
    rf"{SITE})\b"
    r"|\b(?:pag\w{1,6}|trato|compra\w{0,6}|vend\w{1,5}|cobr\w{1,4}|hac\w{1,6}|lo hacemos)\b"
    r"[^.?!\n]{0,30}?\bfuera de (?:(?:la |esta |el |este )?(?:web|app|plataforma|pagina|sitio|"
    rf"aplicacion|aqui)|{SITE})\b"
)
NOT_DIRECT = re.compile(
    r"\b(?:safe|seguro|allowed|permitid\w|prohibid\w|against|scam\w{0,3}|estaf\w{1,4}|"
    r"me pid\w{1,4}|insist\w{0,3}|asked me|asks me|wants me|quiere que|told me|me dij\w{1,4}|staff|"
    r"never|nunca|tampoco|no (?:se|puedo|quiero|debo|hace falta|vend\w{1,4}|cobr\w{1,4}|"
    r"hac\w{1,4}|hago)|don't|do not|can't|cannot|should i|tengo que|rather not|not)\b"
)
# No checkout accepts these, so anybody who accepts them does so elsewhere.
OFFERED = re.compile(
    r"(?<!\bno )(?<!nunca )(?<!poco )\b(?:(?:i|we) (?:also |only |can )?(?:accept|take)|acepto|"
    r"aceptamos)\b[^.?!\n]{0,25}?(?<![a-z0-9])(?:b[i1][sz]+um|ven ?mo|zelle|revolut|cash ?app|wise|"
    r"western union|moneygram|nequi|daviplata|yape|plin|monzo|bitcoin|btc|usdt|crypto|"
    r"cripto\w{0,8}|oxxo)(?![a-z0-9])"
    r"|\b(?:western union|moneygram) (?:to|for|a|a nombre de) [a-z]{2,}"
)
# of an account in Argentina: `alias nico.barro.mp`
ALIAS = re.compile(r"\balias\s?(?:es|:|=)?\s?[a-z0-9]{2,20}(?:[.-][a-z0-9]{2,20}){1,3}(?![a-z0-9])")
# `ES91 2100 0418 4502 0005 1332`, with any signs between. Leaves out UUIDs and parts of them, which
# sometimes look like an account number.
IBAN = re.compile(
    r"(?<![a-z0-9])(?<![0-9a-f]{8}-)(?<![0-9a-f]{4}-)(?![0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
    r"[a-z]{2}[ .-]{0,2}\d[ .-]?\d(?:[ ./_-]{0,2}[a-z0-9]){11,30}"
)
ACCOUNT = re.compile(
    r"(?<![0-9])\d{4}[ ./-]?\d{4}[ ./-]?\d{2}[ ./-]?\d{2}(?:[ ./-]?\d){8}(?![0-9])"
)
BANK = re.compile(
    r"\b(?:iban|cuenta|transferencia|transfer\w{0,3}|account|bank|banco|ingres\w{1,4}|deposit|"
    r"wire|ccc)\b"
)
LENGTHS = {
    "no": 15, "be": 16, "dk": 18, "fi": 18, "nl": 18, "at": 20, "lt": 20, "lu": 20, "ch": 21,
    "de": 22,
    "gb": 22, "ie": 22, "ad": 24, "cz": 24, "es": 24, "ro": 24, "se": 24, "pt": 25, "fr": 27,
    "gr": 27,
    "it": 27, "pl": 28, "hu": 28, "cy": 28, "mt": 31,
}  # fmt: skip


def ibans(view: Folded) -> list[Finding]:
    """Return the bank account numbers in a folded text."""
    text = view.text
    findings = []
    for match in IBAN.finditer(text):
        end = _end_of_iban(text, match)
        if end:
            findings.append(Finding(*view.span(match.start(), end), "iban", "iban"))
    for match in ACCOUNT.finditer(text):
        before = text[max(0, match.start() - 50) : match.start()]
        if BANK.search(before) or ccc.is_valid(re.sub(r"\D", "", match[0])):
            findings.append(Finding(*view.span(match.start(), match.end()), "iban", "account"))
    return findings


def _end_of_iban(text: str, match: re.Match[str]) -> int:
    """Return where an IBAN ends, if its checksum is right or a word announces it; otherwise 0."""
    offsets = [
        match.start() + number for number, character in enumerate(match[0]) if character.isalnum()
    ]
    written = "".join(text[offset] for offset in offsets)
    length = LENGTHS.get(written[:2], 0)
    lengths = [length] if length else range(min(len(written), 34), 14, -1)
    for count in lengths:
        if len(written) >= count and iban.is_valid(written[:count].upper()):
            return offsets[count - 1] + 1
    if length and len(written) >= length and sum(map(str.isdigit, written[:length])) >= 14:
        end = offsets[length - 1] + 1
        if not text[end : end + 1].isalnum():
            return end  # the right length for that country, mistyped or not
    before = text[max(0, match.start() - 60) : match.start()]
    if length and BANK.search(before) and len(written) >= length - 2:
        return offsets[min(length, len(written)) - 1] + 1
    return 0


def payments(view: Folded) -> list[Finding]:
    """Return the handles of payment services, and requests to pay there, in a folded text."""
    text = view.text
    findings = []
    for pattern, rule in (
        (NAMED, "payment-handle"),
        (WALLET, "wallet"),
        (TAG, "cash-tag"),
        (ALIAS, "payment-handle"),
        (ASKED, "payment-request"),
        (DIRECT, "payment-direct"),
        (OFFERED, "payment-offer"),
    ):
        for match in pattern.finditer(text):
            around = text[max(0, match.start() - 40) : match.end() + 30]
            if rule in ("payment-request", "payment-direct") and NOT_ASKED.search(around):
                continue
            if rule == "payment-direct" and NOT_DIRECT.search(around):
                continue
            start, end = match.span()
            if rule != "wallet" and (digits := re.search(r"[\s:]*(?:\+?\d[\d .-]*|#+)$", match[0])):
                end = start + digits.start() or end  # the number is a separate finding
            findings.append(Finding(*view.span(start, end), "payment", rule))
    return findings
