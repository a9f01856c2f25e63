"""The way around: what stands in the header, in the bar of a phone and in a person's menu, by the person's rights."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import permissions as policy
from accounts.models import User
from accounts.permissions import Act, Role
from accounts.signed_in import chosen_hat


class Place(NamedTuple):
    """A place one can go to: its section, its page, the word and icon for it, and who may."""

    section: str
    page: str
    label: Any
    icon: str
    act: Act


class Link(NamedTuple):
    """A place as this person sees it; `current` is the value of aria-current, empty elsewhere."""

    url: str
    label: Any
    icon: str
    current: str


class Way(NamedTuple):
    """Who goes, wearing what, and where the person is now."""

    user: User
    wears: set[Role]
    page: str
    section: str


PLACES = [
    Place("home", "home", _("Home"), "house", policy.ASK_FOR_HELP),
    Place("calendar", "calendar", _("Calendar"), "calendar", policy.SEE_CALENDAR),
    Place("book", "booking_find", _("Book"), "person-plus", policy.BOOK_MENTOR),
    Place("pairs", "program_list", _("Pairs"), "people", policy.RUN_PROGRAM),
    Place("log", "help_entry_list", _("Log"), "journal-text", policy.READ_HELP_LOG),
    Place("surveys", "survey_list", _("Surveys"), "ui-checks", policy.SEE_SURVEYS),
    Place("people", "person_list", _("People"), "person-lines-fill", policy.SEE_PEOPLE),
    Place("school", "school_settings", _("School settings"), "gear", policy.SET_THRESHOLDS),
]
OWN = [
    Place("concerns", "concern_list", _("Calls for help"), "life-preserver", policy.ANSWER_CONCERN),
    Place("board", "consent_board", _("Consents"), "file-earmark-check", policy.SEE_CONSENT_STATE),
    Place("messages", "message_list", _("Messages sent"), "envelope", policy.SEE_OUTBOX),
    Place("school", "school_settings", _("School settings"), "gear", frozenset({Role.COORDINATOR})),
    Place("free", "availability_edit", _("My free periods"), "calendar-check", frozenset({Role.TEACHER, Role.STUDENT})),
    Place("refusal", "refusal_list", _("Rather not with"), "person-slash", policy.REFUSE_PERSON),
    Place("mentor", "mentor_edit", _("What I can help with"), "lightbulb", frozenset({Role.STUDENT})),
    Place(
        "consents", "my_consent_list", _("My consents"), "file-earmark-check", frozenset({Role.TEACHER, Role.STUDENT})
    ),
    Place("my_messages", "my_messages", _("My messages"), "bell", policy.CHOOSE_MESSAGES),
    Place("flags", "flags_own", _("How I learn"), "book", policy.READ_OWN_FLAGS),
    Place("trail", "trail_list", _("Trail"), "clock", policy.READ_TRAIL),
    Place("sign_in", "mfa_index", _("How I sign in"), "key", policy.ASK_FOR_HELP),
    Place("data", "my_data", _("My data"), "person", policy.OWN_DATA),
]
ABOUT_ONESELF = {"free", "mentor"}  # pages that name the person in their address
HELP = Place("help", "concern_raise", _("I need help"), "life-preserver", policy.ASK_FOR_HELP)
# A coordinator's home is the day's work, and the log is everybody's.
COORDINATOR_LABELS = {"home": _("Today"), "log": pgettext_lazy("menu", "Help log")}
BAR = ("home", "calendar", "log", "surveys", "people")
BAR_PLACES = 3  # and the reading panel beside them
# The first of these that begins a page's name tells its section.
SECTION_OF = [
    ("home", "home"),
    ("calendar", "calendar"),
    ("playground", "calendar"),
    ("booking_find", "book"),
    ("booking_create", "book"),
    ("booking_log", "log"),
    ("booking", "calendar"),
    ("program", "pairs"),
    ("participant", "pairs"),
    ("pairing", "pairs"),
    ("tool", "pairs"),
    ("help_entry", "log"),
    ("survey", "surveys"),
    ("study", "surveys"),
    ("person", "people"),
    ("coordinator_name", "people"),
    ("leaving", "people"),
    ("roster", "people"),
    ("class", "people"),
    ("timetable", "people"),
    ("card", "people"),
    ("consent_text", "school"),
    ("consent", "board"),
    ("refusal", "refusal"),
    ("mentor", "mentor"),
    ("school", "school"),
    ("room", "school"),
    ("concern_raise", "help"),
    ("concern", "concerns"),
    ("message", "messages"),
    ("availability", "free"),
    ("my_consent", "consents"),
    ("my_messages", "my_messages"),
    ("feed", "calendar"),
    ("trail", "trail"),
    ("flags_own", "flags"),
    ("flags_edit", "people"),
    ("flag", "school"),
    ("account_change_password", "sign_in"),
    ("mfa", "sign_in"),
    ("sign_in_settings", "school"),
    ("second_factor_reset", "school"),
    ("my_data", "data"),
    ("erasure_ask", "data"),
    ("erasure", "people"),
    ("retention", "school"),
    ("reading", "reading"),
]
HATS = (Role.COORDINATOR, Role.ADMIN, Role.TEACHER, Role.STUDENT)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Everything a page's frame needs, worked out only when a page with a frame is rendered."""
    return {"navigation": SimpleLazyObject(lambda: links_for(request))}


def links_for(request: HttpRequest) -> dict[str, Any]:
    """The links of the header, the bar and the menu for the person of this request; empty for a visitor."""
    user = getattr(request, "user", None)
    match = request.resolver_match
    page = match.url_name or "" if match else ""
    section = next((section for start, section in SECTION_OF if page.startswith(start)), "")
    if user is None or not user.is_authenticated:
        return {"section": section}
    hat = chosen_hat(request)
    wears = {Role(hat)} if hat else {Role(role) for role in user.roles}
    way = Way(user, wears, page, section)
    links = {place.section: link_to(place, way) for place in PLACES if wears & place.act}
    bar = [name for name in BAR if name in links][:BAR_PLACES]
    return {
        "section": section,
        "links": list(links.values()),
        "bar": [links[name] for name in bar],
        "more": [link for name, link in links.items() if name not in bar],
        "own": [link_to(place, way) for place in OWN if wears & place.act and place.section not in links],
        "help": link_to(HELP, way),
        "hat": next((role.value for role in HATS if role in wears), ""),
        "hats": [role for role in HATS if role in user.roles] if len(user.roles) > 1 else [],
        "chosen_hat": hat,
        "place": user.school.name,
    }


def link_to(place: Place, way: Way) -> Link:
    """The link to a place, marked where the person is now."""
    current = "page" if place.page == way.page else "true" if place.section == way.section else ""
    label = COORDINATOR_LABELS.get(place.section, place.label) if Role.COORDINATOR in way.wears else place.label
    address = reverse(place.page, args=[way.user.pk]) if place.section in ABOUT_ONESELF else reverse(place.page)
    return Link(address, label, place.icon, current)
