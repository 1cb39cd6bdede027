"""What can be wrong with an edition or its folder, each failure named for the fact."""

from incidents.errors import IncidentError


class EditionError(IncidentError):
    """Something about an edition was asked or found wrong."""


class NoEditionYet(EditionError):
    """Nothing has been published."""


class EditionNotFound(EditionError):
    """There is no edition of this name, or it was pruned."""


class EditionGone(EditionError):
    """The edition was amended; its old folder answers no more."""

    def __init__(self, name: str, successor: str) -> None:
        """Keep the name of the edition that took its place."""
        super().__init__(f"edition {name} was amended: edition {successor} took its place")
        self.successor = successor


class EditionBusy(EditionError):
    """The edition is being amended and answers again in a moment."""


class EditionDamaged(EditionError):
    """A file of the edition is missing or is not what its manifest says."""


class EditionOutdated(EditionDamaged):
    """The edition was written by an older version of the program: nobody can read it any more."""


class QueryTooSlow(EditionError):
    """A question to the edition took longer than readers may wait."""


class QuestionTooLarge(EditionError):
    """A question to the edition needs more memory than readers may take."""


class AlreadyPublishing(EditionError):
    """Somebody else is publishing or amending at this moment."""
