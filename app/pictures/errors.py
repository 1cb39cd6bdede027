"""What can go wrong with a picture."""


class PictureError(Exception):
    """A picture could not be drawn. The message is one line for whoever asked for it."""


class DrawingTooSlow(PictureError):
    """A picture took longer than it may, and was given up."""
