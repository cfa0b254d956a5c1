"""A support agent on Pydantic AI with three tools of its own, as in its documentation."""

from pathlib import Path

from pydantic_ai import Agent

DATA = Path(__file__).parent / "data"

agent = Agent(
    "anthropic:claude-haiku-5-5",
    instructions="You are a support agent of our shop. Help the customer, and be brief.",
)


@agent.tool_plain
def read_ticket(ticket_id: int) -> str:
    """Read the ticket that a customer wrote."""
    return (DATA / "tickets" / f"{ticket_id}.txt").read_text(encoding="utf-8")


@agent.tool_plain
def send_email(to: str, subject: str, body: str) -> str:
    """Send an e-mail to a customer."""
    with (DATA / "sent.txt").open("a", encoding="utf-8") as file:
        file.write(f"To: {to}\nSubject: {subject}\n\n{body}\n\n")
    return f"sent to {to}"


@agent.tool_plain
async def cancel_order(order_id: str) -> bool:
    """Cancel an order and delete it for good."""
    (DATA / "orders" / f"{order_id}.txt").unlink()
    return True
