"""A client that starts the server as its file says."""

import asyncio
import json
import os
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

ORDER = Path("data/orders/A-17.txt")


async def main() -> None:
    desk = json.loads(Path(".mcp.json").read_text(encoding="utf-8"))["mcpServers"]["desk"]
    server = StdioServerParameters(command=desk["command"], args=desk["args"], env=dict(os.environ))
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        ticket = await session.call_tool("read_ticket", {"number": 17})
        assert "has not arrived" in ticket.content[0].text, ticket
        refused = await session.call_tool("delete_order", {"order_id": "A-17"})
        assert refused.is_error, refused
        assert "needs approval" in refused.content[0].text, refused
    assert ORDER.exists()


asyncio.run(main())
