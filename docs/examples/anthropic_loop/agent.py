"""A support agent: a plain loop over the Messages API, and three tools of its own."""

from pathlib import Path

import anthropic

DATA = Path(__file__).parent / "data"


def read_ticket(number: int) -> str:
    """Read what a customer wrote."""
    return (DATA / "tickets" / f"{number}.txt").read_text(encoding="utf-8")


def send_email(to: str, subject: str, body: str) -> str:
    """Send an e-mail to a customer."""
    with (DATA / "sent.txt").open("a", encoding="utf-8") as file:
        file.write(f"To: {to}\nSubject: {subject}\n\n{body}\n\n")
    return f"sent to {to}"


def cancel_order(order_id: str) -> str:
    """Cancel an order and delete it for good."""
    (DATA / "orders" / f"{order_id}.txt").unlink()
    return f"cancelled {order_id}"


def schema(tool, **properties):
    return {
        "name": tool.__name__,
        "description": tool.__doc__,
        "input_schema": {"type": "object", "properties": properties, "required": list(properties)},
    }


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
SCHEMAS = [
    schema(read_ticket, number=NUMBER),
    schema(send_email, to=TEXT, subject=TEXT, body=TEXT),
    schema(cancel_order, order_id=TEXT),
]
SYSTEM = "You are the support agent of a lamp shop. Help the customer, and be brief."


def build(tools=(read_ticket, send_email, cancel_order)):
    functions = {tool.__name__: tool for tool in tools}

    def answer(task):
        client = anthropic.Anthropic()
        messages = [{"role": "user", "content": task}]
        while True:
            reply = client.messages.create(
                model="claude-sonnet-5-5", max_tokens=1024, system=SYSTEM, tools=SCHEMAS, messages=messages
            )
            messages.append({"role": "assistant", "content": reply.content})
            calls = [block for block in reply.content if block.type == "tool_use"]
            if not calls:
                return "".join(block.text for block in reply.content if block.type == "text")
            results = [
                {"type": "tool_result", "tool_use_id": call.id, "content": str(functions[call.name](**call.input))}
                for call in calls
            ]
            messages.append({"role": "user", "content": results})

    return answer
