"""A help desk on the Claude Agent SDK with three tools of its own, as in the SDK's documentation."""

from pathlib import Path
from typing import Any

from claude_agent_sdk import ClaudeAgentOptions, create_sdk_mcp_server, tool

DATA = Path(__file__).parent / "data"


@tool("read_ticket", "Read what a customer wrote.", {"number": int})
async def read_ticket(args: dict[str, Any]) -> dict[str, Any]:
    text = (DATA / "tickets" / f"{args['number']}.txt").read_text(encoding="utf-8")
    return {"content": [{"type": "text", "text": text}]}


@tool("send_email", "Send an e-mail to a customer.", {"to": str, "subject": str, "body": str})
async def send_email(args: dict[str, Any]) -> dict[str, Any]:
    with (DATA / "sent.txt").open("a", encoding="utf-8") as file:
        file.write(f"To: {args['to']}\nSubject: {args['subject']}\n\n{args['body']}\n\n")
    return {"content": [{"type": "text", "text": f"sent to {args['to']}"}]}


@tool("delete_order", "Delete an order for good.", {"order_id": str})
async def delete_order(args: dict[str, Any]) -> dict[str, Any]:
    (DATA / "orders" / f"{args['order_id']}.txt").unlink()
    return {"content": [{"type": "text", "text": f"deleted {args['order_id']}"}]}


desk = create_sdk_mcp_server(name="desk", tools=[read_ticket, send_email, delete_order])

options = ClaudeAgentOptions(
    system_prompt="You work at a help desk.",
    mcp_servers={"desk": desk},
    tools=[],
    allowed_tools=["mcp__desk__read_ticket", "mcp__desk__send_email", "mcp__desk__delete_order"],
    setting_sources=[],
)
