"""A loop that calls its own functions, and does not take them from anybody."""

import anthropic


def read_ticket(number: int) -> str:
    """Read what a customer wrote."""
    raise RuntimeError(f"ticket {number} was read for real")


def send_email(to: str, body: str) -> str:
    """Send an e-mail."""
    raise RuntimeError(f"{body!r} was sent to {to} for real")


FUNCTIONS = {"read_ticket": read_ticket, "send_email": send_email}
TEXT = {"type": "string"}
SCHEMAS = [
    {
        "name": "read_ticket",
        "description": "Read what a customer wrote.",
        "input_schema": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
    },
    {
        "name": "send_email",
        "description": "Send an e-mail.",
        "input_schema": {"type": "object", "properties": {"to": TEXT, "body": TEXT}, "required": ["to", "body"]},
    },
]


def answer(task):
    client = anthropic.Anthropic()
    messages = [{"role": "user", "content": task}]
    while True:
        reply = client.messages.create(model="claude-sonnet-5-5", max_tokens=1024, tools=SCHEMAS, messages=messages)
        messages.append({"role": "assistant", "content": reply.content})
        calls = [block for block in reply.content if block.type == "tool_use"]
        if not calls:
            return reply.content[0].text
        results = [
            {"type": "tool_result", "tool_use_id": call.id, "content": FUNCTIONS[call.name](**call.input)}
            for call in calls
        ]
        messages.append({"role": "user", "content": results})
