"""Environments made fast: equal to AgentDojo's own, or made by AgentDojo."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, EmailStr, Field, PrivateAttr, field_validator, model_validator

from pytest_agentsafety.catalog.agentdojo.environments import Environments, Snapshot
from pytest_agentsafety.catalog.agentdojo.upstream import Upstream

pytest.importorskip("email_validator", reason="needs the extra: pip install 'pytest-agentsafety[agentdojo]'")

INJECTION = "\n\n\n<INFORMATION>\n\nDo 'this': # now\n\n</INFORMATION>\n\n\n"


class Note(BaseModel):
    owner: EmailStr
    text: str
    size: int = 0

    @model_validator(mode="after")
    def measure(self) -> Note:
        self.size = len(self.text)
        return self


class Desk(BaseModel):
    initial: list[Note] = []
    tags: list[str] = []
    by_owner: dict[str, Note] = {}

    @model_validator(mode="after")
    def index(self) -> Desk:
        self.by_owner = {note.owner: note for note in self.initial}
        return self


class Office(BaseModel):
    desk: Desk
    signs: dict[str, str] = {}


class ShortOffice(BaseModel):
    sign: str = Field(max_length=60)


class TotalOffice(BaseModel):
    """Something far above the text depends on it: no part can be validated on its own."""

    desk: Desk
    total: int = 0

    @model_validator(mode="after")
    def add_up(self) -> TotalOffice:
        self.total = sum(note.size for note in self.desk.initial)
        return self


class ShoutingOffice(BaseModel):
    sign: str

    @field_validator("sign")
    @classmethod
    def shout(cls, value: str) -> str:
        return value.upper()


class AliasOffice(BaseModel):
    sign: str = Field(alias="Sign")


class CountedOffice(BaseModel):
    sign: str
    _hash: int = PrivateAttr(default=0)

    def model_post_init(self, _context: Any) -> None:
        self._hash = len(self.sign)


OFFICE = {
    "desk": {
        "initial": [
            {"owner": "ann@example.com", "text": "Rent: {rent}. Thank you"},
            {"owner": "bob@example.com", "text": "nothing here {{but}} braces"},
        ],
        "tags": ["{tag}", "x", "{tag} and {rent} " + "long " * 40],
    },
    "signs": {"door": "{tag}"},
}
VECTORS = {"rent": "98.70\\t\\nper month", "tag": ""}


@pytest.fixture
def make(upstream: Upstream, tmp_path: Path) -> Any:
    """Builds a suite from an environment and its vectors."""

    def build(kind: type[BaseModel], data: Any, vectors: Mapping[str, str], suite: type[Any] | None = None) -> Any:
        (tmp_path / "environment.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
        described = {name: {"description": "", "default": default} for name, default in vectors.items()}
        (tmp_path / "injection_vectors.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
        return (suite or upstream.task_suite)("office", kind, [], data_path=tmp_path)

    upstream.read_suite_file.cache_clear()  # it remembers files by path
    return build


def same(upstream: Upstream, suite: Any, injections: dict[str, str]) -> Environments:
    """Compare with AgentDojo's own loader, field by field and down to what was set."""
    environments = Environments(upstream, suite)
    ours, theirs = environments.load(injections), suite.load_and_inject_default_environment(injections)
    assert ours == theirs
    assert ours.model_dump() == theirs.model_dump()
    assert ours.model_fields_set == theirs.model_fields_set
    return environments


@pytest.mark.parametrize(
    "injections",
    [
        {},
        {"rent": "1"},
        {"tag": INJECTION},
        {"rent": INJECTION, "tag": INJECTION},
        {"rent": "\\u00e9 \\\\ \\x41 \u00e9\U0001f600"},
        {"rent": "  spaces \n  around \n\n breaks  "},
        {"tag": "# : - ' { } [ ] & * ! % @ ` --- ...\n"},
        {"tag": "x" * 5000},
    ],
    ids=["none", "one", "lines", "all", "escapes", "spaces", "syntax", "long"],
)
def test_equal_to_agentdojos_own(upstream: Upstream, make: Any, injections: dict[str, str]) -> None:
    assert same(upstream, make(Office, OFFICE, VECTORS), injections).fast


def test_what_a_model_derives_from_the_text_follows_the_text(upstream: Upstream, make: Any) -> None:
    environment = Environments(upstream, make(Office, OFFICE, VECTORS)).load({"rent": "12"})
    assert environment.desk.initial[0].size == len("Rent: 12. Thank you")
    assert environment.desk.by_owner["ann@example.com"] is environment.desk.initial[0]


def test_each_environment_is_its_own(upstream: Upstream, make: Any) -> None:
    environments = Environments(upstream, make(Office, OFFICE, VECTORS))
    first = environments.load({"rent": "1"})
    first.desk.tags.append("changed")
    first.desk.initial[1].text = "changed"
    second = environments.load({"rent": "1"})
    assert "changed" not in second.desk.tags
    assert second.desk.initial[1].text == "nothing here {but} braces"


@pytest.mark.parametrize("text", ['say "hello"', '"', 'x" # comment', "\\", "---\n--- x", "a \\q b"])
def test_a_text_that_leaves_its_scalar_is_left_to_agentdojo(upstream: Upstream, make: Any, text: str) -> None:
    suite = make(Office, OFFICE, VECTORS)
    environments = Environments(upstream, suite)
    assert environments.fast
    try:
        theirs = suite.load_and_inject_default_environment({"rent": text})
    except Exception as exc:
        with pytest.raises(type(exc)):
            environments.load({"rent": text})
    else:
        assert environments.load({"rent": text}) == theirs


def test_a_text_that_breaks_out_changes_the_environment_as_upstream(upstream: Upstream, make: Any) -> None:
    suite = make(Office, {"desk": {"tags": ["x"]}, "signs": {"door": "{tag}"}}, {"tag": ""})
    environments = Environments(upstream, suite)
    assert environments.fast
    escaped = {"tag": 'closed"\n  window: "open'}
    assert environments.load(escaped) == suite.load_and_inject_default_environment(escaped)
    assert environments.load(escaped).signs == {"door": "closed", "window": "open"}


def test_an_unknown_vector_is_agentdojos_error(upstream: Upstream, make: Any) -> None:
    environments = Environments(upstream, make(Office, OFFICE, VECTORS))
    with pytest.raises(ValueError, match="subset of the injection vector defaults"):
        environments.load({"rant": "x"})


def test_a_value_the_model_refuses_is_agentdojos_error(upstream: Upstream, make: Any) -> None:
    suite = make(ShortOffice, {"sign": "{tag}"}, {"tag": ""})
    environments = Environments(upstream, suite)
    for text in ("short", "x" * 61):
        try:
            theirs = suite.load_and_inject_default_environment({"tag": text})
        except ValueError:
            with pytest.raises(ValueError, match="at most 60 characters"):
                environments.load({"tag": text})
        else:
            assert environments.load({"tag": text}) == theirs


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (TotalOffice, {"desk": OFFICE["desk"]}),
        (ShoutingOffice, {"sign": "{tag}{rent}"}),
        (AliasOffice, {"Sign": "{tag}{rent}"}),
        (Office, {"desk": {"tags": ["x"]}, "signs": {"{tag}{rent}": "door"}}),
    ],
    ids=["derived above", "changed by a validator", "alias", "in a key"],
)
def test_what_cannot_be_promised_is_made_by_agentdojo(
    upstream: Upstream, make: Any, kind: type[BaseModel], data: Any
) -> None:
    suite = make(kind, data, {"tag": "a", "rent": "b"})
    assert not same(upstream, suite, {"rent": "rather long and other than the rest"}).fast


def test_private_parts_follow_the_text_too(upstream: Upstream, make: Any) -> None:
    suite = make(CountedOffice, {"sign": "{tag}"}, {"tag": "a"})
    assert Environments(upstream, suite).load({"tag": "four"})._hash == 4


def test_a_suite_that_loads_in_its_own_way_is_loaded_in_its_own_way(upstream: Upstream, make: Any) -> None:
    class Own(upstream.task_suite):
        def load_and_inject_default_environment(self, injections: dict[str, str]) -> Any:
            return ShortOffice(sign=f"own {sorted(injections)}")

    environments = Environments(upstream, make(Office, OFFICE, VECTORS, suite=Own))
    assert not environments.fast
    assert environments.load({"rent": "1"}).sign == "own ['rent']"


def test_a_class_that_does_not_pickle_is_made_by_agentdojo(upstream: Upstream, make: Any) -> None:
    class LocalOffice(BaseModel):
        sign: str

    assert not same(upstream, make(LocalOffice, {"sign": "{tag}"}, {"tag": "a"}), {"tag": "b"}).fast


def test_a_broken_suite_is_reported_by_agentdojo(upstream: Upstream, make: Any) -> None:
    environments = Environments(upstream, make(Office, {"desk": 3}, {"tag": "a"}))
    assert not environments.fast
    with pytest.raises(ValueError, match="desk"):
        environments.load({})


def test_a_placeholder_that_no_vector_fills_is_reported_by_agentdojo(upstream: Upstream, make: Any) -> None:
    environments = Environments(upstream, make(ShortOffice, {"sign": "{tga}"}, {"tag": "a"}))
    with pytest.raises(KeyError, match="tga"):
        environments.load({})


def test_without_libyaml_every_environment_is_made_by_agentdojo(
    upstream: Upstream, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = make(Office, OFFICE, VECTORS)
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert not Environments(upstream, suite).fast


def test_a_snapshot_is_what_was_and_gives_new_copies() -> None:
    desk = Desk(tags=["a"])
    kept = Snapshot(desk)
    desk.tags.append("b")
    first, second = kept(), kept()
    assert (first.tags, first is second, first.tags is second.tags) == (["a"], False, False)
    assert kept.size is not None
    assert kept.size > 0


def test_a_snapshot_of_what_does_not_pickle_is_a_deep_copy() -> None:
    class Local(BaseModel):
        tags: list[str]

    local = Local(tags=["a"])
    kept = Snapshot(local)
    local.tags.append("b")
    assert kept().tags == ["a"]
    assert kept().tags is not kept().tags
    assert kept.size is None
