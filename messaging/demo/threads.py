"""Short exchanges: the shopper asks, the shop answers, and so on.

Lines alternate between the shopper and the shop; `{title}` is the product's.
"""

# fmt: off
ENGLISH = [
    ["Hello! Is the {title} still available?", "Hi, yes, it is. Shall I put one aside for you?", "Please do, until Friday if that works.", "It does. It has your name on it."],
    ["What are the exact measurements of the {title}?", "About 24 cm across and 18 cm high. Each one differs by a finger's width.", "Perfect, that fits my shelf.", "Glad to hear it!"],
    ["How long would delivery to Ireland take?", "Five to seven working days. You get a number to follow the parcel.", "And the cost?", "9.50 up to two kilos. A second piece travels for free.", "Then I'll take two."],
    ["Can you make the {title} in a darker colour?", "We can. It takes three weeks because it is fired twice.", "Three weeks is fine. Could you send me a photo of the shade?", "I'll take one in daylight tomorrow morning."],
    ["It is a present. Do you wrap?", "We do, in printed paper with a cotton ribbon. A card is included.", "Lovely. The card should just say 'For Mum'.", "Written by hand, then. Thank you!"],
    ["Mine arrived today and it is even nicer than in the picture. Thank you!", "That made our day. Enjoy it!"],
    ["The parcel came with a small crack near the rim.", "Oh no, I am sorry. Could you send us a picture of it?", "Of course. I'd rather have another one than the money back.", "A new one leaves tomorrow, and you need not return the first.", "That is very kind, thank you."],
    ["Is the {title} safe for the dishwasher?", "It is, though by hand it keeps its sheen for longer."],
    ["Do you ship on Saturdays?", "Only from Monday to Friday, before two in the afternoon."],
    ["Could I collect it from your workshop?", "With pleasure. We are here every afternoon except Wednesday.", "Thursday at five?", "See you on Thursday. Ring the green bell."],
    ["I ordered last week and have heard nothing since. Any news?", "It left this morning; the kiln kept us waiting. Sorry for the silence.", "No problem, now I know."],
    ["Would you take 10% less if I buy three?", "For three we can do 8% and free delivery.", "Deal."],
]
SPANISH = [
    ["Hola, ¿sigue disponible «{title}»?", "Hola, sí. ¿Te lo reservo?", "Sí, por favor, hasta el viernes.", "Hecho. Ya lleva tu nombre."],
    ["¿Me podrías decir las medidas exactas?", "Unos 24 cm de ancho y 18 de alto. Cada pieza varía un dedo.", "Me encaja justo en la estantería, gracias.", "¡Qué bien!"],
    ["¿Cuánto tarda el envío a Canarias?", "Entre seis y ocho días laborables, con número de seguimiento.", "¿Y cuánto cuesta?", "Doce euros hasta dos kilos.", "De acuerdo, lo pido esta tarde."],
    ["¿Lo hacéis también en un tono más oscuro?", "Sí, pero tarda tres semanas porque va dos veces al horno.", "No tengo prisa. ¿Me mandas una foto del color?", "Mañana por la mañana, con luz natural."],
    ["Es para regalo. ¿Lo podéis envolver?", "Claro, con papel estampado y cinta de algodón. La tarjeta va incluida.", "Que ponga solo «Para mamá».", "Lo escribimos a mano. ¡Gracias!"],
    ["Ha llegado hoy y es todavía más bonito que en la foto. ¡Gracias!", "Nos alegras el día. ¡Que lo disfrutes!"],
    ["El paquete ha llegado con una pequeña grieta en el borde.", "Vaya, lo siento mucho. ¿Nos mandas una foto?", "Sí, ahora mismo. Prefiero otro antes que el dinero.", "Mañana sale uno nuevo y no hace falta que devuelvas el primero."],
    ["¿Se puede meter en el lavavajillas?", "Se puede, aunque a mano conserva mejor el brillo."],
    ["¿Puedo pasar a recogerlo por el taller?", "Con mucho gusto. Estamos todas las tardes menos el miércoles.", "¿El jueves a las cinco?", "Hasta el jueves. Llama al timbre verde."],
    ["Hice un pedido la semana pasada y no sé nada. ¿Alguna novedad?", "Ha salido esta mañana; el horno nos hizo esperar. Perdona el silencio.", "Nada, así me quedo tranquila."],
    ["Si compro tres, ¿me haces un 10 %?", "Por tres te hago un 8 % y el envío gratis.", "Trato hecho."],
]
# fmt: on
SHARED = [
    "Hello! I love this one. Is the glaze more blue or more green in daylight?",
    "Hi Lucía! Green in the morning, blue by the evening. I can send you a photo by the window.",
    "That would be lovely. And would two of them fit in one parcel?",
    "Easily, and the second one travels for free.",
    "Then I would like two. When could they leave?",
]
