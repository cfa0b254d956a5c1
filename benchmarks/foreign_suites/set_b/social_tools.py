"""A bakery's social media desk: posts, comments, direct messages, ads, followers, the queue."""

import json
from typing import Annotated

from agentdojo.functions_runtime import Depends, TaskEnvironment
from pydantic import BaseModel, Field

from .common import new_suite


class Member(BaseModel):
    who: str
    role: str


class Account(BaseModel):
    handle: str
    day: str
    followers: int
    ad_credit_eur: int
    team: list[Member]


class Post(BaseModel):
    id: str
    channel: str
    published: str
    caption: str
    likes: int = 0
    shares: int = 0
    clicks: int = 0


class Comment(BaseModel):
    number: int
    post: str
    author: str
    text: str
    likes: int
    hidden: bool = False
    replies: list[str] = Field(default_factory=list)


class Thread(BaseModel):
    handle: str
    unread: bool
    lines: list[str]


class Slot(BaseModel):
    slot: str
    channel: str
    due: str
    caption: str
    author: str


class Campaign(BaseModel):
    number: int
    title: str
    daily_eur: float
    spent_eur: float
    clicks: int
    copy_text: str
    made_by: str


class Follower(BaseModel):
    handle: str
    name: str
    town: str
    bio: str


class Day(BaseModel):
    day: str
    new_followers: int
    reach: int


class SocialEnvironment(TaskEnvironment):
    account: Account
    posts: list[Post]
    comments: list[Comment]
    threads: list[Thread]
    queue: list[Slot]
    campaigns: list[Campaign]
    followers: list[Follower]
    daily_stats: list[Day]
    pages: dict[str, str]
    opened: list[str] = Field(default_factory=list)


Studio = Annotated[SocialEnvironment, Depends(lambda environment: environment)]


def account_overview(studio: Studio) -> dict:
    """Our account at a glance: today's date, followers, ad credit, who has access, numbers of the last days."""
    return {**studio.account.model_dump(), "last_days": [d.model_dump() for d in studio.daily_stats]}


def list_posts(studio: Studio, channel: str = "all") -> str:
    """What we have published, with its numbers, as a JSON array.

    :param channel: lumagram, facepage or all.
    """
    return json.dumps([p.model_dump() for p in studio.posts if channel in ("all", p.channel)])


def read_comments(studio: Studio, post_id: str) -> list[Comment]:
    """Comments under one of our posts.

    Args:
        post_id: Id of the post.
    """
    return [c for c in studio.comments if c.post == post_id and not c.hidden]


def _comment(studio: SocialEnvironment, number: int) -> Comment:
    for comment in studio.comments:
        if comment.number == number:
            return comment
    raise ValueError(f"comment {number} does not exist")


def reply_comment(studio: Studio, number: int, text: str) -> str:
    """Answer a comment in public.

    :param number: Number of the comment.
    :param text: What we say.
    """
    comment = _comment(studio, number)
    comment.replies.append(text)
    return f"You replied to {comment.author}"


def hide_comment(studio: Studio, number: int) -> dict:
    """Hide a comment from everybody but its author.

    Parameters
    ----------
    number : int
        Number of the comment.
    """
    _comment(studio, number).hidden = True
    return {"comment": number, "visible": False}


def inbox(studio: Studio) -> str:
    """Overview of the direct messages: who wrote, and the first words of the last message."""
    rows = []
    for t in studio.threads:
        mark = "*" if t.unread else " "
        rows.append(f"{mark} {t.handle:20} {len(t.lines):>2} msgs   {t.lines[-1][:48]}...")
    return "\n".join(rows)


def read_dm(studio: Studio, handle: str) -> str:
    """The whole conversation with somebody.

    :param handle: Handle of the other side, with @.
    """
    for thread in studio.threads:
        if thread.handle == handle:
            return "\n".join(thread.lines)
    return f"You have not talked to {handle} yet."


def send_dm(studio: Studio, handle: str, text: str) -> str:
    """Write somebody a direct message.

    Args:
        handle (str): To whom, with @.
        text (str): The message.
    """
    line = f"{studio.account.handle[1:]}: {text}"
    for thread in studio.threads:
        if thread.handle == handle:
            thread.lines.append(line)
            break
    else:
        studio.threads.append(Thread(handle=handle, unread=False, lines=[line]))
    return f"Delivered to {handle}."


def publish(studio: Studio, channel: str, caption: str, link: str = "") -> dict:
    """Publish a post at once.

    :param channel: lumagram or facepage.
    :param caption: The text.
    :param link: An address to attach, if any.
    """
    text = f"{caption} {link}".strip()
    post = Post(id=f"new-{len(studio.posts) + 1}", channel=channel, published=studio.account.day, caption=text)
    studio.posts.append(post)
    return {"id": post.id, "channel": channel, "state": "published"}


def remove_post(studio: Studio, post_id: str) -> str:
    """Delete a published post for good.

    :param post_id: Id of the post.
    """
    studio.posts = [p for p in studio.posts if p.id != post_id]
    return f"{post_id} deleted"


def show_queue(studio: Studio) -> str:
    """Posts that wait for their time, in order, with notes and guests' submissions among them."""
    rows = sorted(studio.queue, key=lambda s: s.due)
    return "\n".join(f"[{s.slot}] {s.due} on {s.channel} (by {s.author}): {s.caption}" for s in rows)


def queue_post(studio: Studio, channel: str, caption: str, due: str) -> str:
    """Add a post to the queue.

    Args:
        channel: lumagram or facepage.
        caption: The text.
        due: When it goes out, YYYY-MM-DDTHH:MM.
    """
    slot = f"q-{max((int(s.slot[2:]) for s in studio.queue), default=10) + 1}"
    studio.queue.append(Slot(slot=slot, channel=channel, due=due, caption=caption, author="joost"))
    return json.dumps({"slot": slot, "due": due})


def change_queue(studio: Studio, slot: str, due: str = "", drop: bool = False) -> str:
    """Give a waiting post another time, or drop it.

    :param slot: For instance q-11.
    :param due: The new time, YYYY-MM-DDTHH:MM; empty to leave it.
    :param drop: Take it out of the queue.
    """
    for entry in studio.queue:
        if entry.slot == slot and due:
            entry.due = due
    if drop:
        studio.queue = [s for s in studio.queue if s.slot != slot]
    return f"{slot} was changed"


def ad_campaigns(studio: Studio) -> list[Campaign]:
    """Running ads with their text, daily budget, money spent and clicks."""
    return studio.campaigns


def set_ad_budget(studio: Studio, number: int, daily_eur: float) -> dict:
    """Set what a campaign may spend per day.

    Parameters
    ----------
    number : int
        Number of the campaign.
    daily_eur : float
        Euros per day.
    """
    for campaign in studio.campaigns:
        if campaign.number == number:
            campaign.daily_eur = daily_eur
            return {"campaign": campaign.title, "daily_eur": daily_eur}
    raise ValueError(f"no campaign {number}")


def search_followers(studio: Studio, term: str) -> list[Follower]:
    """Find followers by a word in their name, town or bio.

    :param term: The word.
    """
    return [f for f in studio.followers if term.lower() in f"{f.name} {f.town} {f.bio}".lower()]


def open_link(studio: Studio, url: str) -> str:
    """Open a link and return the page's text.

    Args:
        url: The address.
    """
    studio.opened.append(url)
    return studio.pages.get(url, "This page could not be found.")


def add_team_member(studio: Studio, who: str, role: str) -> str:
    """Give somebody access to our account.

    :param who: A handle.
    :param role: manager, editor or analyst.
    """
    studio.account.team.append(Member(who=who, role=role))
    return f"{who} may now act as {role} of {studio.account.handle}."


TOOLS = [
    account_overview,
    list_posts,
    read_comments,
    reply_comment,
    hide_comment,
    inbox,
    read_dm,
    send_dm,
    publish,
    remove_post,
    show_queue,
    queue_post,
    change_queue,
    ad_campaigns,
    set_ad_budget,
    search_followers,
    open_link,
    add_team_member,
]

suite = new_suite("social", SocialEnvironment, TOOLS)
