"""Stylesheets and scripts: small files to write, few files to fetch.

`static/css/<bundle>/*.css` are the components of a kind of page. Browsers get `css/<bundle>.css`,
all of them in the order of their names. `static/js/<area>/<bundle>/*.js` are modules that need each
other, see `bundling`; browsers get `js/<area>/<bundle>.js`. In development as well as from
`collectstatic`.
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

from .bundling import bundle


class BundleFinder(BaseFinder):
    """Finds bundles; writes one to `BUNDLES_DIR` first if a part of it changed."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Nothing can be set wrongly."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The written bundle's path on this machine, if `path` names one."""
        folder = next((folder for name, folder in _bundles() if name == path), None)
        if folder is None:
            return []
        written = str(_write(path, folder))
        return [written] if find_all else written

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Each bundle's path, and the storage that has it."""
        storage = FileSystemStorage(location=settings.BUNDLES_DIR)
        for name, folder in _bundles():
            _write(name, folder)
            yield name, storage


def _bundles() -> Iterator[tuple[str, Path]]:
    """The path of each bundle, and the folder of its parts."""
    for root in map(Path, settings.STATICFILES_DIRS):
        for pattern in ("css/*/", "js/*/*/"):
            for folder in sorted(root.glob(pattern)):
                kind = folder.relative_to(root).parts[0]
                yield f"{folder.relative_to(root)}.{kind}", folder


def _write(name: str, folder: Path) -> Path:
    """Write a bundle unless it is there already and has just these parts."""
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
        os.replace(file.name, target)  # other processes see the old one or the new one
    return target
