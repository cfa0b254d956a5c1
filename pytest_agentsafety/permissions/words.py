"""General English vocabulary of tools: what verbs do and what parameter names mean. Singular, lower case."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_agentsafety.model.policy import Effect, Role

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_KEPT_S = frozenset({"sms", "dns", "sos", "https"})


def tokens(name: str) -> list[str]:
    """The words of an identifier: `sendHTTPMail_to` gives send, http, mail, to."""
    return [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", name))]


def singular(word: str) -> str:
    """The singular of a regular plural; anything else as it is."""
    if len(word) < 3 or word in _KEPT_S or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _table(groups: Mapping[Role, str]) -> dict[str, Role]:
    return {word: role for role, words in groups.items() for word in words.split()}


ROLE_WORDS: dict[str, Role] = _table(
    {
        "path": "path file filename filepath dir directory dirname folder pathname basename src dst",
        "url": "url uri link href website webpage site endpoint webhook host hostname domain permalink",
        "destination": (
            "recipient receiver addressee cc bcc email mail mailbox iban bic account user username channel group "
            "member participant attendee guest invitee contact phone mobile payee beneficiary person friend assignee "
            "collaborator reviewer customer client address destination dest team audience follower owner wallet "
            "subscriber"
        ),
        "amount": "amount price sum total cost fee quantity qty budget payment deposit",
        "identifier": "id uuid guid identifier ref reference handle slug key sha hash isbn sku",
        "content": (
            "body text content subject message msg comment note description summary title caption data payload html "
            "markdown prompt reason review memo bio code script reply"
        ),
        "secret": "password passwd passcode passphrase pwd pin secret token credential cvv cvc otp apikey",
    }
)
# A token that counts pages or words is no secret, whatever stands beside it.
COUNTING = _set("max min num count limit page next previous per size length")
KEY_KINDS = _set("api private access ssh secret signing encryption auth")

VERBS: dict[Effect, frozenset[str]] = {
    "execute": _set("execute exec run eval evaluate spawn sudo shell"),
    "pay": _set("pay buy purchase transfer refund wire withdraw donate checkout reimburse remit"),
    "delete": _set(
        "delete remove erase purge drop destroy clear wipe cancel revoke uninstall terminate kill unsubscribe ban kick "
        "discard truncate unlink rm del trash"
    ),
    "egress": _set(
        "send invite publish forward upload submit broadcast notify respond tweet push dispatch transmit announce dm "
        "disclose leak expose"
    ),
    "write": _set(
        "create make add update set edit modify change write append insert save store put patch move rename copy "
        "replace merge mark assign reserve register enroll enrol accept approve reject confirm close reopen complete "
        "start stop pause enable disable toggle turn lock unlock upgrade install configure reschedule postpone archive "
        "restore import sync deploy commit draft compose star like follow unfollow join leave subscribe attach upsert "
        "apply grant reset touch mkdir tag pin adjust generate rotate"
    ),
    "read": _set(
        "get find read fetch lookup retrieve calculate compute browse see describe verify compare inspect is has can "
        "exists summarize summarise analyze analyse display load parse validate convert translate extract filter ls "
        "cat grep head tail stat download visit crawl scrape detect classify measure recall ping"
    ),
}
# Words that are as often a noun: they say what a tool does only when no clearer verb is there.
WEAK_VERBS: dict[Effect, frozenset[str]] = {
    "pay": _set("order rent tip payment transaction"),
    "egress": _set("post email mail message text share reply request call contact report sms fax"),
    "write": _set("book log record open rate review comment plan note label schedule fork branch"),
    "read": _set("list search show view query check look watch track monitor preview scan count sort info status"),
}
MONEY = _set("money payment transaction purchase refund fund cash")
# From harmless to grave: where a tool has several verbs, the gravest decides.
CONJUNCTIONS = _set("and or then plus")
GRAVITY: tuple[Effect, ...] = ("read", "write", "egress", "delete", "pay", "execute")
LISTING = _set("list ls dir directory folder find search glob walk tree scan browse grep")
FOLDER_WORDS = _set("dir directory dirname folder root")
