"""Bundled data is found in a checkout and in an installation, and its absence is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_agentsafety import resources


def _package_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = folder / "pytest_agentsafety"
    package.mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    return package


def test_the_bundled_suites_are_there() -> None:
    assert (resources.data_dir("suites") / "inbox" / "suite.yaml").is_file()


def test_installed_data_wins_over_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package_at(tmp_path, monkeypatch)
    (package / "_data" / "suites").mkdir(parents=True)
    (tmp_path / "suites").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert resources.data_dir("suites") == package / "_data" / "suites"


def test_a_folder_beside_the_package_counts_only_in_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _package_at(tmp_path, monkeypatch)
    (tmp_path / "suites").mkdir()
    with pytest.raises(FileNotFoundError, match="the installation is broken: no 'suites'"):
        resources.data_dir("suites")
    (tmp_path / "pyproject.toml").touch()
    assert resources.data_dir("suites") == tmp_path / "suites"
