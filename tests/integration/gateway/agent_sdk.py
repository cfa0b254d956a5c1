"""An agent that knows nothing of the gateway: the plain tool loop of the anthropic SDK's documentation."""

import json
import sys
from pathlib import Path

import anthropic

TOOLS = [
    {
        "name": "read_note",
        "description": "Read a note of the user.",
        "input_schema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    },
    {
        "name": "send_mail",
        "description": "Send an email to somebody.",
        "input_schema": {
            "type": "object",
            "properties": {"to": {"type": "string"}, "body": {"type": "string"}},
            "required": ["to", "body"],
        },
    },
]


def read_note(name: str) -> str:
    with Path("read").open("a") as log:
        log.write(f"{name}\n")
    return Path(f"{name}.txt").read_text()


def send_mail(to: str, body: str) -> str:
    with Path("sent").open("a") as log:
        log.write(f"{to}: {body}\n")
    return "sent"


def ask(client: anthropic.Anthropic, stream: bool, messages: list) -> anthropic.types.Message:
    wanted = {"model": "claude-haiku-4-5", "max_tokens": 500, "tools": TOOLS, "messages": messages}
    if stream:
        with client.messages.stream(**wanted) as events:
            return events.get_final_message()
    return client.messages.create(**wanted)


def main(prompts: list[str], stream: bool) -> None:
    client = anthropic.Anthropic()
    messages = []
    for prompt in prompts:
        messages.append({"role": "user", "content": prompt})
        while True:
            reply = ask(client, stream, messages)
            messages.append({"role": "assistant", "content": reply.content})
            calls = [block for block in reply.content if block.type == "tool_use"]
            if not calls:
                break
            results = [
                {"type": "tool_result", "tool_use_id": c.id, "content": globals()[c.name](**c.input)} for c in calls
            ]
            messages.append({"role": "user", "content": results})
        sys.stdout.write(json.dumps([block.text for block in reply.content]) + "\n")


if __name__ == "__main__":
    main([word for word in sys.argv[1:] if word != "--stream"], "--stream" in sys.argv)
