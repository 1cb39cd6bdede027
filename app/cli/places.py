"""`bearing places search` and `bearing regions at`: the shipped world from the command line.

They read no ledger and no edition.
"""

import json

import click


@click.group()
def places() -> None:
    """Search the gazetteer."""


@places.command()
@click.argument("name")
@click.option("--within", multiple=True, help="A unit that the place must lie in; repeat it, fine to coarse.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def search(name: str, within: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List the places that NAME may mean, best first.

    Columns: score (0-100), longitude, latitude, name, kind, where it lies, how it was found, who says so.
    """
    from geodata.errors import UnknownPlace
    from geodata.gazetteer import gazetteer
    from geodata.regions import world

    _check_units(within)
    found = gazetteer().search(name, within=within, limit=limit)
    if not found:
        msg = f"no place like {name!r}" + (f" in {', '.join(within)}" if within else "")
        raise UnknownPlace(msg)
    for candidate in found:
        place = candidate.place
        chain = [region for code in (place.region, place.country) if code and (region := world().get(code))]
        names = [place.township, *(region.name for region in chain)]
        lies_in = ", ".join(dict.fromkeys(part for part in names if part))
        if as_json:
            row = {
                "id": place.id,
                "name": place.name,
                "local_name": place.local_name or None,
                "kind": place.kind,
                "code": place.code,
                "lon": place.point.lon,
                "lat": place.point.lat,
                "precision": place.precision.value,
                "township": place.township,
                "region": place.region,
                "country": place.country,
                "score": candidate.score,
                "how": candidate.how,
                "source": place.source,
            }
            click.echo(json.dumps(row, ensure_ascii=False))
            continue
        local = f" ({place.local_name})" if place.local_name else ""
        code = f" {place.code}" if place.code else ""
        click.echo(
            f"{candidate.score:5.1f}  {place.point.lon:10.5f} {place.point.lat:9.5f}  {place.name}{local}, "
            f"{place.kind}{code}, {lies_in}; {candidate.how}; {place.source}"
        )


def _check_units(within: tuple[str, ...]) -> None:
    """Refuse a unit that nobody knows: leaving it out would find the place somewhere else."""
    from geodata.gazetteer import gazetteer

    for unit in gazetteer().unknown_within(within) if within else ():
        like = gazetteer().units_like(unit, within)
        meant = f"; did you mean {', '.join(like)}?" if like else ": leave it out, or name its region or country"
        msg = f"no region or town named {unit!r} is known there{meant}"
        raise click.BadParameter(msg, param_hint="--within")


@click.group()
def regions() -> None:
    """Look up regions of the world."""


@regions.command(context_settings={"ignore_unknown_options": True})
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def at(lon: float, lat: float, *, as_json: bool) -> None:
    """Say in which regions the point LON LAT (degrees, longitude first) lies, coarse to fine.

    A unit is followed by those that the point may lie in instead, where their boundary is not in the set.
    """
    from geodata.geocoding import units_in_doubt
    from geodata.points import LonLat
    from geodata.regions import world

    point = LonLat(lon, lat)
    found = world().at(point)
    if not found:
        click.echo("no region: the point lies further than 25 km from any land", err=True)
        raise SystemExit(1)
    for match in found:
        region = match.region
        others = units_in_doubt(point) if region.level == 1 and match.distance_m is None else ()
        if as_json:
            row = {
                "level": region.level,
                "code": region.code,
                "name": region.name,
                "local_name": region.local_name or None,
                "scheme": region.scheme,
                "how": match.how.value,
                "distance_m": match.distance_m,
                "or": [{"code": other.code, "name": other.name} for other in others],
            }
            click.echo(json.dumps(row, ensure_ascii=False))
            continue
        local = f" ({region.local_name})" if region.local_name else ""
        how = "" if match.distance_m is None else f"; the nearest, {match.distance_m / 1000:.1f} km away"
        doubt = "".join(f", or {other.name} ({other.code}), whose boundary is not in the set" for other in others)
        click.echo(f"{region.level}  {region.code}  {region.name}{local}{doubt}; {region.scheme}{how}")
