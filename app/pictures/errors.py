"""What can go wrong with a picture."""


class PictureError(Exception):
    """A picture could not be drawn. The message is one line for whoever asked for it."""


class DrawingBusy(PictureError):
    """Another picture is being drawn, and the next one waited for its turn in vain."""


class DrawingFailed(PictureError):
    """A picture could not be drawn, for a reason that is a fault of ours."""


class DrawingTooSlow(PictureError):
    """A picture took longer than it may, and was given up."""
