"""Names and products of the demo shop."""

CATEGORIES = [
    # slug, English, Spanish, words for its products
    ("ceramics", "Ceramics", "Cerámica", ["bowl", "vase", "jug", "plate", "teapot"]),
    ("textiles", "Textiles", "Textiles", ["blanket", "table runner", "cushion", "throw", "rug"]),
    ("lighting", "Lighting", "Iluminación", ["table lamp", "reading lamp", "bedside lamp"]),
    ("plants", "Plants", "Plantas", ["fern", "rubber plant", "olive tree", "monstera"]),
    ("prints", "Prints", "Láminas", ["linocut", "screen print", "etching", "poster"]),
    ("leather", "Leather goods", "Marroquinería", ["satchel", "shoulder bag", "tote", "pouch"]),
    ("candles", "Candles", "Velas", ["beeswax candle", "scented candle", "pillar candle"]),
    ("knitwear", "Knitwear", "Punto", ["scarf", "shawl", "cardigan", "baby blanket"]),
]
QUALITIES = [
    "Speckled", "Tall", "Small", "Indigo", "Rust-red", "Moss-green", "Hand-finished", "Everyday",
    "Winter", "Wide", "Two-tone", "Plain", "Ribbed", "Harbour", "Orchard", "Slow-made",
]  # fmt: skip
SHOPS = [
    # name, city, currency, what it says of itself
    ("Barro y Sal", "Valencia", "EUR", "Stoneware thrown on the wheel and fired in small batches."),
    ("North Loom", "Leeds", "GBP", "Wool from two farms up the road, woven on a 1930s loom."),
    ("Luz de Tarde", "Sevilla", "EUR", "Lamparas de papel y madera, hechas una a una."),
    ("Verde Patio", "Córdoba", "EUR", "Plants that grew up outdoors and travel well."),
    ("Inkwell & Gull", "Brighton", "GBP", "Prints of the coast, pulled by hand."),
    ("Cuero Viejo", "León", "MXN", "Vegetable-tanned leather that ages with you."),
    ("Bee & Wick", "Portland", "USD", "Candles from our own bees."),
    ("Dos Agujas", "Granada", "EUR", "Knitted in the evenings by three sisters."),
]
SELLERS = [
    "Marta Vidal", "Iker Sanz", "Nadia Cruz", "Tom Ashby", "Priya Nair", "Rosa León", "Hugo Marín",
    "Elena Prat", "Jonas Berg", "Carla Ruiz", "Owen Price", "Fátima Idrissi", "Luis Ortega",
    "Mei Tanaka", "Dana Cole", "Inés Robles",
]  # fmt: skip
FIRST = [
    "Lucía", "Ana", "Pablo", "Noor", "Sofía", "Daniel", "Chloe", "Mateo", "Yuki", "Amir", "Greta",
    "Diego", "Emma", "Rubén", "Zoe",
]  # fmt: skip
LAST = ["Romero", "Prieto", "Haddad", "Kowalski", "Novak", "Silva", "Moreau", "Blanco"]
