"""Begin a school: the school itself, its first admin, and the admin's invitation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import SecretLink
from accounts.services import Refused, create_school, invitation_address, mint_link
from accounts.trail import writing


class Command(BaseCommand):
    """Everything else is done by the admin, in the browser."""

    help = "Make a school and invite its first admin by e-mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME and the admin's address; the rest has defaults."""
        parser.add_argument("name", help="name of the school")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="the first admin's e-mail address")
        parser.add_argument("--time-zone", default="UTC", help="as the IANA list has it, such as America/Chicago")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="the admin's language: en, es or ar")
        parser.add_argument("--given-name", default="", help="the admin's first name")
        parser.add_argument("--family-name", default="", help="the admin's last name")
        parser.add_argument(
            "--print-link", action="store_true", help="show the invitation's link here too, for a server without mail"
        )

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Write all or nothing; the link is shown only if asked for, since a terminal keeps what it showed."""
        now = clock.now()
        try:
            with writing("command:create_school"):
                admin = create_school(
                    name=name,
                    admin_email=options["admin"],
                    time_zone=options["time_zone"],
                    language=options["language"],
                    given_name=options["given_name"],
                    family_name=options["family_name"],
                    now=now,
                )
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"School: {admin.school.name}, time zone {admin.school.time_zone}")
        self.stdout.write(f"Admin: {admin.email}, user name {admin.username}. The invitation leaves by mail.")
        if options["print_link"]:
            _link, secret = mint_link(SecretLink.Purpose.INVITATION, holder=admin, by=None, now=now)
            self.stdout.write(f"Link, for the admin alone, once, 14 days: {invitation_address(secret)}")
