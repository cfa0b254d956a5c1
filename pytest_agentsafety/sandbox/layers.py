"""Which layers a run must have before it gets its code."""

from __future__ import annotations

from collections.abc import Sequence

_HOW = {
    "landlock": "Landlock: a kernel from 5.13 on, started with landlock in lsm=; or namespaces",
    "seccomp": "seccomp filters (CONFIG_SECCOMP_FILTER) on x86_64 or aarch64",
    "uid": "a fresh user id: CAP_SETUID and CAP_SETGID for root, or run as an unprivileged user",
    "namespaces": "namespaces: root with CAP_SYS_ADMIN, or unprivileged user namespaces switched on",
    "no_new_privs": "no_new_privs: a kernel from 3.5 on",
    "no_capabilities": "dropping capabilities",
    "rlimits": "resource limits",
    "notify": (
        "a listener of the filter, through which code with a network gets its connections: a kernel from 5.9 on, "
        "and no other listener above this process (nested sandboxes); or no_network = true"
    ),
}


def missing(
    layers: Sequence[str], *, namespaces: bool, uid: bool, weak: bool = False, network: bool = False
) -> tuple[str, ...]:
    """What a run with these layers lacks, and how to get it; empty when it may have its code.

    A weak run was asked for by name: it needs the limits alone.
    """
    have = {layer.partition("(")[0].partition("-")[0] for layer in layers}
    need = {"rlimits"} if weak else {"rlimits", "no_new_privs", "no_capabilities", "seccomp"}
    if namespaces:
        need |= {"namespaces"}
    if network:
        need |= {"seccomp", "notify"}
    if uid:
        need |= {"uid"}
    lacks = need - have
    if not weak and not have & {"landlock", "private_root"}:
        lacks |= {"landlock"}
    return tuple(_HOW[name] for name in sorted(lacks))
