from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_agentsafety import guards


def test_public_names_resolve() -> None:
    assert all(callable(getattr(guards, name)) for name in guards.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nope'"):
        guards.Nope  # noqa: B018


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, pytest_agentsafety.guards as g\n"
        "assert not {'re2', 'phonenumbers', 'hypothesis'} & set(sys.modules)\n"
        "g.mask('call nobody')\n"
        "assert 're2' in sys.modules and 'phonenumbers' not in sys.modules\n"
        "g.mask('call +44 20 7937 9809')\n"
        "assert 'phonenumbers' in sys.modules and 'hypothesis' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
