"""Prints the fingerprints of the keys that the settings give."""

# mypy: disable-error-code="import-untyped,import-not-found,misc"

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from djleaks.django.keys import running_keys


class Command(BaseCommand):
    """One line for each key: its fingerprint, two blanks, its setting."""

    help = (
        "Prints the fingerprints of SECRET_KEY and of SECRET_KEY_FALLBACKS. Run it with the environment of the web "
        "process, and ask each of several hosts. djleaks_fingerprints --bare | djleaks audit --live-fingerprint -"
    )
    requires_system_checks: ClassVar[list[str]] = []  # a leaked key fails them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bare", action="store_true", help="print the fingerprints alone")

    def handle(self, *args: Any, **options: Any) -> None:
        for key in running_keys(settings):
            if not options["bare"]:
                self.stdout.write(f"{key.fingerprint or '-' * 16}  {key.setting}")
            elif key.fingerprint:
                self.stdout.write(key.fingerprint)
