"""`manage.py shield_check`: JSON lines in and out."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command


def checked(tmp_path: Path, *lines: str, **options: Any) -> tuple[list[dict[str, Any]], str]:
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    out, err = StringIO(), StringIO()
    call_command("shield_check", str(path), stdout=out, stderr=err, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_lines_come_back_with_findings_and_warnings(tmp_path: Path) -> None:
    rows, err = checked(
        tmp_path,
        '{"text": "Llama al 612 345 678", "language": "es", "side": "seller", "id": 7}',
        "",
        '{"text": "Send me the code you got by SMS", "language": "en", "side": "consumer"}',
    )
    assert rows[0] == {
        "text": "Llama al 612 345 678", "language": "es", "side": "seller", "id": 7,
        "findings": [{"kind": "phone", "start": 9, "end": 20, "action": "warn"}], "warnings": [],
    }  # fmt: skip
    assert rows[1]["findings"] == []
    assert rows[1]["warnings"] == [{"kind": "sms_code"}]
    assert err == ""


def test_expected_kinds_are_tallied(tmp_path: Path) -> None:
    _rows, err = checked(
        tmp_path,
        '{"text": "Llama al 612 345 678", "expected": ["phone"]}',
        '{"text": "Hola, ana", "expected": ["email"]}',
        '{"text": "Hola", "expected": []}',
        time=True,
    )
    assert "recall 1/2 (50.0%), false alarms 0/1 (0.0%)" in err
    assert "µs" in err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ('{"words": ""}', "no `text`"),
        ('{"text": 5}', "no `text`"),
        ('{"text": "", "side": 1}', "`side` is no string"),
        ('{"text": "", "expected": "phone"}', "`expected` is no list"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(CommandError, match="Line 2") as refused:
        checked(tmp_path, '{"text": "ok"}', line)
    assert words in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be read"):
        call_command("shield_check", str(tmp_path / "missing"))
