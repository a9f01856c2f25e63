"""Two schools in which each free text of each person is a word of its own: wherever it turns up, it can be named.

    farm = make_farm()                      # farm.own and farm.foreign are two whole worlds
    farm.found_in("... zq000017x ...")      # -> the canaries that sing in a text
    farm.of(person)                         # -> those in rows that name this person
    farm.nests(canaries)                    # -> {"accounts_guardian": {...}}: the tables that still hold them

A canary knows its field ("User.family_name of a student"), its row, its school, and the people whom the row names.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction

from accounts.models import User
from accounts.permissions import Role
from surveys.services import send_response
from tests import factories
from tests.cast import NOW, Cast, make_cast
from tests.world import World, make_world

OURS = ("accounts", "mentorship", "sessions_app", "surveys")
SONG = re.compile(r"zq\d{6}x")
# How far the ids of the two schools lie apart.
FIELD = 1_000_000

# Texts that are words of the program, keys or hashes, or that the program and not a person writes.
NO_TEXTS = {
    "User.password", "User.session_salt", "School.time_zone", "Job.kind", "Job.error", "Message.kind", "Message.about",
    "Message.error", "Message.message_id", "Message.calendar_file", "SecretLink.secret_hash", "SecretLink.code_hash",
    "LearnerFlags.ciphertext", "Consent.text_version", "Response.pseudonym", "Response.dose_band", "Instrument.code",
    "Scale.code", "Item.code", "RosterRow.reason", "RosterRow.column", "RosterRow.language",
    "TrailEntry.kind", "TrailEntry.origin", "Series.rule",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Canary:
    """One word that stands in one field of one row and nowhere else."""

    song: str
    field: str
    pk: object
    school: int
    people: frozenset[int]


@dataclasses.dataclass
class Farm:
    """Two worlds full of canaries."""

    own: World
    foreign: World
    canaries: dict[str, Canary]
    # Rows of the two schools are written in the same order: a foreign id is its own counterpart's plus FIELD.
    first_foreign_id: int

    def foreign_ids_in(self, text: str) -> set[str]:
        """The ids of the foreign school's rows that stand in a text, of whatever table."""
        numbers = set(re.findall(r"\d+", text)) - {str(settings.CSRF_COOKIE_AGE)}  # the age of a cookie is no id
        return {number for number in numbers if 0 < int(number) - self.first_foreign_id < FIELD}

    def own_ids_in(self, text: str) -> set[str]:
        """The ids of the own school's first rows, those that have a foreign counterpart."""
        first = self.first_foreign_id - FIELD
        return {number for number in set(re.findall(r"\d+", text)) if 0 < int(number) - first < FIELD // 2}

    def swapped(self, text: str) -> str:
        """The text with each id of a row of the own school put out for the foreign counterpart's."""
        own = self.own_ids_in(text)
        return re.sub(r"\d+", lambda match: str(int(match[0]) + FIELD) if match[0] in own else match[0], text)

    def found_in(self, text: str) -> set[Canary]:
        """Those that sing in a text, whatever its capitals."""
        return {self.canaries[song] for song in SONG.findall(text.lower()) if song in self.canaries}

    def of(self, person: User) -> set[Canary]:
        """Those in rows that name this person."""
        return {canary for canary in self.canaries.values() if person.pk in canary.people}

    def nests(self, canaries: Iterable[Canary]) -> dict[str, set[Canary]]:
        """The tables of the whole database, those of events too, in which these are still found."""
        wanted, found = set(canaries), defaultdict(set)
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f"SELECT t::text FROM \"{table}\" t WHERE t::text ~* 'zq[0-9]{{6}}x'")
                for (row,) in cursor.fetchall():
                    found[table] |= self.found_in(row) & wanted
        return {table: singing for table, singing in found.items() if singing}


def make_farm(written: Callable[[str], str] = str) -> Farm:
    """Two schools with a whole world each. Names sing before anything is written about them: copies sing too.

    `written` puts more around each song, where the field is long enough.
    """
    canaries: dict[str, Canary] = {}
    first = _count_from_a_round_number()
    own = _singing_world(canaries, "", written)
    _count_from(first + FIELD)
    foreign = _singing_world(canaries, "-b", written)
    stranger = foreign.cast.coordinator  # the strongest one that there is: with all four hats
    stranger.roles = list(Role)
    stranger.save()
    _count_from(first + FIELD // 2)  # what tests add later is of neither's first rows
    return Farm(own=own, foreign=foreign, canaries=canaries, first_foreign_id=first + FIELD)


def _count_from_a_round_number() -> int:
    """Let the ids of all tables begin at the same number, that no farm has used; answers which."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(last_value), 0) FROM pg_sequences WHERE schemaname = current_schema()")
        first = (cursor.fetchone()[0] // (10 * FIELD) + 1) * 10 * FIELD
    _count_from(first)
    return first


def _count_from(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
        for (sequence,) in cursor.fetchall():
            cursor.execute("SELECT setval(%s, %s)", [f'"{sequence}"', number])


def _singing_world(canaries: dict[str, Canary], suffix: str, written: Callable[[str], str]) -> World:
    cast = make_cast(suffix)
    plant(canaries, cast.school.pk, written)
    refresh(cast)
    goal = _new_song(canaries)
    world = make_world(cast, goal=written(goal))
    booking = world.booking
    canaries[goal] = Canary(goal, "Booking.goal", booking.pk, cast.school.pk, frozenset(_people_of(booking)))
    _send_answers(canaries, world)
    plant(canaries, cast.school.pk, written)
    refresh(cast)
    refresh(world)
    return world


def _send_answers(canaries: dict[str, Canary], world: World) -> None:
    """The other teacher sent her answers, in her own words where the questionnaire lets her."""
    author, song = world.cast.other_teacher, _new_song(canaries)
    factories.agree_to_surveys(author)
    answers = {item.code: song if item.kind == "open" else 4 for item in world.wave.instrument_version.items.all()}
    send_response(world.wave, author, answers, now=NOW)
    canaries[song] = Canary(song, "Response.answers", None, author.school_id, frozenset([author.pk]))


def plant(canaries: dict[str, Canary], school: int, written: Callable[[str], str] = str) -> None:
    """Put a canary of its own into each free text that has none yet and whose rules allow one."""
    for model in apps.get_models():
        if model._meta.proxy or model._meta.app_label not in OURS or not (fields := texts_of(model)):
            continue
        for row in model._base_manager.filter(**_of_school(model, school)):
            people = frozenset(_people_of(row))
            for field in fields:
                if not SONG.search(str(getattr(row, field.name)).lower()):
                    _plant_one(canaries, row, field, school, people, written)


def _plant_one(
    canaries: dict[str, Canary],
    row: models.Model,
    field: models.Field,
    school: int,
    people: frozenset[int],
    written: Callable[[str], str],
) -> None:
    song = _new_song(canaries)
    is_address = isinstance(field, models.EmailField) or field.name == "email"
    if is_address and not getattr(row, field.name):
        return  # somebody without an address stays so
    try:
        with transaction.atomic():
            text = f"{song}@example.org" if is_address else written(song)
            fits = field.max_length is None or len(text) <= field.max_length
            type(row)._base_manager.filter(pk=row.pk).update(**{field.name: text if fits else song})
    except IntegrityError:
        return  # this row may have no such text: a reason where nothing ended
    canaries[song] = Canary(song, named(row, field), row.pk, school, people)


def texts_of(model: type[models.Model]) -> list[models.Field]:
    """The fields of a model in which people write what they like."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and f"{model.__name__}.{field.name}" not in NO_TEXTS
    ]


def named(row: models.Model, field: models.Field) -> str:
    """How the table of allowed cells calls this text; a person's say whether it is a student's or an adult's."""
    whose = (" of a student" if row.is_student else " of an adult") if isinstance(row, User) else ""
    return f"{type(row).__name__}.{field.name}{whose}"


def refresh(things: Cast | World) -> None:
    """Read again every row that a dataclass holds."""
    for thing in (getattr(things, field.name) for field in dataclasses.fields(things)):
        for row in thing if isinstance(thing, list) else [thing]:
            if isinstance(row, models.Model):
                row.refresh_from_db()


def _new_song(canaries: dict[str, Canary]) -> str:
    song = f"zq{next(_numbers):06d}x"
    assert song not in canaries
    return song


_numbers = itertools.count(1)

# Where a row's school is found, by the relation that leads there.
TO_SCHOOL = ("school", "program", "person", "user", "student", "upload", "pairing", "template", "wave", "instrument",
             "version", "bell_schedule", "playground", "teacher")  # fmt: skip


def _of_school(model: type[models.Model], school: int) -> dict[str, int]:
    """The filter that leaves the rows of one school."""
    return {path_to_school(model): school}


def path_to_school(model: type[models.Model]) -> str:
    """The chain of relations from a row to its school: "program__school"."""
    if model.__name__ == "School":
        return "pk"
    names = {field.name for field in model._meta.concrete_fields if field.is_relation}
    for name in TO_SCHOOL:
        if name in names:
            if name == "school":
                return "school"
            return f"{name}__{path_to_school(model._meta.get_field(name).related_model)}"
    raise AssertionError(f"{model.__name__} leads to no school")


def _people_of(row: models.Model) -> Iterator[int]:
    """The users whom a row names, itself included."""
    if isinstance(row, User):
        yield row.pk
    for field in row._meta.concrete_fields:
        if not field.is_relation or (pk := getattr(row, field.attname)) is None:
            continue
        if field.related_model is User:
            yield pk
        elif field.related_model.__name__ == "Guardian":
            yield getattr(row, field.name).student_id
