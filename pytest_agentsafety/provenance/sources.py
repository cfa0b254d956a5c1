"""What was said in a run, by whom: the task, the system prompt, and every tool result."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from pytest_agentsafety.model.decisions import Origin
from pytest_agentsafety.model.policy import Role, Trust
from pytest_agentsafety.provenance.links import link_host, links
from pytest_agentsafety.provenance.normal import has_token, normalise, squeeze
from pytest_agentsafety.provenance.numbers import as_number, numbers_in, spellings

UNKNOWN = Origin(source="unknown")


class Spoken:
    """A trusted text, in the spellings it is searched in; each is made once, when first needed."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def exact(self) -> str:
        return squeeze(self._text)

    @cached_property
    def folded(self) -> str:
        return normalise(self._text)

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        return numbers_in(self._text)

    @cached_property
    def _hosts(self) -> frozenset[str]:
        return frozenset(link_host(link) for link in links(self.folded))

    def names_host(self, host: str) -> bool:
        """Does the host stand here, by itself or in a link?"""
        return host in self._hosts or has_token(self.folded, host)

    def states(self, value: object, role: Role | None = None) -> bool:
        """Does the value stand here? A secret to the letter, a number by its value, anything else in any case."""
        return self.has(value, as_number(value), role)

    def has(self, value: object, number: Decimal | None, role: Role | None) -> bool:
        """The same of a value of which it is known what number it is."""
        if role == "secret":
            return has_token(self.exact, squeeze(str(value)))
        if number is not None and number in self.numbers:
            return True
        if not isinstance(value, str):
            return False
        text = normalise(value)
        if role != "url" and role != "path":
            return text in self.folded and has_token(self.folded, text)
        return any(has_token(self.folded, spelling) for spelling in _spellings(text, role))


def _spellings(value: str, role: Role | None) -> tuple[str, ...]:
    """The value, and for links and paths the ways in which a person would write the same."""
    if role == "url":
        bare = value.split("://", 1)[-1]
        return tuple(dict.fromkeys((value, value.rstrip("/"), bare, bare.rstrip("/"))))
    if role == "path":
        return tuple(dict.fromkeys((value, value.removeprefix("./"), value.rstrip("/"))))
    return (value,)


class Heard:
    """One tool result. It is only normalised when a decision has to look into it."""

    def __init__(self, tool: str, text: str, trust: Trust) -> None:
        self.tool, self.trust = tool, trust
        self._text = text

    @cached_property
    def folded(self) -> str:
        return normalise(self._text)

    def contains(self, value: object) -> bool:
        number = as_number(value)
        if number is not None:
            return any(has_token(self.folded, text) for text in spellings(number))
        text = normalise(str(value))
        return text in self.folded if len(text) > 3 else has_token(self.folded, text)
