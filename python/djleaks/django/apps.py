"""The app's configuration."""

# mypy: disable-error-code="import-untyped,import-not-found,misc"

from django.apps import AppConfig


class DjleaksConfig(AppConfig):
    """Registers the checks."""

    name = "djleaks.django"
    label = "djleaks"
    verbose_name = "djleaks"

    def ready(self) -> None:
        from djleaks.django import checks  # noqa: F401
