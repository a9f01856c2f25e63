"""Who of the school a row of a roster is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from accounts.models import User
from accounts.roster import Person, fold, stem


def find_matches(people: list[tuple[int, Person]], known: list[User]) -> dict[int, User]:
    """Who a row is about, by row number: by roster id, else user name, else e-mail, else by name alone.

    The surer way goes first for the whole file, so that no row takes the person whom a later one names by id.
    """
    found: dict[int, User] = {}
    claimed: set[int] = set()
    keys: list[tuple[Callable[[Person], str], Callable[[User], str | None]]] = [
        (lambda person: person.source_id, lambda user: user.source_id),
        (lambda person: person.username.lower(), lambda user: user.username.lower()),
        (lambda person: person.email.lower(), lambda user: user.email and user.email.lower()),
    ]
    for key_of_person, key_of_user in keys:
        users = {key_of_user(user): user for user in known}
        for number, person in people:
            key = key_of_person(person)
            user = users.get(key) if key and number not in found else None
            if user is not None and _same_source(person, user):
                found[number] = user
                claimed.add(user.pk)
    by_name: dict[tuple[str, str], list[User]] = defaultdict(list)
    for user in known:
        by_name[user.given_name.casefold(), user.family_name.casefold()].append(user)
    for number, person in people:
        if number not in found and not person.source_id:
            namesakes = by_name.get((person.given_name.casefold(), person.family_name.casefold()), [])
            user = next((user for user in namesakes if user.pk not in claimed and _same_by_name(person, user)), None)
            if user is not None:
                found[number] = user
                claimed.add(user.pk)
    return found


def is_clearly_another(person: Person, user: User) -> bool:
    """The same roster id, but neither a name nor the address nor the user name in common: the id was used again."""
    if not person.source_id or person.source_id != user.source_id:
        return False
    names = {fold(person.given_name), fold(person.family_name)}
    is_namesake = bool(names & {fold(user.given_name), fold(user.family_name)})
    same_email = bool(person.email) and person.email.lower() == (user.email or "").lower()
    same_user_name = bool(person.username) and stem(person.username) == stem(user.username)
    return not (is_namesake or same_email or same_user_name)


def _same_source(person: Person, user: User) -> bool:
    return not (person.source_id and user.source_id) or person.source_id == user.source_id


def _same_by_name(person: Person, user: User) -> bool:
    """A namesake is the same person where nothing that both have tells them apart."""
    return (
        person.role in user.roles
        and (not person.email or user.email is None)
        and (not person.grade or not user.grade or person.grade == user.grade)
        # The import itself may have put a number behind the user name of the file.
        and (not person.username or stem(user.username) == stem(person.username))
    )
