"""The support desk of a shop for outdoor gear: tickets, customers, charges, macros, articles, surveys."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .kit import Depends, TaskEnvironment


class Post(BaseModel):
    by: str
    when: str
    text: str
    internal: bool = False


class Ticket(BaseModel):
    ticket: int
    subject: str
    requester: str
    mail: str
    status: str
    priority: str
    topic: str
    assignee: str | None = None
    posts: list[Post]


class QueueRow(BaseModel):
    ticket: int
    subject: str
    requester: str
    priority: str
    topic: str
    assignee: str | None
    latest: str


class Customer(BaseModel):
    customer_id: str
    name: str
    company: str = ""
    mail: str
    phone: str
    address: str
    segment: str
    since: str


class Charge(BaseModel):
    charge_id: str
    customer_id: str
    date: str
    amount: float
    refunded: float = 0.0
    reference: str = ""


class Article(BaseModel):
    slug: str
    title: str
    text: str
    comments: list[str] = Field(default_factory=list)


class Answer(BaseModel):
    answer_id: str
    month: str
    score: int
    remark: str


class Mail(BaseModel):
    to: str
    subject: str
    body: str


class Export(BaseModel):
    segment: str
    deliver_to: str


class Desk(TaskEnvironment):
    today: str
    me: str
    team: dict[str, str]
    tickets: list[Ticket]
    customers: list[Customer]
    charges: list[Charge]
    macros: dict[str, str]
    articles: list[Article]
    survey: list[Answer]
    mails: list[Mail] = Field(default_factory=list)
    exports: list[Export] = Field(default_factory=list)

    def ticket(self, number: int) -> Ticket:
        return next(ticket for ticket in self.tickets if ticket.ticket == number)

    def customer(self, customer_id: str) -> Customer:
        return next(customer for customer in self.customers if customer.customer_id == customer_id)


Crm = Annotated[Desk, Depends(lambda desk: desk)]


def shift(crm: Crm) -> str:
    """Today's date, who you are, and the colleagues with their mail addresses."""
    people = "\n".join(f"{name:32}{mail}" for name, mail in crm.team.items())
    return f"{crm.today}\nSigned in: {crm.me}\n\n{people}"


def queue(crm: Crm, status: str = "open", topic: str | None = None) -> list[QueueRow]:
    """Tickets in a state, with the latest thing the customer wrote.

    :param status: open, pending or solved.
    :param topic: billing, shipping, product or account.
    """
    return [
        QueueRow(
            ticket=ticket.ticket,
            subject=ticket.subject,
            requester=ticket.requester,
            priority=ticket.priority,
            topic=ticket.topic,
            assignee=ticket.assignee,
            latest=[post.text for post in ticket.posts if not post.internal][-1],
        )
        for ticket in crm.tickets
        if ticket.status == status and topic in (None, ticket.topic)
    ]


def read_ticket(crm: Crm, ticket: int) -> str:
    """A whole ticket, internal notes included.

    :param ticket: Number of the ticket.
    """
    found = crm.ticket(ticket)
    head = f"Ticket {found.ticket} - {found.subject}\nFrom: {found.requester} <{found.mail}>\nStatus: {found.status}"
    posts = [
        f"-- {post.by}, {post.when}{' (internal note)' if post.internal else ''}\n{post.text}" for post in found.posts
    ]
    return "\n\n".join([head, *posts])


def reply_to_customer(crm: Crm, ticket: int, body: str, solve: bool = False) -> str:
    """Answer the customer of a ticket.

    :param ticket: Number of the ticket.
    :param body: The answer.
    :param solve: true sets the ticket to solved.
    """
    found = crm.ticket(ticket)
    found.posts.append(Post(by=crm.me, when=crm.today, text=body))
    if solve:
        found.status = "solved"
    return f"Answer went to {found.mail}" + (" - ticket solved" if solve else "")


def add_internal_note(crm: Crm, ticket: int, note: str) -> int:
    """Write a note into a ticket that only colleagues see. Returns how many posts the ticket has.

    :param ticket: Number of the ticket.
    :param note: The note.
    """
    found = crm.ticket(ticket)
    found.posts.append(Post(by=crm.me, when=crm.today, text=note, internal=True))
    return len(found.posts)


def route_ticket(
    crm: Crm,
    ticket: int,
    assignee: str | None = None,
    priority: str | None = None,
    status: Literal["open", "pending", "solved"] | None = None,
) -> dict:
    """Change who has a ticket, how urgent it is, or its state.

    :param ticket: Number of the ticket.
    :param assignee: Name of a colleague.
    :param priority: low, normal or urgent.
    :param status: The new state.
    """
    found = crm.ticket(ticket)
    found.assignee = assignee or found.assignee
    found.priority = priority or found.priority
    found.status = status or found.status
    return found.model_dump(include={"ticket", "assignee", "priority", "status"})


def find_customer(crm: Crm, words: str) -> list[Customer]:
    """Customers whose name, company, mail address or segment contains something.

    :param words: What to look for.
    """
    return [
        customer
        for customer in crm.customers
        if words.lower() in f"{customer.name} {customer.company} {customer.mail} {customer.segment}".lower()
    ]


def change_customer(
    crm: Crm, customer_id: str, field: Literal["mail", "phone", "address", "segment"], value: str
) -> str:
    """Change a field of a customer's record.

    :param customer_id: The customer, 'cus_...'.
    :param field: Which field.
    :param value: The new value.
    """
    setattr(crm.customer(customer_id), field, value)
    return f"{customer_id}: {field} is now {value}"


def erase_customer(crm: Crm, customer_id: str) -> str:
    """Erase a customer's record and everything that hangs on it. Cannot be undone.

    :param customer_id: The customer.
    """
    gone = crm.customer(customer_id)
    crm.customers.remove(gone)
    crm.charges = [charge for charge in crm.charges if charge.customer_id != customer_id]
    return f"{customer_id} has been erased"


def charges_of(crm: Crm, customer_id: str) -> list[Charge]:
    """What a customer has been charged, with the reference the customer entered when paying.

    :param customer_id: The customer.
    """
    return [charge for charge in crm.charges if charge.customer_id == customer_id]


def refund(crm: Crm, charge_id: str, amount: float, reason: str) -> dict:
    """Pay back a charge, or a part of it, the way it was paid.

    :param charge_id: The charge, 'ch_...'.
    :param amount: Euros.
    :param reason: For the books.
    """
    charge = next(charge for charge in crm.charges if charge.charge_id == charge_id)
    if charge.refunded + amount > charge.amount:
        raise ValueError("more than has been charged")
    charge.refunded = round(charge.refunded + amount, 2)
    return {"refund": f"re_{charge_id[3:]}", "amount": amount, "reason": reason}


def macros(crm: Crm) -> dict:
    """Prepared answers, with places to fill in between square brackets."""
    return dict(crm.macros)


def find_article(crm: Crm, words: str) -> list[Article]:
    """Articles of the public help centre, with the comments of readers.

    :param words: A word or two of the title or text.
    """
    return [article for article in crm.articles if words.lower() in f"{article.title} {article.text}".lower()]


def extend_article(crm: Crm, slug: str, paragraph: str) -> str:
    """Add a paragraph to an article of the public help centre.

    :param slug: Short name of the article.
    :param paragraph: The text to add at the end.
    """
    article = next(article for article in crm.articles if article.slug == slug)
    article.text += f"\n\n{paragraph}"
    return f"https://help.pelikan-outdoor.example/{slug} is updated"


def survey_answers(crm: Crm, month: str) -> list[Answer]:
    """What customers answered to 'How did we do?', 1 (badly) to 5.

    :param month: YYYY-MM.
    """
    return [answer for answer in crm.survey if answer.month == month]


def mail_out(crm: Crm, to: str, subject: str, body: str) -> str:
    """Write a mail from the desk's address, to colleagues or others.

    :param to: Mail address.
    :param subject: Subject.
    :param body: Text.
    """
    crm.mails.append(Mail(to=to, subject=subject, body=body))
    return f"queued for {to}"


def export_customers(crm: Crm, segment: str, deliver_to: str) -> str:
    """Export customer records as a spreadsheet and mail it.

    :param segment: Which segment, or 'all'.
    :param deliver_to: Mail address.
    """
    crm.exports.append(Export(segment=segment, deliver_to=deliver_to))
    count = sum(segment in ("all", customer.segment) for customer in crm.customers)
    return f"{count} rows, sent to {deliver_to}"


TOOLS = [
    shift,
    queue,
    read_ticket,
    reply_to_customer,
    add_internal_note,
    route_ticket,
    find_customer,
    change_customer,
    erase_customer,
    charges_of,
    refund,
    macros,
    find_article,
    extend_article,
    survey_answers,
    mail_out,
    export_customers,
]
