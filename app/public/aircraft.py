"""The pages of aircraft and systems: the tree of those in use, and one with its types, its chart, its map and its list.

Certain and possible are counted apart throughout. They show what an edition holds and compute nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template

from app.caching import answer
from app.charting import chart_of
from app.drawing import draw_part_map
from app.errors import AircraftNotFound
from app.params import parse_key
from app.reading import asked
from app.summing import grow_tree, roll_up
from incidents.editions.crossing import Crossed
from incidents.editions.edition import Edition
from incidents.editions.tabulating import count_unshown
from incidents.errors import BadFilter
from incidents.filters import IncidentFilter

aircraft = Blueprint("aircraft", __name__)

_HTML = "text/html"
_NEWEST = 10
_MOST_REGIONS = 12
# Above this many transfers their goods are not looked through for a page.
_MOST_TRANSFERS = 200
_NOTHING = {name: {"incidents": 0, "patterns": 0} for name in ("certain", "possible")}


@aircraft.get("/aircraft")
def show_tree() -> Response:
    """Show the tree of aircraft and systems that took part in anything."""
    with asked() as question:

        def make() -> str:
            edition = question.edition
            facets = edition.facets(question.filter)["aircraft"]
            return render_template(
                "aircraft_tree.html",
                roots=list(grow_tree(edition, facets)),
                used=facets,
                chosen_uses=roll_up(edition.taxonomy, question.filter.aircraft),
                counts=edition.counts(question.filter),
                unshown=count_unshown(edition, question.filter),
                pairs=question.to_pairs(),
                taxonomy=edition.taxonomy,
                names={region["code"]: region["name"] for region in edition.known_regions()},
                **chart_of(question, "aircraft"),
            )

        return answer(question.etag(), _HTML, make)


@aircraft.get("/aircraft/<key>")
def show_aircraft(key: str) -> Response:
    """Show one aircraft or system, with all below it."""
    key = parse_key(key)
    with asked() as question:
        if question.filter.aircraft:
            raise BadFilter("aircraft", "the address names the aircraft already")
        edition = question.edition
        if key not in edition.taxonomy.equipment:
            msg = f"The taxonomy has no aircraft or system with the key {key}."
            raise AircraftNotFound(msg)
        here = replace(question, filter=replace(question.filter, aircraft=(key,)))

        def make() -> str:
            facets = edition.facets(here.filter)
            equipment = edition.taxonomy.equipment
            crossed = edition.of_aircraft(here.filter, key)
            known = {region["code"]: region for region in edition.known_regions()}
            places = _list_places(known, crossed)
            return render_template(
                "aircraft.html",
                aircraft=equipment[key],
                above=[equipment[one] for one in reversed(edition.taxonomy.ancestors(key))],
                found=facets["aircraft"].get(key, _NOTHING),
                types=list(grow_tree(edition, facets["aircraft"], key)),
                kinds=_apart(crossed, "kinds", [kind.key for kind in edition.taxonomy.kinds.values()]),
                places=places[:_MOST_REGIONS],
                more_places=max(0, len(places) - _MOST_REGIONS),
                nowhere=_apart(crossed, "places", [""]),
                transfers=find_transfers(edition, question.filter, key),
                newest=edition.details(here.filter, limit=_NEWEST),
                counts=edition.counts(here.filter),
                unshown=count_unshown(edition, here.filter),
                taxonomy=edition.taxonomy,
                regions=known,
                names={code: region["name"] for code, region in known.items()},
                pairs=question.to_pairs(),
                filter_pairs=here.to_pairs(),
                pinned=question.pinned,
                **chart_of(here, "aircraft"),
                **draw_part_map(here),
            )

        return answer(question.etag(), _HTML, make)


def find_transfers(edition: Edition, selection: IncidentFilter, key: str) -> list[dict[str, Any]] | None:
    """Find transfers whose goods are of a type or below it: goods are no use, so that no count here has them.

    None where there are too many transfers to look through.
    """
    transfers = replace(selection, kind=("arms_transfer",), aircraft=())
    if "arms_transfer" not in edition.taxonomy.kinds or (selection.kind and "arms_transfer" not in selection.kind):
        return []
    if edition.counts(transfers).matched > _MOST_TRANSFERS:
        return None
    types = {key, *edition.taxonomy.descendants(key)}
    return [
        detail
        for detail in edition.details(transfers, limit=_MOST_TRANSFERS)
        if detail["transfer"] and any(types & set(item["types"]) for item in detail["transfer"]["goods"])
    ]


def _apart(crossed: Mapping[str, Crossed], by: str, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Give certain and possible counts of those keys that have any, in the order given."""
    rows = []
    for key in keys:
        counts = {how: getattr(crossed[how], by).get(key, (0, 0)) for how in ("certain", "possible")}
        if any(map(any, counts.values())):
            found = {how: {"incidents": one[0], "patterns": one[1]} for how, one in counts.items()}
            rows.append({"key": key, "found": found})
    return rows


def _list_places(known: Mapping[str, dict[str, Any]], crossed: Mapping[str, Crossed]) -> list[dict[str, Any]]:
    """Give first-level units with their counts, and countries with what is in none of their units; the fullest first.

    whole: whether a row is of what is known to a country alone, whose units have rows of their own.
    """
    codes = {code for one in crossed.values() for code in one.places if code in known}
    divided = {known[code]["parent"] for code in codes}
    rows = [row | {"whole": row["key"] in divided} for row in _apart(crossed, "places", sorted(codes))]

    def rank(row: Mapping[str, Any]) -> tuple[int, int, str]:
        incidents, patterns = (sum(one[name] for one in row["found"].values()) for name in ("incidents", "patterns"))
        return -incidents, -patterns, known[row["key"]]["name"]

    return sorted(rows, key=rank)
