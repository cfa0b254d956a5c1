"""What a run masks: once for each text, and anew for all texts when a secret becomes known."""

from __future__ import annotations

import pytest

from pytest_agentsafety.model.passage import Passage
from pytest_agentsafety.session import secrets as secrets_module
from pytest_agentsafety.session.secrets import RunSecrets

SECRET = "zq7Wm2kPx9Lr4TbN8vYc"
SHORT = f"the word is {SECRET}"
LONG = f"{'Nothing of note happened on that day. ' * 20}{SHORT}"


def passage(secret: str) -> Passage:
    return Passage(
        path="/v1/messages",
        request_headers={"x-api-key": secret},
        request_body=b"{}",
        status=200,
        headers={},
        body=b"{}",
        ms=1.0,
    )


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_a_secret_that_becomes_known_is_taken_out_of_texts_seen_before(text: str) -> None:
    secrets = RunSecrets()
    assert secrets.mask(text) == secrets.mask(text) == text
    secrets.saw(passage(SECRET))
    assert SECRET not in secrets.mask(text)
    assert secrets.mask(text) == secrets.mask(text)


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_what_was_made_before_a_secret_was_known_is_not_remembered(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = RunSecrets()
    made = secrets._made

    def slowly(asked: str) -> str:
        masked = made(asked)
        secrets.saw(passage(SECRET))  # another thread's, meanwhile
        return masked

    monkeypatch.setattr(secrets, "_made", slowly)
    secrets.mask(text)
    monkeypatch.undo()
    assert SECRET not in secrets.mask(text)


def test_a_long_text_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = RunSecrets()
    made, asked = secrets._made, []
    monkeypatch.setattr(secrets, "_made", lambda text: asked.append(text) or made(text))
    others = [f"{number} {LONG}" for number in range(40)]
    for text in (LONG, LONG, *others, *others[-1:], LONG):
        assert secrets.mask(text) == text
    assert asked == [LONG, *others]


def test_long_texts_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets_module, "_LONG_CHARACTERS", 10_000)
    secrets = RunSecrets()
    for number in range(100):
        assert secrets.mask(text := f"{number} {LONG}") == text
        assert sum(map(len, secrets._long)) <= 10_000
    assert secrets.mask("x" * 20_000) == "x" * 20_000
    assert secrets._long == {}
