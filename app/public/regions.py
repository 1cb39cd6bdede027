"""The pages of regions: those in use, and one with its map, its chart, its harm in words and its newest incidents.

They show what an edition holds and compute nothing.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template

from app.caching import answer
from app.charting import chart_of
from app.drawing import draw_part_map
from app.errors import RegionNotFound
from app.params import parse_region_code
from app.reading import asked
from app.summing import add_harm, grow_tree, roll_up
from incidents.editions.tabulating import count_unshown
from incidents.errors import BadFilter

regions = Blueprint("regions", __name__)

_HTML = "text/html"
_NEWEST = 10
# Above this many rows the index lists the widest regions alone; their parts stand on their own pages.
_MOST_LISTED = 300
# Of more parts the first ones are listed, of more types the widest, and all of them in a fold.
_SHOWN_FIRST = 10
_MOST_TYPES = 30
_LEVELS = ("Country", "First-level unit", "Second-level unit", "Third-level unit")
_FOUND_NOTHING = {"incidents": 0, "patterns": 0}


@regions.get("/regions")
def show_regions() -> Response:
    """Show the regions in use, by level."""
    with asked() as question:

        def make() -> str:
            edition = question.edition
            found = edition.facets(replace(question.filter, region=()))["region"]
            chosen = set(question.filter.region)
            known = {region["code"]: region for region in edition.known_regions()}
            rows = [
                _describe(region, found, {})
                for code, region in known.items()
                if code in found and (not chosen or chosen & {code, *(one["code"] for one in _above(known, code))})
            ]
            return render_template(
                "regions.html",
                countries=_nest(rows, parts=len(rows) <= _MOST_LISTED),
                counts=edition.counts(question.filter),
                unshown=count_unshown(edition, question.filter),
                pairs=question.to_pairs(),
                taxonomy=edition.taxonomy,
                names={code: region["name"] for code, region in known.items()},
                **chart_of(question, "region"),
                **draw_part_map(question),
            )

        return answer(question.etag(), _HTML, make)


@regions.get("/regions/<code>")
def show_region(code: str) -> Response:
    """Show one region."""
    code = parse_region_code(code)
    with asked() as question:
        if question.filter.region:
            raise BadFilter("region", "the address names the region already")
        edition = question.edition
        known = {region["code"]: region for region in edition.known_regions()}
        if code not in known:
            msg = f"Nothing in edition {edition.name} lies in a region with the code {code}."
            raise RegionNotFound(msg)
        here = replace(question, filter=replace(question.filter, region=(code,)))

        def make() -> str:
            facets = edition.facets(here.filter)
            areas = {
                area: {"incidents": incidents, "patterns": patterns}
                for area, (_, incidents, patterns) in edition.area_counts(question.filter).items()
            }
            inside = [one for one in known.values() if one["parent"] == code and one["code"] in facets["region"]]
            return render_template(
                "region.html",
                region=_describe(known[code], facets["region"], areas),
                level=_LEVELS[min(known[code]["level"], len(_LEVELS) - 1)],
                above=_above(known, code),
                children=_order([_describe(one, facets["region"], areas) for one in inside]),
                counts=edition.counts(here.filter),
                unshown=count_unshown(edition, here.filter),
                known_only=areas.get(code),
                beside=[{"region": one, **areas[one["code"]]} for one in _above(known, code) if one["code"] in areas],
                kinds=facets["kind"],
                chosen_kinds=here.filter.kind,
                uses=list(grow_tree(edition, facets["aircraft"])),
                used=facets["aircraft"],
                shown_first=_SHOWN_FIRST,
                most_types=_MOST_TYPES,
                chosen_uses=roll_up(edition.taxonomy, here.filter.aircraft),
                harm=add_harm(edition, here.filter, code),
                newest=edition.details(here.filter, limit=_NEWEST),
                taxonomy=edition.taxonomy,
                # Links of this page to others of its sort keep the rest of the filter, its own to the table all of it.
                pairs=question.to_pairs(),
                filter_pairs=here.to_pairs(),
                pinned=question.pinned,
                **chart_of(here, "kind"),
                **draw_part_map(here),
            )

        return answer(question.etag(), _HTML, make)


def _describe(region: dict[str, Any], found: dict[str, Any], areas: dict[str, Any]) -> dict[str, Any]:
    return {
        **region,
        "found": found.get(region["code"], _FOUND_NOTHING),
        "known_only": areas.get(region["code"]),
    }


def _nest(rows: list[dict[str, Any]], *, parts: bool) -> list[dict[str, Any]]:
    """Give the regions that lie in none of the others; with `parts`, each with those directly in it."""
    codes = {row["code"] for row in rows}
    widest = [row for row in rows if row["parent"] not in codes]
    inside: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        inside.setdefault(row["parent"], []).append(row)
    return [{**row, "parts": _order(inside.get(row["code"], [])) if parts else []} for row in _order(widest)]


def _order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["found"]["incidents"], -row["found"]["patterns"], row["name"]))


def _above(known: dict[str, dict[str, Any]], code: str) -> list[dict[str, Any]]:
    """Give the regions above one, the widest first."""
    found: list[dict[str, Any]] = []
    at = known[code]["parent"]
    while at in known and known[at] not in found:
        found.insert(0, known[at])
        at = known[at]["parent"]
    return found
