import pytest
from pytest_django.fixtures import Settings

from accounts.field_key import KeyMissing, decrypt, encrypt, with_newest_key
from config.environment import new_field_key

OLD, NEW = new_field_key(), new_field_key()


def test_encrypted_text_hides_it_and_comes_back(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]

    token = encrypt("dyslexia é ع")

    assert "dyslexia" not in token
    assert decrypt(token) == "dyslexia é ع"
    assert encrypt("dyslexia é ع") != token  # nobody sees that two people have the same


def test_older_key_still_reads_and_the_newest_writes(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    token = encrypt("text")

    settings.FIELD_KEYS = [NEW, OLD]
    renewed = with_newest_key(token)

    assert decrypt(token) == "text"
    settings.FIELD_KEYS = [NEW]
    assert decrypt(renewed) == "text"


def test_value_of_a_lost_key_is_refused(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    token = encrypt("text")

    settings.FIELD_KEYS = [NEW]

    with pytest.raises(KeyMissing):
        decrypt(token)
    with pytest.raises(KeyMissing):
        with_newest_key(token)


def test_changed_value_is_refused(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]

    with pytest.raises(KeyMissing):
        decrypt(encrypt("text")[:-3] + "AAA")
