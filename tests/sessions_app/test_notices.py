"""What the two of a booking are told, from the click to the mail or the home page."""

from collections.abc import Callable

from django.core import mail as mailbox

from accounts.models import Message
from accounts.reports.notices import notices_for
from accounts.services import delivery
from sessions_app.models import Booking
from sessions_app.services import cancel_booking
from tests.cast import NOW, Cast
from tests.invitations import invitations_in

Book = Callable[..., Booking]


def test_news_of_a_booking_are_mailed_to_the_teacher_and_stand_on_the_mentors_page(cast: Cast, book: Book) -> None:
    book()

    delivery.deliver_due(now=lambda: NOW)

    (letter,) = mailbox.outbox
    assert letter.to == [cast.teacher.email]
    assert letter.subject == "Maya R. will help you on Thursday 3 December"
    (notice,) = notices_for(cast.mentor, now=NOW)
    assert notice.text == "Ms Ortiz booked you for Thursday 3 December"


def test_cancelled_booking_is_news_on_the_mentors_page_and_cancels_the_teachers_event(cast: Cast, book: Book) -> None:
    booking = book()
    delivery.deliver_due(now=lambda: NOW)

    cancel_booking(booking, by=cast.teacher, reason="", now=NOW)
    delivery.deliver_due(now=lambda: NOW)

    assert [notice.text for notice in notices_for(cast.mentor, now=NOW)] == [
        "Cancelled: Ms Ortiz on Thursday 3 December, 10:40"
    ]
    made, cancelled = (one for letter in mailbox.outbox for one in invitations_in(letter.message()))
    assert (made.method, cancelled.method) == ("REQUEST", "CANCEL")
    assert made.uid == cancelled.uid
    assert not Message.objects.waiting().exists()
