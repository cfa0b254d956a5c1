"""The back office of a small firm of landscape architects: notes, tasks, hours, invoices, claims, drive, payouts."""

import json
from typing import Annotated, Literal

from agentdojo.functions_runtime import Depends, TaskEnvironment
from pydantic import BaseModel, Field

from .common import new_suite


class BoardTask(BaseModel):
    number: int
    title: str
    owner: str
    due: str
    project: str


class Hours(BaseModel):
    person: str
    day: str
    project: str
    hours: float


class Invoice(BaseModel):
    number: str
    vendor: str
    received: str
    due: str
    total: float
    state: str
    lines: list[str]
    footer: str


class Vendor(BaseModel):
    slug: str
    name: str
    iban: str
    mail: str
    vat: str
    about: str


class Claim(BaseModel):
    number: int
    person: str
    day: str
    what: str
    amount: float
    note: str
    state: str


class Event(BaseModel):
    day: str
    start: str
    end: str
    what: str
    project: str
    guests: str
    note: str


class Person(BaseModel):
    name: str
    mail: str


class Share(BaseModel):
    path: str
    mail: str
    right: str


class Payout(BaseModel):
    iban: str
    amount: float
    reference: str


class Letter(BaseModel):
    to: str
    subject: str
    body: str


class OfficeEnvironment(TaskEnvironment):
    today: str
    me: str
    own_account: str
    balance: float
    notes: dict[str, str]
    tasks: list[BoardTask]
    last_task: int
    hours: list[Hours]
    invoices: list[Invoice]
    vendors: list[Vendor]
    claims: list[Claim]
    drive: dict[str, str]
    shares: list[Share]
    calendar: list[Event]
    people: list[Person]
    pages: dict[str, str]
    payouts: list[Payout] = Field(default_factory=list)
    letters: list[Letter] = Field(default_factory=list)
    loaded: list[str] = Field(default_factory=list)


Office = Annotated[OfficeEnvironment, Depends(lambda environment: environment)]


def week_glance(office: Office) -> str:
    """Today's date and the meetings of this week, with the guests' remarks."""
    meetings = (
        f"* {e.day} {e.start}-{e.end} {e.what} [{e.project}] with {e.guests}. {e.note}" for e in office.calendar
    )
    return "\n".join([f"Today: {office.today}", *meetings])


def note_open(office: Office, slug: str = "") -> str:
    """Open one of our notes.

    :param slug: Which note; leave it empty for the list of all notes.
    """
    if not slug:
        return ", ".join(sorted(office.notes))
    return office.notes.get(slug, f"no note {slug}")


def note_save(office: Office, slug: str, text: str, append: bool = True) -> str:
    """Write a note.

    Args:
        slug: Which note; a new one is made if need be.
        text: What to write.
        append: Add to what is there, or else replace it.
    """
    before = office.notes.get(slug, "") if append else ""
    office.notes[slug] = f"{before}{text}\n"
    return f"saved {slug} ({len(office.notes[slug])} characters)"


def task_board(office: Office, project: str = "") -> list[BoardTask]:
    """Tasks on the board.

    :param project: Only this project, or empty for all.
    """
    return [t for t in office.tasks if project in ("", t.project)]


def task_add(office: Office, title: str, owner: str, due: str, project: str) -> dict:
    """Pin a task to the board.

    Parameters
    ----------
    title : str
        What has to be done.
    owner : str
        First name of who does it.
    due : str
        YYYY-MM-DD.
    project : str
        Slug of the project.
    """
    office.last_task += 1
    office.tasks.append(BoardTask(number=office.last_task, title=title, owner=owner, due=due, project=project))
    return {"number": office.last_task}


def task_drop(office: Office, number: int) -> str:
    """Remove a task from the board for good.

    :param number: Number of the task.
    """
    office.tasks = [t for t in office.tasks if t.number != number]
    return f"task {number} removed"


def timesheet(office: Office, person: str) -> str:
    """Hours somebody has written down, as CSV.

    Args:
        person: First name.
    """
    return "\n".join(
        ["day,project,hours", *(f"{h.day},{h.project},{h.hours}" for h in office.hours if h.person == person)]
    )


def hours_log(office: Office, person: str, day: str, project: str, hours: float) -> str:
    """Write down hours for a person; freelancers are paid by them.

    :param person: First name.
    :param day: YYYY-MM-DD.
    :param project: Slug of the project, or admin.
    :param hours: How many.
    """
    office.hours.append(Hours(person=person, day=day, project=project, hours=hours))
    return f"{hours} h on {project} for {person}, {day}"


def invoices(office: Office, state: str = "open") -> str:
    """Invoices that vendors sent us, with all lines (JSON).

    Args:
        state (str): open or paid.
    """
    return json.dumps([i.model_dump() for i in office.invoices if i.state == state], indent=2)


def vendor_list(office: Office, words: str = "") -> list[Vendor]:
    """Vendors with bank account, mail and VAT number.

    :param words: Part of the name or of the description; empty for everybody.
    """
    return [v for v in office.vendors if words.lower() in f"{v.name} {v.about}".lower()]


def vendor_edit(office: Office, slug: str, field: Literal["iban", "mail", "vat"], value: str) -> dict:
    """Change the master data of a vendor.

    :param slug: Slug of the vendor.
    :param field: iban, mail or vat.
    :param value: The new value.
    """
    for vendor in office.vendors:
        if vendor.slug == slug:
            setattr(vendor, field, value)
            return {"vendor": slug, field: value}
    raise ValueError(f"no vendor {slug}")


def bank_payout(office: Office, iban: str, amount: float, reference: str) -> str:
    """Pay somebody from the firm's account, at once and finally.

    @param iban: Account of the payee.
    @param amount: Euros.
    @param reference: What the payee reads on the statement.
    """
    office.payouts.append(Payout(iban=iban, amount=amount, reference=reference))
    office.balance -= amount
    return json.dumps({"executed": True, "balance": round(office.balance, 2)})


def expense_claims(office: Office, state: str = "waiting") -> str:
    """Table of what staff and freelancers claim back.

    Args:
        state: waiting, approved or refused.
    """
    rows = [c for c in office.claims if c.state == state]
    head = f"{'no':<4}{'who':<14}{'day':<12}{'what':<22}{'EUR':>8}  note"
    return "\n".join(
        [head, *(f"{c.number:<4}{c.person:<14}{c.day:<12}{c.what:<22}{c.amount:>8.2f}  {c.note}" for c in rows)]
    )


def expense_decide(office: Office, number: int, approve: bool) -> str:
    """Decide on an expense claim.

    :param number: Number of the claim.
    :param approve: True to approve it, False to refuse it.
    """
    for claim in office.claims:
        if claim.number == number:
            claim.state = "approved" if approve else "refused"
            return f"Claim {number} is {claim.state}."
    raise ValueError(f"no claim {number}")


def drive_open(office: Office, path: str) -> str:
    """Open a folder or a document of the shared drive, with the comments in it.

    :param path: For instance /projects.
    """
    return office.drive.get(path, "Nothing at this path.")


def drive_share(office: Office, path: str, mail: str, right: str) -> dict:
    """Let somebody into a document.

    Parameters
    ----------
    path : str
        The document.
    mail : str
        Whom to let in.
    right : str
        read or edit.
    """
    office.shares.append(Share(path=path, mail=mail, right=right))
    return {"path": path, "shared_with": [s.mail for s in office.shares if s.path == path]}


def post_mail(office: Office, to: str, subject: str, body: str) -> str:
    """Send a mail. A first name of a colleague is enough as the address.

    :param to: Address, or a colleague's first name.
    :param subject: The subject.
    :param body: The text.
    """
    for person in office.people:
        if person.name.split()[0].lower() == to.lower():
            to = person.mail
    office.letters.append(Letter(to=to, subject=subject, body=body))
    return f"sent to {to}"


def web_get(office: Office, url: str) -> str:
    """Load a web page.

    Args:
        url: Its address.
    """
    office.loaded.append(url)
    return office.pages.get(url, "HTTP 404")


TOOLS = [
    week_glance,
    note_open,
    note_save,
    task_board,
    task_add,
    task_drop,
    timesheet,
    hours_log,
    invoices,
    vendor_list,
    vendor_edit,
    bank_payout,
    expense_claims,
    expense_decide,
    drive_open,
    drive_share,
    post_mail,
    web_get,
]

suite = new_suite("office", OfficeEnvironment, TOOLS)
