"""Host names: which ones are real, which are the site's own, and which lead to a messenger."""

from functools import cache, lru_cache
from urllib.parse import urlsplit

import tldextract
from django.conf import settings

SHORTENERS = frozenset(
    "bit.ly cutt.ly tinyurl.com goo.gl t.co is.gd ow.ly rb.gy shorturl.at rebrand.ly buff.ly "
    "tiny.cc v.gd s.id n9.cl acortar.link lnkd.in linktr.ee bit.do t.ly "
    "shorturl.asia dub.sh".split()
)
MESSENGERS = frozenset(
    "wa.me wa.link whatsapp.com t.me telegram.me telegram.org telegram.dog m.me ig.me "
    "instagram.com facebook.com fb.com fb.me discord.gg discord.com signal.me signal.org "
    "snapchat.com line.me viber.com tiktok.com x.com twitter.com skype.com kik.me wechat.com "
    "messenger.com threads.net".split()
)
PAYMENTS = frozenset(
    "paypal.me venmo.com revolut.me cash.app cash.me wise.com buy.stripe.com ko-fi.com "
    "buymeacoffee.com zellepay.com bizum.es mpago.la monzo.me".split()
)
# Top-level names that are also file extensions, or part of a product's name.
FILES = frozenset(
    "zip mov py md sh rs ai ps pl so cc app js doc pdf jpg jpeg png heic mp mp3 mp4 ts "
    "tf bz".split()
)
# Top-level names that are also words, which follow a full stop without a space.
WORDS = frozenset(
    (
        "es me is it no so to in at my be la de se si al do am us how now you one all here info "
        "id as by pm ad ya un va ha he hay mi ma sa tu su te le lo van son nos new best live "
        "love plus cool sale top pro buy black red like for casa pues man men kim ar an pa mas "
        "da day today win open read room fun tel call talk work st ni cr gt care help fit fast "
        "free case baby kids gift gifts tax toys tools shoes watch style pink gold garden house "
        "horse bike car cars auto camera audio video photo photos media movie music news group "
        "family fashion game games hair health hot ink jewelry kitchen land lighting limited "
        "luxury map market mobile money moto parts phone pictures pizza place post press prime "
        "property ready recipes repair rent review reviews rich safe save school science "
        "security select show ski social solutions spa space spot study supply surf team tech "
        "tennis tickets tips tires town trade training travel trust vision vote weather wedding "
        "wine works world wow yes zero zone "
    ).split()
)
# Words with which people end a sentence, or that come before `punto`.
ORDINARY = frozenset(
    "hola gracias vale ok okay bien perfecto genial claro listo dias dia tardes noches hecho "
    "nuevo nueva usado usada bueno buena caja color talla precio envio pago pedido producto foto "
    "fotos mensaje correo ya asi tambien aqui ahi alli hoy ayer manana ahora luego semana mes "
    "lunes martes miercoles jueves viernes sabado domingo todo nada algo eso esto ese este esta "
    "si no yo tu el ella usted saludos saludo favor duda dudas nunca siempre tiempo casa cosa "
    "mejor peor grande pequeno negro blanco rojo azul verde gris compra venta dinero tienda "
    "disponible estado modelo marca euros euro un una los las al del en a y o mi su cada primer "
    "otro mismo medio buen cierto que funciona interesa gusta llega llego sirve encanta mucho "
    "poco mas menos tanto entonces pues bolso mesa silla movil bici zapatos camisa vestido "
    "lampara vendido reservado thanks thank hello hi hey yes great good perfect fine nice sure "
    "done new used day today tomorrow yesterday now later week month box size price shipping "
    "payment order item product photo photos picture pictures message mail it that this these "
    "those one them him her us me you here there all too also well work works working available "
    "condition model brand please anyway home time time thing better best big small black white "
    "red blue green colour bag table chair phone bike shoes shirt dress lamp sold reserved out up "
    "in on at by to for of the cool ok right wrong seen sent received arrived asap regards cheers "
    "soon problem question look see page so just really both either money store pick tap floor "
    "first second ago left back over again".split()
)


@lru_cache(maxsize=1)
def _extract() -> tldextract.TLDExtract:
    """Return an extractor with the package's public suffixes; it must not download any."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4096)
def registered(host: str) -> tuple[str, str]:
    """Return a host's registered name and its public suffix; empty if there is none."""
    parts = _extract()(host)
    return (
        (f"{parts.domain}.{parts.suffix}", parts.suffix)
        if parts.suffix and parts.domain
        else ("", "")
    )


@cache
def _own(site_url: str) -> str:
    return (urlsplit(site_url).hostname or "").lower().removeprefix("www.")


def is_own(host: str) -> bool:
    """Whether a host is the site's own or below it."""
    own = _own(settings.SITE_URL)
    host = host.lower().rstrip(".")
    return bool(own) and (host == own or host.endswith(f".{own}"))


def is_suffix(host: str) -> bool:
    """Whether anybody can register names directly below a host, such as `co.uk`."""
    return "." not in host or _extract()(host).suffix == host
