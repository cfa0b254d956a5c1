"""Data into markup. The only place that imports jinja2."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pytest_agentsafety.checklist.standards import STANDARDS
from pytest_agentsafety.model.errors import AgentSafetyError
from pytest_agentsafety.report.data import CaseView, ReportData
from pytest_agentsafety.report.load import text
from pytest_agentsafety.resources import data_dir

# Characters that could end the element, open a comment, or break a line in older script parsers.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
CASE_FIELDS = (
    *("name", "kind", "suite", "mode", "verdict", "injection_task", "vector", "attack", "stopped_by", "user_task"),
    *("utility", "delivered", "exposed", "escalations", "tool_calls", "tokens", "cost_usd", "latency_ms", "error"),
)


def render_report(data: ReportData) -> str:
    """The text of `report.html`."""
    index = {
        "fields": CASE_FIELDS,
        "rows": [_index_row(case) for case in data.cases],
        "places": data.places,
    }
    return _render("report.html", script="report.js", data=data, index=json_island(index))


def render_checklist(data: ReportData) -> str:
    """The text of `checklist.html`."""
    return _render("checklist.html", data=data, checklist=data.checklist, standards=STANDARDS)


def json_island(value: Any) -> Markup:
    """JSON that is safe inside `<script type="application/json">`."""
    encoded = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Markup(encoded.translate(_ESCAPES))  # noqa: S704 - escaped on this line


def policy(style: str, script: str) -> str:
    """The content security policy of a page that consists of itself and nothing else."""
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    return f"default-src 'none'; {scripts}style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(sha256(source.encode()).digest()).decode()


def _index_row(case: CaseView) -> list[Any]:
    return [getattr(case, name) for name in CASE_FIELDS]


def _render(name: str, *, script: str = "", **values: Any) -> str:
    folder = data_dir("reports/templates")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FileSystemLoader(folder),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(shown=text, breakable=_breakable)
    style = _source("report.css")
    code = _source(script) if script else ""
    return environment.get_template(name).render(
        **values,
        csp=policy(style, code),
        style=Markup(style),  # noqa: S704 - our own file, see _source
        script=Markup(code),  # noqa: S704 - our own file, see _source
    )


def _breakable(name: str) -> Markup:
    """A name that may be broken after an underscore or a dot."""
    return Markup("{}").format(name).replace("_", Markup("_<wbr>")).replace(".", Markup(".<wbr>"))


def _source(name: str) -> str:
    """One of our own files, as it may stand inside an element: verbatim, so that its hash holds."""
    source = (data_dir("reports/templates") / name).read_text(encoding="utf-8").replace("\r\n", "\n")
    if "</" in source or "<!--" in source:
        raise AgentSafetyError(f"{name} holds '</' or '<!--' and cannot be inlined")
    return source
