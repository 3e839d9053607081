"""The server's close codes and the browser's are the same."""

import re
from pathlib import Path

from django.conf import settings

from trato.realtime import close_codes

SCRIPTS = Path(settings.BASE_DIR) / "static/js"


def test_the_browser_knows_the_codes_by_the_servers_names() -> None:
    text = (SCRIPTS / "realtime/session/close-codes.js").read_text()
    known = re.findall(r"^export const (\w+) = (\d+);$", text, re.MULTILINE)
    assert len(known) == text.count("export") > 5
    assert {name: int(code) for name, code in known}.items() <= vars(close_codes).items()


def test_the_browser_knows_every_code_of_our_own() -> None:
    text = (SCRIPTS / "realtime/session/close-codes.js").read_text()
    assert all(str(code) in text for code in close_codes.ALL if code >= 4000)


def test_no_other_script_names_a_code_by_its_number() -> None:
    for script in SCRIPTS.rglob("*.js"):
        if script.name != "close-codes.js":
            assert not re.search(r"\b(44\d\d|10(0[1-9]|1[0-5]))\b", script.read_text()), script
