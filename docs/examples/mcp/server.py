"""A help desk as an MCP server: reads tickets, writes to customers, deletes orders."""

from pathlib import Path

from mcp.server.mcpserver import MCPServer

mcp = MCPServer("desk")
DATA = Path(__file__).parent / "data"


@mcp.tool()
def read_ticket(number: int) -> str:
    """Read what a customer wrote."""
    return (DATA / "tickets" / f"{number}.txt").read_text(encoding="utf-8")


@mcp.tool()
def send_email(to: str, subject: str, body: str) -> str:
    """Send an e-mail to a customer."""
    with (DATA / "sent.txt").open("a", encoding="utf-8") as file:
        file.write(f"To: {to}\nSubject: {subject}\n\n{body}\n\n")
    return f"sent to {to}"


@mcp.tool()
def delete_order(order_id: str) -> str:
    """Delete an order for good."""
    (DATA / "orders" / f"{order_id}.txt").unlink()
    return f"deleted {order_id}"


if __name__ == "__main__":
    mcp.run()
