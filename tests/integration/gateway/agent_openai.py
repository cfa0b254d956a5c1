"""The same agent on the openai SDK: Chat Completions, or Responses with `--responses`."""

import json
import sys
from pathlib import Path

import openai

READ = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
SEND = {"type": "object", "properties": {"to": {"type": "string"}, "body": {"type": "string"}}}
TOOLS = [
    {"name": "read_note", "description": "Read a note of the user.", "parameters": READ},
    {"name": "send_mail", "description": "Send an email to somebody.", "parameters": SEND},
]


def read_note(name: str) -> str:
    with Path("read").open("a") as log:
        log.write(f"{name}\n")
    return Path(f"{name}.txt").read_text()


def send_mail(to: str, body: str) -> str:
    with Path("sent").open("a") as log:
        log.write(f"{to}: {body}\n")
    return "sent"


def run(name: str, arguments: str) -> str:
    return {"read_note": read_note, "send_mail": send_mail}[name](**json.loads(arguments))


def chat(client: openai.OpenAI, stream: bool, messages: list) -> str:
    tools = [{"type": "function", "function": tool} for tool in TOOLS]
    wanted = {"model": "gpt-5-mini", "tools": tools, "messages": messages}
    while True:
        if stream:
            with client.chat.completions.stream(**wanted) as events:
                reply = events.get_final_completion()
        else:
            reply = client.chat.completions.create(**wanted)
        said = reply.choices[0].message
        messages.append(said.to_dict())
        if not said.tool_calls:
            return said.content
        for call in said.tool_calls:
            result = run(call.function.name, call.function.arguments)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})


def responses(client: openai.OpenAI, stream: bool, items: list) -> str:
    wanted = {"model": "gpt-5-mini", "tools": [{"type": "function", **tool} for tool in TOOLS], "input": items}
    while True:
        if stream:
            with client.responses.stream(**wanted) as events:
                reply = events.get_final_response()
        else:
            reply = client.responses.create(**wanted)
        items += [item.to_dict() for item in reply.output]
        calls = [item for item in reply.output if item.type == "function_call"]
        if not calls:
            return reply.output_text
        for call in calls:
            output = run(call.name, call.arguments)
            items.append({"type": "function_call_output", "call_id": call.call_id, "output": output})


if __name__ == "__main__":
    ask = responses if "--responses" in sys.argv else chat
    conversation = []
    for prompt in [word for word in sys.argv[1:] if not word.startswith("--")]:
        conversation.append({"role": "user", "content": prompt})
        said = ask(openai.OpenAI(), "--stream" in sys.argv, conversation)
        sys.stdout.write(json.dumps([said]) + "\n")
