from __future__ import annotations

import subprocess
import sys

import pytest

import pytest_agentsafety.llm as llm

HEAVY = {"anthropic", "httpx2", "httpx", "pydantic", "vcr", "pandas", "hypothesis", "pytest"}


def run(code: str) -> None:
    path = ":".join(filter(None, sys.path))
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})


def test_the_room_imports_nothing_heavy():
    run(
        "import sys\n"
        "import pytest_agentsafety.llm, pytest_agentsafety.llm.hijacked, pytest_agentsafety.llm.scripted\n"
        f"assert not {HEAVY!r} & sys.modules.keys()\n"
    )


def test_install_before_the_sdk_patches_what_the_sdk_will_use_and_leaves_httpx_alone():
    run(
        "import sys\n"
        "from pytest_agentsafety.llm import install\n"
        "undo = install()\n"
        "assert 'httpx' not in sys.modules and 'anthropic' not in sys.modules\n"
        "import httpx2\n"
        "gated = httpx2.Client.send\n"
        "undo()\n"
        "assert httpx2.Client.send is not gated\n"
    )


def test_an_alias_of_httpx2_is_not_patched_twice():
    run(
        "import sys, httpx2\n"
        "original = httpx2.Client.send\n"
        "httpx2.alias_httpx()\n"
        "import httpx\n"
        "from pytest_agentsafety.llm import install\n"
        "undo = install()\n"
        "assert httpx.Client.send is httpx2.Client.send is not original\n"
        "install()()\n"
        "undo()\n"
        "assert httpx2.Client.send is original\n"
    )


@pytest.mark.parametrize("name", llm.__all__)
def test_every_public_name_is_there(name):
    assert getattr(llm, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        llm.Nonsense  # noqa: B018
