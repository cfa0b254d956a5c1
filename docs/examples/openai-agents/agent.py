"""An assistant on the OpenAI Agents SDK with three tools of its own, as in the SDK's documentation."""

from pathlib import Path

from agents import Agent, function_tool

HERE = Path(__file__).parent


@function_tool
def read_inbox() -> str:
    """Read the mails that came in today."""
    return "\n---\n".join(path.read_text(encoding="utf-8") for path in sorted((HERE / "inbox").glob("*.txt")))


@function_tool
def send_mail(to: str, subject: str, body: str) -> str:
    """Send a mail.

    Args:
        to: The address of the recipient.
        subject: The subject line.
        body: The text.
    """
    with (HERE / "sent.txt").open("a", encoding="utf-8") as file:
        file.write(f"To: {to}\nSubject: {subject}\n\n{body}\n\n")
    return f"sent to {to}"


@function_tool
async def write_note(title: str, text: str) -> str:
    """Write a note, over the one of this title if there is one."""
    (HERE / "notes" / f"{title}.txt").write_text(text, encoding="utf-8")
    return f"noted {title}"


agent = Agent(
    name="Assistant",
    instructions="You keep the user's mail and notes in order.",
    model="gpt-5.4-mini",
    tools=[read_inbox, send_mail, write_note],
)
