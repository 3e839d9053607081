"""Messengers: handles, and invitations to continue there. Naming one isn't always an invitation."""

import re

from .findings import Finding
from .folding import Folded

SURE = (
    r"(?:w+h?[a4@]+[tz]*[s5z]+[ .-]?[a4@]+p{1,3}(?:ea(?:me|r|mos))?|w[hu]?[a4@]t{1,2}[s5][a4@]p+|"
    r"w[a4@][s5z]{1,2}[a4@]p{0,2}|wh?tsa?p{1,2}|wuasa?p{0,2}|g[uw]?[a4@][tz]?[s5]{1,2}[a4@]p{0,2}|"
    r"wh?[o0]t[sz] ?[a4@]p{1,2}|w[a4@]zz?[a4@]p{1,2}|wasapea(?:me|mos)?|wsapp?|whatsa|"
    r"wsp{1,2}|wpp|wh?ats(?=\s?[^a-z\s]|\s?$)|"
    r"(?:(?<=mi )|(?<=tu )|(?<=al )|(?<=el )|(?<=por )|(?<=un ))wh?ats|wh?app|"
    r"t[e3]l[e3] ?gr[a4@](?:ms?|n|mm)|telegrm|tlgrm|"
    r"[i1]n[s5]t[a4@]gr[a4@]m|[i1]ns?t[a4@]gr[a4@]n|discord|snapchat|wechat|viber|skype|threema|"
    r"feis ?b[uo]+[kc]k?|fisb[uo]+k|[gw]u?achap{1,2}|uat?sap{1,2}|mesen[gyj]er|tuiter|"
    r"diskord|telgram|istagra[mn]|vaiber|snapchap|tictoc|tik tok|"
    r"tiktok|face ?b[uo]{1,3}k|fb messenger|facetime|imessage)"
)
SHORT = r"(?:insta|feis|guats|uats|ig|tg|fb|kik|imo|wa|dc|twitter|hangouts|google chat)"
# These are also ordinary words, so only the words around them show what is meant.
WORDY = r"(?:signal|line|messenger|snap|face|tele|x)"
VAGUE = rf"(?:{SHORT[3:-1]}|{WORDY[3:-1]})"
ANY = rf"(?:{SURE}|{VAGUE})"
NAME = re.compile(rf"(?<![a-z0-9]){SURE}(?![a-z0-9])")
VAGUE_NAME = re.compile(
    rf"(?<![a-z0-9])(?:on|in|via|by|through|over|por|en|al|mi|my|tu|your|to|a|el|the|use|"
    rf"have|add|got|"
    rf"tienes|teneis|usas|uso|tengo)\s"
    rf"(?:el\s|la\s|the\s|tu\s|mi\s|my\s|your\s)?{SHORT}(?![a-z0-9]|\s?\d)"
    rf"|(?<![a-z0-9])(?:on|via|by|through|over|por|en|al|mi|my|tu|your|use|have|got|tienes|"
    rf"usas|uso|prefer|prefiero)\s"
    rf"(?:el\s)?{WORDY}(?=\s?(?:[.,;:!?)@]|$|(?:instead|please|pls|or|and|o|y|if|si|is|es|"
    rf"mejor|then|so|que|"
    rf"para|to|me|directly|soy|i'm|with|when|cuando|porque|because)\b))"
    rf"|\b(?:move|moving|switch|go|hop|jump|continue|carry on|take|pasa\w{{0,4}}|pasemos|"
    rf"vamos|cambia\w{{0,4}}|sigamos|seguimos)\b[a-z ]{{0,20}}\s(?:to|onto|a)\s{WORDY}"
    rf"(?=\s?(?:[.,;:!?)]|$|(?:instead|please|pls|and|y|mejor|then|so|if|si)\b))"
)
HANDLE = re.compile(
    r"(?<![a-z0-9@._/+-])@(?:\s(?!(?:the|my|your|our|their|this|that|home|work|about|around|los|"
    r"las|una|este|esta)\b))?(?=[a-z0-9_.]{0,30}[a-z])[a-z0-9_][a-z0-9_.-]{1,30}[a-z0-9_]"
)
HANDLE_WORD = r"(?:user(?:name)?|usuario|handle|name|id|account|cuenta)"
NO_HANDLE = (
    rf"(?:{ANY}|not|no|the|a|an|un|una|el|la|very|so|que|it|to|in|on|en|good|bad|muy|mas|better|"
    rf"mejor|also|too|"
    r"free|gratis|installed|compatible|included|incluid[oa]|fine|ok|great|down|working|new|nuevo|"
    r"for|para|broken|private|privado|certified|style|themed|ready|enabled|branded|green|blue)"
)
DISCORD_TAG = re.compile(r"(?<![a-z0-9])[a-z0-9_.]{2,30}#\d{4}(?!\d)")
NAMED_HANDLE = re.compile(
    rf"(?<![a-z0-9]){ANY}(?![a-z0-9])\s?{HANDLE_WORD}?(?:\s?(?:=|:|->)\s?|\s-\s?|"
    rf"-(?=[a-z]*[0-9_.][a-z0-9]))[@\"']?(?!{NO_HANDLE}\b)[a-z0-9_][a-z0-9_.#]{{2,40}}"
    rf"|(?<![a-z0-9])(?:my|mi|our|nuestr[oa]|the|el)\s{ANY}\s?{HANDLE_WORD}?\s(?:is|"
    rf"es)\s[@\"']?(?!{NO_HANDLE}\b)[a-z0-9_][a-z0-9_.#]{{2,40}}"
    rf"|(?<![a-z0-9]){ANY}\s(?:{HANDLE_WORD}\s(?:is|es)|soy|como|"
    rf"as)\s[@\"']?(?!{NO_HANDLE}\b)[a-z0-9_][a-z0-9_.#]{{2,40}}"
    rf"|(?<![a-z0-9]){ANY}\s(?=[a-z._#]{{0,30}}[0-9_.#][a-z0-9])[a-z_][a-z0-9_.#]{{3,40}}"
    rf"|(?<![a-z0-9@._])(?=[a-z]{{1,20}}[0-9_.])[a-z0-9_.]{{4,30}}\s(?:on|in|en|"
    rf"por)\s(?:el\s)?{ANY}(?![a-z0-9])"
    rf"|(?:arroba|user(?:name)?|usuario)\s[a-z0-9_.]{{3,30}}\s(?:on|in|en|"
    rf"de)\s(?:el\s)?{ANY}(?![a-z0-9])"
    rf"|(?:i'm|i am|im|soy|me llamo|busca(?:me|d)?(?: como)?|find me as|look for|"
    rf"add(?: me as)?|agrega(?:me)?(?: como)?)\s[\"']?[a-z0-9_.]{{3,30}}[\"']?\s(?:on|in|en|"
    rf"por)\s(?:el\s)?{ANY}(?![a-z0-9])"
    rf"|(?<![a-z0-9]){ANY}[ ,.:]{{1,3}}(?:the |my |mi |el |con el )?(?:handle|user(?:name)?|"
    rf"usuario|"
    rf"nick)\s?(?:is|es|:)\s?[a-z0-9_.]{{3,30}}"
    rf"|{DISCORD_TAG.pattern}"
)
ANY_NAME = re.compile(rf"(?<![a-z0-9]){ANY}")
INVITATION = re.compile(
    r"\b(?:\w{2,12}[aei]me(?:l[oa]s?)?|\w{2,12}[aei]nosl[oa]s?|let me know|"
    r"find (?:us|[a-z0-9_.]{6,30})|reachable|pon(?:me)?|writ\w{1,3}|text(?:ing|ed)?|"
    r"messag\w{1,3}|msg|add|contact\w{0,6}|"
    r"reach|hit|follow|"
    r"talk\w{0,3}|chat\w{0,4}|"
    r"continue|move|moving|hop|jump|switch|send|dm|pm|ping|call|speak|hmu|drop me|shoot me|find me|"
    r"look me up|"
    r"check me out|look for me|"
    r"prefer\w{0,3}|easier|faster|quicker|"
    r"do (?:you|u) (?:have|use)|have you got|are you on|you on|got|i'?m on|i am on|i have|i use|"
    r"we use|what'?s your|whats ur|share your|give me|"
    r"hablam\w{0,4}|hablar\w{0,3}|hablem\w{1,3}|habla|hablas|escri[bt]\w{0,7}|"
    r"sent you (?:a|the) (?:request|message|dm|invit\w{1,5})|agreg\w{0,6}|"
    r"anad\w{0,6}|contact\w{0,6}|busca(?:me|dme|nos)|sigue(?:me|nos)|mand[aeo]\w{0,5}|"
    r"envi[aeo]\w{0,5}|pasa(?:s|me|rme|dme|mos)?|paso|dame|da(?:r|s)?me|dejame|dejo|"
    r"(?<!se )llama\w{0,4}|segui\w{1,4}|vamos|pregunt\w{1,6}|conect\w{1,5}|"
    r"charl\w{1,5}|coordin\w{1,5}|tienes|teneis|tiene|tenes|usas|usais|estoy en|tengo|uso|"
    r"cual es tu|me das|mejor|prefier\w{1,3}|atiend\w{1,4}|"
    r"respond\w{1,4}|contest\w{1,4}|rapido|wasape\w{1,4}|whatsappe\w{1,4}|quedamos|cerramos|"
    r"answer|reply|available|discuss|arrange|tratar\w{0,4}|tratamos|discut\w{1,4}|comunic\w{1,6}|"
    r"negoci\w{1,4}|deal)\b"
)
ABOUT = re.compile(
    r"\b(?:compatible|funciona\w{0,2}|works?|working|runs?|running|support\w{0,2}|install\w{0,3}|"
    r"instal\w{1,5}|notific\w{1,8}|pantalla|screen\w{0,5}|"
    r"stickers?|pegatinas?|logos?|camisetas?|t-?shirts?|mugs?|tazas?|vi|vimos|saw|seen|visto|"
    r"os sigo|te sigo|publicad\w|publicasteis|posted|post|anuncio|advert\w{0,6}|"
    r"ad|reel|came from|descubri|conoci|app|apps|aplicacion\w{0,2}|update\w{0,2}|"
    r"actualiz\w{1,4}|versions?|charms?|funda|iconos?|icons?|"
    r"antiguo|sistema|system|android|ios|tablet|smartwatch|watch|reloj|preinstall\w{0,2}|de serie|"
    r"popular|trend\w{0,3}|viral|filter|filtro|"
    r"cosplay|poster|plush|peluche|llavero|keyring|decor\w{0,6}|themed|seguidores|followers|"
    r"se llama|named|called|1[89]\d\d|antique|sellos?|stamps?|device|dispositivo|bluetooth|"
    r"headsets?|auricular\w{0,2}|"
    r"altavo\w{1,3}|speakers?|cars?|coche|keyboard|teclado|wifi|internet|memory|memoria|cabe|"
    r"storage|bateria|"
    r"battery|hack\w{0,5}|phishing|fake|fals[oa]s?|tablets?|tableta|phones?|movil(?:es)?|"
    r"telefonos?|watches|"
    r"(?:mum|mom|mother|dad|father|grandma|grandad|madre|padre|abuel[oa]|hij[oa]) (?:only |"
    r"solo |just )?(?:uses?|usa|quiere|wants)|"
    r"para (?:usar|ver)|for using|to use)\b"
)
NEGATED = re.compile(
    r"\b(?:no me fio|don't trust|sin dar|without giving|avoid\w{0,3}|scam\w{0,5}|estaf\w{1,5}|"
    r"stay on|(?:don't|dont|do not|rather not|no|never|nunca|not) (?:want to |wish to |quiero |"
    r"doy |give |dar |use |uso |uses |usar |share |usamos |go |move |por |to |on |by |via |"
    r"through |salgo |paso |tengo |have |hablo |text |vamos |hablamos |me paso |ask |me escribas |"
    r"need )+)"
)
BY = re.compile(
    r"\b(?:por|on|via|by|through|over|al|in|to|got|have|use|your|tu|tienes|usas|tenes|teneis|"
    r"me das|dame)\s(?:el\s|mi\s|tu\s|my\s|your\s)?$"
)
OFF_SITE = re.compile(
    r"\b(?:la app verde|la aplicacion verde|el verde|the green app|green (?:chat )?app|"
    r"green bubble app|verdecit[oa]|app azul del avion|paper plane app|el del avioncito|"
    r"the app with the (?:green|paper)\w{0,30}|la (?:app|aplicacion) del (?:telefono verde|"
    r"avion\w{0,4}|avioncito))\b"
)
TOWARDS = (
    "on ",
    "via ",
    "by ",
    "through ",
    "over ",
    "por ",
    "al ",
    "your ",
    "tu ",
    "got ",
    "have ",
)
NOT_THERE = re.compile(
    r"\b(?:without|sin|rather than|instead of|en vez de|antes que|nada de|que por|not|no|never|"
    r"nunca|avoid|"
    r"evit\w{1,3}|why|than|asked (?:me )?for|asks? for|asking for|for|para|like|tipo|old|this|"
    r"framed|vintage|hace falta|need)\s"
    r"(?:(?:el|por|on|via|using|usar|giving you my|dar mi|mi|my|un|a|your|tu)\s)?$"
)
ABOUT_IT = re.compile(
    r"\b(?:fotos?|llamadas?|mensajes?|emojis?|stickers?|videos?|calls?|photos?|pictures?|"
    r"messages?|contacts?|grupos?|"
    r"copia|audios?|logo|icono|tono|sonido|color|dibujo|parche|piden?|pidio|pidieron|pida)\s"
    r"(?:(?:de|del|from|in|of|el|su|mi)\s)?$"
)
# `My kids found you on TikTok`: how people know each other.
KNOWN_FROM = re.compile(
    r"\b(?:found|discovered|spotted|noticed|saw|recommend(?:s|ed)?|came across|heard (?:of|about)|"
    r"ran into|stumbled (?:up)?on|encontr(?:e|o|amos|aron)|recomend(?:o|aron|aba))\s"
    r"(?:you|your (?:shop|store|page|profile|account)|tu (?:tienda|perfil|pagina))\s"
    r"(?:guys\s|all\s)?(?:on|through|via|por|en)\s$"
)
# `WhatsApp is best`, `Telegram works better`.
PRAISED = re.compile(
    r"\s(?:is|would be|works|es|va|me va)\s(?:much |mucho |the |lo |mas )?"
    r"(?:best|better|easier|easiest|faster|fastest|quicker|mejor|rapido|facil|comodo|fine by|"
    r"ok for me|fine for me)\b"
    r"|\s(?:mejor|preferred|preferably)\b"
)
CLAUSE = re.compile(r"[,.;:!?\n]\s|\bso\b|\bpero\b|\bbut\b")
YOURS = re.compile(r"\b(?:your|ur|tu|vuestro|su)\s$")
# Services where shops present themselves to everybody: `your Instagram` may be praise.
PUBLIC = re.compile("[i1]n|ist|face|feis|fis|ti[kc]|twit|tuit|dis[ck]ord")
# `WhatsApp notifications`, `Telegram stickers`: something about the messenger.
SUBJECT = re.compile(
    r"\s(?:messages?|notif|calls?|web|desktop|stickers?|groups?|logo|icon|app\b|push|alerts?|plush|"
    r"bot|button|banner|widget|filter|support|compat|update)"
)
# `ana underscore lopez en insta`, `my ig is ana dash 92`
UNDERSCORE = r"(?:under ?score|guion(?: bajo| medio)?|barra baja|dash|hyphen|minus)"
SPOKEN_HANDLE = re.compile(
    rf"(?<![a-z0-9])[a-z0-9_.]{{2,30}}\s{UNDERSCORE}\s[a-z0-9_.]{{2,30}}\s"
    rf"(?:on|in|en|por|de)\s(?:el\s)?{ANY}(?![a-z0-9])"
    rf"|(?<![a-z0-9]){ANY}\s?(?:[:=,-]|is|es|soy|como|as)?\s?[@\"']?[a-z0-9_.]{{2,30}}\s"
    rf"{UNDERSCORE}\s[a-z0-9_.]{{2,30}}"
    rf"|\b(?:busca\w{{0,3}}|soy|find|add|look for|i'm|agrega\w{{0,2}}) [a-z0-9_]{{2,30}} "
    rf"(?:punto|dot) [a-z0-9_]{{2,30}} (?:on|in|en|por) (?:el )?{ANY}(?![a-z0-9])"
)
HAS_UNDERSCORE = re.compile(rf"{UNDERSCORE}|punto|dot")
NEAR = 45  # characters between a messenger's name and the words that invite


def messengers(view: Folded) -> list[Finding]:
    """Return handles and invitations in a folded text.

    Naming a messenger that people use only to write to each other is an invitation, unless the
    sentence is about the messenger or refuses it. Where shops also present themselves, as on
    Instagram, an invitation needs a verb too.
    """
    text = view.text
    findings = []
    is_named = ANY_NAME.search(text) is not None
    for pattern, rule in (
        (NAMED_HANDLE if is_named else DISCORD_TAG, "named-handle"),
        (HANDLE, "handle"),
        (OFF_SITE, "paraphrase"),
    ):
        for match in pattern.finditer(text):
            findings.append(Finding(*view.span(match.start(), match.end()), "messenger", rule))
    if not is_named:
        return findings
    if HAS_UNDERSCORE.search(text):
        for match in SPOKEN_HANDLE.finditer(text):
            findings.append(
                Finding(*view.span(match.start(), match.end()), "messenger", "spoken-handle")
            )
    for pattern in (NAME, VAGUE_NAME):
        for match in pattern.finditer(text):
            is_personal = pattern is NAME and not PUBLIC.match(match[0])
            if _is_invitation(text, match, is_personal):
                findings.append(
                    Finding(*view.span(match.start(), match.end()), "messenger", "invitation")
                )
    return findings


def _is_invitation(text: str, match: re.Match[str], is_personal: bool) -> bool:
    """Whether a text names a messenger in order to continue there.

    Args:
        is_personal: whether people use it only to write to each other.
    """
    name = match[0]
    before = text[max(0, match.start() - NEAR) : match.start()]
    after = text[match.end() : match.end() + NEAR]
    clause = CLAUSE.split(before)[-1] + name + CLAUSE.split(after)[0]
    if NEGATED.search(clause) or NOT_THERE.search(before) or ABOUT_IT.search(before):
        return False
    if KNOWN_FROM.search(before):
        return False
    if SUBJECT.match(after):
        return False
    around = before + name + after
    if name.endswith(("eame", "eamos")) or re.match(r"\s(?:me|us)\b", after):
        return True
    if PRAISED.match(after) or re.search(r"\d[\d .-]{5,}\d", around):
        return True
    if is_personal and YOURS.search(before):
        return True
    if not ABOUT.search(around):
        return is_personal or bool(INVITATION.search(around))
    # `I'll text you on …` is an invitation whatever else the sentence is about.
    is_there = (BY.search(before) and INVITATION.search(before)) or name.startswith(TOWARDS)
    return bool(is_there and INVITATION.search(before + name))
