"""When and where people meet."""

from sessions_app.models.attendance import Attendance
from sessions_app.models.booking import Booking
from sessions_app.models.hold import Hold
from sessions_app.models.kept_time import KeptTime
from sessions_app.models.playground import Duty, PlaygroundSession, SignUp, Station
from sessions_app.models.rules import BookingRules
from sessions_app.models.series import Series
from sessions_app.models.unmet_wish import UnmetWish
from sessions_app.models.waitlist import WaitlistEntry

from sessions_app.models import tracked  # isort: skip  # last: the list of what the trail keeps of all these

__all__ = [
    "Attendance",
    "Booking",
    "BookingRules",
    "Duty",
    "Hold",
    "KeptTime",
    "PlaygroundSession",
    "Series",
    "SignUp",
    "Station",
    "UnmetWish",
    "WaitlistEntry",
    "tracked",
]
