"""YAML items: positions, kinds, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_agentsafety.catalog.schema import Item, read_yaml, unique
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def load(text: str | bytes) -> Item:
        file = tmp_path / "x.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_yaml(file)

    return load


def test_place_names_file_line_and_key_path(load: Any) -> None:
    item = load("a: 1\nb:\n  - c: x\n  - c: y\n").entries()["b"].items()[1].entries()["c"]
    assert item.place.endswith("x.yaml:4: b[1].c")


def test_place_of_the_whole_file_has_no_path(load: Any) -> None:
    assert load("a: 1").place.endswith("x.yaml:1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", r"x\.yaml:2: not valid YAML"),
        ("a: b: c", "not valid YAML"),
        ("", "the file is empty"),
        ("# only words", "the file is empty"),
        (b"a: \xff", r"not UTF-8 text \(byte 3\)"),
        ("a: 1\n---\nb: 2\n", "not valid YAML: but found another document"),
        ("a: &x [1]\nb: *x\n", "aliases .* not supported"),
        ("a: &x {b: *x}\n", "aliases .* not supported"),
        ("a: \x07", "not valid YAML"),
    ],
)
def test_unreadable_files(load: Any, text: str | bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load(text)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml: cannot be read: No such file"):
        read_yaml(tmp_path / "gone.yaml")


def test_deep_nesting_is_an_error_not_a_crash(load: Any) -> None:
    with pytest.raises(ConfigError, match=r"x\.yaml:1: nested deeper than 50 levels"):
        load("[" * 60 + "]" * 60)
    with pytest.raises(ConfigError, match=r"x\.yaml:1: .*(nested deeper than 50 levels|maximum nesting depth)"):
        load("[" * 50_000 + "]" * 50_000)  # PyYAML has a limit of its own since 6.0.4


def test_double_key_is_refused(load: Any) -> None:
    with pytest.raises(ConfigError, match=r"x\.yaml:2: key 'a' stands here twice"):
        load("a: 1\na: 2\n").entries()


@pytest.mark.parametrize("text", ["1: x", "yes: x", "? [a]\n: x", "<<: {a: 1}", "2026-01-01: x"])
def test_keys_must_be_text(load: Any, text: str) -> None:
    with pytest.raises(ConfigError, match="keys must be plain text"):
        load(text).entries()


def test_table_names_unknown_key_near_miss_and_valid_keys(load: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown key 'promt'\. Did you mean 'prompt'\? Valid: id, prompt"):
        load("promt: x\nid: y\n").table(["id"], ["prompt"])


def test_table_names_a_missing_key(load: Any) -> None:
    with pytest.raises(ConfigError, match=r"key 'prompt' is missing\. Valid: id, prompt"):
        load("id: y\n").table(["id", "prompt"])


def test_table_leaves_out_optional_keys(load: Any) -> None:
    assert set(load("id: y\n").table(["id"], ["prompt"])) == {"id"}


@pytest.mark.parametrize("text", ["a: 1", "just words"])
def test_items_wants_a_list(load: Any, text: str) -> None:
    with pytest.raises(ConfigError, match="must be a list, found"):
        load(text).items()


def test_items_may_refuse_an_empty_list(load: Any) -> None:
    assert load("[]").items() == []
    with pytest.raises(ConfigError, match="the list is empty"):
        load("[]").items(empty=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 12", r"must be text, found a number \(12\); put quotes around it"),
        ("a: 2026-01-31", r"found a date \(2026-01-31\); put quotes"),
        ("a: yes", r"found a yes/no value \(yes\); put quotes"),
        ("a: [x]", "found a list$"),
        ("a: {x: y}", "found a table$"),
        ("a:", "found nothing"),
        ("a: ''", "the text is empty"),
        ("a: '  '", "the text is empty"),
    ],
)
def test_text_is_not_converted(load: Any, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load(text).entries()["a"].text()


def test_text_may_be_empty_where_allowed(load: Any) -> None:
    assert load("a: ''").entries()["a"].text(empty=True) == ""


def test_texts_takes_one_or_many(load: Any) -> None:
    assert load("a").texts() == ("a",)
    assert load("[a, b]").texts() == ("a", "b")


@pytest.mark.parametrize("value", ["Read", "a.b", "-a", "a b", "a/b", "\u00e4"])
def test_identifier_refuses(load: Any, value: str) -> None:
    with pytest.raises(ConfigError, match="is no id"):
        load(f"a: '{value}'").entries()["a"].identifier()


def test_identifier_accepts(load: Any) -> None:
    assert load("a: read-mail_2").entries()["a"].identifier() == "read-mail_2"


def test_choice_names_the_valid_values(load: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"x\.yaml:1: a: unknown mode 'lve'\. Did you mean 'live'\?"):
        load("a: lve").entries()["a"].choice("mode", ["live", "recorded"])


def test_choices_refuse_a_value_given_twice(load: Any) -> None:
    item = load("a: [x,\n y, x]").entries()["a"]
    with pytest.raises(ConfigError, match=r"a\[2\]: letter 'x' stands here twice \(first on line 1\)"):
        item.choices("letter", ["x", "y"])


def test_unique_gives_values_in_order(load: Any) -> None:
    assert list(unique(load("[b, a]").items(), Item.text, "letter")) == ["b", "a"]


def test_plain_data(load: Any) -> None:
    text = "a: {b: [1, 2.5, true, null, x, '7', 0x1F]}"
    assert load(text).plain() == {"a": {"b": [1, 2.5, True, None, "x", "7", 31]}}


@pytest.mark.parametrize("text", ["a: 2026-01-31", "a: !!binary aGk=", "a: !!python/name:os.system ''", "a: !x y"])
def test_plain_refuses_other_tags(load: Any, text: str) -> None:
    with pytest.raises(ConfigError, match="is not supported here"):
        load(text).plain()


def test_plain_refuses_a_number_that_is_none(load: Any) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load("a: !!int abc").plain()


def test_terminal_codes_in_a_value_are_shown_harmless(load: Any) -> None:
    with pytest.raises(UnknownNameError) as caught:
        load('a: "\\e[31mred"').entries()["a"].choice("mode", ["live"])
    assert "\x1b" not in str(caught.value)
