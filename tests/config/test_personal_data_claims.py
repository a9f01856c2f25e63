"""Every table from which a way leads to a person is answered for by exactly one app's personal_data."""

from collections import Counter

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Model

from accounts.models import Guardian, School, SchoolDay, User
from config.personal_data import APPS
from mentorship.models import MentorTool, Step
from surveys.models import Response

# People, and the guardians of students, who are none.
PEOPLE: set[type[Model]] = {User, Guardian}
# Found by what is inside their value, not by a relation.
BY_VALUE = {Session, Response}


def points_to(model: type[Model]) -> set[type[Model]]:
    """The models to which a foreign key or a list of many leads from this one."""
    fields = [field for field in model._meta.get_fields() if field.is_relation and not field.auto_created]
    return {field.related_model for field in fields if field.related_model}


def leads_to_a_person(model: type[Model]) -> bool:
    """Whether its rows point to a person, however far. Not by way of the school, which all rows of a school share."""
    seen: set[type[Model]] = set()
    ahead = {model}
    while ahead:
        here = ahead.pop()
        if here in PEOPLE or points_to(here) & PEOPLE:
            return True
        seen.add(here)
        ahead |= points_to(here) - seen - {School}
    return False


def stored_models() -> list[type[Model]]:
    """All models with a table of their own, those of libraries and of lists of many included."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def test_way_to_a_person_is_seen_at_any_distance() -> None:
    assert leads_to_a_person(User)
    assert leads_to_a_person(Step)
    assert leads_to_a_person(MentorTool)
    assert not leads_to_a_person(SchoolDay)
    assert not leads_to_a_person(Response)


def test_every_model_that_leads_to_a_person_is_claimed_by_an_app() -> None:
    claimed = set().union(*(app.CLAIMED for app in APPS))
    leading = {model for model in stored_models() if leads_to_a_person(model)}

    assert len(leading) > 35
    assert {model._meta.label for model in leading - claimed} == set()
    assert {model._meta.label for model in claimed - leading} == {model._meta.label for model in BY_VALUE}


def test_no_model_is_claimed_twice() -> None:
    counts = Counter(model for app in APPS for model in app.CLAIMED)

    assert [model for model, count in counts.items() if count > 1] == []


def test_app_claims_its_own_models_and_those_of_libraries() -> None:
    ours = {app.__name__.partition(".")[0] for app in APPS}

    wrong = [
        model._meta.label
        for app in APPS
        for model in app.CLAIMED
        if model._meta.app_label in ours and model._meta.app_label != app.__name__.partition(".")[0]
    ]

    assert wrong == []
