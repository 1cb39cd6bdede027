"""What can be wrong with a setting, a request or the set-up, and the one table from errors to HTTP statuses.

It holds no rule of its own about incidents: the rooms below name their failures, here they get their numbers.
"""


class AppError(Exception):
    """Something about the set-up or a request is wrong; the message may be shown to whoever asked."""


class BadSetting(AppError):
    """An environment variable has a value that the setting cannot have."""

    def __init__(self, variable: str, reason: str) -> None:
        """Keep the variable's name beside the reason; the value is not repeated, since it may be a secret."""
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason


class NoLedger(AppError):
    """There is no ledger where the settings say that it is."""


class LedgerOutdated(AppError):
    """The ledger's tables are those of another version."""


class NobodyNamed(AppError):
    """A writing command was not told who writes."""
