"""Install the public tool sets of `packages.txt` into a scratch folder and write down their tools' schemas.

    python benchmarks/tool_corpus/extract.py --into FOLDER

MCP servers from npm are started over stdio and asked for `tools/list` (with made-up keys and nothing to reach);
Python packages are installed without their dependencies and only parsed, never imported. `FOLDER/extracted.jsonl`
then has one line per tool: set, group, tool, description, input_schema, returns, output_schema, annotations, drawn.
`drawn` marks the tools that belong to the labelled sample. The schemas are third-party text and stay in FOLDER.
"""

import argparse
import ast
import hashlib
import inspect
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
Tool = dict[str, Any]
Node = ast.expr | None
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class ToolSet:
    """One public tool set: how to read it and how many of its tools to draw."""

    name: str
    kind: str
    where: tuple[str, ...] = ()
    cap: int = 10
    prefix: bool = False
    args: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)


def files(pattern: str, names: str) -> tuple[str, ...]:
    """`pattern` filled with each of the space-separated `names`."""
    return tuple(pattern.format(name) for name in names.split())


AGNO = files(
    "agno/tools/{}.py",
    "telegram twilio email zoom spotify todoist shell python docker discord x aws_ses calcom wikipedia clickup zendesk"
    " webex evm openweather hackernews giphy google/calendar google/drive",
)
CAMEL = files(
    "camel/toolkits/{}_toolkit.py",
    "imap_mail microsoft_outlook_mail whatsapp twitter linkedin reddit note_taking file pptx excel weather stripe"
    " web_deploy lark todo resend memory sql",
)
LANGCHAIN = files(
    "langchain_community/tools/{}/*.py",
    "gmail office365 slack file_management requests sql_database playwright shell amadeus clickup wikipedia powerbi"
    " human ainetwork",
)
BFCL = files(
    "bfcl_eval/data/multi_turn_func_doc/{}.json",
    "gorilla_file_system posting_api trading_bot travel_booking message_api ticket_api vehicle_control",
)
ASB = files(
    "asb_envs/envs/{}.json",
    "Health HomeAssistant Phone SMS Travel OS MobilePayment HRSystem MedicalDiagnosis SocialMedia PayrollSystem"
    " AccessControlSystem IndoorRobot HealthForum",
)
OAUTH_KEYS = {"installed": {"client_id": "x", "client_secret": "x", "redirect_uris": ["http://localhost:3000"]}}

SETS = (
    ToolSet("@modelcontextprotocol/server-filesystem", "npm", ("dist/index.js",), args=("{data}",)),
    ToolSet("@modelcontextprotocol/server-memory", "npm", ("dist/index.js",), cap=7),
    ToolSet(
        "@modelcontextprotocol/server-github",
        "npm",
        ("dist/index.js",),
        cap=14,
        env={"GITHUB_PERSONAL_ACCESS_TOKEN": "x"},
    ),
    ToolSet(
        "@modelcontextprotocol/server-slack",
        "npm",
        ("dist/index.js",),
        env={"SLACK_BOT_TOKEN": "x", "SLACK_TEAM_ID": "T"},
    ),
    ToolSet(
        "@modelcontextprotocol/server-google-maps", "npm", ("dist/index.js",), cap=4, env={"GOOGLE_MAPS_API_KEY": "x"}
    ),
    ToolSet("@playwright/mcp", "npm", ("cli.js",), cap=14, args=("--headless",)),
    ToolSet("@notionhq/notion-mcp-server", "npm", ("bin/cli.mjs",), env={"NOTION_TOKEN": "ntn_x"}),
    ToolSet(
        "@cocal/google-calendar-mcp", "npm", ("build/index.js",), env={"GOOGLE_OAUTH_CREDENTIALS": "{data}/oauth.json"}
    ),
    ToolSet(
        "@gongrzhe/server-gmail-autoauth-mcp",
        "npm",
        ("dist/index.js",),
        cap=13,
        env={"GMAIL_OAUTH_PATH": "{data}/oauth.json"},
    ),
    ToolSet("mcp-server-kubernetes", "npm", ("dist/index.js",), cap=16),
    ToolSet(
        "@delorenj/mcp-server-trello",
        "npm",
        ("build/index.js",),
        env={"TRELLO_API_KEY": "x", "TRELLO_TOKEN": "y"},
    ),
    ToolSet("airtable-mcp-server", "npm", ("dist/main.js",), cap=9, env={"AIRTABLE_API_KEY": "pat1.x"}),
    ToolSet(
        "shopify-mcp", "npm", ("dist/index.js",), cap=8, args=("--accessToken", "x", "--domain", "x.myshopify.com")
    ),
    ToolSet("mongodb-mcp-server", "npm", ("dist/esm/index.js",), env={"MDB_MCP_TELEMETRY": "disabled"}),
    ToolSet("firecrawl-mcp", "npm", ("dist/index.js",), env={"FIRECRAWL_API_KEY": "x"}),
    ToolSet("mcp-discord", "npm", ("build/index.js",), env={"DISCORD_TOKEN": "x"}),
    ToolSet(
        "@line/line-bot-mcp-server",
        "npm",
        ("dist/index.js",),
        cap=9,
        env={"CHANNEL_ACCESS_TOKEN": "x", "DESTINATION_USER_ID": "u"},
    ),
    ToolSet("reddit-mcp-buddy", "npm", ("dist/cli.js",)),
    ToolSet("food402", "npm", ("dist/src/index.js",), cap=14, env={"TGO_EMAIL": "a@example.com", "TGO_PASSWORD": "x"}),
    ToolSet(
        "@takescake/1password-mcp", "npm", ("bin/1password-mcp.js",), cap=11, env={"OP_SERVICE_ACCOUNT_TOKEN": "ops_x"}
    ),
    ToolSet("@mcpfun/mcp-server-ccxt", "npm", ("bin/cli.js",), cap=14),
    ToolSet("@openbnb/mcp-server-airbnb", "npm", ("dist/index.js",)),
    ToolSet("linear-mcp", "npm", ("build/index.js",), env={"LINEAR_API_KEY": "x"}),
    ToolSet("@roychri/mcp-server-asana", "npm", ("dist/index.js",), env={"ASANA_ACCESS_TOKEN": "x"}),
    ToolSet(
        "@codefuturist/email-mcp",
        "npm",
        ("dist/main.js",),
        cap=14,
        args=("stdio",),
        env={
            "MCP_EMAIL_ADDRESS": "a@example.com",
            "MCP_EMAIL_PASSWORD": "x",
            "MCP_EMAIL_IMAP_HOST": "127.0.0.1",
            "MCP_EMAIL_SMTP_HOST": "127.0.0.1",
        },
    ),
    ToolSet("agno", "toolkits", AGNO, cap=28),
    ToolSet("camel-ai", "toolkits", CAMEL, cap=26),
    ToolSet("langchain-community", "classes", LANGCHAIN, cap=24),
    ToolSet("bfcl-eval", "json", BFCL, cap=30),
    ToolSet("agent-safety-bench-envs", "json", ASB, cap=26),
    ToolSet("strands-agents-tools", "decorated+specs", ("strands_tools/*.py",), cap=16),
    ToolSet("coinbase-agentkit", "decorated", ("coinbase_agentkit/action_providers/**/*.py",), cap=24),
    ToolSet("paypal-agent-toolkit", "dicts", ("paypal_agent_toolkit/shared/tools.py",), cap=20),
    ToolSet("stripe-agent-toolkit", "dicts", ("stripe_agent_toolkit/tools.py",), cap=12),
    ToolSet("ha-mcp", "decorated", ("ha_mcp/tools/*.py",), cap=14),
    ToolSet(
        "mcp-atlassian",
        "decorated",
        ("mcp_atlassian/servers/jira.py", "mcp_atlassian/servers/confluence.py"),
        cap=14,
        prefix=True,
    ),
    ToolSet("workspace-mcp", "decorated", ("g*/*_tools.py",), cap=16),
    ToolSet("mcp-server-git", "decorated", ("mcp_server_git/server.py",)),
    ToolSet("mcp-server-docker", "decorated", ("mcp_server_docker/server.py",), cap=14),
    ToolSet("pagerduty-mcp", "functions", ("pagerduty_mcp/tools/*.py",)),
    ToolSet("fhir-mcp-server", "decorated", ("fhir_mcp_server/server.py",)),
    ToolSet("gr-splitwise-mcp", "decorated", ("server.py",)),
    ToolSet("@wonderwhy-er/desktop-commander", "npm", ("dist/index.js",), cap=14),
    ToolSet("crewai-tools", "classes", ("crewai_tools/tools/**/*.py",), cap=14),
    ToolSet("kite-mcp", "decorated", ("kite_mcp/server.py",), cap=14),
    ToolSet("telethon-mcp", "functions", ("src/tools/*.py",), cap=12),
    ToolSet("mastodon-blade-mcp", "decorated", ("mastodon_blade_mcp/server.py",)),
    ToolSet("mcp-spotify", "decorated", ("spotify_mcp/server.py",)),
    ToolSet("amazon-mcp", "decorated", ("amazon_mcp/server.py",)),
    ToolSet("postgres-mcp", "decorated", ("postgres_mcp/server.py",)),
    ToolSet("code-sandbox-mcp", "decorated", ("code_sandbox_mcp/server.py",)),
)


def entry(group: str, name: str, description: str, schema: Any, **more: Any) -> Tool:
    """One tool's line, less its set."""
    rest = {"returns": "", "output_schema": None, "annotations": None}
    return {"group": group, "tool": name, "description": description, "input_schema": schema, **rest, **more}


# --- npm: a server over stdio -------------------------------------------------------------------------------------


class Server:
    """A started MCP server, spoken to line by line."""

    def __init__(self, command: list[str], folder: Path, env: dict[str, str]) -> None:
        """Start `command` in `folder` with `env` and nothing else of this process's environment but its path."""
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder), **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._pump, daemon=True).start()

    def _pump(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def send(self, message: dict[str, Any]) -> None:
        """Write one JSON-RPC message."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def ask(self, number: int, method: str, params: dict[str, Any], limit: float = 30.0) -> dict[str, Any]:
        """Send a request and return its result; raises where none comes within `limit` seconds."""
        self.send({"id": number, "method": method, "params": params})
        end = time.monotonic() + limit
        while time.monotonic() < end:
            try:
                line = self.lines.get(timeout=1)
            except queue.Empty:
                continue
            if line is None:
                break
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if message.get("id") == number and "result" in message:
                return dict(message["result"])
        raise RuntimeError(f"no answer to {method}")


def listed(command: list[str], folder: Path, env: dict[str, str]) -> list[Tool]:
    """Start an MCP server and return what `tools/list` says, over all its pages."""
    server = Server(command, folder, env)
    client = {"name": "tool-corpus", "version": "1"}
    try:
        server.ask(1, "initialize", {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": client})
        server.send({"method": "notifications/initialized"})
        tools: list[Tool] = []
        params: dict[str, Any] = {}
        for number in range(2, 20):
            page = server.ask(number, "tools/list", params)
            tools += page["tools"]
            if not page.get("nextCursor"):
                break
            params = {"cursor": page["nextCursor"]}
        return tools
    finally:
        server.process.kill()


def from_npm(spec: ToolSet, folder: Path) -> Iterator[Tool]:
    """The tools that an installed npm server lists."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "oauth.json").write_text(json.dumps(OAUTH_KEYS))
    script = folder / "node_modules" / spec.name / spec.where[0]
    fill = {"data": str(data)}
    command = ["node", str(script), *(arg.format(**fill) for arg in spec.args)]
    env = {key: value.format(**fill) for key, value in spec.env.items()}
    for tool in listed(command, folder, env):
        more = {"output_schema": tool.get("outputSchema"), "annotations": tool.get("annotations")}
        yield entry("", tool["name"], tool.get("description", ""), tool.get("inputSchema", {}), **more)


# --- PyPI: parsed, never imported ---------------------------------------------------------------------------------

PLAIN = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "dict": "object", "Dict": "object"}
LISTS = {"list", "List", "Sequence", "Iterable", "Tuple", "tuple", "Set", "set"}
OWN = {"self", "cls", "ctx", "context", "run_manager", "callbacks", "wallet_provider", "tool_context", "agent"}
HINTS = {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint", "title"}
ENTRY = re.compile(r"^\s{0,12}\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.+)$")
SECTION = re.compile(r"^\s*(Args|Arguments|Parameters|Returns?|Raises|Examples?|Notes?|Yields)\s*:?\s*$")


class Package:
    """All parsed modules of one package, with its classes and string constants by name."""

    def __init__(self, root: Path) -> None:
        """Parse every module under `root`."""
        self.root = root
        self.modules: dict[Path, ast.Module] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.values: dict[str, ast.expr] = {}
        self.near: dict[str, ast.ClassDef] = {}
        for path in sorted(root.rglob("*.py")):
            try:
                self.modules[path] = ast.parse(path.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError):
                continue
        for module in self.modules.values():
            self._index(module)

    def _index(self, module: ast.Module) -> None:
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                self.classes.setdefault(node.name, node)
        for statement in module.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                self.values.setdefault(statement.targets[0].id, statement.value)

    def chosen(self, globs: tuple[str, ...]) -> Iterator[ast.Module]:
        """The modules whose path matches one of `globs`."""
        for path in sorted({path for pattern in globs for path in self.root.glob(pattern)}):
            if path in self.modules:
                module = self.modules[path]
                self.near = {n.name: n for n in module.body if isinstance(n, ast.ClassDef)}
                yield module

    def owner(self, name: str) -> ast.ClassDef | None:
        """The class of that name: the module's own before one from elsewhere in the package."""
        return self.near.get(name) or self.classes.get(name)

    def text(self, node: Node) -> str:
        """What a string expression says, as far as it can be told without running it."""
        if isinstance(node, ast.Constant):
            return str(node.value) if isinstance(node.value, str) else ""
        if isinstance(node, ast.JoinedStr):
            return "".join(self.text(part) for part in node.values)
        if isinstance(node, ast.BinOp):
            return self.text(node.left) + self.text(node.right)
        if isinstance(node, ast.Name) and node.id in self.values:
            return self.text(self.values[node.id])
        if isinstance(node, ast.Attribute):
            return self.text(node.value) if node.attr == "value" else self._member(node)
        if isinstance(node, ast.Call) and node.args:
            return self.text(node.args[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self.text(node.func.value)
        return ""

    def _member(self, node: ast.Attribute) -> str:
        owner = self.owner(node.value.id) if isinstance(node.value, ast.Name) else None
        for statement in owner.body if owner else []:
            if isinstance(statement, ast.Assign) and named(statement.targets[0]) == node.attr:
                return self.text(statement.value)
        return ""


def named(node: Node) -> str:
    """The last part of a dotted name, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Call | ast.Subscript):
        return named(node.func if isinstance(node, ast.Call) else node.value)
    return ""


def keyword(call: ast.Call, *names: str) -> Node:
    """The value of the first keyword argument of `call` with one of `names`."""
    return next((k.value for name in names for k in call.keywords if k.arg == name), None)


def literal(node: Node) -> Any:
    """A literal's value, else None."""
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError):
        return None


def typed(package: Package, node: Node, depth: int = 0) -> dict[str, Any]:
    """The JSON schema of an annotation."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    if isinstance(node, ast.BinOp):
        return either(package, [node.left, node.right], depth)
    name = named(node)
    inner = parts(node)
    if name in {"Optional", "Annotated", "Required", "NotRequired", "Type"} and inner:
        return {**typed(package, inner[0], depth), **detail(package, inner[1:])}
    if name == "Union":
        return either(package, inner, depth)
    if name == "Literal":
        return {"type": "string", "enum": [literal(part) for part in inner]}
    if name in LISTS:
        return {"type": "array", "items": typed(package, inner[0], depth) if inner else {}}
    if name in PLAIN:
        return {"type": PLAIN[name]}
    known = package.owner(name)
    if known is not None and depth < 3:
        return model(package, known, depth + 1)
    return typed(package, package.values[name], depth + 1) if name in package.values and depth < 3 else {}


def parts(node: Node) -> list[ast.expr]:
    """What stands between the brackets of a subscript."""
    if not isinstance(node, ast.Subscript):
        return []
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]


def either(package: Package, nodes: list[ast.expr], depth: int) -> dict[str, Any]:
    """A union's schema: that of its only real member, else `anyOf`."""
    real = [n for n in nodes if not (isinstance(n, ast.Constant) and n.value is None)]
    found = [typed(package, n, depth) for n in real]
    return found[0] if len(found) == 1 else {"anyOf": found}


def detail(package: Package, nodes: Sequence[Node]) -> dict[str, Any]:
    """The description that a `Field(...)` or a bare string among `nodes` gives."""
    for node in nodes:
        if isinstance(node, ast.Call) and keyword(node, "description"):
            return {"description": package.text(keyword(node, "description"))}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return {"description": node.value}
    return {}


def model(package: Package, node: ast.ClassDef, depth: int = 0) -> dict[str, Any]:
    """The JSON schema of a pydantic model or an enum, from its source."""
    if any("Enum" in named(base) for base in node.bases):
        members = [literal(s.value) for s in node.body if isinstance(s, ast.Assign)]
        return {"type": "string", "enum": members}
    properties: dict[str, Any] = {}
    required: list[str] = []
    for base in node.bases:
        parent = package.owner(named(base))
        if parent is not None and parent is not node and depth < 4:
            inherited = model(package, parent, depth + 1)
            properties |= inherited.get("properties", {})
            required += inherited.get("required", [])
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            if name.startswith("_") or named(statement.annotation) == "ClassVar" or name == "model_config":
                continue
            properties[name] = typed(package, statement.annotation, depth) | detail(package, [statement.value])
            if needed(statement.value):
                required.append(name)
    return {"type": "object", "properties": properties, "required": required}


def needed(value: Node) -> bool:
    """Whether a field with this default must be given."""
    if value is None:
        return True
    if not isinstance(value, ast.Call):
        return False
    if value.args:
        return literal(value.args[0]) is Ellipsis
    return keyword(value, "default", "default_factory") is None


def signature(package: Package, function: Function, told: dict[str, str]) -> dict[str, Any]:
    """The JSON schema of a function's parameters, less those that the framework fills in."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args]
    defaults: list[Node] = [None] * (len(every) - len(arguments.defaults)) + list(arguments.defaults)
    pairs = [*zip(every, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    properties: dict[str, Any] = {}
    required: list[str] = []
    for argument, default in pairs:
        if given_by_framework(argument):
            continue
        properties[argument.arg] = typed(package, argument.annotation) | detail(
            package, [default] if is_field(default) else []
        )
        if argument.arg in told:
            properties[argument.arg].setdefault("description", told[argument.arg])
        if default is None or (is_field(default) and needed(default)):
            required.append(argument.arg)
    return {"type": "object", "properties": properties, "required": required}


def is_field(node: Node) -> bool:
    """Whether a default is a pydantic `Field(...)`."""
    return isinstance(node, ast.Call) and named(node) == "Field"


def given_by_framework(argument: ast.arg) -> bool:
    """Whether the framework, not the model, gives this argument."""
    if argument.arg in OWN or named(argument.annotation) in {"Context", "RunContext", "ToolContext"}:
        return True
    return argument.arg.endswith("service") and named(argument.annotation) in {"", "Any", "Resource"}


def split_doc(doc: str) -> tuple[str, dict[str, str]]:
    """A docstring's text before its sections, and what it says of each parameter."""
    text: list[str] = []
    told: dict[str, str] = {}
    section, last = "", ""
    for line in inspect.cleandoc(doc).splitlines():
        if SECTION.match(line):
            section, last = line.strip().rstrip(":"), ""
        elif not section:
            text.append(line)
        elif section in {"Args", "Arguments", "Parameters"}:
            entry = ENTRY.match(line)
            if entry and len(line) - len(line.lstrip()) <= 4:
                last = entry[1]
                told[last] = entry[2].strip()
            elif last:
                told[last] += " " + line.strip()
    return "\n".join(text).strip(), told


def made(package: Package, function: Function, group: str = "", whole: bool = False, **more: Any) -> Tool:
    """A tool from a function; `whole` keeps the docstring in one piece, as MCP frameworks do."""
    doc = ast.get_docstring(function) or ""
    text, told = split_doc(doc)
    schema = signature(package, function, {} if whole else told)
    returns = ast.unparse(function.returns) if function.returns else ""
    return entry(group, function.name, inspect.cleandoc(doc) if whole else text, schema, returns=returns) | more


def functions(node: ast.AST) -> Iterator[Function]:
    """Every function under a node."""
    for child in ast.walk(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child


def from_decorated(package: Package, globs: tuple[str, ...]) -> Iterator[Tool]:
    """Functions under a `...tool` or `create_action` decorator; actions are grouped by their class."""
    for module in package.chosen(globs):
        owners = {f: c.name for c in module.body if isinstance(c, ast.ClassDef) for f in c.body}
        for function in functions(module):
            for decorator in function.decorator_list:
                if named(decorator) in {"tool", "create_action"}:
                    group = owners.get(function, "") if named(decorator) == "create_action" else ""
                    yield decorated(package, function, decorator, group)


def decorated(package: Package, function: Function, decorator: ast.expr, group: str) -> Tool:
    """A tool from a decorated function and what its decorator overrides."""
    more: Tool = {}
    if isinstance(decorator, ast.Call):
        name = package.text(keyword(decorator, "name"))
        description = package.text(keyword(decorator, "description"))
        schema = package.owner(named(keyword(decorator, "schema")))
        more |= {"tool": name} if name else {}
        more |= {"description": inspect.cleandoc(description)} if description else {}
        if schema is not None:
            more["input_schema"] = model(package, schema)
        more["annotations"] = hints(keyword(decorator, "annotations"))
    return made(package, function, group, whole=True, **more)


def hints(node: Node) -> dict[str, Any] | None:
    """MCP's hints, from a dictionary or a call."""
    if isinstance(node, ast.Call):
        pairs = {k.arg: literal(k.value) for k in node.keywords if k.arg in HINTS}
        if not pairs and named(node):
            return {"helper": ast.unparse(node)}
        return {str(key): value for key, value in pairs.items()}
    found = literal(node)
    return found if isinstance(found, dict) else None


def from_toolkits(package: Package, globs: tuple[str, ...]) -> Iterator[Tool]:
    """The methods that a toolkit class registers as tools."""
    for module in package.chosen(globs):
        for owner in [n for n in module.body if isinstance(n, ast.ClassDef)]:
            wanted = registered(owner)
            for function in owner.body:
                if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                again = function.name.startswith("a") and function.name[1:] in wanted  # the same tool, asynchronous
                if function.name in wanted and not again:
                    yield made(package, function, owner.name)


def registered(owner: ast.ClassDef) -> set[str]:
    """The names of methods put into a list, appended, or wrapped as a `FunctionTool`."""
    found: set[str] = set()
    for node in ast.walk(owner):
        items: list[ast.expr] = []
        if isinstance(node, ast.List | ast.Tuple):
            items = node.elts
        elif isinstance(node, ast.Call) and named(node) in {"FunctionTool", "append", "extend"}:
            items = node.args
        found |= {n.attr for n in items if isinstance(n, ast.Attribute) and named(n.value) == "self"}
    return {name for name in found if not name.startswith("_")}


def from_classes(package: Package, globs: tuple[str, ...]) -> Iterator[Tool]:
    """Classes with a `name`, a `description` and an argument schema or a `_run` method."""
    for module in package.chosen(globs):
        for owner in [n for n in module.body if isinstance(n, ast.ClassDef)]:
            fields = {
                named(s.target): s.value for s in owner.body if isinstance(s, ast.AnnAssign) and s.value is not None
            }
            name = package.text(fields.get("name"))
            run = next((f for f in owner.body if isinstance(f, ast.FunctionDef) and f.name == "_run"), None)
            if not name or "description" not in fields or run is None:
                continue
            more: Tool = {"tool": name, "description": package.text(fields["description"])}
            schema = package.owner(named(fields.get("args_schema")))
            if schema is not None:
                more["input_schema"] = model(package, schema)
            yield made(package, run, owner.name, **more)


def from_specs(package: Package, globs: tuple[str, ...]) -> Iterator[Tool]:
    """Dictionaries with a name, a description and an input schema."""
    for module in package.chosen(globs):
        for node in ast.walk(module):
            spec = literal(node) if isinstance(node, ast.Dict) else None
            if isinstance(spec, dict) and {"name", "description", "inputSchema"} <= spec.keys():
                schema = spec["inputSchema"]
                yield entry("", spec["name"], inspect.cleandoc(spec["description"]), schema.get("json", schema))


def from_dicts(package: Package, globs: tuple[str, ...]) -> Iterator[Tool]:
    """Dictionaries with a method, a description and an argument schema."""
    for module in package.chosen(globs):
        for node in ast.walk(module):
            if not isinstance(node, ast.Dict):
                continue
            pairs = {package.text(key): value for key, value in zip(node.keys, node.values, strict=True)}
            if {"method", "description", "args_schema"} <= pairs.keys():
                schema = package.owner(named(pairs["args_schema"]))
                text = inspect.cleandoc(package.text(pairs["description"]))
                yield entry("", package.text(pairs["method"]), text, model(package, schema) if schema else {})


def from_functions(package: Package, globs: tuple[str, ...]) -> Iterator[Tool]:
    """Public functions with a docstring at a module's top level."""
    for module in package.chosen(globs):
        for node in module.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node):
                yield made(package, node, whole=True)


def from_json(root: Path, globs: tuple[str, ...]) -> Iterator[Tool]:
    """JSON documents: a list of tools, or one tool a line."""
    for pattern in globs:
        for path in sorted(root.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            entries = json.loads(text) if text.lstrip().startswith("[") else map(json.loads, text.splitlines())
            for tool in entries:
                more = {"output_schema": tool.get("response")}
                yield entry(path.stem, tool["name"], tool.get("description", ""), tool.get("parameters", {}), **more)


READERS = {
    "decorated": from_decorated,
    "toolkits": from_toolkits,
    "classes": from_classes,
    "specs": from_specs,
    "dicts": from_dicts,
    "functions": from_functions,
}


# --- the whole ----------------------------------------------------------------------------------------------------


def pinned() -> dict[str, tuple[str, str]]:
    """Each package's registry and pin, from `packages.txt`."""
    found: dict[str, tuple[str, str]] = {}
    for line in (HERE / "packages.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            registry, pin = line.split()[:2]
            found[pin.rpartition("@")[0] if registry == "npm" else pin.partition("==")[0]] = (registry, pin)
    return found


def install(registry: str, pin: str, folder: Path) -> None:
    """Install one pinned package into `folder`, unless it is there."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--no-compile", "--ignore-requires-python"]
    npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev", pin]
    command = npm if registry == "npm" else [*pip, "--target", str(folder), pin]
    quiet = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(command, cwd=folder, check=True, env=quiet)


def tools_of(spec: ToolSet, folder: Path) -> list[Tool]:
    """All tools of an installed set."""
    if spec.kind == "npm":
        found = from_npm(spec, folder)
    elif spec.kind == "json":
        found = from_json(folder, spec.where)
    else:
        package = Package(folder)
        if spec.prefix:
            return drawn(spec, mounted(package, spec))
        found = chain.from_iterable(READERS[kind](package, spec.where) for kind in spec.kind.split("+"))
    return drawn(spec, found)


def mounted(package: Package, spec: ToolSet) -> Iterator[Tool]:
    """Tools of servers that a parent server mounts under their modules' names."""
    for path in spec.where:
        for tool in READERS[spec.kind](package, (path,)):
            yield tool | {"tool": f"{Path(path).stem}_{tool['tool']}"}


def drawn(spec: ToolSet, found: Iterator[Tool]) -> list[Tool]:
    """Each tool once, with `drawn` set for the first `cap` in a stable order that no reader can steer."""
    tools = {(t["group"], t["tool"]): {"set": spec.name, **t} for t in found if t["tool"]}
    order = sorted(tools, key=lambda key: digest(spec.name, *key))
    for place, key in enumerate(order):
        tools[key]["drawn"] = place < spec.cap
    return list(tools.values())


def digest(*parts: str) -> str:
    """A stable number for a name."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def half(name: str) -> str:
    """Which part of the corpus a tool set belongs to."""
    if int(digest("half", name), 16) % 2 == 0:
        return "dev"
    return "opened" if name in opened() else "held"


def opened() -> frozenset[str]:
    """Of the sets that were held at first, the half whose errors have been looked at since: the first by hash."""
    held = [one.name for one in SETS if int(digest("half", one.name), 16) % 2]
    order = sorted(held, key=lambda name: digest(f"again:{name}"))
    return frozenset(order[: len(order) // 2])


def main() -> None:
    """Install, extract, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="scratch folder, outside the repo")
    parser.add_argument("--only", default="", help="a single tool set's name")
    options = parser.parse_args()
    pins = pinned()
    lines: list[str] = []
    for spec in SETS:
        if options.only and spec.name != options.only:
            continue
        folder = (options.into / "installed" / spec.name.replace("/", "_")).resolve()
        try:
            install(*pins[spec.name], folder)
            tools = tools_of(spec, folder)
        except Exception as error:
            print(f"{spec.name}: left out: {error}")
            continue
        print(f"{spec.name}: {len(tools)} tools, {sum(t['drawn'] for t in tools)} drawn ({half(spec.name)})")
        lines += [json.dumps(tool, ensure_ascii=False) for tool in tools]
    (options.into / "extracted.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not options.only:
        report({(t["set"], t["group"], t["tool"]) for t in map(json.loads, lines) if t["drawn"]})


def report(found: set[tuple[str, str, str]]) -> None:
    """Say which labelled tools were not found and which drawn ones have no label."""
    text = (HERE / "labels.jsonl").read_text(encoding="utf-8")
    labelled = {(line["set"], line.get("group", ""), line["tool"]) for line in map(json.loads, text.splitlines())}
    print(f"{len(labelled & found)} of {len(labelled)} labelled tools extracted")
    for name, missing in (("labelled, not extracted", labelled - found), ("drawn, not labelled", found - labelled)):
        for key in sorted(missing):
            print(f"{name}: {' '.join(key)}")


if __name__ == "__main__":
    main()
