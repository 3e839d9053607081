"""Made-up texts to shops in English and Spanish, the same in every run."""

import random
from collections.abc import Iterator

ENGLISH = (
    "is the bowl still available could you send me a photo of it in daylight how long does "
    "delivery take to Dublin I would like two of them please thank you very much that fits my "
    "shelf perfectly what exact measurements does it come in a darker colour shipping price "
    "parcel arrived today with small crack sorry to hear that we will replace yours "
    "tomorrow gift wrap card workshop open every afternoon except Wednesday order number invoice "
    "wool linen oak walnut glaze kiln teapot lamp mirror basket blanket candle spoon vase"
).split()
SPANISH = (
    "sigue disponible la pieza me podrías decir las medidas exactas cuánto tarda el envío a "
    "Canarias quería dos para regalo gracias lo envolvemos con papel y cinta de algodón llega "
    "mañana por la mañana tenéis otro color más oscuro precio del paquete ha llegado roto lo "
    "siento mucho te mandamos uno nuevo taller abierto por las tardes pedido factura número lana "
    "lino roble nogal esmalte horno tetera lámpara espejo cesta manta vela cuchara jarrón qué "
    "bonito está muy bien también así después aquí tú señora niño año"
).split()
STARTS = "ba co di fe gu lo ma ne pi ro sa te vi za cha lle".split()
MIDDLES = "ba ce di fo gu la me ni po ra so ta ve zu".split()
ENDS = "r s n l do da za ble ción mente dad tor ito ing ness able er".split()
RARE = [a + b + c for a in STARTS for b in MIDDLES for c in ENDS]  # 3,808, some of them very rare
PLACES = ["Málaga", "Logroño", "A Coruña", "Besançon", "Göteborg", "Kraków", "Łódź", "Malmö"]
FIRST_NAMES = (
    "Lucía Marta Iker Nadia Tomás Ana Óscar Íñigo Eva Begoña Jürgen Zoë Chloé Emma Liam Noah "
    "Olivia Aoife Seán Ruth Hugo Sofía Martín Ximena"
).split()
FAMILY_NAMES = (
    "Romero Vidal Sanz Cruz Ashby Prieto Núñez García Peña Ibáñez Müller O'Brien Smith Jones "
    "Evans Murphy Castaño Güell Bäcker Lefèvre Novák Løvås Ruiz Gómez"
).split()


def bodies(count: int, seed: int = 7) -> Iterator[str]:
    """Return message texts of 5 to 600 characters, half of them under 70."""
    dice = random.Random(seed)
    for _ in range(count):
        common = dice.choice((ENGLISH, SPANISH))
        words = [
            _word(dice, common) for _ in range(min(110, 1 + int(dice.lognormvariate(2.4, 0.8))))
        ]
        if dice.random() < 0.001:
            words.append(dice.choice(PLACES))
        text = " ".join(words)
        yield text[0].upper() + text[1:] + dice.choice((".", ".", "?", "!", ""))


def _word(dice: random.Random, common: list[str]) -> str:
    if dice.random() < 0.85:
        return common[int(len(common) * dice.random() ** 2)]
    return RARE[int(len(RARE) * dice.random() ** 3)]


def names(count: int, seed: int = 8) -> Iterator[str]:
    """Return names of people, many of them equal."""
    dice = random.Random(seed)
    for _ in range(count):
        yield f"{dice.choice(FIRST_NAMES)} {dice.choice(FAMILY_NAMES)}"
