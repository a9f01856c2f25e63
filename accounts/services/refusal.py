"""How a service says no."""


class Refused(Exception):
    """An act that the rules do not allow. Its text is the translated sentence a page shows; nothing was written."""
