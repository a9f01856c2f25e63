"""Choosing whose cards are printed; opening a card; choosing a password with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.joining import NewPasswordForm
from accounts.models import SchoolClass, User
from accounts.models.user import UserQuerySet
from accounts.paper import A4, LETTER, paper_of
from accounts.reports.sign_in_card import who_can_have_cards

PAPERS = [(A4, _("A4")), (LETTER, pgettext_lazy("size of paper", "Letter"))]
SELECT = forms.Select(attrs={"class": "form-select"})
# What Django's validators say, in the words of a sixth-grader.
PLAIN_WORDS = {
    "password_too_short": _("This is too short. Use 8 letters or more."),
    "password_too_common": _("Many people use this one. Think of another."),
    "password_too_similar": _("This is too much like your name. Think of something else."),
    "school_words": _("Others at your school would guess this. Think of something else."),
}


class CardFilterForm(forms.Form):
    """Whose cards: of a class, a grade, everybody with a name like this, one person, or those who need one."""

    ALL = "all"

    group = forms.ChoiceField(label=_("Students"), required=False, widget=SELECT)
    q = forms.CharField(label=_("Name"), required=False, max_length=100)
    person = forms.IntegerField(required=False)

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        """The classes and grades are those of the reader's school."""
        super().__init__(*args, **kwargs)
        students = who_can_have_cards(User.objects.visible_to(reader))
        grades = students.exclude(grade="").order_by("grade").values_list("grade", flat=True).distinct()
        self.classes = {f"class-{row.pk}": row for row in SchoolClass.objects.visible_to(reader)}
        self.grades = {f"grade-{grade}": grade for grade in grades}
        choices: list[Any] = [("", _("Who needs a card")), (self.ALL, _("All students"))]
        if self.classes:
            choices.append((_("Classes"), [(value, row.name) for value, row in self.classes.items()]))
        if self.grades:
            choices.append((_("Grades"), list(self.grades.items())))
        self.fields["group"].choices = choices  # type: ignore[attr-defined]
        self.students = students

    @property
    def title(self) -> str:
        """What stands above the cards: the class or the grade, else nothing."""
        group = self.cleaned_data.get("group", "")
        if group in self.classes:
            return self.classes[group].name
        return str(_("Grade %(grade)s") % {"grade": self.grades[group]}) if group in self.grades else ""

    def chosen(self) -> UserQuerySet:
        """The students of this choice, whether they need a card or not."""
        group = self.cleaned_data.get("group", "")
        people = self.students.named_like(self.cleaned_data.get("q", ""))
        if self.person_asked_for:
            people = people.filter(pk=self.person_asked_for)
        if group in self.classes:
            return people.filter(classes_attended=self.classes[group])
        return people.filter(grade=self.grades[group]) if group in self.grades else people

    @property
    def is_only_who_needs_one(self) -> bool:
        """Nothing was chosen: the students who never came in and hold no card."""
        return not any(self.cleaned_data.get(name) for name in ("group", "q", "person"))

    @property
    def person_asked_for(self) -> int | None:
        """The one person from whose page somebody came."""
        return self.cleaned_data.get("person")


class CardPrintForm(forms.Form):
    """The students who are ticked, and the paper in the printer."""

    student = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), error_messages={"required": _("Tick at least one student.")}
    )
    size = forms.ChoiceField(label=_("Paper"), choices=PAPERS, widget=SELECT)

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        """Students of the reader's school who can have a card; a ticked stranger is an error of the form."""
        super().__init__(*args, **kwargs)
        students = who_can_have_cards(User.objects.visible_to(reader)).select_related("school")
        self.fields["student"].queryset = students  # type: ignore[attr-defined]
        self.fields["size"].initial = paper_of(reader.school)


class CardCodeForm(forms.Form):
    """User name and code, as they stand on a card. What exactly is wrong is never said."""

    WRONG = _("This user name and this code do not fit, or the card is too old. Look at the card and try again.")

    user_name = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
        help_text=_("Capital or small letters, with or without dashes: both are fine."),
    )


class CardPasswordForm(NewPasswordForm):
    """The student's own new password. What is wrong with it is said in plain words."""

    def clean_password1(self) -> str:
        """The same rules as for everybody."""
        try:
            return super().clean_password1()
        except ValidationError as error:
            plain = [PLAIN_WORDS.get(one.code or "", " ".join(one.messages)) for one in error.error_list]
            raise ValidationError(plain) from error
