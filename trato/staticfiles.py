"""Stylesheets and scripts: small files to write, few files to fetch.

`static/css/<bundle>/*.css` are the components for one kind of page. Browsers get them as
`css/<bundle>.css`, in the order of their names. `static/js/<area>/<bundle>/*.js` are modules that
are needed together, see `bundling`; browsers get `js/<area>/<bundle>.js`. Bundles work the same in
development and with `collectstatic`.
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

from .bundling import bundle


class BundleFinder(BaseFinder):
    """Finds bundles; writes a bundle to `BUNDLES_DIR` first if one of its parts has changed."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Find no mistakes: there is nothing to configure."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the path of the written bundle on this machine, if `path` is a bundle."""
        folder = next((folder for name, folder in _bundles() if name == path), None)
        if folder is None:
            return []
        written = str(_write(path, folder))
        return [written] if find_all else written

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """List each bundle's path and storage."""
        storage = FileSystemStorage(location=settings.BUNDLES_DIR)
        for name, folder in _bundles():
            _write(name, folder)
            yield name, storage


def are_collected() -> bool:
    """Whether this process found the manifest of `collectstatic`, or needs none."""
    return getattr(staticfiles_storage, "hashed_files", None) != {}


def _bundles() -> Iterator[tuple[str, Path]]:
    """Return each bundle's path and the folder of its parts."""
    for root in map(Path, settings.STATICFILES_DIRS):
        for pattern in ("css/*/", "js/*/*/"):
            for folder in sorted(root.glob(pattern)):
                kind = folder.relative_to(root).parts[0]
                yield f"{folder.relative_to(root)}.{kind}", folder


def _write(name: str, folder: Path) -> Path:
    """Write a bundle unless it is up to date."""
    target = Path(settings.BUNDLES_DIR, name)
    if target.suffix == ".js":
        text = bundle(folder)
    else:
        text = "\n".join(part.read_text() for part in sorted(folder.glob("*.css")))
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=target.parent, delete=False) as file:
            file.write(text)
        os.chmod(file.name, 0o644)
        os.replace(file.name, target)  # other processes see either the old or the new file
    return target
