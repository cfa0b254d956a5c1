"""Case files: a found bypass as a regression case that suites replay. JSON or YAML, one case a file. No Hypothesis."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pytest_agentsafety.fuzz.chains import Chain, step_from
from pytest_agentsafety.fuzz.finding import Bypass
from pytest_agentsafety.fuzz.verdict import Verdict, verdict_from
from pytest_agentsafety.model.canonical import canonical_json
from pytest_agentsafety.model.errors import ConfigError, UnknownNameError
from pytest_agentsafety.model.safe_text import slug
from pytest_agentsafety.model.waiver import Waiver, read_waiver

SCHEMA = 1
SUFFIXES = (".json", ".yaml", ".yml")
_MAX_BYTES = 1 << 20
_TEXTS = ("id", "target", "guard", "oracle", "original")
_KEYS = (
    "schema", *_TEXTS, "stage", "promise", "steps", "text", "pieces", "before", "after", "explanation",
    "version", "seed", "command", "found", "waiver",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FoundCase:
    """One case file. `target` is how the guard is found again, `stage` "" for its first one."""

    id: str
    target: str
    stage: str
    bypass: Bypass
    version: str = ""
    seed: int | None = None
    command: str = ""
    found: str = ""
    waiver: Waiver | None = None
    path: Path | None = None

    @property
    def guard(self) -> str:
        return self.bypass.guard

    @property
    def node_name(self) -> str:
        """`fuzz/<id>[<guard>]`, the part of a pytest node id behind `agentsafety::`."""
        return f"fuzz/{self.id}[{slug(self.guard)}]"

    def to_dict(self) -> dict[str, Any]:
        bypass = self.bypass
        data = {
            "schema": SCHEMA,
            "id": self.id,
            "target": self.target,
            "guard": bypass.guard,
            "stage": self.stage,
            "oracle": bypass.oracle,
            "promise": bypass.promise,
            "original": bypass.attack,
            "steps": [step.to_dict() for step in bypass.chain],
            "text": bypass.text,
            "pieces": list(bypass.pieces),
            "before": bypass.before.to_dict(),
            "after": bypass.after.to_dict(),
            "explanation": bypass.explain().splitlines(),
            "version": self.version,
            "seed": self.seed,
            "command": self.command,
            "found": self.found,
        }
        return data if self.waiver is None else {**data, "waiver": self.waiver.to_dict()}


def case_of(
    bypass: Bypass, target: str, *, stage: str = "", version: str = "", seed: int | None = None, command: str = "",
    found: str = "",
) -> FoundCase:  # fmt: skip
    """A bypass as a case. The id says guard, oracle and steps, and is the same whenever the same is found."""
    same = [target, stage, bypass.oracle, bypass.attack, [step.to_dict() for step in bypass.chain]]
    digest = sha256(canonical_json(same).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    steps = "-".join(step.name for step in bypass.chain) or bypass.oracle
    name = slug(f"{bypass.guard}-{steps}", 60).strip("-.") or "case"
    return FoundCase(
        id=f"{name}-{digest}",
        target=target,
        stage=stage,
        bypass=bypass,
        version=version,
        seed=seed,
        command=command,
        found=found,
    )


def write_case(folder: Path, case: FoundCase) -> Path:
    """Write `<id>.json`, whole or not at all. A waiver that the file has already stays. Raises ConfigError."""
    path = folder / f"{case.id}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            case = replace(case, waiver=read_case(path).waiver)
        temporary = path.with_name(f".{path.name}.tmp")
        # ASCII only: what is in such a file was made to be invisible.
        temporary.write_text(json.dumps(case.to_dict(), indent=2) + "\n", encoding="ascii")
        temporary.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: the case cannot be written: {error.strerror or error}") from None
    return path


def read_cases(folder: Path) -> list[FoundCase]:
    """All cases of a folder, by id; none where there is no folder. Raises ConfigError for a file that is no case."""
    if not folder.is_dir():
        return []
    files = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and not path.name.startswith("."))
    cases = [read_case(path) for path in files]
    seen: dict[str, Path | None] = {}
    for case in cases:
        if case.id in seen:
            raise ConfigError(f"{case.path}: case {case.id!r} stands in {seen[case.id]} too")
        seen[case.id] = case.path
    return sorted(cases, key=lambda case: case.id)


def read_case(path: Path) -> FoundCase:
    """One case file. Raises ConfigError, naming file and key."""
    data = _load(path)
    place = str(path)
    for key in data:
        if key not in _KEYS:
            raise UnknownNameError("key", str(key), _KEYS, place=place)
    if data.get("schema") != SCHEMA:
        raise ConfigError(f"{place}: schema {data.get('schema')!r}, this version reads {SCHEMA}")
    texts = {key: _text(data, key, place) for key in _TEXTS}
    waiver = None if data.get("waiver") is None else read_waiver(data["waiver"], place=f"{place}: waiver")
    if slug(texts["id"], 200) != texts["id"]:
        raise ConfigError(f"{place}: id {texts['id']!r} must be made of letters, digits and . _ + - only")
    seed = data.get("seed")
    return FoundCase(
        id=texts["id"],
        target=texts["target"],
        stage=str(data.get("stage") or ""),
        bypass=_bypass(data, texts, place),
        version=str(data.get("version") or ""),
        seed=seed if isinstance(seed, int) else None,
        command=str(data.get("command") or ""),
        found=str(data.get("found") or ""),
        waiver=waiver,
        path=path,
    )


def _bypass(data: Mapping[str, Any], texts: Mapping[str, str], place: str) -> Bypass:
    chain = _chain(data, place)
    pieces = data.get("pieces") or [data.get("text")]
    if not isinstance(pieces, list) or not all(isinstance(piece, str) for piece in pieces):
        raise ConfigError(f"{place}: `pieces` must be a list of texts, or `text` a text")
    return Bypass(
        oracle=texts["oracle"],
        promise=str(data.get("promise") or ""),
        attack=texts["original"],
        chain=chain,
        pieces=tuple(pieces),
        before=_verdict(data.get("before")),
        after=_verdict(data.get("after")),
        guard=texts["guard"],
    )


def _verdict(data: Any) -> Verdict:
    return verdict_from(data if isinstance(data, Mapping) else {})


def _chain(data: Mapping[str, Any], place: str) -> Chain:
    steps = data.get("steps") or []
    if not isinstance(steps, list):
        raise ConfigError(f"{place}: `steps` must be a list")
    return tuple(step_from(step, place=f"{place}: steps[{number}]") for number, step in enumerate(steps))


def _text(data: Mapping[str, Any], key: str, place: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{place}: needs {key!r}, a text")
    return value


def _load(path: Path) -> Mapping[str, Any]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    if len(raw) > _MAX_BYTES:
        raise ConfigError(f"{path}: larger than {_MAX_BYTES >> 20} MB: that is no case file")
    try:
        data = json.loads(raw) if path.suffix == ".json" else _yaml(raw)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as {path.suffix.lstrip('.').upper()}: {error}") from None
    if not isinstance(data, Mapping):
        raise ConfigError(f"{path}: a case file must hold one object")
    return data


def _yaml(raw: bytes) -> Any:
    import yaml  # loaded only where somebody wrote a case by hand

    try:
        return yaml.safe_load(raw)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
