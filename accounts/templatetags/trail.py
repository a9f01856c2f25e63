"""The trail in sentences: "Ms Ortiz verified the log of Maya R."."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django import template
from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import TRACKED, Tracked, TrailEntry, User
from accounts.reports.trail import TrailPage
from accounts.templatetags.speaking import spoken_date, spoken_when

register = template.Library()

People = dict[int, User]
ISOLATE, END_ISOLATE = "\u2068", "\u2069"

# The trail of the trail: no trigger writes it, and nobody but the service that ends old entries.
ITSELF = Tracked(
    name=gettext_lazy("Trail"),
    fields=(),
    school="",
    words={"update": gettext_lazy("%(who)s deleted old entries of the trail: %(entries)s.")},
)
# The first of these that begins a page's name tells where in the program it is.
PLACES = [
    ("help_entry", gettext_lazy("Help log")),
    ("booking_log", gettext_lazy("Help log")),
    ("booking", gettext_lazy("Calendar")),
    ("playground", gettext_lazy("Calendar")),
    ("program", gettext_lazy("Pairs")),
    ("participant", gettext_lazy("Pairs")),
    ("pairing", gettext_lazy("Pairs")),
    ("study", gettext_lazy("Surveys")),
    ("roster", gettext_lazy("People")),
    ("person", gettext_lazy("People")),
    ("card", gettext_lazy("Sign-in cards")),
    ("join", gettext_lazy("Invitation")),
    ("consent_text", gettext_lazy("School settings")),
    ("consent", gettext_lazy("Consents")),
    ("guardian", gettext_lazy("Consents")),
    ("my_consent", gettext_lazy("My consents")),
    ("flag", gettext_lazy("Learner flags")),
    ("school", gettext_lazy("School settings")),
    ("room", gettext_lazy("School settings")),
]


@register.simple_tag
def trail_kind(entry: TrailEntry) -> str:
    """What kind of thing was changed: "Help log"."""
    return str(_tracked(entry).name)


@register.simple_tag
def trail_place(entry: TrailEntry) -> str:
    """From where in the program, in a word; nothing where it came from elsewhere."""
    return next((str(place) for start, place in PLACES if entry.origin.startswith(start)), "")


@register.simple_tag
def trail_sentences(entry: TrailEntry, page: TrailPage) -> list[str]:
    """What happened, a sentence for each thing; for whoever may not read the contents, only who and how."""
    if entry.pk not in page.may_read:
        return [_filled(GENERAL[entry.act], {"who": _who(entry, page.people, names_students=False)})]
    tracked = _tracked(entry)
    values: dict[str, str] = defaultdict(str, _values(entry), who=_who(entry, page.people))
    whom = [_name(pk, page.people) for pk in entry.people]
    values["whom"], values["other"] = [*whom, _("nobody"), _("nobody")][:2]
    if entry.act != TrailEntry.Act.UPDATE:
        return [_filled(_words_for_the_whole(entry, tracked), values)]
    told = [
        _filled(words, values | {"old": _shown(entry, name, 0), "new": _shown(entry, name, 1)})
        for name in (*tracked.fields, *tracked.hidden)
        if name in entry.changes and (words := _words_for(entry, tracked, name))
    ]
    return told or [_filled(tracked.words["update"], values)]


GENERAL: dict[str, Any] = {
    TrailEntry.Act.INSERT: gettext_lazy("%(who)s added something."),
    TrailEntry.Act.UPDATE: gettext_lazy("%(who)s changed something."),
    TrailEntry.Act.DELETE: gettext_lazy("%(who)s removed something."),
    TrailEntry.Act.PURGE: gettext_lazy("%(who)s deleted old entries."),
    TrailEntry.Act.EXPORT: gettext_lazy("%(who)s downloaded something."),
}


# What an older version of the program kept, and this one does not know.
GONE = Tracked(
    name=gettext_lazy("Something that is no more"),
    fields=(),
    school="",
    words={str(act): words for act, words in GENERAL.items()},
)


def _filled(words: Any, values: dict[str, str]) -> str:
    """The sentence; a short name at its end brings the point along ("Maya R.").

    From right to left each value keeps its own direction, as <bdi> would do, by the signs that Unicode has for it.
    """
    if get_language_bidi():
        apart = {name: f"{ISOLATE}{value}{END_ISOLATE}" for name, value in values.items()}
        return str(words % defaultdict(str, apart))
    sentence = capfirst(words % values)
    return sentence.removesuffix(".") if sentence.endswith("..") else sentence


def _tracked(entry: TrailEntry) -> Tracked:
    if entry.kind == TrailEntry._meta.label:
        return ITSELF
    return TRACKED.get(entry.kind, GONE)


def _words_for_the_whole(entry: TrailEntry, tracked: Tracked) -> Any:
    """The sentence for a row that was added or removed: one for its special values, if there is such a sentence."""
    special = [f"{entry.act} {name}={pair[1]}" for name, pair in entry.changes.items() if pair]
    keys = [*special, entry.act, "update"]
    return next(tracked.words[key] for key in keys if key in tracked.words)


def _words_for(entry: TrailEntry, tracked: Tracked, name: str) -> Any:
    """The sentence for one changed field: the one for its new value, else the one for the field, else none."""
    pair = entry.changes[name]
    if pair:
        value = "" if pair[1] is None else pair[1]
        if words := tracked.words.get(f"{name}={value}"):
            return words
    return tracked.words.get(name)


def _values(entry: TrailEntry) -> dict[str, str]:
    """What each field holds now (or held, if the row is gone), in words."""
    gone = entry.act in {TrailEntry.Act.DELETE, TrailEntry.Act.PURGE}
    return {name: _shown(entry, name, 0 if gone else 1) for name in entry.changes}


def _shown(entry: TrailEntry, name: str, which: int) -> str:
    """A value before (0) or after (1) the change, as people say it; nothing where the trail does not keep it."""
    pair = entry.changes[name]
    if not pair:
        return ""
    value = pair[which]
    if value is None:
        return _("nothing")
    tracked = TRACKED.get(entry.kind)
    if tracked is None or name not in tracked.fields:  # an entry outlasts the field that it tells of
        return str(value)
    field: Any = apps.get_model(entry.kind)._meta.get_field(name)
    if isinstance(value, list):
        labels = dict(field.base_field.flatchoices)
        return _(", ").join(str(labels.get(one, one)) for one in value) or _("nothing")
    if isinstance(field, models.DateTimeField):
        return spoken_when(dt.datetime.fromisoformat(value))
    if isinstance(field, models.DateField):
        return spoken_date(dt.date.fromisoformat(value))
    return str(dict(field.flatchoices).get(value, value) if isinstance(value, str) else value)


def _who(entry: TrailEntry, people: People, *, names_students: bool = True) -> str:
    """Who did it: a person, or what stands for one."""
    if entry.made_by_id:
        person = people.get(entry.made_by_id)
        if person and person.is_student and not names_students:
            return _("a student mentor")
        return _name(entry.made_by_id, people)
    if entry.origin.startswith("guardian"):
        return _("A guardian")
    if entry.origin.startswith("command:"):
        return _("A command on the server")
    if entry.origin == "program" or entry.origin.startswith("task:"):
        return _("Flipside")
    if entry.origin:
        return _("Somebody who was not signed in")
    return _("Somebody at the database")


def _name(pk: int, people: People) -> str:
    person = people.get(pk)
    if person is None or person.erased_at:
        return _("somebody who was erased")
    return person.short_name
