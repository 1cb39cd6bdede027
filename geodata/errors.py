"""What can be wrong with a place, a point or a box, each failure named for the fact."""


class GeodataError(Exception):
    """Something about the world was asked or given wrongly."""


class BadPoint(GeodataError):
    """A longitude or latitude lies outside the world or is not a number."""


class BadBBox(GeodataError):
    """A bounding box is not four numbers in the order west, south, east, north."""


class UnknownPlace(GeodataError):
    """The gazetteer knows no such place."""
