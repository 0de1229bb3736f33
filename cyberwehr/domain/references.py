"""Short, speakable, random references such as CW-7K4M-2Q: they betray neither order nor number of cases."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0/O, 1/I/L, no U (read as V): what is easily confused when spoken or written by hand."""


def new_reference() -> str:
    """A fresh reference; 30^6 = 729 million are possible, the database refuses a repeated one."""
    number, letters = secrets.randbelow(len(ALPHABET) ** 6), ""
    for _ in range(6):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return f"CW-{letters[:4]}-{letters[4:]}"


WORDS = (
    "Ahorn Amboss Amsel Anker Apfel Bagger Birke Biber Boje Brücke Dachs Distel Drache Düne Eiche Elster "
    "Esche Fackel Falke Feder Fichte Flöte Fuchs Gabel Garten Geige Gletscher Hafen Hammer Harfe Hecht "
    "Hirsch Honig Igel Insel Jacke Kamin Kastanie Kessel Kiesel Kohle Kranich Krone Kupfer Lampe Laterne "
    "Lerche Linde Löwe Luchs Marder Meise Mühle Muschel Nadel Nebel Orgel Otter Pappel Perle Pfeil Quelle "
    "Rabe Regen Robbe Rose Sattel Schacht Segel Silber Sonne Spaten Specht Stern Tanne Tasse Teich Tiger "
    "Tulpe Turm Ulme Veilchen Wagen Walze Weide Welle Wiesel Winde Wolke Zange Zebra Zeche Ziegel Zirkel"
)
CODE_WORDS = WORDS.split()


def new_code_word() -> str:
    """Two words and a number, spoken between caller and technician before work starts: about 795,000 combinations."""
    first, second = secrets.choice(CODE_WORDS), secrets.choice(CODE_WORDS)
    return f"{first} {second} {secrets.randbelow(90) + 10}"
