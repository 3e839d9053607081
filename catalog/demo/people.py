"""Shoppers and categories of the demo shop."""

CATEGORIES = [
    # slug, English, Spanish, kinds of products
    ("ceramics", "Ceramics", "Cerámica", ("bowl", "plate", "jug", "teapot", "vase")),
    ("textiles", "Textiles", "Textiles", ("cushion", "throw")),
    ("lighting", "Lighting", "Iluminación", ("lamp",)),
    ("plants", "Plants", "Plantas", ("monstera", "olive", "sansevieria")),
    ("prints", "Prints", "Láminas", ("print",)),
    ("leather", "Leather goods", "Marroquinería", ("bag",)),
    ("candles", "Candles", "Velas", ("candle",)),
    ("knitwear", "Knitwear", "Punto", ("shawl", "cardigan")),
]

SHOPPER = "Lucía Romero"  # has the address shopper@example.com
STAFF = "Sam Okoro"
# By the language in which they write.
SHOPPERS = {
    "en": [
        "Lucía Romero", "Noor Haddad", "Daniel Kowalski", "Chloe Moreau", "Yuki Mori",
        "Greta Novak", "Emma Lindqvist", "Zoe Silva", "Amir Farouk", "Hannah Byrne",
        "Oliver Grant", "Maya Patel", "Jack Sutherland", "Ingrid Dahl", "Theo Papas",
        "Ruth Abrams", "Callum Reid", "Sofie Jansen", "Ben Whitaker", "Leila Rahimi",
        "Katie Doyle", "Marcus Bell", "Anja Weber", "Peter Hollis", "Grace Okafor", "Simon Tate",
        "Freya Nilsen", "Dev Malhotra", "Laura Finch", "Sean Keane",
    ],
    "es": [
        "Ana Prieto", "Pablo Blanco", "Sofía Navarro", "Mateo Aguirre", "Diego Salas",
        "Rubén Castaño", "Carmen Ibáñez", "Javier Molina", "Nuria Ferrer", "Andrés Quintero",
        "Pilar Lozano", "Álvaro Rey", "Marina Costa", "Gonzalo Vega", "Irene Pastor",
        "Ximena Robledo", "Raúl Benítez", "Teresa Campos", "Víctor Arce", "Lola Medina",
        "Esteban Cordero", "Belén Herrero", "Óscar Tapia", "Julia Serrano", "Manuel Ríos",
        "Valeria Duarte", "Joaquín Peña", "Rocío Gallardo", "Emilio Santos", "Paula Vidal",
    ],
}  # fmt: skip
