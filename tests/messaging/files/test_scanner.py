"""The scanner that docs/files.md shows, with a clamd that replies like the real one."""

import io
import re
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = Path(__file__).parents[3] / "docs/files.md"


@pytest.fixture
def clamd() -> Any:
    """Return a scanner and start its server, which finds a virus in files that contain EICAR."""
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 – our own document
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=[server], daemon=True).start()
        scanner = names["Clamd"]()
        scanner.address = server.getsockname()
        yield scanner


def serve(server: socket.socket) -> None:
    line, _address = server.accept()
    with line, line.makefile("rb") as stream:
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(stream.read(4), "big"):
            content += stream.read(size)
        verdict = b"Eicar-Signature FOUND" if b"EICAR" in content else b"OK"
        line.sendall(b"ERROR\0" if b"strange" in content else b"stream: " + verdict + b"\0")


@pytest.mark.parametrize(("content", "verdict"), [(b"fine" * 50_000, True), (b"EICAR", False)])
def test_the_documented_scanner_says_what_clamd_says(
    content: bytes, verdict: bool, clamd: Any
) -> None:
    assert clamd.is_harmless(io.BytesIO(content)) is verdict


def test_what_clamd_cannot_judge_is_tried_again(clamd: Any) -> None:
    with pytest.raises(OSError, match="ERROR"):
        clamd.is_harmless(io.BytesIO(b"strange"))
