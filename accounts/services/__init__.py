"""Acts of the accounts app: verbs with keyword-only `by=`, one transaction each."""

from accounts.services.beginning import create_school
from accounts.services.concern import answer_concern, close_concern, open_concern
from accounts.services.consent import Paper, answer_for_oneself, record_consent, withdraw_consent
from accounts.services.invitation import (
    holder_of,
    invitation_address,
    invite,
    invite_many,
    join_school,
    may_invite,
    post_invitations,
)
from accounts.services.person import Particulars, add_person, change_person, follow_changed_address, roles_offered
from accounts.services.refusal import Refused, require_act
from accounts.services.secret_link import mint_link, revoke_links

__all__ = [
    "Paper",
    "Particulars",
    "Refused",
    "add_person",
    "answer_concern",
    "answer_for_oneself",
    "change_person",
    "close_concern",
    "create_school",
    "follow_changed_address",
    "holder_of",
    "invitation_address",
    "invite",
    "invite_many",
    "join_school",
    "may_invite",
    "mint_link",
    "open_concern",
    "post_invitations",
    "record_consent",
    "require_act",
    "revoke_links",
    "roles_offered",
    "withdraw_consent",
]
