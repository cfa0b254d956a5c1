"""A shop as an MCP server over stdio: one tool that brings outside text, one that sends, one that deletes.

What really happened is written to the file named first on the command line, a line each.
"""

import json
import sys
from pathlib import Path
from typing import Any

from fastmcp import FastMCP
from fastmcp.utilities.types import Image
from mcp.types import ToolAnnotations

DONE = Path(sys.argv[1])
REPLIES = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
server: FastMCP[Any] = FastMCP("shop")


def done(what: str) -> None:
    with DONE.open("a", encoding="utf-8") as file:
        file.write(what + "\n")


@server.tool(annotations=ToolAnnotations(readOnlyHint=True))
def read_ticket(number: int) -> str:
    """Read a customer's ticket."""
    done(f"read_ticket {number}")
    return str(REPLIES.get("ticket", f"Ticket {number}: the parcel is late."))


@server.tool
def order_of(number: int) -> dict[str, Any]:
    """Look an order up."""
    done(f"order_of {number}")
    return {"number": number, "note": REPLIES.get("note", "gift wrap"), "total": 12.5}


@server.tool(annotations=ToolAnnotations(destructiveHint=True))
def delete_order(number: int) -> str:
    """Delete an order."""
    done(f"delete_order {number}")
    return "gone"


@server.tool
def send_mail(to: str, body: str) -> str:
    """Send an e-mail."""
    done(f"send_mail {to}")
    return "sent"


@server.tool
def photo(number: int) -> Image:
    """The photo of an article."""
    done(f"photo {number}")
    return Image(data=b"\x89PNG\r\n\x1a\n\xff\xfe\xfd", format="png")


@server.tool
def fail(number: int) -> str:
    """Always fails."""
    done(f"fail {number}")
    raise ValueError("no such article")


if __name__ == "__main__":
    server.run(transport="stdio", show_banner=False)
