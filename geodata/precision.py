"""How closely a place is known: one scale for every source, from a crater to nothing at all."""

from enum import StrEnum


class Precision(StrEnum):
    """The scale, finest first. Its order is the order of definition: see `rank`."""

    EXACT = "exact"
    SITE = "site"
    SETTLEMENT = "settlement"
    NEAR = "near"
    AREA = "area"
    TOWNSHIP = "township"
    DISTRICT = "district"
    STATE = "state"
    COUNTRY = "country"
    SEA = "sea"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Place in the scale: 0 for exact, rising as less is known."""
        return _RANKS[self]

    def is_at_least(self, other: "Precision") -> bool:
        """Whether this is as fine as the other, or finer."""
        return self.rank <= other.rank

    @property
    def claims_point(self) -> bool:
        """Whether a source that is this precise says where a point is; coarser ones never get one."""
        return self.rank <= Precision.NEAR.rank


_RANKS = {precision: rank for rank, precision in enumerate(Precision)}

# Metres within which the true place lies when a source says no more, by precision. Exact and site after
# Airwars' accuracy levels; settlement after the usual reach of a village or small town; near after UCDP GED's
# where_prec 2 ("within about 25 km"). Others have none.
USUAL_UNCERTAINTY_M: dict[Precision, float] = {
    Precision.EXACT: 10.0,
    Precision.SITE: 1_000.0,
    Precision.SETTLEMENT: 2_000.0,
    Precision.NEAR: 25_000.0,
}

# Radius of the dashed disc that stands for an area whose boundary is not loaded, in metres: that of a circle
# as large as Myanmar's mean township (676,578 km2 / 330) or district (676,578 km2 / 75), rounded up.
STAND_IN_RADIUS_M: dict[Precision, float] = {
    Precision.AREA: 25_000.0,
    Precision.TOWNSHIP: 30_000.0,
    Precision.DISTRICT: 55_000.0,
}
