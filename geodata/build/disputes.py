"""Where ISO 3166 and Natural Earth's lines of control part, and what the regions follow: ISO, always.

It says nothing about who is right. The base map draws such lines dashed.
"""

# Natural Earth's own areas, by its adm0_a3, that have no country code there.
COUNTRY_OF_AREA = {
    "CYN": "CY",  # Northern Cyprus
    "ESB": "GB",  # Dhekelia, a British base area, for which ISO has no code
    "WSB": "GB",  # Akrotiri, likewise
    "SOL": "SO",  # Somaliland
    "KAB": "KZ",  # Baykonur, leased
    "USG": "CU",  # Guantanamo Bay, leased
    "CLP": "FR",  # Clipperton, ISO 3166-2:FR-CP
    "CSI": "AU",  # Coral Sea Islands
    "ATC": "AU",  # Ashmore and Cartier Islands
}

# Single units, by name, that have a country code of their own.
COUNTRY_OF_UNIT_NAME = {"Cocos (Keeling) Islands": "CC", "Christmas Island": "CX"}

# ISO gives these to nobody, and a point there shall not be given to anybody either: units without a country.
NOBODYS = {
    "KAS",  # Siachen Glacier
    "PGA",  # Spratly Islands
    "SCR",  # Scarborough Shoal
    "BJN",  # Bajo Nuevo Bank
    "SER",  # Serranilla Bank
}

# Western Sahara (ISO 3166-1 EH): Morocco's units in Natural Earth reach across its northern border, which is
# the parallel 27 degrees 40 minutes north (treaty of 1912).
WESTERN_SAHARA_NORTH = 27 + 40 / 60
WESTERN_SAHARA_EAST = -8.66
MOROCCAN_UNITS_ACROSS = ("MA-14", "MA-15", "MA-16")

# The Golan Heights (ISO 3166-2 SY-QU): Natural Earth has them in Israel's northern district. This line, digitised
# by hand along the upper Jordan and the eastern shore of the Sea of Galilee to the Yarmouk (about 1 km), closes
# a box to the east of it: what lies of IL-Z in the box belongs to SY-QU.
GOLAN_WEST = (
    (35.622, 33.285),
    (35.650, 33.250),
    (35.640, 33.200),
    (35.632, 33.130),
    (35.628, 33.060),
    (35.633, 33.000),
    (35.623, 32.930),
    (35.618, 32.890),
    (35.650, 32.860),
    (35.655, 32.800),
    (35.660, 32.750),
    (35.685, 32.700),
    (35.700, 32.680),
)
GOLAN_EAST = 36.1

# Lines of control inside a country of ISO's that are leases or bases and contested by nobody's arms: not drawn.
UNCONTESTED_HOLDERS = {"KAB", "USG", "ESB", "WSB", "CLP", "CSI", "ATC", "IOA"}

# Borders that are contested though both ISO and Natural Earth have them, by country or unit on either side.
CONTESTED = (
    ("XK", "RS"),
    ("EH", "MA"),
    ("IL", "PS"),
    ("IL-Z", "SY-QU"),
    ("IN-JK", "PK"),
    ("IN-LA", "PK"),
    ("IN-JK", "CN"),
    ("IN-LA", "CN"),
    ("IN-AR", "CN"),
    ("PK-GB", "CN"),
    ("KP", "KR"),
    ("SD", "SS"),
    ("EG", "SD"),
    ("UA-43", "UA"),
    ("UA-43", "RU"),
    ("GE-AB", "GE"),
    ("GE-AB", "RU"),
    ("MD-SN", "MD"),
    ("MD-SN", "UA"),
    ("NE-KAS-00", ""),
)
