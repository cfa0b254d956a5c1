"""A doctors' practice at its front desk: patients, appointments, prescriptions, labs, messages, claims."""

import json
from typing import Annotated, Any

from agentdojo.functions_runtime import Depends, TaskEnvironment
from pydantic import BaseModel, Field

from .common import new_suite


class Patient(BaseModel):
    pid: int
    name: str
    born: str
    phone: str
    insurer: str
    policy: str
    allergies: str
    doctor_notes: str
    intake: str
    record_access: list[str] = Field(default_factory=list)


class PatientRow(BaseModel):
    pid: int
    name: str
    born: str


class Booking(BaseModel):
    key: str
    pid: int
    day: str
    time: str
    doctor: str
    reason: str


class Value(BaseModel):
    name: str
    value: str
    normal: str


class Lab(BaseModel):
    pid: int
    taken: str
    lab: str
    values: list[Value]
    comment: str


class Script(BaseModel):
    pid: int
    drug: str
    dose: str
    pack: int
    pharmacy: str
    issued: str


class PortalMessage(BaseModel):
    number: int
    pid: int
    received: str
    text: str
    state: str
    answers: list[str] = Field(default_factory=list)


class LetterIn(BaseModel):
    pid: int
    sender: str
    day: str
    text: str


class Specialist(BaseModel):
    name: str
    field: str
    address: str


class WebPage(BaseModel):
    title: str
    address: str
    keywords: list[str]
    text: str


class ClinicEnvironment(TaskEnvironment):
    date: str
    patients: list[Patient]
    bookings: list[Booking]
    labs: list[Lab]
    scripts: list[Script]
    messages: list[PortalMessage]
    letters_in: list[LetterIn]
    directory: list[Specialist]
    web: list[WebPage]
    letters_out: list[dict[str, str]] = Field(default_factory=list)
    texts: list[dict[str, str]] = Field(default_factory=list)
    referrals: list[dict[str, Any]] = Field(default_factory=list)
    claims: list[dict[str, Any]] = Field(default_factory=list)
    searches: list[str] = Field(default_factory=list)


Practice = Annotated[ClinicEnvironment, Depends(lambda environment: environment)]


def _patient(practice: ClinicEnvironment, pid: int) -> Patient:
    for patient in practice.patients:
        if patient.pid == pid:
            return patient
    raise ValueError(f"unknown patient number {pid}")


def find_patient(practice: Practice, name: str) -> list[PatientRow]:
    """Find a patient's number.

    :param name: First or last name, or a part of it.
    """
    return [PatientRow.model_validate(p.model_dump()) for p in practice.patients if name.lower() in p.name.lower()]


def patient_record(practice: Practice, pid: int) -> Patient:
    """Open a patient's file: contact, insurance, allergies, the doctors' notes and the intake form.

    @param pid: Patient number.
    """
    return _patient(practice, pid)


def update_patient(practice: Practice, pid: int, field: str, value: str) -> str:
    """Correct a field of a patient's file.

    Args:
        pid: Patient number.
        field: phone, insurer, policy or allergies; record_access adds a person who may see the file.
        value: What to put there.
    """
    patient = _patient(practice, pid)
    if field == "record_access":
        patient.record_access.append(value)
    elif field in ("phone", "insurer", "policy", "allergies"):
        setattr(patient, field, value)
    else:
        raise ValueError(f"{field} cannot be changed here")
    return f"File {pid}: {field} saved."


def schedule(practice: Practice, first_day: str, last_day: str) -> str:
    """Print the appointment book between two days. Slots are half an hour, from 08:30 on.

    :param first_day: YYYY-MM-DD.
    :param last_day: YYYY-MM-DD, included.
    """
    names = {p.pid: p.name for p in practice.patients}
    rows = [b for b in practice.bookings if first_day <= b.day <= last_day]
    text = f"(printed on {practice.date})"
    for b in sorted(rows, key=lambda b: (b.day, b.time)):
        text += f"\n{b.day}  {b.time}  Dr {b.doctor:8} {names[b.pid]}, no. {b.pid}: {b.reason}  <{b.key}>"
    return text


def make_appointment(practice: Practice, pid: int, day: str, time: str, doctor: str, reason: str) -> dict:
    """Enter an appointment.

    Parameters
    ----------
    pid : int
        Patient number.
    day : str
        YYYY-MM-DD.
    time : str
        HH:MM.
    doctor : str
        Last name of the doctor.
    reason : str
        A few words.
    """
    key = f"n{len(practice.bookings):03d}-{pid}"
    practice.bookings.append(Booking(key=key, pid=pid, day=day, time=time, doctor=doctor, reason=reason))
    return {"key": key, "ok": True}


def cancel_appointment(practice: Practice, key: str) -> str:
    """Strike an appointment from the book.

    :param key: The key in angle brackets.
    """
    practice.bookings = [b for b in practice.bookings if b.key != key]
    return f"<{key}> was struck."


def lab_results(practice: Practice, pid: int) -> str:
    """Lab sheets of a patient as the laboratory sent them.

    @param pid: Patient number.
    """
    sheets = []
    for lab in practice.labs:
        if lab.pid == pid:
            rows = [f"  {v.name:<14}{v.value:<14}(normal {v.normal})" for v in lab.values]
            sheets.append("\n".join([f"{lab.lab}, taken {lab.taken}", *rows, f"  Comment: {lab.comment or '-'}"]))
    return "\n\n".join(sheets) or "no sheets"


def prescriptions(practice: Practice, pid: int) -> list[Script]:
    """What a patient has been prescribed, newest first.

    Args:
        pid: Patient number.
    """
    return sorted((s for s in practice.scripts if s.pid == pid), key=lambda s: s.issued, reverse=True)


def issue_prescription(practice: Practice, pid: int, drug: str, dose: str, pack: int, pharmacy: str) -> str:
    """Issue an e-prescription, it is sent to the pharmacy.

    :param pid: Patient number.
    :param drug: Name of the drug.
    :param dose: Strength.
    :param pack: Pieces in the pack.
    :param pharmacy: Which pharmacy gets it.
    """
    practice.scripts.append(Script(pid=pid, drug=drug, dose=dose, pack=pack, pharmacy=pharmacy, issued="2026-09-03"))
    return json.dumps({"issued": drug, "to": pharmacy})


def portal_messages(practice: Practice, state: str = "new") -> str:
    """Messages from the patients' portal, JSON.

    Args:
        state (str): new, done or any.
    """
    names = {p.pid: p.name for p in practice.patients}
    found = [m for m in practice.messages if state in ("any", m.state)]
    return json.dumps({"count": len(found), "messages": [{"patient": names[m.pid], **m.model_dump()} for m in found]})


def answer_message(practice: Practice, number: int, text: str) -> str:
    """Answer a portal message; it is marked as done.

    :param number: Number of the message.
    :param text: The answer.
    """
    for message in practice.messages:
        if message.number == number:
            message.answers.append(text)
            message.state = "done"
            return "Answered."
    raise ValueError(f"no message {number}")


def text_phone(practice: Practice, phone: str, text: str) -> dict:
    """Send a text message to a phone.

    :param phone: The number.
    :param text: At most 300 characters.
    """
    practice.texts.append({"phone": phone, "text": text})
    return {"sent": 1, "phone": phone}


def incoming_letters(practice: Practice, pid: int) -> str:
    """Letters that hospitals and other practices sent about a patient.

    Args:
        pid: Patient number.
    """
    found = [f"From: {x.sender}\nDate: {x.day}\n\n{x.text}" for x in practice.letters_in if x.pid == pid]
    return "\n=====\n".join(found) or "None."


def specialists(practice: Practice, field: str) -> list[Specialist]:
    """Look into our directory of specialists.

    :param field: Field or name.
    """
    return [s for s in practice.directory if field.lower() in f"{s.field} {s.name}".lower()]


def send_letter(practice: Practice, address: str, subject: str, body: str) -> str:
    """Send a doctor's letter by secure mail.

    :param address: Where it goes.
    :param subject: The subject.
    :param body: The text.
    """
    practice.letters_out.append({"address": address, "subject": subject, "body": body})
    return f"Letter handed over to {address}."


def refer(practice: Practice, pid: int, specialist: str, question: str) -> dict:
    """Write a referral.

    Parameters
    ----------
    pid : int
        Patient number.
    specialist : str
        To whom, by name.
    question : str
        What the specialist is to find out.
    """
    practice.referrals.append({"pid": pid, "specialist": specialist, "question": question})
    return {"referral": len(practice.referrals), "specialist": specialist}


def submit_claim(practice: Practice, pid: int, insurer: str, amount: float, purpose: str) -> str:
    """Bill an insurer.

    Args:
        pid: Patient number.
        insurer: Name of the insurer.
        amount: Euros.
        purpose: What for.
    """
    practice.claims.append({"pid": pid, "insurer": insurer, "amount": amount, "purpose": purpose})
    return f"Claim over EUR {amount:.2f} lodged with {insurer}"


def search_web(practice: Practice, query: str) -> str:
    """Search the web and return the best page's text.

    :param query: What to search for.
    """
    practice.searches.append(query)
    for page in practice.web:
        if any(word in query.lower() for word in page.keywords):
            return f"{page.title}\n{page.address}\n\n{page.text}"
    return "Your search did not match any documents."


TOOLS = [
    find_patient,
    patient_record,
    update_patient,
    schedule,
    make_appointment,
    cancel_appointment,
    lab_results,
    prescriptions,
    issue_prescription,
    portal_messages,
    answer_message,
    text_phone,
    incoming_letters,
    specialists,
    send_letter,
    refer,
    submit_claim,
    search_web,
]

suite = new_suite("clinic", ClinicEnvironment, TOOLS)
