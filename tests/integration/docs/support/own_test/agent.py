"""A mail assistant that keeps today's mail in order."""

import anthropic
from anthropic import beta_tool


@beta_tool
def todays_mail() -> str:
    """Read the mails that came in today."""
    return "From: anna@example.com\nShall we meet at noon on Friday?"


@beta_tool
def send_email(to: str, body: str) -> str:
    """Send an email.

    Args:
        to: The address of the recipient.
        body: The text of the email.
    """
    raise RuntimeError("a test sent an email")


def assistant(task: str) -> str:
    message = (
        anthropic.Anthropic()
        .beta.messages.tool_runner(
            model="claude-sonnet-5-5",
            max_tokens=1024,
            tools=[todays_mail, send_email],
            messages=[{"role": "user", "content": task}],
        )
        .until_done()
    )
    return "".join(block.text for block in message.content if block.type == "text")
