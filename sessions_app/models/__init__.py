"""When and where people meet."""

from sessions_app.models.booking import Booking
from sessions_app.models.hold import Hold
from sessions_app.models.playground import Duty, PlaygroundSession, SignUp

__all__ = ["Booking", "Duty", "Hold", "PlaygroundSession", "SignUp"]
