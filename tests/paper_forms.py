"""The forms that stand on a page, read as a browser reads them, and filled in as a person could."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from html.parser import HTMLParser

TEXTS = {"text", "search", "textarea", "tel", "url"}
PLAIN_VALUES = {
    "email": "someone.new@example.org", "time": "10:00", "datetime-local": "2026-12-03T10:00",
    "password": "a long walk to the library 77", "number": "12", "url": "https://example.org/",
}  # fmt: skip


FIRST_DAY = dt.date(2026, 12, 3)


@dataclasses.dataclass
class Field:
    """One name of a form: what it is, what it holds, and what may be chosen."""

    name: str
    kind: str
    values: list[str] = dataclasses.field(default_factory=list)
    options: list[str] = dataclasses.field(default_factory=list)
    attributes: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        """Somebody may write here what they like."""
        return self.kind in TEXTS

    @property
    def is_hidden_day(self) -> bool:
        """It holds dates as ISO 8601 writes them."""
        return bool(self.values) and all(re.fullmatch(r"\d{4}-\d\d-\d\d", value) for value in self.values)

    @property
    def is_left_alone(self) -> bool:
        """Ticked only to delete, or in a row that stands there to be added."""
        row = re.match(r"form-(\d+)-", self.name)
        return self.name.endswith("-DELETE") or bool(row and self.kind != "hidden" and not any(self.values))

    def filled(self) -> list[str]:
        """What a person sends: what stands there already, else the first choice, else something that fits."""
        if self.kind == "file" or self.is_left_alone:
            return []
        if any(self.values) or self.kind == "hidden":
            return self.values
        if self.kind in {"select", "select-multiple", "radio", "checkbox", "submit"}:
            return [option for option in self.options if option][:1]
        if self.kind == "number" and (low := self.attributes.get("min")):
            return [low]
        return [PLAIN_VALUES.get(self.kind, "Some words")]


@dataclasses.dataclass
class PaperForm:
    """A form that is sent by POST."""

    page: str
    action: str
    fields: dict[str, Field] = dataclasses.field(default_factory=dict)

    def filled(self) -> dict[str, list[str]]:
        """What is sent when every field is filled in."""
        sent = {field.name: field.filled() for field in self.fields.values()}
        dates = [field for field in self.fields.values() if field.kind == "date" and not field.values]
        for number, field in enumerate(dates):
            sent[field.name] = [str(FIRST_DAY + number * dt.timedelta(days=7))]
        return sent

    def ways_to_fill(self) -> Iterator[dict[str, list[str]]]:
        """As it is filled in; where it asks for a period or for times and never both, with one of them too."""
        filled = self.filled()
        yield filled
        times = [name for name, field in self.fields.items() if field.kind == "time"]
        if times and "period" in filled:
            yield {**filled, **dict.fromkeys(times, [])}
            yield {**filled, "period": [], **dict(zip(times, (["10:00"], ["10:30"]), strict=False))}

    def texts(self) -> list[Field]:
        """The fields in which somebody writes."""
        return [field for field in self.fields.values() if field.is_text]

    def days(self) -> list[Field]:
        """The fields that hold a day, for people or hidden."""
        return [field for field in self.fields.values() if field.kind == "date" or field.is_hidden_day]


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[PaperForm] = []
        self.by_id: dict[str, PaperForm] = {}
        self.lost: list[tuple[str, dict[str, str]]] = []
        self._form: PaperForm | None = None
        self._select: Field | None = None
        self._option: str | None = None
        self._area: Field | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = PaperForm(self.address, given.get("action") or self.address)
            if given.get("method", "get").lower() == "post":
                self.forms.append(self._form)
            self.by_id[given.get("id", "")] = self._form
        elif tag == "option" and self._select is not None and "disabled" not in given:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.values.append(given.get("value", ""))
        elif tag in {"input", "select", "textarea", "button"} and given.get("name") and "disabled" not in given:
            if given.get("form"):
                self.lost.append((tag, given))
            elif self._form is not None:
                self.take(self._form, tag, given)

    def take(self, form: PaperForm, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower() if tag == "input" else tag
        if tag == "select" and "multiple" in given:
            kind = "select-multiple"
        if kind in {"button", "image", "reset"}:
            kind = "submit"
        field = form.fields.setdefault(given["name"], Field(given["name"], kind, attributes=given))
        if kind in {"radio", "checkbox", "submit"}:
            field.options.append(given.get("value", "on"))
            if "checked" in given:
                field.values.append(given.get("value", "on"))
        elif tag == "input" and given.get("value"):
            field.values.append(given["value"])
        self._select = field if tag == "select" else self._select
        self._area = field if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area is not None and data.strip():
            self._area.values.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


def forms_on(address: str, page: str) -> Iterator[PaperForm]:
    """The forms of a page that are sent by POST, without the token against forged requests."""
    reader = _Reader(address)
    reader.feed(page)
    for tag, given in reader.lost:
        if (form := reader.by_id.get(given["form"])) is not None:
            reader.take(form, tag, given)
    for form in reader.forms:
        form.fields.pop("csrfmiddlewaretoken", None)
        yield form
