"""What can be wrong with an incident or what is done to it, each failure named for the fact."""


class IncidentError(Exception):
    """Something about incidents was asked or given wrongly; the message may be shown to any reader."""


class BadFilter(IncidentError):
    """A filter has an unknown name or a value that it cannot have."""

    def __init__(self, name: str, reason: str) -> None:
        """Keep the parameter's name beside the reason."""
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class BadDate(IncidentError):
    """A date is not EDTF, not in the calendar, or ends before it begins."""


class BadPolicy(IncidentError):
    """A location policy contradicts itself or is out of bounds."""
