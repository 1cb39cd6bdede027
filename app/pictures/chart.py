"""A chart over time as it is asked for and as it is to be drawn: plain values.

It draws nothing, and loads nothing that does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

By = Literal["kind", "aircraft", "region"]
Unit = Literal["month", "year"]
BYS: tuple[By, ...] = ("kind", "aircraft", "region")
UNITS: tuple[Unit, ...] = ("month", "year")
NARROWEST, USUAL_WIDTH, WIDEST = 320, 760, 1600


@dataclass(frozen=True, slots=True)
class ChartForm:
    """How a chart over time is asked for. unit: None leaves it to the span of the data. width: in CSS pixels."""

    by: By = "kind"
    unit: Unit | None = None
    theme: str = "light"
    width: int = USUAL_WIDTH


@dataclass(frozen=True, slots=True)
class Strip:
    """One series. Counts for each bin of time; `detail` says its total in words.

    solid: incidents that are certainly of this bin. light: those that may be. doubtful: those that may not belong to
    the series at all, such as by an aircraft that possibly took part. patterns: patterns that reach into the bin, which
    are drawn as a wave and never as a bar.
    """

    label: str
    detail: str
    family: str
    solid: Sequence[int]
    light: Sequence[int]
    patterns: Sequence[int]
    doubtful: Sequence[int] = ()

    @property
    def tallest(self) -> int:
        """The height of the tallest bar."""
        doubtful = self.doubtful or [0] * len(self.solid)
        return max((sum(bars) for bars in zip(self.solid, self.light, doubtful, strict=True)), default=0)


@dataclass(frozen=True, slots=True)
class TimeChart:
    """A chart: what it is called, its strips, and what is said beneath.

    starts: the first day of each bin, in days since 1970, and the first day after the last bin. unit: of a bin.
    """

    title: str
    description: str
    unit: str
    starts: Sequence[int]
    strips: Sequence[Strip]
    notes: Sequence[str] = ()
    source: str = ""
