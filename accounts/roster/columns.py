"""Which columns of a roster are read, under which names, and what their words mean. All others are never looked at."""

from __future__ import annotations

from accounts.permissions import Role

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
}
FIELD_OF = {alias: field for field, aliases in ALIASES.items() for alias in aliases}

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


def plain(word: str) -> str:
    """A column name or role without capitals, blanks and signs."""
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def language_code(word: str) -> str:
    """The language of the program that a roster's word means ("es-MX", "Spanish"); empty for one that we lack."""
    small = word.strip().casefold()
    return LANGUAGE_OF.get(small) or LANGUAGE_OF.get(small.replace("_", "-").split("-")[0], "")
