"""Location policies: how closely the public may learn where an incident was.

Only their words and limits; `coarsening` applies them.
"""

from dataclasses import dataclass
from enum import StrEnum

from incidents.errors import BadPolicy


class PolicyRule(StrEnum):
    """The rules, from open to closed. cell: a square of stated size, fixed to a world grid."""

    EXACT = "exact"
    SETTLEMENT = "settlement"
    CELL = "cell"
    TOWNSHIP = "township"
    STATE = "state"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class LocationPolicy:
    """A rule, and for cells the side of the square in whole kilometres, 1 to 50. Raises BadPolicy."""

    rule: PolicyRule
    cell_km: int | None = None

    def __post_init__(self) -> None:
        """Refuse a cell without a size, a size without a cell, and sizes out of bounds."""
        if self.rule == PolicyRule.CELL:
            if self.cell_km is None or not 1 <= self.cell_km <= 50:
                msg = "a cell needs its size, from 1 to 50 km"
                raise BadPolicy(msg)
        elif self.cell_km is not None:
            msg = "only a cell has a size"
            raise BadPolicy(msg)


def coarseness(policy: LocationPolicy | None) -> tuple[int, int]:
    """Rank a policy: the greater, the less it lets out. None, as closely as recorded, is as open as exact."""
    if policy is None:
        return 0, 0
    return list(PolicyRule).index(policy.rule), policy.cell_km or 0


def make_policy(rule: str | None, cell_km: int | None) -> LocationPolicy | None:
    """Make a policy of what the ledger keeps; None is as closely as the place is recorded. Raises BadPolicy."""
    if rule is None:
        return None
    try:
        return LocationPolicy(PolicyRule(rule), cell_km)
    except ValueError:
        msg = f"a location policy is one of {', '.join(PolicyRule)}"
        raise BadPolicy(msg) from None
