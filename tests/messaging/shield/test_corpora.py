"""Recall and false alarms on the shield's own corpora; docs/shield.md has the requirements."""

from typing import Any

import pytest

from messaging.shield.detection import find
from messaging.shield.examination import examine
from messaging.shield.scams import rows, source, warnings

Lines = list[dict[str, Any]]


def missed(lines: Lines, reported: Any) -> list[str]:
    return [line["text"] for line in lines if not set(line["expected"]) <= reported(line["text"])]


def alarmed(lines: Lines, reported: Any) -> list[str]:
    return [line["text"] for line in lines if reported(line["text"])]


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in find(text)}


def scam_kinds(text: str) -> set[str]:
    return {warning.kind for warning in warnings(text)}


def test_the_corpora_are_large_enough(contacts: Lines, scams: Lines) -> None:
    for language in ("en", "es"):
        for corpus, least in ((contacts, 150), (scams, 100)):
            own = [line for line in corpus if line["language"] == language]
            guilty = sum(bool(line["expected"]) for line in own)
            assert guilty >= least
            assert len(own) - guilty >= least


def test_contacts_are_found(contacts: Lines) -> None:
    guilty = [line for line in contacts if line["expected"]]
    not_found = missed(guilty, kinds)
    assert len(not_found) <= 0.05 * len(guilty), not_found


def test_innocent_texts_raise_no_alarm(contacts: Lines) -> None:
    innocent = [line for line in contacts if not line["expected"]]
    alarms = alarmed(innocent, kinds)
    assert len(alarms) <= 0.02 * len(innocent), alarms


@pytest.mark.parametrize("language", ["en", "es"])
def test_scams_are_recognised(scams: Lines, language: str) -> None:
    guilty = [line for line in scams if line["expected"] and line["language"] == language]
    not_found = missed(guilty, scam_kinds)
    assert len(not_found) <= 0.1 * len(guilty), not_found


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_only_sounds_like_a_scam_is_not_one(scams: Lines, language: str) -> None:
    innocent = [line for line in scams if not line["expected"] and line["language"] == language]
    alarms = alarmed(innocent, scam_kinds)
    assert len(alarms) <= 0.01 * len(innocent), alarms


def test_an_innocent_contact_text_is_no_scam_either(contacts: Lines) -> None:
    innocent = [line for line in contacts if not line["expected"]]
    alarms = alarmed(innocent, scam_kinds)
    assert len(alarms) <= 0.01 * len(innocent), alarms


def test_the_combined_prefilter_loses_nothing(contacts: Lines, scams: Lines) -> None:
    for line in contacts + scams:
        result = examine(line["text"])
        assert result.findings == find(line["text"])
        assert result.warnings == warnings(line["text"])


@pytest.mark.parametrize(
    ("row", "text"), [(row, text) for row in source()["rows"] for text in row["examples"]]
)
def test_a_pattern_recognises_its_examples(row: dict[str, Any], text: str) -> None:
    assert row["kind"] in scam_kinds(text)


@pytest.mark.parametrize("text", [text for row in source()["rows"] for text in row["innocent"]])
def test_a_pattern_leaves_its_innocent_examples(text: str) -> None:
    assert scam_kinds(text) == set()


def test_each_scam_has_patterns_in_both_languages() -> None:
    for kind in {row.kind for row in rows()}:
        assert {row.language for row in rows() if row.kind == kind} >= {"en", "es"} or any(
            row.detector for row in rows() if row.kind == kind
        )
    assert len({row.kind for row in rows()}) == 7
    names = [row.name for row in rows()]
    assert len(names) == len(set(names))
