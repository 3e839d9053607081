"""Stylesheets: one file for each component, and one for each kind of page to fetch.

`static/css/<bundle>/*.css` are the components. Browsers get `css/<bundle>.css`, all of them in the
order of their names, in development as well as from `collectstatic`.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage


class StylesheetFinder(BaseFinder):
    """Finds `css/<bundle>.css`; writes it to `STYLESHEETS_DIR` first if a component changed."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Nothing can be set wrongly."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The written bundle's path on this machine, if `path` names one."""
        file = next((one for one in _bundles() if f"css/{one.name}.css" == path), None)
        if file is None:
            return []
        written = str(_write(file))
        return [written] if find_all else written

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Each bundle's path, and the storage that has it."""
        storage = FileSystemStorage(location=settings.STYLESHEETS_DIR)
        for folder in _bundles():
            _write(folder)
            yield f"css/{folder.name}.css", storage


def _bundles() -> Iterator[Path]:
    for root in settings.STATICFILES_DIRS:
        yield from (folder for folder in sorted(Path(root, "css").iterdir()) if folder.is_dir())


def _write(folder: Path) -> Path:
    """Write a bundle unless it is there already and has just these components."""
    target = Path(settings.STYLESHEETS_DIR, "css", f"{folder.name}.css")
    text = "\n".join(part.read_text() for part in sorted(folder.glob("*.css")))
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=target.parent, delete=False) as file:
            file.write(text)
        os.chmod(file.name, 0o644)
        os.replace(file.name, target)  # other processes see the old one or the new one
    return target
