"""What stands on a paper that a guardian signed: one student's, or an afternoon's."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from accounts.models import Consent, Guardian, SchoolClass, User
from accounts.permissions import Role

YES, NO, ABSENT = "yes", "no", ""
NEW_GUARDIAN = "new"


class SignedDayForm(forms.Form):
    """The day of a signature, by the school's clock not later than `today`."""

    given_on = DayField(label=_("Day of the signature"))

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["given_on"].initial = today
        self.fields["given_on"].widget.attrs["max"] = today.isoformat()

    def clean_given_on(self) -> dt.date:
        """Nobody has signed in the future."""
        day: dt.date = self.cleaned_data["given_on"]
        if day > self.today:
            raise forms.ValidationError(_("The day of the signature can't be in the future."))
        return day


class GuardianForm(SignedDayForm):
    """Whose signature it is: a guardian who is known, or a new one; and its day."""

    guardian = forms.ChoiceField(label=_("Who signed?"), widget=forms.RadioSelect)
    guardian_name = forms.CharField(label=_("Guardian's name"), max_length=200, required=False)
    guardian_language = forms.ChoiceField(
        label=_("Language for letters to the guardian"), choices=settings.LANGUAGES, initial="en"
    )
    guardian_email = forms.EmailField(label=_("Guardian's e-mail, if there is one"), required=False)
    field_order = ("guardian", "guardian_name", "guardian_language", "guardian_email", "given_on")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.known = {str(guardian.pk): guardian for guardian in person.guardians.order_by("name", "pk")}
        if self.known:
            choices = [(key, guardian.name) for key, guardian in self.known.items()]
            choice = cast(forms.ChoiceField, self.fields["guardian"])
            choice.choices = [*choices, (NEW_GUARDIAN, _("Somebody else, named below"))]
            choice.initial = choices[0][0]
            self.fields["guardian_language"].required = False
        else:
            del self.fields["guardian"]
            self.fields["guardian_name"].required = True

    def clean(self) -> dict[str, Any]:
        """A new guardian has a name."""
        cleaned = super().clean() or {}
        if cleaned.get("guardian") == NEW_GUARDIAN and not cleaned.get("guardian_name"):
            self.add_error("guardian_name", _("Write the name of the one who signed."))
        return cleaned

    @property
    def signer(self) -> dict[str, Any]:
        """The guardian: one who is known, or the words about a new one."""
        known = self.known.get(self.cleaned_data.get("guardian", NEW_GUARDIAN))
        if known is not None:
            return {"guardian": known}
        return {
            "guardian_name": self.cleaned_data["guardian_name"],
            "guardian_language": self.cleaned_data["guardian_language"] or settings.LANGUAGE_CODE,
            "guardian_email": self.cleaned_data["guardian_email"] or None,
        }


class PaperForm(GuardianForm):
    """One paper: who signed, when, and what it says to each purpose in `purposes`."""

    has_student_signed = forms.BooleanField(label=_("The student signed too, and says the same"), required=False)

    def __init__(self, *args: Any, purposes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purposes = purposes
        for purpose in purposes:
            self.fields[purpose] = forms.ChoiceField(
                label=capfirst(Consent.Purpose(purpose).label),
                choices=[(YES, _("Yes")), (NO, _("No")), (ABSENT, _("Not on the paper"))],
                widget=forms.RadioSelect,
                required=False,
                initial=YES if purpose == Consent.Purpose.TAKE_PART else ABSENT,
            )
        self.order_fields([*self.field_order[:-1], "given_on", *purposes, "has_student_signed"])

    @property
    def answers(self) -> dict[str, bool]:
        """Yes or no by purpose, of those on the paper."""
        return {name: self.cleaned_data[name] == YES for name in self.purposes if self.cleaned_data.get(name)}

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        """The questions of the purposes, for the page."""
        return [self[name] for name in self.purposes]

    def clean(self) -> dict[str, Any]:
        """An empty paper is no paper."""
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in self.purposes):
            self.add_error(None, _("Say what stands on the paper: yes or no to at least one."))
        return cleaned

    @property
    def words(self) -> dict[str, Any]:
        """What the paper says, once the form is valid."""
        return {
            "answers": self.answers,
            "given_on": self.cleaned_data["given_on"],
            "has_student_signed": self.cleaned_data["has_student_signed"],
            **self.signer,
        }


class CorrectionForm(GuardianForm):
    """Whose signature it was, and its day, as it should have been recorded."""

    def __init__(self, *args: Any, consent: Consent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_on"].initial = consent.given_on
        if "guardian" in self.fields and consent.guardian_id:
            self.fields["guardian"].initial = str(consent.guardian_id)


class BoardFilterForm(forms.Form):
    """Which people of the board are shown, and by which missing answer."""

    school_class = forms.ModelChoiceField(
        SchoolClass.objects.none(), label=_("Class"), required=False, empty_label=_("Everybody")
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"), required=False, choices=[("", _("Every purpose")), *Consent.Purpose.choices]
    )
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("All people")),
            ("missing", _("Something is missing")),
            ("guardian", _("A guardian's answer is missing")),
            ("self", _("The own answer is missing")),
        ],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Class lists are the coordinator's: nobody else filters by them."""
        super().__init__(*args, **kwargs)
        classes = cast(forms.ModelChoiceField, self.fields["school_class"])
        classes.queryset = SchoolClass.objects.visible_to(user)
        if not classes.queryset.exists():
            del self.fields["school_class"]


class PickForm(forms.Form):
    """The students who are ticked on the board, or every student of the school."""

    student = forms.ModelMultipleChoiceField(User.objects.none(), required=False)
    everybody = forms.BooleanField(required=False)
    # For a guardian who wants to look again, or to withdraw.
    all_purposes = forms.BooleanField(required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        students = User.objects.active().visible_to(user).with_role(Role.STUDENT)
        cast(forms.ModelMultipleChoiceField, self.fields["student"]).queryset = students
        self.students = students

    def clean(self) -> dict[str, Any]:
        """Nobody ticked, and not all: nothing is asked."""
        cleaned = super().clean() or {}
        if not cleaned.get("student") and not cleaned.get("everybody"):
            self.add_error("student", _("Tick at least one student."))
        return cleaned

    @property
    def picked(self) -> Any:
        """The students (a QuerySet of User)."""
        return self.students if self.cleaned_data["everybody"] else self.cleaned_data["student"]


class BatchForm(SignedDayForm):
    """What all papers of an afternoon have in common: the day, and the purposes that they say yes to."""

    purposes = forms.MultipleChoiceField(
        label=_("What the papers say yes to"),
        choices=Consent.Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Consent.Purpose.TAKE_PART],
        error_messages={"required": _("Choose at least one.")},
    )


class BatchRowForm(forms.Form):
    """One student's paper in a batch: whether it is here, who signed, and whether the student did."""

    is_signed = forms.BooleanField(required=False)
    has_student_signed = forms.BooleanField(required=False)
    guardian_name = forms.CharField(max_length=200, required=False)
    guardian_language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)

    def __init__(self, data: Any, *, person: User, known: Guardian | None) -> None:
        """`known` is the guardian who is proposed; the form is named after the student."""
        super().__init__(data, prefix=f"p{person.pk}")
        self.person = person
        if known is not None:
            self.initial = {"guardian_name": known.name, "guardian_language": known.language}

    def clean(self) -> dict[str, Any]:
        """A paper that is here has a name under it; without the guardian's it would be recorded as nothing."""
        cleaned = super().clean() or {}
        if cleaned.get("has_student_signed") and not cleaned.get("is_signed"):
            self.add_error(None, _("Tick too that a guardian signed, or open this student's page."))
        if cleaned.get("is_signed") and not cleaned.get("guardian_name"):
            self.add_error("guardian_name", _("Write the name of the one who signed."))
        return cleaned

    @property
    def words(self) -> dict[str, Any]:
        """Who signed this paper, once the form is valid."""
        return {
            "guardian_name": self.cleaned_data["guardian_name"],
            "guardian_language": self.cleaned_data["guardian_language"] or settings.LANGUAGE_CODE,
            "has_student_signed": self.cleaned_data["has_student_signed"],
        }
