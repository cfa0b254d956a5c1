"""A mail assistant on the tool runner of the anthropic SDK."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

from anthropic import Anthropic, beta_tool

client = Anthropic()
MAIL = Path(__file__).parent / "mail"


@beta_tool
def read_email(email_id: str) -> str:
    """Read one email of the inbox.

    Args:
        email_id: The id of the email, for example 0001.
    """
    return (MAIL / f"{email_id}.txt").read_text(encoding="utf-8")


@beta_tool
def send_email(to: str, subject: str, body: str) -> str:
    """Send an email.

    Args:
        to: The address of the recipient.
        subject: The subject line.
        body: The text of the email.
    """
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message.set_content(body)
    with smtplib.SMTP("localhost") as server:
        server.send_message(message)
    return f"Sent to {to}."


@beta_tool
def delete_email(email_id: str) -> str:
    """Delete an email for good.

    Args:
        email_id: The id of the email, for example 0001.
    """
    (MAIL / f"{email_id}.txt").unlink()
    return f"Deleted {email_id}."


def assistant(task: str) -> str:
    runner = client.beta.messages.tool_runner(
        model="claude-sonnet-5-5",
        max_tokens=1024,
        system="You help with the user's mail.",
        tools=[read_email, send_email, delete_email],
        messages=[{"role": "user", "content": task}],
    )
    message = runner.until_done()
    return "".join(block.text for block in message.content if block.type == "text")
