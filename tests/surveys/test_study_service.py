"""Starting a study, and the shipped questionnaire."""

import stat

import pytest

from accounts.mail import render
from accounts.models import Consent, Message
from accounts.services import Refused, withdraw_consent
from surveys.models import Instrument, InstrumentVersion, Item, Study, Wave
from surveys.services import create_study, install_instrument
from tests import factories
from tests.cast import NOW, TODAY
from tests.surveys.conftest import DAY, POST, PRE, consenting


def start(cast, **changes):
    """Start a study, with one thing changed."""
    wanted = {"school": cast.school, "title": "Autumn", "programs": [cast.program], "pre": PRE, "post": POST}
    return create_study(**(wanted | {"by": cast.coordinator, "now": NOW} | changes))


def test_create_study_makes_two_waves_of_teachers_and_a_private_key(cast, key_folder):
    study = start(cast)

    waves = study.waves.values_list("kind", "audience_role", "audience_arm", "opens_at", "closes_at")
    assert list(waves) == [("PRE", "teacher", "", *PRE), ("POST", "teacher", "", *POST)]
    assert list(study.programs.all()) == [cast.program]
    key = key_folder / f"{study.key_name}.key"
    assert len(key.read_bytes()) == 32
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_create_study_invites_on_the_first_morning_and_reminds_three_days_before_the_end(cast, study):
    wave = study.waves.get(kind="PRE")

    messages = Message.objects.filter(about=wave.about, user=cast.teacher).order_by("due_at")

    assert [(message.kind, message.due_at) for message in messages] == [
        ("survey_invitation", PRE[0]),  # it opens at 9:00, after that day's morning
        ("survey_reminder", PRE[1] - 3 * DAY),
    ]
    assert messages[0].context["title"] == "Technology confidence and classroom use"
    assert messages[0].context["path"] == f"/surveys/answer/{wave.pk}/"
    people = Message.objects.filter(about=wave.about).values_list("user", flat=True)
    assert set(people) == {cast.teacher.pk, cast.other_teacher.pk}


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_create_study_writes_messages_that_can_be_read(cast, language):
    cast.teacher.language = language
    cast.teacher.save()
    start(cast)

    messages = list(Message.objects.filter(user=cast.teacher))

    assert len(messages) == 4
    for message in messages:
        mail = render(message, now=NOW)
        assert message.context["title"] in mail.subject
        assert message.context["path"] in mail.body


def test_create_study_that_opens_at_midnight_invites_in_the_morning(cast):
    midnight = PRE[0].replace(hour=6)  # 0:00 in Chicago

    study = start(cast, pre=(midnight, midnight + 7 * DAY))

    invitation = Message.objects.filter(about=study.waves.get(kind="PRE").about, kind="survey_invitation").first()
    assert invitation.due_at == midnight.replace(hour=13, minute=30)
    assert "open until Sunday 29 November" in render(invitation, now=NOW).body  # closes at midnight after it


def test_create_study_speaks_each_persons_language(cast):
    cast.teacher.language = "es"
    cast.teacher.save()

    start(cast)

    invitation = Message.objects.filter(user=cast.teacher).first()
    assert invitation.context["title"] == "Confianza con la tecnología y uso en el aula"


def test_create_study_that_is_open_already_invites_at_once(cast):
    study = start(cast, pre=(NOW - DAY, NOW + DAY))

    messages = Message.objects.filter(about=study.waves.get(kind="PRE").about, user=cast.teacher)
    assert [(message.kind, message.due_at) for message in messages] == [("survey_invitation", NOW)]


@pytest.mark.parametrize("purpose", Consent.SURVEY_PURPOSES)
def test_create_study_writes_nobody_who_took_back_the_consent(cast, purpose):
    consenting(cast.teacher)
    withdraw_consent(cast.teacher, purpose, by=cast.teacher, today=TODAY)

    start(cast)

    assert set(Message.objects.values_list("user", flat=True)) == {cast.other_teacher.pk}


def test_create_study_of_another_schools_program_is_refused(cast):
    foreign = factories.ProgramFactory(school=cast.stranger.school)

    refused(cast, "program of your school", programs=[cast.program, foreign])


def test_create_study_without_a_program_is_refused(cast):
    refused(cast, "at least one program", programs=[])


@pytest.mark.parametrize("who", ["admin", "teacher", "stranger_coordinator"])
def test_create_study_by_somebody_else_is_refused(cast, who):
    refused(cast, "Only a coordinator", by=getattr(cast, who))


def test_create_study_that_closes_before_it_opens_is_refused(cast):
    refused(cast, "close after it opens", pre=(PRE[1], PRE[0]))


def test_create_study_with_overlapping_waves_is_refused(cast):
    refused(cast, "only when the survey before is closed", post=(PRE[1] - DAY, POST[1]))


def test_create_study_without_the_key_folder_is_refused(cast, key_folder):
    key_folder.rmdir()

    refused(cast, "folder for study keys")

    assert not key_folder.exists()


def test_create_study_with_a_taken_title_is_refused_and_the_first_keeps_its_key(cast, study, key_folder):
    keys = {path: path.read_bytes() for path in key_folder.iterdir()}

    with pytest.raises(Refused, match="title exists"):
        start(cast)

    assert Study.objects.get() == study
    assert {path: path.read_bytes() for path in key_folder.iterdir()} == keys


def refused(cast, words, **changes):
    """Starting a study with these changes is refused, and nothing was written."""
    with pytest.raises(Refused, match=words):
        start(cast, **changes)
    assert not Study.objects.exists()
    assert not Wave.objects.exists()
    assert not Message.objects.exists()


def test_install_instrument_has_three_scales_two_open_questions_and_every_language(cast):
    version = install_instrument(cast.school)

    items = list(version.items.all())
    likert = [item for item in items if item.kind == Item.Kind.LIKERT]
    assert len(likert) == 12
    assert len(items) - len(likert) == 2
    assert {scale.items.count() for scale in version.scales.all()} == {4}
    assert sum(item.is_reversed for item in likert) == 3
    for texts in [
        version.titles,
        version.introductions,
        version.low_ends,
        version.high_ends,
        *(i.texts for i in items),
    ]:
        assert set(texts) == {"en", "es", "ar"}
        assert all(texts.values())
    assert version.draft_languages == ["es", "ar"]


def test_install_instrument_twice_changes_nothing(cast):
    first = install_instrument(cast.school)
    Item.objects.filter(version=first, code="confidence_1").update(texts={"en": "Our school's words"})

    second = install_instrument(cast.school)

    assert second == first
    assert Instrument.objects.count() == InstrumentVersion.objects.count() == 1
    assert Item.objects.get(version=first, code="confidence_1").texts == {"en": "Our school's words"}


def test_install_instrument_under_an_unknown_name_fails(cast):
    with pytest.raises(FileNotFoundError):
        install_instrument(cast.school, "no_such_instrument")

    assert not Instrument.objects.exists()
