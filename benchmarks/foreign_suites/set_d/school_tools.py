"""The office of a school: pupils, absences, lessons, rooms, clubs, fees, messages."""

from typing import Annotated

from agentdojo.functions_runtime import Depends, TaskEnvironment
from pydantic import BaseModel, Field

from .common import new_suite


class Student(BaseModel):
    student_id: int
    full_name: str
    class_name: str
    guardian: str
    guardian_email: str
    guardian_phone: str
    lunch_balance: float
    allergies: str = ""


class Staff(BaseModel):
    name: str
    subjects: str
    email: str
    room: str


class Lesson(BaseModel):
    lesson_id: str
    class_name: str
    subject: str
    date: str
    period: int
    teacher: str
    room: str


class InboxMessage(BaseModel):
    message_id: int
    sender_name: str
    sender_email: str
    subject: str
    body: str
    unread: bool = True


class Event(BaseModel):
    event_id: int
    title: str
    date: str
    place: str
    notes: str


class Club(BaseModel):
    club: str
    day: str
    free_places: int
    members: list[int]


class School(BaseModel):
    students: list[Student]
    staff: list[Staff]
    lessons: list[Lesson]
    inbox: list[InboxMessage]
    events: list[Event]
    clubs: list[Club]
    absences: list[dict[str, str | int]]
    bookings: list[dict[str, str]]
    noticeboard: str
    fees: list[dict[str, str | int | float]] = Field(default_factory=list)
    sent: list[dict[str, str]] = Field(default_factory=list)
    visited: list[str] = Field(default_factory=list)


class SchoolEnvironment(TaskEnvironment):
    school: School


Office = Annotated[School, Depends("school")]


def search_students(school: Office, name: str = "", class_name: str = "") -> list[Student]:
    """Find students by name and/or class.

    :param name: Full or partial name of the student.
    :param class_name: Class such as "7b".
    """
    return [s for s in school.students if name.lower() in s.full_name.lower() and class_name in ("", s.class_name)]


def update_guardian_contact(school: Office, student_id: int, email: str = "", phone: str = "") -> str:
    """Update the contact details of a student's guardian. Fields left empty stay unchanged.

    :param student_id: The student's ID.
    :param email: New e-mail address.
    :param phone: New phone number.
    """
    student = next(s for s in school.students if s.student_id == student_id)
    student.guardian_email = email or student.guardian_email
    student.guardian_phone = phone or student.guardian_phone
    return "Contact updated."


def record_absence(school: Office, student_id: int, date: str, reason: str) -> str:
    """Record that a student is absent on a day.

    :param student_id: The student's ID.
    :param date: Day of the absence (YYYY-MM-DD).
    :param reason: Why the student is absent.
    """
    school.absences.append({"student_id": student_id, "date": date, "reason": reason})
    return "Recorded."


def list_absences(school: Office, date: str) -> str:
    """List all absences of a day.

    :param date: Day (YYYY-MM-DD).
    """
    return "\n".join(f"{row['student_id']}: {row['reason']}" for row in school.absences if row["date"] == date)


def get_staff(school: Office) -> list[Staff]:
    """Get the staff directory."""
    return school.staff


def get_lessons(school: Office, date: str, class_name: str = "") -> list[Lesson]:
    """Get the lessons of a day, for all classes or one.

    :param date: Day (YYYY-MM-DD).
    :param class_name: Class such as "7b".
    """
    return [one for one in school.lessons if one.date == date and class_name in ("", one.class_name)]


def set_substitute(school: Office, lesson_id: str, teacher: str) -> str:
    """Assign a substitute teacher to a lesson.

    :param lesson_id: The lesson's ID.
    :param teacher: Name of the teacher who takes over.
    """
    next(one for one in school.lessons if one.lesson_id == lesson_id).teacher = teacher
    return "Substitute assigned."


def cancel_lesson(school: Office, lesson_id: str) -> str:
    """Cancel a lesson.

    :param lesson_id: The lesson's ID.
    """
    school.lessons[:] = [one for one in school.lessons if one.lesson_id != lesson_id]
    return "Lesson cancelled."


def get_inbox(school: Office, unread_only: bool = False) -> list[InboxMessage]:
    """Read the office's inbox.

    :param unread_only: Only messages that nobody has read yet.
    """
    return [one for one in school.inbox if one.unread or not unread_only]


def send_message(school: Office, recipients: list[str], subject: str, body: str) -> str:
    """Send a message by e-mail.

    :param recipients: E-mail addresses of the recipients.
    :param subject: Subject of the message.
    :param body: Text of the message.
    """
    school.sent += [{"to": recipient, "subject": subject, "body": body} for recipient in recipients]
    return f"Sent to {len(recipients)} recipient(s)."


def get_events(school: Office) -> list[Event]:
    """Get the school's calendar of events."""
    return school.events


def create_event(school: Office, title: str, date: str, place: str, notes: str = "") -> str:
    """Add an event to the school's calendar.

    :param title: Title of the event.
    :param date: Day (YYYY-MM-DD).
    :param place: Where it takes place.
    :param notes: Further information.
    """
    number = max(one.event_id for one in school.events) + 1
    school.events.append(Event(event_id=number, title=title, date=date, place=place, notes=notes))
    return f"Created event {number}."


def reschedule_event(school: Office, event_id: int, date: str) -> str:
    """Move an event to another day.

    :param event_id: ID of the event.
    :param date: New day (YYYY-MM-DD).
    """
    next(one for one in school.events if one.event_id == event_id).date = date
    return "Moved."


def delete_event(school: Office, event_id: int) -> str:
    """Remove an event from the calendar.

    :param event_id: ID of the event.
    """
    school.events[:] = [one for one in school.events if one.event_id != event_id]
    return "Removed."


def get_room_bookings(school: Office, date: str) -> str:
    """Show which rooms are booked on a day.

    :param date: Day (YYYY-MM-DD).
    """
    rows = [row for row in school.bookings if row["date"] == date]
    return "\n".join(f"{row['room']} | {row['time']} | {row['who']}" for row in rows) or "No bookings."


def book_room(school: Office, room: str, date: str, time: str, purpose: str) -> str:
    """Book a room.

    :param room: Name of the room.
    :param date: Day (YYYY-MM-DD).
    :param time: Start time (HH:MM).
    :param purpose: What the room is needed for.
    """
    school.bookings.append({"room": room, "date": date, "time": time, "who": purpose})
    return "Booked."


def get_clubs(school: Office) -> list[Club]:
    """List the afternoon clubs."""
    return school.clubs


def join_club(school: Office, student_id: int, club: str) -> str:
    """Register a student for a club.

    :param student_id: The student's ID.
    :param club: Name of the club.
    """
    next(one for one in school.clubs if one.club == club).members.append(student_id)
    return "Registered."


def charge_fee(school: Office, student_id: int, amount: float, purpose: str) -> str:
    """Charge a fee to a student's account.

    :param student_id: The student's ID.
    :param amount: Amount in pounds.
    :param purpose: What it is for.
    """
    school.fees.append({"student_id": student_id, "amount": amount, "purpose": purpose})
    return "Charged."


def top_up_lunch(school: Office, student_id: int, amount: float) -> str:
    """Add money to a student's lunch balance, paid from the school's fund.

    :param student_id: The student's ID.
    :param amount: Amount in pounds.
    """
    next(s for s in school.students if s.student_id == student_id).lunch_balance += amount
    return "Topped up."


def read_noticeboard(school: Office) -> str:
    """Read the staff-room noticeboard."""
    return school.noticeboard


def open_website(school: Office, url: str) -> str:
    """Open a website and return its text.

    :param url: Address of the website.
    """
    school.visited.append(url)
    return "404"


TOOLS = [
    search_students, update_guardian_contact, record_absence, list_absences, get_staff, get_lessons, set_substitute,
    cancel_lesson, get_inbox, send_message, get_events, create_event, reschedule_event, delete_event,
    get_room_bookings, book_room, get_clubs, join_club, charge_fee, top_up_lunch, read_noticeboard, open_website,
]  # fmt: skip
suite = new_suite("school", SchoolEnvironment, TOOLS)
