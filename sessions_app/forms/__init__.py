"""What people send about bookings, playgrounds and worries: cleaned against the rows that they may see."""

from sessions_app.forms.booking import BookingForm, CancelForm, FindForm, MoveForm, NoShowForm, ReplaceForm
from sessions_app.forms.concern import ConcernForm
from sessions_app.forms.playground import PlaygroundChangeForm, PlaygroundForm, StationsForm
from sessions_app.forms.presence import PresenceForm
from sessions_app.forms.series import PlaygroundSeriesForm, RepeatForm
from sessions_app.forms.walk_up import WalkUpForm

__all__ = [
    "BookingForm",
    "CancelForm",
    "ConcernForm",
    "FindForm",
    "MoveForm",
    "NoShowForm",
    "PlaygroundChangeForm",
    "PlaygroundForm",
    "PlaygroundSeriesForm",
    "RepeatForm",
    "PresenceForm",
    "ReplaceForm",
    "StationsForm",
    "WalkUpForm",
]
