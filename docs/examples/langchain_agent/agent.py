"""A research assistant: an agent of LangChain."""

from pathlib import Path

import requests
from langchain.agents import create_agent
from langchain.chat_models import init_chat_model
from langchain.tools import tool

HERE = Path(__file__).parent


@tool
def fetch_page(url: str) -> str:
    """Fetch a web page and return its text."""
    return requests.get(url, timeout=30).text


@tool
def post_message(channel: str, text: str) -> str:
    """Post a message to a channel of the team's chat."""
    requests.post("http://localhost:8065/hooks/team", json={"channel": channel, "text": text}, timeout=30)
    return f"Posted to {channel}."


@tool
def save_note(name: str, text: str) -> str:
    """Save a note under a name. A note of that name is overwritten."""
    (HERE / f"{name}.md").write_text(text, encoding="utf-8")
    return f"Saved {name}."


agent = create_agent(
    model=init_chat_model("anthropic:claude-sonnet-5-5", max_tokens=1024),
    tools=[fetch_page, post_message, save_note],
    system_prompt="You are a helpful research assistant.",
)
