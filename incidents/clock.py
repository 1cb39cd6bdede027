"""What time it is, in UTC: asked here alone, so that a test may say which day it is."""

import datetime as dt


def now() -> dt.datetime:
    """Give this moment."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Give the day that embargoes go by."""
    return now().date()


def stamp() -> str:
    """Give this moment as files hold it: ISO 8601, to the second."""
    return now().isoformat(timespec="seconds")
