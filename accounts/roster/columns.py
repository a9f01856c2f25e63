"""Which columns of a roster are read, under which names, and what their words mean. All others are never looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Role
from accounts.roster.source import UnreadableFile

# Letters and digits only, small: "Given Name", "given_name" and "givenName" are one name.
ALIASES: dict[str, tuple[str, ...]] = {
    "source_id": ("sourcedid", "sourceid", "externalid"),
    "given_name": ("givenname", "firstname", "given", "first", "forename", "nombre", "nombres", "الاسمالأول"),
    "family_name": ("familyname", "lastname", "family", "last", "surname", "apellido", "apellidos", "اسمالعائلة"),
    "role": ("role", "rol", "الدور"),
    "username": ("username", "usuario", "nombredeusuario", "اسمالمستخدم"),
    "email": ("email", "emailaddress", "mail", "correo", "correoelectrónico", "البريدالإلكتروني"),
    "grade": ("grade", "grades", "gradelevel", "grado", "الصف"),
    "title": ("title", "salutation", "tratamiento", "اللقب"),
    "language": ("language", "preferredlanguage", "idioma", "اللغة"),
    "status": ("status",),
    "enabled": ("enableduser",),
    "schools": ("orgsourcedids", "primaryorgsourcedid"),
    "agents": ("agentsourcedids",),
}
FIELD_OF = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
# What a person may say a column is, in words.
FIELD_LABELS: dict[str, Promise] = {
    "given_name": gettext_lazy("first name"),
    "family_name": gettext_lazy("last name"),
    "role": gettext_lazy("role"),
    "email": gettext_lazy("e-mail"),
    "username": gettext_lazy("user name"),
    "grade": gettext_lazy("grade"),
    "title": gettext_lazy("title"),
    "language": gettext_lazy("language"),
    "source_id": gettext_lazy("roster id"),
}
# How like a known name a misspelt one must be ("givenNmae").
ALIKE = 0.85
LIKELY = 0.7  # to be proposed to a person
LONGEST_HEADING = 60

TEACHER_WORDS = "teacher teachers staff aide proctor profesor profesora maestro maestra docente معلم معلمة".split()
STUDENT_WORDS = "student students alumno alumna estudiante طالب طالبة".split()
PARENT_WORDS = "parent parents guardian relative padre madre tutor".split()
# These hats are never given by a file.
OFFICE_WORDS = (
    "administrator admin coordinator coordinador coordinadora principal counselor siteadministrator "
    "districtadministrator systemadministrator مدير منسق منسقة"
).split()
ROLE_OF = {**dict.fromkeys(TEACHER_WORDS, Role.TEACHER), **dict.fromkeys(STUDENT_WORDS, Role.STUDENT)}

LANGUAGE_OF = {
    **dict.fromkeys(["en", "eng", "english", "inglés"], "en"),
    **dict.fromkeys(["es", "spa", "spanish", "español", "castellano"], "es"),
    **dict.fromkeys(["ar", "ara", "arabic", "العربية"], "ar"),
}


class UnknownColumns(UnreadableFile):
    """A column that is needed was not found by its name; `header` is the row of names, for a person to say."""

    def __init__(self, sentence: str, header: list[str]) -> None:
        super().__init__(sentence)
        self.header = header


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each of our columns stands."""

    index_of: dict[str, int]
    # The name as it stands in the file, by our name.
    headings: dict[str, str]
    # Those of them that were not quite spelt as we know them.
    guessed: tuple[str, ...] = ()
    unread: tuple[str, ...] = field(default=())


def find_columns(
    header: Sequence[str], number: int, *, needs_role: bool, chosen: Mapping[str, str] | None = None
) -> Columns:
    """Find our columns in the header of row `number`; `chosen` (heading as shown, our name) is what a person said."""
    chosen = chosen or {}
    index_of: dict[str, int] = {}
    for index, heading in enumerate(header):
        name = chosen.get(shown(heading), FIELD_OF.get(plain(heading), ""))
        if name in index_of:
            sentence = _("Row %(row)s, columns %(one)s and %(other)s mean the same (“%(heading)s”). Take one out.")
            place = {"row": number, "one": index_of[name] + 1, "other": index + 1, "heading": shown(heading)}
            raise UnreadableFile(sentence % place)
        if name:
            index_of[name] = index
    guessed = {} if chosen else _guess(header, taken=index_of)
    index_of |= guessed
    _refuse_missing(header, number, index_of, needs_role=needs_role)
    read = set(index_of.values())
    return Columns(
        index_of,
        {name: shown(header[index]) for name, index in index_of.items()},
        tuple(guessed),
        tuple(shown(heading) for index, heading in enumerate(header) if index not in read and heading.strip()),
    )


def shown(heading: str) -> str:
    """A column's name on one line that is not too long."""
    return " ".join(heading.split())[:LONGEST_HEADING]


def _guess(header: Sequence[str], *, taken: dict[str, int]) -> dict[str, int]:
    """Misspelt names of columns that were not found otherwise."""
    known = [alias for alias, name in FIELD_OF.items() if name not in taken and name in FIELD_LABELS]
    guessed: dict[str, int] = {}
    for index, heading in enumerate(header):
        if index not in taken.values() and len(plain(heading)) > 3:
            alike = get_close_matches(plain(heading), known, n=1, cutoff=ALIKE)
            if alike:
                guessed.setdefault(FIELD_OF[alike[0]], index)
    return guessed


def likely_columns(headings: Iterable[str]) -> dict[str, str]:
    """What each heading most likely means, by our names; empty where none is near. No two mean the same."""
    found: dict[str, str] = {}
    for heading in headings:
        known = [alias for alias, name in FIELD_OF.items() if name in FIELD_LABELS and name not in found.values()]
        alike = get_close_matches(plain(heading), known, n=1, cutoff=LIKELY)
        found[heading] = FIELD_OF[alike[0]] if alike else ""
    return found


def _refuse_missing(header: Sequence[str], number: int, found: dict[str, int], *, needs_role: bool) -> None:
    for name, heading in (("given_name", "givenName"), ("family_name", "familyName")):
        if name not in found:
            sentence = _(
                "Row %(row)s names no column “%(heading)s”. The first row must hold the names of the columns; "
                "the template shows them."
            )
            raise UnknownColumns(sentence % {"row": number, "heading": heading}, list(header))
    if needs_role and "role" not in found:
        if any(plain(heading) == "primaryorgsourcedid" for heading in header):
            raise UnreadableFile(_("In OneRoster 1.2 the roles stand in roles.csv. Choose all files of the folder."))
        sentence = _("The file has no column “role”. Choose below who is in it: teachers or students.")
        raise UnknownColumns(sentence, list(header))


def plain(word: str) -> str:
    """A column name or role without capitals, blanks and signs."""
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def language_code(word: str) -> str:
    """The language of the program that a roster's word means ("es-MX", "Spanish"); empty for one that we lack."""
    small = word.strip().casefold()
    return LANGUAGE_OF.get(small) or LANGUAGE_OF.get(small.replace("_", "-").split("-")[0], "")
