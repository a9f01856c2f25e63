"""What a row of the outbox looks like as a mail, read back by a parser."""

import datetime as dt
import email
import email.policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from django.conf import settings
from django.utils import translation

from accounts import calendar_file, mail
from accounts.models import Guardian, Message
from accounts.models.message_choice import TOPIC_OF
from tests.accounts.outbox_rows import BOOKING, CONTEXTS, EVENT_AT, NEEDS, make_message
from tests.cast import NOW, Cast

SECRET = "a-secret"


def parsed(message: Message) -> EmailMessage:
    sent = mail.render(message, now=NOW, secret=SECRET).message().as_bytes()
    return email.message_from_bytes(sent, policy=email.policy.default)  # type: ignore[return-value]


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content()


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("kind", sorted(mail.KINDS))
def test_render_each_kind_and_language_has_subject_text_and_link(cast: Cast, kind: str, language: str) -> None:
    cast.teacher.language = language
    message = make_message(cast.teacher, kind=kind)

    letter = parsed(message)

    link = settings.SITE_URL + CONTEXTS[kind]["path"].replace("{secret}", SECRET)
    assert len(letter["Subject"].strip()) > 5
    assert link in body(letter, "plain")
    assert f'href="{link}"' in body(letter, "html")
    for text in (letter["Subject"], body(letter, "plain"), body(letter, "html")):
        assert "{{" not in text
        assert "{%" not in text
        assert "None" not in text


def test_kinds_are_the_folders_of_templates() -> None:
    folders = {path.name for path in (settings.BASE_DIR / "templates" / "emails").iterdir() if path.is_dir()}

    assert folders == set(mail.KINDS)


def test_render_headers_come_from_the_row(cast: Cast) -> None:
    message = make_message(cast.teacher)

    first, second = parsed(message), parsed(message)

    assert first["Message-ID"] == second["Message-ID"] == message.message_id
    assert parsedate_to_datetime(first["Date"]) == NOW
    assert first["To"] == "ortiz@example.org"
    assert first["From"] == settings.DEFAULT_FROM_EMAIL


def test_render_says_the_time_on_the_schools_wall(cast: Cast) -> None:
    letter = parsed(make_message(cast.teacher))

    for kind in ("plain", "html"):
        assert "Thursday 3 December, 4. period, 10:40 to 11:25" in body(letter, kind)


def test_render_in_the_recipients_language_and_not_the_programs(cast: Cast) -> None:
    cast.teacher.language = "ar"
    with translation.override("es"):
        letter = parsed(make_message(cast.teacher))

        assert translation.get_language() == "es"
    assert '<html lang="ar" dir="rtl">' in body(letter, "html")


def test_render_guardian_in_the_guardians_language(cast: Cast) -> None:
    guardian = Guardian.objects.create(student=cast.mentor, name="Sara Rahman", language="ar", email="sara@example.org")

    letter = parsed(make_message(guardian))

    assert letter["To"] == "sara@example.org"
    assert "Sara Rahman" in body(letter, "plain")
    assert 'lang="ar"' in body(letter, "html")


def test_render_text_typed_by_people_is_escaped_in_html_only(cast: Cast) -> None:
    letter = parsed(make_message(cast.teacher, kind="playground_reminder"))

    assert "Try <b>reading</b> aloud" in body(letter, "plain")
    assert "Try &lt;b&gt;reading&lt;/b&gt; aloud" in body(letter, "html")
    assert "<b>" not in body(letter, "html")


def test_render_html_loads_nothing_from_elsewhere(cast: Cast) -> None:
    html = body(parsed(make_message(cast.teacher)), "html")

    assert "src=" not in html
    assert "@import" not in html
    assert "url(" not in html
    assert html.count("http") == html.count(f'href="{settings.SITE_URL}') == 2  # the booking, and the own choices


def test_render_line_break_in_a_title_makes_no_header(cast: Cast) -> None:
    context = CONTEXTS["survey_invitation"] | {"title": "Hello\r\nBcc: evil@example.org"}

    letter = parsed(make_message(cast.teacher, kind="survey_invitation", context=context))

    assert letter["Bcc"] is None
    assert letter["Subject"].endswith("Hello Bcc: evil@example.org")


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_render_calendar_file_is_attached_with_its_method(cast: Cast, is_cancelled: bool) -> None:
    text = calendar_file.build(
        "booking-12@example.org",
        sequence=1,
        starts_at=EVENT_AT,
        ends_at=EVENT_AT + dt.timedelta(minutes=45),
        summary="Maya R.",
        location="112",
        url=f"{settings.SITE_URL}/bookings/12/",
        organizer=settings.DEFAULT_FROM_EMAIL,
        attendee="ortiz@example.org",
        now=NOW,
        is_cancelled=is_cancelled,
    )

    letter = parsed(make_message(cast.teacher, calendar_file=text))

    (shown,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert shown.get_param("method") == ("CANCEL" if is_cancelled else "REQUEST")
    assert shown.get_param("charset") == "utf-8"
    assert shown.get_content().splitlines() == text.splitlines()
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "flipside.ics"
    assert attached.get_content().decode().splitlines() == text.splitlines()


def test_render_concern_says_nothing_about_it(cast: Cast) -> None:
    context = {"path": "/concerns/5/", "text": "He shouts at me", "person": "Maya"}

    letter = parsed(make_message(cast.coordinator, kind="concern_raised", context=context))

    assert "shouts" not in str(letter)
    assert "Maya" not in body(letter, "plain")


@pytest.mark.parametrize("key", sorted(BOOKING))
def test_render_missing_fact_is_refused_by_name(cast: Cast, key: str) -> None:
    message = make_message(cast.teacher, context={name: value for name, value in BOOKING.items() if name != key})

    with pytest.raises(mail.CannotRender, match=key):
        mail.render(message, now=NOW)


@pytest.mark.parametrize("value", ["soon", None, "2026-12-03T10:40:00"])
def test_render_fact_that_is_no_instant_is_refused(cast: Cast, value: str | None) -> None:
    message = make_message(cast.teacher, context=BOOKING | {"starts_at": value})

    with pytest.raises(mail.CannotRender, match="starts_at"):
        mail.render(message, now=NOW)


def test_render_unknown_kind_is_refused(cast: Cast) -> None:
    message = make_message(cast.teacher)
    message.kind = "no_such_kind"

    with pytest.raises(mail.CannotRender, match="no_such_kind"):
        mail.render(message, now=NOW)


def test_render_subject_is_that_of_the_mail(cast: Cast) -> None:
    message = make_message(cast.teacher)

    assert mail.render_subject(message) == parsed(message)["Subject"]


def test_render_says_why_it_comes_and_where_to_choose(cast: Cast) -> None:
    for kind, chosen in (("booking_reminder", True), ("concern_raised", False)):
        letter = parsed(make_message(cast.teacher, kind=kind))

        for part in ("plain", "html"):
            assert str(mail.KINDS[kind].reason) in body(letter, part)
            assert (f"{settings.SITE_URL}/me/messages/" in body(letter, part)) == chosen


def test_render_guardian_has_nothing_to_choose(cast: Cast) -> None:
    guardian = Guardian.objects.create(student=cast.mentor, name="Sara Rahman", email="sara@example.org")

    assert "/me/messages/" not in body(parsed(make_message(guardian)), "plain")


def test_every_kind_that_one_can_choose_is_a_kind_of_message() -> None:
    assert set(TOPIC_OF) <= set(mail.KINDS)


def test_render_daily_mail_counts_each_thing_and_links_to_it(cast: Cast) -> None:
    letter = parsed(make_message(cast.coordinator, kind="daily_digest", lead_minutes=0))

    for words in ("1 call for help waits", "2 people ask to be erased", "1 message could not be sent",
                  "3 logs wait for your look", "4 logs are missing",
                  "1 tech playground still lacks somebody"):  # fmt: skip
        assert words in body(letter, "plain")
        assert words in body(letter, "html")
    for need in NEEDS:
        assert f"{settings.SITE_URL}{need['path']}" in body(letter, "plain")


def test_every_kind_says_why_it_comes() -> None:
    assert [name for name, kind in mail.KINDS.items() if not str(kind.reason).startswith("You get this because")] == []
