"""A new key comes first, everything goes over to it, and the old one can be taken away."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django import Settings as SettingsWrapper

from accounts.field_key import KeyMissing, decrypt, encrypt
from accounts.models import Flags, LearnerFlags
from accounts.services import field_key
from accounts.services.learner_flags import own_flags
from tests import factories
from tests.cast import NOW, Cast

OLD, NEW = (Fernet.generate_key().decode() for _number in range(2))
SENTENCE = "Now under the newest key: learner flags {}, second factors {}.\n"


@pytest.fixture
def kept(cast: Cast, settings: SettingsWrapper) -> None:
    """Flags of two students, an app and spare codes under the old key, a passkey; the new key stands first."""
    settings.FIELD_KEYS = [OLD]
    for student in (cast.mentor, cast.other_mentor):
        LearnerFlags.objects.create(student=student, ciphertext=encrypt('{"eb": true}'), updated_at=NOW)
    factor = Authenticator.objects.create
    factor(user=cast.coordinator, type=Authenticator.Type.TOTP, data={"secret": encrypt("app")})
    factor(
        user=cast.coordinator, type=Authenticator.Type.RECOVERY_CODES, data={"seed": encrypt("spare"), "used_mask": 5}
    )
    factor(user=cast.teacher, type=Authenticator.Type.WEBAUTHN, data={"credential": {}})
    settings.FIELD_KEYS = [NEW, OLD]


def run() -> str:
    """What the command says."""
    said = StringIO()
    call_command("rotate_field_key", stdout=said)
    return said.getvalue()


def test_everything_goes_over_and_the_old_key_can_go(cast: Cast, kept: None, settings: SettingsWrapper) -> None:
    said = run()
    settings.FIELD_KEYS = [NEW]

    assert said == SENTENCE.format(2, 2)
    assert own_flags(cast.mentor) == own_flags(cast.other_mentor) == Flags(eb=True)
    app, spare = Authenticator.objects.filter(user=cast.coordinator).order_by("pk")
    assert decrypt(app.data["secret"]) == "app"
    assert (decrypt(spare.data["seed"]), spare.data["used_mask"]) == ("spare", 5)


def test_a_second_run_finds_nothing_to_do(kept: None) -> None:
    run()
    before = list(LearnerFlags.objects.values_list("ciphertext", flat=True))

    assert run() == SENTENCE.format(0, 0)
    assert list(LearnerFlags.objects.values_list("ciphertext", flat=True)) == before


def test_more_rows_than_a_batch_are_all_done(cast: Cast, kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_key, "BATCH", 1)

    assert run() == SENTENCE.format(2, 2)


def test_a_value_that_no_key_opens_is_a_sentence_and_stays_as_it_is(
    cast: Cast, kept: None, settings: SettingsWrapper
) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match="Put the old key back"):
        run()

    settings.FIELD_KEYS = [NEW, OLD]
    assert own_flags(cast.mentor) == Flags(eb=True)


def test_after_a_stop_the_next_run_does_the_rest(cast: Cast, kept: None, settings: SettingsWrapper) -> None:
    lost = factories.StudentFactory(school=cast.school)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    broken = LearnerFlags.objects.create(student=lost, ciphertext=encrypt("{}"), updated_at=NOW)
    settings.FIELD_KEYS = [NEW, OLD]
    with pytest.raises(KeyMissing):
        field_key.rotate_learner_flags()

    broken.delete()

    assert run() == SENTENCE.format(2, 2)
