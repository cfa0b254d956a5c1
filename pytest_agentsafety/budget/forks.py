"""What a lock does in a forked child: a thread that held it at the fork does not exist there and never lets go."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """Has locks or descriptors that a child must not inherit."""

    def after_fork(self) -> None: ...


_alive: WeakSet[Forked] = WeakSet()


def renew_on_fork(owner: Forked) -> None:
    """Call `owner.after_fork()` in every child that is forked while `owner` lives."""
    _alive.add(owner)


def _renew() -> None:
    for owner in list(_alive):
        owner.after_fork()


os.register_at_fork(after_in_child=_renew)
