"""Acts of the accounts app: verbs with keyword-only `by=`, one transaction each."""

from accounts.services.concern import answer_concern, close_concern, open_concern
from accounts.services.consent import TAKE_PART_TEXT, agree, record_consent, withdraw_consent
from accounts.services.refusal import Refused, require_act

__all__ = [
    "TAKE_PART_TEXT",
    "Refused",
    "agree",
    "answer_concern",
    "close_concern",
    "open_concern",
    "record_consent",
    "require_act",
    "withdraw_consent",
]
