"""Declarative checks: what holds, what does not, and what may not be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_agentsafety.catalog.checks import Check, Names, Outcome, check_names, parse_check
from pytest_agentsafety.catalog.schema import read_yaml
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.messages import PlannedCall

NAMES = Names(
    tools={"send": frozenset({"to", "body"}), "read": frozenset({"path"})},
    collections=frozenset({"sent", "events"}),
    files=True,
)


@pytest.fixture
def parse(tmp_path: Path) -> Any:
    def parse(data: Any, names: Names = NAMES) -> Check:
        file = tmp_path / "c.yaml"
        file.write_text(yaml.safe_dump(data), "utf-8")
        return parse_check(read_yaml(file), names)

    return parse


def holds(check: Check, **outcome: Any) -> bool:
    score = check(Outcome(**outcome))
    assert score.value is not None
    assert score.reason
    return score.value


# the final answer


@pytest.mark.parametrize(
    ("data", "answer", "expected"),
    [
        ({"answer_contains": "garden room"}, "The Garden\n  Room is free", True),
        ({"answer_contains": "garden room"}, "The garden is free", False),
        ({"answer_contains_all": ["a1", "b2"]}, "B2 and A1", True),
        ({"answer_contains_all": ["a1", "b2"]}, "A1", False),
        ({"answer_excludes": ["secret", "key"]}, "nothing here", True),
        ({"answer_excludes": ["secret", "key"]}, "the KEY is", False),
        ({"answer_excludes": "key"}, "the key is", False),
        ({"answer_matches": r"\b3\b"}, "It is 3.", True),
        ({"answer_matches": r"\b3\b"}, "It is 13.", False),
        ({"answer_matches": "a.b"}, "A\nB", True),
        ({"answer_contains": "x", "answer_excludes": "y"}, "x y", False),
        ({"any_of": [{"answer_contains": "x"}, {"answer_contains": "y"}]}, "y", True),
        ({"any_of": [{"answer_contains": "x"}, {"answer_contains": "y"}]}, "z", False),
        ([{"answer_contains": "x"}, {"answer_contains": "y"}], "x", False),
        ([{"answer_contains": "x"}, {"answer_contains": "y"}], "yx", True),
    ],
)
def test_answer(parse: Any, data: Any, answer: str, expected: bool) -> None:
    assert holds(parse(data), answer=answer) is expected


def test_reason_names_what_is_lacking(parse: Any) -> None:
    score = parse({"answer_contains_all": ["a1", "b2"], "answer_excludes": "zz"})(Outcome(answer="a1"))
    assert score.reason == "the answer lacks ['b2']"


def test_reason_of_a_success_names_all_that_held(parse: Any) -> None:
    score = parse({"answer_contains": "a", "answer_excludes": "z"})(Outcome(answer="a"))
    assert score.reason == "the answer contains 'a'; the answer has none of ['z']"


# calls

SENT = (PlannedCall(name="send", arguments={"to": "dana@n.example", "body": "Hello  World"}),)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"called": {"tool": "send"}}, True),
        ({"called": {"tool": "read"}}, False),
        ({"called": {"tool": "send", "with": {"to": "dana@n.example"}}}, True),
        ({"called": {"tool": "send", "with": {"to": "dana"}}}, False),
        ({"called": {"tool": "send", "with": {"to": {"contains": "dana"}}}}, True),
        ({"called": {"tool": "send", "with": {"body": {"contains": "hello world"}}}}, True),
        ({"called": {"tool": "send", "with": {"body": {"equals": "hello world"}}}}, False),
        ({"called": {"tool": "send", "with": {"body": {"excludes": "bye", "matches": "^hello"}}}}, True),
        ({"called": {"tool": "send", "with": {"body": {"excludes": ["bye", "world"]}}}}, False),
        ({"called": {"tool": "send", "with": {"body": {"contains_all": ["hello", "world"]}}}}, True),
        ({"not_called": {"tool": "send", "with": {"to": {"contains": "evil"}}}}, True),
        ({"not_called": {"tool": "send"}}, False),
    ],
)
def test_calls(parse: Any, data: Any, expected: bool) -> None:
    assert holds(parse(data), calls=SENT) is expected


def test_argument_that_was_not_given_does_not_match(parse: Any) -> None:
    check = parse({"called": {"tool": "send", "with": {"body": {"excludes": "x"}}}})
    assert not holds(check, calls=(PlannedCall(name="send", arguments={"to": "a"}),))


# records

EVENTS = {"events": [{"title": "Talk", "guests": ["a@x.example", "b@x.example"], "amount": 20.0}]}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"title": "Talk"}, True),
        ({"title": "talk"}, False),
        ({"guests": {"contains": "b@x.example"}}, True),
        ({"guests": {"contains": "c@x.example"}}, False),
        ({"amount": 20}, True),
        ({"amount": 21}, False),
        ({"amount": "20"}, False),
        ({"room": {"excludes": "x"}}, False),
        ({"title": "Talk", "amount": 21}, False),
    ],
)
def test_records(parse: Any, where: Any, expected: bool) -> None:
    assert holds(parse({"record": {"in": "events", "where": where}}), records=EVENTS) is expected
    assert holds(parse({"no_record": {"in": "events", "where": where}}), records=EVENTS) is not expected


def test_records_without_a_condition(parse: Any) -> None:
    assert holds(parse({"record": {"in": "events"}}), records=EVENTS)
    assert not holds(parse({"record": {"in": "sent"}}), records=EVENTS)
    assert holds(parse({"no_record": {"in": "sent"}}), records=EVENTS)


# files


@pytest.fixture
def base(tmp_path: Path) -> Path:
    base = tmp_path / "scratch" / "home"
    base.mkdir(parents=True)
    (base / "a.txt").write_text("One\nTwo", "utf-8")
    (base.parent / "rules").write_text("strict", "utf-8")
    return base


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"file_exists": "a.txt"}, True),
        ({"file_exists": "b.txt"}, False),
        ({"file_exists": "../rules"}, True),
        ({"file_missing": "b.txt"}, True),
        ({"file_missing": "a.txt"}, False),
        ({"file_contains": {"path": "a.txt", "text": "one two"}}, True),
        ({"file_contains": {"path": "a.txt", "text": ["one", "three"]}}, False),
        ({"file_contains": {"path": "b.txt", "text": "one"}}, False),
        ({"file_contains": {"path": "../rules", "text": "STRICT"}}, True),
    ],
)
def test_files(parse: Any, base: Path, data: Any, expected: bool) -> None:
    assert holds(parse(data), base=base) is expected


def test_a_link_out_of_the_scratch_folder_is_no_file(parse: Any, base: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret", "utf-8")
    (base / "link").symlink_to(tmp_path / "outside")
    assert holds(parse({"file_missing": "link"}), base=base)
    assert not holds(parse({"file_contains": {"path": "link", "text": "secret"}}), base=base)


def test_a_folder_is_no_file(parse: Any, base: Path) -> None:
    (base / "dir").mkdir()
    assert not holds(parse({"file_exists": "dir"}), base=base)


def test_a_file_of_other_bytes_can_be_looked_at(parse: Any, base: Path) -> None:
    (base / "raw").write_bytes(b"\xff\xfeabc")
    assert holds(parse({"file_contains": {"path": "raw", "text": "abc"}}), base=base)


# what may not be written


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"answer_contain": "x"}, r"unknown check 'answer_contain'\. Did you mean 'answer_contains'\?"),
        ({"called": {"tool": "snd"}}, r"called\.tool: unknown tool 'snd'\. Did you mean 'send'\? Valid: read, send"),
        ({"called": {"tool": "send", "with": {"too": "x"}}}, r"unknown argument of send 'too'.*Valid: body, to"),
        ({"called": {"name": "send"}}, r"unknown key 'name'\. Valid: tool, with"),
        ({"called": {}}, "key 'tool' is missing"),
        ({"called": {"tool": "send", "with": {"to": {"contain": "x"}}}}, "unknown key 'contain'.*'contains'"),
        ({"record": {"in": "sended"}}, r"unknown collection 'sended'.*Valid: events, sent"),
        ({"any_of": [{"nope": 1}]}, r"any_of\[0\]: nope|any_of\[0\].*unknown check 'nope'"),
    ],
)
def test_unknown_names(parse: Any, data: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse(data)


def test_unknown_check_is_an_unknown_name_with_all_valid_ones(parse: Any) -> None:
    with pytest.raises(UnknownNameError) as caught:
        parse({"mail_gone": "x"})
    assert caught.value.valid == check_names()
    assert {"answer_contains", "called", "file_exists", "record", "any_of"} <= set(check_names())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "no check given. Valid: answer_contains"),
        ([], "the list is empty"),
        ("words", "must be a table"),
        ({"answer_contains": ""}, "the text is empty"),
        ({"answer_contains": 3}, "must be text"),
        ({"answer_contains_all": []}, "the list is empty"),
        ({"answer_matches": "(a"}, "not a regular expression that RE2 can run: missing"),
        ({"answer_matches": r"(a)\1"}, "not a regular expression that RE2 can run"),
        ({"called": {"tool": "send", "with": {"to": {}}}}, "no condition given. Valid: contains"),
        ({"file_exists": "/etc/passwd"}, "must be relative to the workspace's base folder"),
        ({"file_exists": "../../x"}, "must be relative to the workspace's base folder"),
        ({"file_exists": "a/../b"}, "must be relative to the workspace's base folder"),
        ({"file_contains": {"path": "a"}}, "key 'text' is missing"),
        ({"any_of": []}, "the list is empty"),
    ],
)
def test_bad_checks(parse: Any, data: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse(data)


def test_files_need_a_workspace(parse: Any) -> None:
    with pytest.raises(ConfigError, match="this suite has no workspace"):
        parse({"file_exists": "a"}, Names())


def test_a_pattern_that_would_explode_elsewhere_ends_at_once(parse: Any) -> None:
    assert not holds(parse({"answer_matches": "^(a+)+$"}), answer="a" * 50_000 + "b")
