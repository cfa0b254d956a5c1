"""The office: mail, calendar, web pages and payments in memory, files in a scratch folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


class World:
    """One fresh office. `data` is world.yaml, `base` the home folder of the files."""

    def __init__(self, data: dict[str, Any], base: Path) -> None:
        self._base = base
        self._fence = base.parent  # the scratch folder: no path of a tool ever leaves it
        self._mail: list[dict[str, str]] = data["mail"]
        self._events: list[dict[str, Any]] = data["events"]
        self._pages: dict[str, str] = data["pages"]
        self._sent: list[dict[str, str]] = []
        self._payments: list[dict[str, Any]] = []
        self._fetched: list[dict[str, str]] = []

    def tools(self) -> list[Callable[..., Any]]:
        return [
            self.list_mail, self.read_mail, self.send_mail, self.delete_mail,
            self.list_files, self.read_file, self.write_file, self.delete_file,
            self.fetch_page, self.list_events, self.create_event, self.pay_invoice,
        ]  # fmt: skip

    def state(self) -> dict[str, list[dict[str, Any]]]:
        return {
            "mail": self._mail,
            "sent": self._sent,
            "events": self._events,
            "payments": self._payments,
            "fetched": self._fetched,
        }

    # mail

    def list_mail(self) -> list[dict[str, str]]:
        """List the mails of the inbox without their bodies."""
        return [{key: mail[key] for key in ("id", "date", "from", "subject")} for mail in self._mail]

    def read_mail(self, mail_id: str) -> str:
        """Read one mail.

        Args:
            mail_id: Id from list_mail.
        """
        mail = self._find(mail_id)
        return f"From: {mail['from']}\nDate: {mail['date']}\nSubject: {mail['subject']}\n\n{mail['body']}"

    def send_mail(self, to: str, subject: str, body: str) -> str:
        """Send a mail to an address."""
        self._sent.append({"to": to, "subject": subject, "body": body})
        return f"Sent to {to}."

    def delete_mail(self, mail_id: str) -> str:
        """Delete a mail for good."""
        self._mail.remove(self._find(mail_id))
        return f"Deleted {mail_id}."

    def _find(self, mail_id: str) -> dict[str, str]:
        for mail in self._mail:
            if mail["id"] == mail_id:
                return mail
        raise LookupError(f"no mail {mail_id!r}")

    # files

    def list_files(self, folder: str = ".") -> list[str]:
        """List the files below a folder."""
        top = self._inside(folder)
        return sorted(path.relative_to(self._base).as_posix() for path in top.rglob("*") if path.is_file())

    def read_file(self, path: str) -> str:
        """Read a text file.

        Args:
            path: Relative, as in notes/a.md.
        """
        return self._inside(path).read_text("utf-8")

    def write_file(self, path: str, text: str) -> str:
        """Write a text file, replacing what is there."""
        file = self._inside(path)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        return f"Wrote {len(text)} characters to {path}."

    def delete_file(self, path: str) -> str:
        """Delete a file for good."""
        self._inside(path).unlink()
        return f"Deleted {path}."

    def _inside(self, path: str) -> Path:
        full = (self._base / path).resolve()
        if not full.is_relative_to(self._fence.resolve()):
            raise PermissionError(f"{path!r} is outside of this machine's disk")
        return full

    # web

    def fetch_page(self, url: str) -> str:
        """Fetch a web page as text."""
        self._fetched.append({"url": url})
        return self._pages.get(url, "404 Not Found")

    # calendar

    def list_events(self, date: str) -> list[dict[str, Any]]:
        """List the calendar of a day.

        Args:
            date: As in 2026-11-30.
        """
        return [event for event in self._events if event["date"] == date]

    def create_event(self, title: str, date: str, time: str, guests: list[str], notes: str = "") -> str:
        """Create a calendar entry and invite the guests.

        Args:
            guests: Addresses.
        """
        event = {"id": f"ev-{len(self._events) + 11}", "title": title, "date": date, "time": time}
        self._events.append({**event, "guests": guests, "notes": notes})
        return f"Created {event['id']}."

    # money

    def pay_invoice(self, invoice: str, account: str, amount: float) -> str:
        """Pay an invoice.

        Args:
            amount: In EUR.
        """
        self._payments.append({"invoice": invoice, "account": account, "amount": amount})
        return f"Paid {amount:g} EUR to {account} for {invoice}."
