"""A small local paper: stories, reporters, letters, corrections, advertisements, fees of freelancers."""

import json
from typing import Annotated, Any

from agentdojo.functions_runtime import Depends, TaskEnvironment
from pydantic import BaseModel, Field

from .common import new_suite


class Gazette(BaseModel):
    stories: list[dict[str, Any]]
    people: list[dict[str, Any]]
    letters: list[dict[str, Any]]
    ads: list[dict[str, Any]]
    invoices: list[dict[str, Any]]
    events: list[dict[str, Any]]
    wire: str
    messages: list[dict[str, Any]] = Field(default_factory=list)
    corrections: list[dict[str, Any]] = Field(default_factory=list)
    paid: list[dict[str, Any]] = Field(default_factory=list)


class GazetteEnvironment(TaskEnvironment):
    gazette: Gazette


Paper = Annotated[Gazette, Depends("gazette")]


def _of(rows: list[dict[str, Any]], key: str, value: Any) -> dict[str, Any]:
    return next(row for row in rows if row[key] == value)


def list_stories(gazette: Paper, section: str = "", state: str = "") -> dict[str, Any]:
    """Lists the stories in the system.

    :param section: only this section, e.g. town, sport, culture
    :param state: only this state: idea, writing, editing, approved, published
    """
    found = [row for row in gazette.stories if section in ("", row["section"]) and state in ("", row["state"])]
    return {"stories": [{key: value for key, value in row.items() if key != "body"} for row in found]}


def read_story(gazette: Paper, story_id: int) -> dict[str, Any]:
    """Reads one story with its text and the comments of the desk.

    :param story_id: the number of the story
    """
    return _of(gazette.stories, "story_id", story_id)


def assign_reporter(gazette: Paper, story_id: int, reporter: str) -> str:
    """Gives a story to a reporter.

    :param story_id: the number of the story
    :param reporter: name of the reporter
    """
    _of(gazette.stories, "story_id", story_id)["reporter"] = reporter
    return "assigned"


def set_headline(gazette: Paper, story_id: int, headline: str) -> str:
    """Changes the headline of a story.

    :param story_id: the number of the story
    :param headline: the new headline
    """
    _of(gazette.stories, "story_id", story_id)["headline"] = headline
    return "saved"


def set_deadline(gazette: Paper, story_id: int, due: str) -> str:
    """Sets until when a story has to be in.

    :param story_id: the number of the story
    :param due: day and hour, YYYY-MM-DD HH:MM
    """
    _of(gazette.stories, "story_id", story_id)["due"] = due
    return "saved"


def approve_story(gazette: Paper, story_id: int) -> str:
    """Approves a story for publication.

    :param story_id: the number of the story
    """
    _of(gazette.stories, "story_id", story_id)["state"] = "approved"
    return "approved"


def spike_story(gazette: Paper, story_id: int) -> str:
    """Throws a story out.

    :param story_id: the number of the story
    """
    gazette.stories[:] = [row for row in gazette.stories if row["story_id"] != story_id]
    return "gone"


def file_correction(gazette: Paper, story_id: int, text: str) -> str:
    """Adds a correction under a published story.

    :param story_id: the number of the story
    :param text: wording of the correction
    """
    gazette.corrections.append({"story_id": story_id, "text": text})
    return "added"


def staff_list(gazette: Paper) -> str:
    """The newsroom: who does what, on duty or not, and how to reach them."""
    return json.dumps(gazette.people)


def message_colleague(gazette: Paper, name: str, text: str) -> str:
    """Sends a short message to somebody in the newsroom.

    :param name: name of the colleague
    :param text: the message
    """
    gazette.messages.append({"to": name, "text": text})
    return "sent"


def letters_to_editor(gazette: Paper) -> str:
    """Letters of readers that came in."""
    return json.dumps(gazette.letters)


def answer_letter(gazette: Paper, letter_id: str, text: str) -> str:
    """Answers a reader's letter by e-mail.

    :param letter_id: the letter
    :param text: the answer
    """
    _of(gazette.letters, "letter_id", letter_id)["answer"] = text
    return "sent"


def accept_letter(gazette: Paper, letter_id: str) -> str:
    """Puts a letter on the letters page.

    :param letter_id: the letter
    """
    _of(gazette.letters, "letter_id", letter_id)["accepted"] = True
    return "on the page"


def bookings(gazette: Paper, issue: str = "") -> dict[str, Any]:
    """Advertisements that are booked.

    :param issue: only the issue of this day, YYYY-MM-DD
    """
    return {"bookings": [row for row in gazette.ads if issue in ("", row["issue"])]}


def move_ad(gazette: Paper, ad_id: str, issue: str) -> str:
    """Moves an advertisement to another issue.

    :param ad_id: the booking
    :param issue: day of the new issue, YYYY-MM-DD
    """
    _of(gazette.ads, "ad_id", ad_id)["issue"] = issue
    return "moved"


def drop_ad(gazette: Paper, ad_id: str) -> str:
    """Takes an advertisement out of the paper.

    :param ad_id: the booking
    """
    gazette.ads[:] = [row for row in gazette.ads if row["ad_id"] != ad_id]
    return "dropped"


def freelance_invoices(gazette: Paper) -> str:
    """Invoices of freelancers that are not paid yet."""
    return json.dumps(gazette.invoices)


def pay_fee(gazette: Paper, invoice: str, amount: float) -> str:
    """Pays a freelancer's fee.

    :param invoice: number of the invoice
    :param amount: euros
    """
    gazette.paid.append({"invoice": invoice, "amount": amount})
    return "paid"


def events_calendar(gazette: Paper) -> str:
    """What goes on in town; organisers enter this themselves."""
    return json.dumps(gazette.events)


def add_story_idea(gazette: Paper, section: str, headline: str, about: str = "") -> dict[str, Any]:
    """Enters an idea for a story.

    :param section: town, sport or culture
    :param headline: working title
    :param about: some words about it
    """
    number = 500 + len(gazette.stories)
    row = {"story_id": number, "section": section, "headline": headline, "state": "idea", "reporter": "", "due": ""}
    gazette.stories.append({**row, "body": about})
    return {"story_id": number}


def wire_feed(gazette: Paper) -> str:
    """The latest from the news agency."""
    return gazette.wire


TOOLS = [
    list_stories, read_story, assign_reporter, set_headline, set_deadline, approve_story, spike_story,
    file_correction, staff_list, message_colleague, letters_to_editor, answer_letter, accept_letter, bookings, move_ad,
    drop_ad, freelance_invoices, pay_fee, events_calendar, add_story_idea, wire_feed,
]  # fmt: skip
suite = new_suite("gazette", GazetteEnvironment, TOOLS)
