"""Stylesheets and scripts: small files to edit, few files to fetch.

`static/css/<bundle>/*.css` are the components for one kind of page. <bundle>.css`, in the order of
their names. They get modules/Browsers get them as `css/<bundle>.css`, ordered by name. They get
modules/<bundle>.css`, in the order of their names. They get modules that are needed together (see
`bundling`) as `js/bundles/<bundle>.js`. Bundles work the same in development and with
`collectstatic`.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

from .bundling import bundle, bundles, script_path


class BundleFinder(BaseFinder):
    """Finds bundles; first writes a bundle to `BUNDLES_DIR` if one of its parts has changed."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Report no errors: there is nothing to configure."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return a bundle's path on this machine, or [] if `path` isn't a bundle's."""
        files = next((files for name, files in _bundles() if name == path), None)
        if files is None:
            return []
        written = str(_write(path, files))
        return [written] if find_all else written

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield each bundle's path and storage."""
        storage = FileSystemStorage(location=settings.BUNDLES_DIR)
        for name, files in _bundles():
            _write(name, files)
            yield name, storage


def are_collected() -> bool:
    """Whether this process found the manifest of `collectstatic`, or needs none."""
    return getattr(staticfiles_storage, "hashed_files", None) != {}


def _bundles() -> Iterator[tuple[str, list[Path]]]:
    """Return each bundle's path and its parts."""
    for root in map(Path, settings.STATICFILES_DIRS):
        for folder in sorted(root.glob("css/*/")):
            yield f"css/{folder.name}.css", sorted(folder.glob("*.css"))
        for name, files in bundles(root / "js").items():
            yield script_path(name), files


def _write(path: str, files: list[Path]) -> Path:
    """Write a bundle unless it is up to date."""
    target = Path(settings.BUNDLES_DIR, path)
    if target.suffix == ".js":
        text = bundle(target.stem, files)
    else:
        text = "\n".join(part.read_text() for part in files)
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=target.parent, delete=False) as file:
            file.write(text)
        os.chmod(file.name, 0o644)
        os.replace(file.name, target)  # other processes see either the old or the new file
    return target
