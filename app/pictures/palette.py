"""The colours of pictures: those of the browser's map, light and dark.

They are the same as in assets/src/palette.js, where a test compares them; it decides nothing about shapes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FAMILIES = ("air", "ground", "people", "diplomacy", "sea", "arms", "other")


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme's colours, as #RRGGBB; families: by the family of a kind. halo_alpha: how opaque `halo` is."""

    name: str
    land: str
    water: str
    panel: str
    coast: str
    river: str
    border: str
    unit_border: str
    label: str
    unit_label: str
    halo: str
    halo_alpha: float
    ink: str
    ink_soft: str
    line: str
    edge: str
    hatch: str
    accent: str
    families: Mapping[str, str]

    def of_family(self, family: str) -> str:
        """Give a family's colour; that of "other" for one that is not known."""
        return self.families.get(family, self.families["other"])


PALETTES: Mapping[str, Palette] = MappingProxyType(
    {
        "light": Palette(
            name="light",
            land="#F4F1EA",
            water="#DCE6EE",
            panel="#FFFFFF",
            coast="#A9BAC6",
            river="#BFD0DC",
            border="#8F8A80",
            unit_border="#CFC8BA",
            label="#55524B",
            unit_label="#7A756A",
            halo="#F4F1EA",
            halo_alpha=0.85,
            ink="#1C2126",
            ink_soft="#4F5968",
            line="#D8D5CD",
            edge="#FFFFFF",
            hatch="#5A5F66",
            accent="#134DF0",
            families=MappingProxyType(
                {
                    "air": "#D85705",
                    "ground": "#480519",
                    "people": "#260A3E",
                    "diplomacy": "#134DF0",
                    "sea": "#0F8F66",
                    "arms": "#544210",
                    "other": "#525C6D",
                }
            ),
        ),
        "dark": Palette(
            name="dark",
            land="#23272B",
            water="#14181C",
            panel="#1B1F23",
            coast="#48525B",
            river="#2E3942",
            border="#757D85",
            unit_border="#3B4248",
            label="#A9B0B6",
            unit_label="#868E95",
            halo="#1C2024",
            halo_alpha=0.85,
            ink="#E8E6E1",
            ink_soft="#A9B3BF",
            line="#343B42",
            edge="#14181C",
            hatch="#A5ADB5",
            accent="#7FB0EA",
            families=MappingProxyType(
                {
                    "air": "#E58143",
                    "ground": "#E23864",
                    "people": "#A554FE",
                    "diplomacy": "#649BDD",
                    "sea": "#CEFBF7",
                    "arms": "#FDDFA3",
                    "other": "#9AA8B4",
                }
            ),
        ),
    }
)
