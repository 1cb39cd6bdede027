"""What can go wrong with a map."""


class MapError(Exception):
    """A map could not be made. The message is one line for whoever asked for it."""


class AssetsMissing(MapError):
    """The front end is not built: the map's script and style are not there."""


class NothingInlined(MapError):
    """A map that is to stand alone was given no data."""
