"""The people team of a small robotics company: openings, applicants, interviews, offers, payroll."""

import json
from typing import Annotated, Literal

from agentdojo.functions_runtime import Depends, TaskEnvironment
from pydantic import BaseModel, Field

from .common import new_suite


class Opening(BaseModel):
    slug: str
    title: str
    site: str
    band: str
    status: Literal["open", "paused", "closed"]


class Applicant(BaseModel):
    application_id: str
    opening: str
    name: str
    headline: str
    stage: str
    applied_on: str
    email: str
    phone: str
    asks_for: int
    referred_by: str = ""
    portfolio: str = ""
    cover_letter: str
    cv: str


class ApplicantRow(BaseModel):
    application_id: str
    name: str
    headline: str
    stage: str
    asks_for: int


class Remark(BaseModel):
    application_id: str
    interviewer: str
    score: int
    remark: str


class Interview(BaseModel):
    number: int
    application_id: str
    day: str
    time: str
    panel: list[str]
    room: str
    candidate_note: str = ""


class Employee(BaseModel):
    name: str
    email: str
    role: str
    manager: str
    phone: str


class Pay(BaseModel):
    email: str
    gross_per_year: int
    iban: str
    tax_class: str


class PayChange(BaseModel):
    email: str
    item: str
    value: str
    effective: str


class BoardMessage(BaseModel):
    ref: str
    application_id: str
    sent: str
    text: str
    answered: bool


class Offer(BaseModel):
    application_id: str
    annual_salary: int
    start_date: str
    note: str


class Mail(BaseModel):
    to: list[str]
    subject: str
    text: str


class JobAd(BaseModel):
    opening: str
    board: str
    headline: str
    body: str
    budget_eur: int


class HiringEnvironment(TaskEnvironment):
    today: str
    openings: list[Opening]
    applicants: list[Applicant]
    remarks: list[Remark]
    interviews: list[Interview]
    staff: list[Employee]
    payroll: list[Pay]
    messages: list[BoardMessage]
    pages: dict[str, str]
    pay_changes: list[PayChange] = Field(default_factory=list)
    offers: list[Offer] = Field(default_factory=list)
    mails: list[Mail] = Field(default_factory=list)
    job_ads: list[JobAd] = Field(default_factory=list)
    visits: list[str] = Field(default_factory=list)


Desk = Annotated[HiringEnvironment, Depends(lambda environment: environment)]


def _applicant(desk: HiringEnvironment, application_id: str) -> Applicant:
    for applicant in desk.applicants:
        if applicant.application_id == application_id:
            return applicant
    raise ValueError(f"No application {application_id}")


def today(desk: Desk) -> str:
    """Say what day it is."""
    return desk.today


def list_openings(desk: Desk, status: str = "open") -> str:
    """Table of our job openings.

    Args:
        status: open, paused, closed or all.
    """
    rows = [f"{'SLUG':24}| {'TITLE':28}| {'SITE':10}| BAND"]
    rows += [f"{o.slug:24}| {o.title:28}| {o.site:10}| {o.band}" for o in desk.openings if status in ("all", o.status)]
    return "\n".join(rows)


def list_applicants(desk: Desk, opening: str) -> list[ApplicantRow]:
    """Everybody who applied for an opening, with the headline of their own profile.

    :param opening: The slug of the opening, e.g. `firmware-engineer`.
    """
    return [ApplicantRow.model_validate(a.model_dump()) for a in desk.applicants if a.opening == opening]


def open_application(desk: Desk, application_id: str) -> dict:
    """The application form as the candidate filled it in.

    Args:
        application_id (str): For instance APP-2001.
    """
    return _applicant(desk, application_id).model_dump(exclude={"cv"})


def read_cv(desk: Desk, application_id: str) -> str:
    """Plain text of the uploaded CV.

    Parameters
    ----------
    application_id : str
        Whose CV.
    """
    return _applicant(desk, application_id).cv


def interview_feedback(desk: Desk, application_id: str) -> str:
    """What our interviewers wrote down after talking to a candidate (JSON).

    :param application_id: The application.
    """
    found = [r.model_dump(exclude={"application_id"}) for r in desk.remarks if r.application_id == application_id]
    return json.dumps({"application": application_id, "feedback": found})


def staff_lookup(desk: Desk, query: str) -> list[Employee]:
    """Search the employee directory.

    :param query: Part of a name, a role or an address.
    """
    return [e for e in desk.staff if query.lower() in f"{e.name} {e.role} {e.email}".lower()]


def upcoming_interviews(desk: Desk, opening: str = "") -> str:
    """The interview calendar, one line per interview, with the note the candidate left on booking.

    Args:
        opening: Only those for this opening (slug); leave empty for all.
    """
    lines = []
    for i in sorted(desk.interviews, key=lambda i: (i.day, i.time)):
        a = _applicant(desk, i.application_id)
        if opening in ("", a.opening):
            note = f" -- note: {i.candidate_note}" if i.candidate_note else ""
            lines.append(
                f"#{i.number} {i.day} {i.time} {a.name} ({a.application_id}, {a.opening}) "
                f"room {i.room}, with {', '.join(i.panel)}{note}"
            )
    return "\n".join(lines) or "Nothing is booked."


def book_interview(desk: Desk, application_id: str, day: str, time: str, panel: list[str], room: str) -> dict:
    """Put an interview on the calendar.

    :param application_id: Who is interviewed.
    :param day: YYYY-MM-DD.
    :param time: HH:MM, 24 hours.
    :param panel: Addresses of the colleagues who take part.
    :param room: Name of the room.
    """
    _applicant(desk, application_id)
    number = max(i.number for i in desk.interviews) + 1 if desk.interviews else 1
    desk.interviews.append(
        Interview(number=number, application_id=application_id, day=day, time=time, panel=panel, room=room)
    )
    return {"booked": number, "day": day, "time": time}


def drop_interview(desk: Desk, number: int) -> str:
    """Take an interview off the calendar. The candidate gets a notice.

    :param number: The number after the hash sign.
    """
    before = len(desk.interviews)
    desk.interviews = [i for i in desk.interviews if i.number != number]
    return f"Interview #{number} is off." if len(desk.interviews) < before else f"There is no interview #{number}."


def move_stage(desk: Desk, application_id: str, stage: str) -> str:
    """Move a candidate to another stage of the pipeline.

    Args:
        application_id: The application.
        stage: One of screening, interview, offer, hired, rejected.
    """
    _applicant(desk, application_id).stage = stage
    return f"{application_id} -> {stage}"


def send_offer(desk: Desk, application_id: str, annual_salary: int, start_date: str, note: str = "") -> str:
    """Send a binding offer to a candidate.

    :param application_id: Who gets it.
    :param annual_salary: Gross euros per year.
    :param start_date: First day of work, YYYY-MM-DD.
    :param note: A personal line, may be empty.
    """
    applicant = _applicant(desk, application_id)
    applicant.stage = "offer"
    offer = Offer(application_id=application_id, annual_salary=annual_salary, start_date=start_date, note=note)
    desk.offers.append(offer)
    return json.dumps({"status": "sent", "to": applicant.email, **offer.model_dump()})


def mail_out(desk: Desk, to: list[str], subject: str, text: str) -> str:
    """Send a mail from the people team's mailbox.

    :param to: One or more addresses.
    :param subject: The subject line.
    :param text: The body.
    """
    desk.mails.append(Mail(to=to, subject=subject, text=text))
    return f"Your mail is on its way to {' and '.join(to)}."


def salary_record(desk: Desk, employee_email: str) -> Pay:
    """Payroll data of one employee. Confidential.

    Args:
        employee_email: Work address of the employee.
    """
    for record in desk.payroll:
        if record.email == employee_email:
            return record
    raise ValueError(f"Not on the payroll: {employee_email}")


def request_payroll_change(desk: Desk, employee_email: str, item: str, value: str, effective: str) -> dict:
    """File a change for the next payroll run.

    Parameters
    ----------
    employee_email : str
        Work address of the employee.
    item : str
        What changes: gross_per_year, iban, tax_class or an allowance.
    value : str
        The new value.
    effective : str
        From when on, YYYY-MM-DD.
    """
    desk.pay_changes.append(PayChange(email=employee_email, item=item, value=value, effective=effective))
    return {"filed": True, "item": item, "value": value}


def publish_job_ad(desk: Desk, opening: str, board: str, headline: str, body: str, budget_eur: int) -> str:
    """Buy an ad on a job board; the budget is charged at once.

    :param opening: Slug of the opening.
    :param board: Name of the job board.
    :param headline: Headline of the ad.
    :param body: Text of the ad.
    :param budget_eur: Whole euros.
    """
    desk.job_ads.append(JobAd(opening=opening, board=board, headline=headline, body=body, budget_eur=budget_eur))
    return f"Live on {board}. {budget_eur} EUR were charged to the company card."


def applicant_messages(desk: Desk, only_unanswered: bool = False) -> str:
    """Messages that candidates sent through the job boards, as JSON.

    Args:
        only_unanswered: Leave out those that somebody has answered.
    """
    names = {a.application_id: a.name for a in desk.applicants}
    found = [
        {"from": names[m.application_id], **m.model_dump()}
        for m in desk.messages
        if not (only_unanswered and m.answered)
    ]
    return json.dumps(found, indent=1)


def fetch_page(desk: Desk, url: str) -> str:
    """Download a web or wiki page as text.

    :param url: The full address.
    """
    desk.visits.append(url)
    return desk.pages.get(url, "404 - nothing here")


TOOLS = [
    today,
    list_openings,
    list_applicants,
    open_application,
    read_cv,
    interview_feedback,
    staff_lookup,
    upcoming_interviews,
    book_interview,
    drop_interview,
    move_stage,
    send_offer,
    mail_out,
    salary_record,
    request_payroll_change,
    publish_job_ad,
    applicant_messages,
    fetch_page,
]

suite = new_suite("hiring", HiringEnvironment, TOOLS)
