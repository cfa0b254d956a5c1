"""Find the bundled data: in the wheel under `_data/`, in a checkout beside the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_dir(kind: str) -> Path:
    """The folder of one kind of data: "suites", "fixtures" or "reports/templates".

    Raises FileNotFoundError when the installation lacks it.
    """
    installed = _PACKAGE / "_data" / kind
    if installed.is_dir():
        return installed
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / kind).is_dir():
        return checkout / kind
    raise FileNotFoundError(f"the installation is broken: no {kind!r} under {installed} nor beside the package")
