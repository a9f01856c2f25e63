"""Acts of the accounts app: verbs with keyword-only `by=`, one transaction each."""

from accounts.services.refusal import Refused

__all__ = ["Refused"]
