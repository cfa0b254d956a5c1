from __future__ import annotations

from contextvars import copy_context

from pytest_agentsafety.model.own_body import own_body, sent_instead


def test_only_the_body_that_was_sent_instead_is_known() -> None:
    def inside() -> None:
        assert own_body(b"sent") == b"sent"
        sent_instead(b"own", b"sent")
        assert own_body(b"sent") == b"own"
        assert own_body(b"another") == b"another"

    copy_context().run(inside)
    assert own_body(b"sent") == b"sent", "another context sent nothing"
