"""The filter's program, run as the kernel runs it."""

from __future__ import annotations

import errno
import struct

import pytest

from pytest_agentsafety.sandbox.bpf import ALLOW, ERRNO, NOTIFY, OWN_PID, Masked, OneOf, assemble
from pytest_agentsafety.sandbox.filter import WATCHED, build_filter, refused_with
from pytest_agentsafety.sandbox.syscalls import Machine, machine, words
from tests.unit.sandbox.bpf_machine import run

MACHINES = ("x86_64", "aarch64")
PID = 4242
DENIED = ERRNO | errno.EPERM
MISSING = ERRNO | errno.ENOSYS


def tables(name: str) -> Machine:
    found = machine(name)
    assert found is not None
    return found


def decide(
    name: str, call: str, *arguments: int, form: str = "loud", private_root: bool = False, arch: int | None = None
) -> int:
    """The filter's action for a call, with the process's own id in place."""
    made = build_filter(name, private_root=private_root)
    assert made is not None
    code = getattr(made, form).replace(struct.pack("<I", OWN_PID), struct.pack("<I", PID))
    where = tables(name)
    return run(code, where.numbers[call], arguments, arch=where.audit_arch if arch is None else arch)


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize(
    "call",
    words("read write close mmap munmap brk futex exit_group rt_sigaction getrandom pipe2"),
)
@pytest.mark.parametrize("form", ["loud", "quiet"])
def test_what_every_program_needs_passes(name: str, call: str, form: str) -> None:
    assert decide(name, call, form=form) == ALLOW


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize(
    "call",
    words("""
execve execveat ptrace process_vm_readv process_vm_writev kcmp pidfd_open pidfd_getfd pidfd_send_signal
process_madvise mount umount2 pivot_root chroot move_mount open_tree fsopen fsmount mount_setattr unshare
setns keyctl add_key request_key bpf perf_event_open userfaultfd io_uring_setup io_uring_enter
io_uring_register init_module finit_module delete_module kexec_load reboot swapon swapoff acct settimeofday
clock_settime adjtimex sethostname setdomainname syslog quotactl name_to_handle_at open_by_handle_at
fanotify_init inotify_init1 memfd_create memfd_secret shmget shmat msgget semget mq_open socket connect bind
listen accept accept4 mknodat setuid setgid setresuid setresgid setgroups capset seccomp
landlock_create_ruleset vmsplice splice tee rt_sigqueueinfo rt_tgsigqueueinfo tkill sched_setscheduler
sched_setattr setsid setpgid fchown fchownat setxattr ioprio_set migrate_pages move_pages fchmod
fchmodat utimensat truncate openat2 io_setup capget statmount listmount setxattrat open_tree_attr file_setattr
cachestat fchmodat2 map_shadow_stack
"""),
)
def test_what_no_program_needs_does_not(name: str, call: str) -> None:
    assert decide(name, call) == NOTIFY
    assert decide(name, call, form="quiet") == ERRNO | refused_with(call)


@pytest.mark.parametrize("call", words("fork vfork chmod chown mknod utime uselib modify_ldt iopl arch_prctl"))
def test_what_only_one_machine_has_is_denied_there(call: str) -> None:
    assert decide("x86_64", call) == NOTIFY
    assert decide("x86_64", call, form="quiet") == DENIED


@pytest.mark.parametrize("name", MACHINES)
def test_every_call_is_decided_and_most_are_denied(name: str) -> None:
    actions = [decide(name, call) for call in tables(name).numbers]
    assert set(actions) <= {ALLOW, NOTIFY, MISSING, DENIED, ERRNO | errno.ENOTSUP}
    assert actions.count(ALLOW) < len(actions) / 2


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("number", [470, 600, 5000])
def test_a_call_of_a_later_kernel_is_denied(name: str, number: int) -> None:
    made = build_filter(name, private_root=False)
    assert made is not None
    assert run(made.loud, number, arch=tables(name).audit_arch) == NOTIFY
    assert run(made.quiet, number, arch=tables(name).audit_arch) == DENIED


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("arch", [0x40000003, 0x40000028, 0xC000003E, 0xC00000B7, 0])
def test_another_architectures_calls_fail(name: str, arch: int) -> None:
    if arch != tables(name).audit_arch:
        assert decide(name, "read", arch=arch) == MISSING


@pytest.mark.parametrize("number", [0x40000000, 0x40000000 | 39, 0xFFFFFFFF])
def test_the_x32_numbers_fail(number: int) -> None:
    made = build_filter("x86_64", private_root=False)
    assert made is not None
    assert run(made.loud, number, arch=0xC000003E) == MISSING


THREAD = 0x3D0F00  # what pthread_create passes


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize(
    ("call", "arguments", "allowed"),
    [
        ("clone", (THREAD,), True),
        ("clone", (0x11,), False),
        ("clone", (0x4111,), False),
        ("clone", (THREAD | 0x10000000,), False),
        ("clone", (THREAD | 0x00020000,), False),
        ("clone", (THREAD | 0x40000000,), False),
        ("clone", (THREAD & ~0x10000,), False),
        ("kill", (PID, 15), True),
        ("kill", (PID + 1, 0), False),
        ("kill", (0, 15), False),
        ("kill", (-1, 0), False),
        ("kill", (1, 0), False),
        ("tgkill", (PID, PID, 6), True),
        ("tgkill", (PID + 1, PID, 6), False),
        ("ioctl", (0, 0x5401), True),
        ("ioctl", (0, 0x5412), False),
        ("ioctl", (0, 0x541C), False),
        ("ioctl", (0, 0x5412 | 1 << 32), False),
        ("ioctl", (0, 0x40049409), False),
        ("fcntl", (3, 3), True),
        ("fcntl", (3, 8), False),
        ("fcntl", (3, 10), False),
        ("fcntl", (3, 1024), False),
        ("fcntl", (3, 1031), False),
        ("prctl", (15,), True),
        ("prctl", (1, 0), False),
        ("prctl", (4, 1), False),
        ("prctl", (22, 2), False),
        ("prctl", (38, 1), False),
        ("prctl", (47, 2), False),
        ("prlimit64", (0, 7), True),
        ("prlimit64", (PID, 7), True),
        ("prlimit64", (PID + 1, 7), False),
        ("socketpair", (1, 1, 0), True),
        ("socketpair", (1, 1 | 0x80000 | 0x800, 0), True),
        ("socketpair", (1, 2, 0), False),
        ("socketpair", (1, 5, 0), False),
        ("socketpair", (2, 1, 0), False),
        ("socketpair", (1, 1, 1), False),
        ("setsockopt", (4, 1, 7), True),
        ("setsockopt", (4, 1, 26), False),
        ("setsockopt", (4, 1, 50), False),
        ("setsockopt", (4, 6, 7), False),
        ("personality", (0xFFFFFFFF,), True),
        ("personality", (0x0040000,), False),
        ("setpriority", (0, 0, 5), True),
        ("setpriority", (0, PID, 5), True),
        ("setpriority", (0, PID + 1, 5), False),
        ("setpriority", (2, 0, 5), False),
        ("getpgid", (0,), True),
        ("getpgid", (1,), False),
        ("getsid", (PID + 1,), False),
        ("getpriority", (0, 1), False),
        ("sched_setaffinity", (0,), True),
        ("sched_setaffinity", (1,), False),
    ],
)
def test_arguments_decide(name: str, call: str, arguments: tuple[int, ...], allowed: bool) -> None:
    assert decide(name, call, *arguments) == (ALLOW if allowed else NOTIFY)
    assert decide(name, call, *arguments, form="quiet") == (ALLOW if allowed else DENIED)


@pytest.mark.parametrize("name", MACHINES)
def test_libc_is_told_that_clone3_does_not_exist_and_nobody_is_asked(name: str) -> None:
    assert decide(name, "clone3") == MISSING
    assert decide(name, "clone3", form="quiet") == MISSING


@pytest.mark.parametrize("name", MACHINES)
def test_calls_that_name_paths_are_watched_and_pass_where_nobody_watches(name: str) -> None:
    for call in set(WATCHED) & tables(name).numbers.keys():
        assert decide(name, call) == NOTIFY
        assert decide(name, call, form="quiet") == ALLOW


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("call", ["fchmod", "fchmodat", "utimensat", "truncate", "fchmodat2"])
def test_modes_and_times_may_be_changed_under_a_private_root(name: str, call: str) -> None:
    assert decide(name, call, private_root=True) == ALLOW
    assert decide(name, call, private_root=True, form="quiet") == ALLOW


@pytest.mark.parametrize("call", ["fchown", "fchownat", "setxattr", "mknodat", "socket", "execve"])
def test_owners_and_attributes_may_not_even_there(call: str) -> None:
    assert decide("x86_64", call, private_root=True) == NOTIFY


def test_an_unknown_machine_has_no_filter() -> None:
    assert build_filter("sparc64", private_root=False) is None


@pytest.mark.parametrize(
    ("call", "code"),
    [("socket", errno.EPERM), ("io_uring_setup", errno.ENOSYS), ("listxattr", errno.ENOTSUP), (None, errno.ENOSYS)],
)
def test_what_a_refused_call_fails_with(call: str | None, code: int) -> None:
    assert refused_with(call) == code


SMALL = Machine("small", 7, {"a": 1, "b": 2, "c": 3})


def test_all_tests_of_a_call_must_hold() -> None:
    tested = {"a": (OneOf(0, (5, 6)), Masked(1, 0xF0, 0x30))}
    code = assemble(SMALL, allowed=["b", "nowhere"], tested=tested, answers={"c": ERRNO | 9}, default=DENIED)
    assert run(code, 1, (5, 0x3F), arch=7) == ALLOW
    assert run(code, 1, (6, 0x30), arch=7) == ALLOW
    assert run(code, 1, (7, 0x30), arch=7) == DENIED
    assert run(code, 1, (5, 0x40), arch=7) == DENIED
    assert run(code, 2, arch=7) == ALLOW
    assert run(code, 3, arch=7) == ERRNO | 9
    assert run(code, 4, arch=7) == DENIED


def test_a_jump_is_never_too_far() -> None:
    many = OneOf(0, tuple(range(200)))
    code = assemble(SMALL, allowed=[], tested={"a": (many,)}, answers={}, default=DENIED)
    assert run(code, 1, (0,), arch=7) == ALLOW
    assert run(code, 1, (199,), arch=7) == ALLOW
    assert run(code, 1, (200,), arch=7) == DENIED


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize(
    ("call", "arguments", "allowed"),
    [
        ("execve", (), True), ("setsid", (), True), ("kill", (PID + 1, 9), True), ("clone", (0x11,), True),
        ("clone", (THREAD,), True), ("clone", (0x10000011,), False), ("clone", (0x20000011,), False),
        ("socket", (2, 1, 0), False), ("ptrace", (), False), ("mount", (), False), ("unshare", (), False),
        ("prlimit64", (0, 7), True), ("prlimit64", (PID, 7), False), ("execveat", (), False), ("tkill", (), False),
        ("prctl", (1, 0), False), ("io_uring_setup", (), False),
    ],
)  # fmt: skip
def test_with_processes_of_its_own(name: str, call: str, arguments: tuple[int, ...], allowed: bool) -> None:
    made = build_filter(name, private_root=True, processes=True)
    assert made is not None
    where = tables(name)
    found = run(made.loud, where.numbers[call], arguments, arch=where.audit_arch)
    assert (found == ALLOW) is allowed


@pytest.mark.parametrize("name", MACHINES)
def test_a_listener_may_be_spared_what_is_only_read(name: str) -> None:
    """In docker, where all that can be read is the image."""
    made = build_filter(name, private_root=True, reads=False)
    assert made is not None
    where = tables(name)
    for flags, loud in ((0, ALLOW), (0o2000000, ALLOW), (1, NOTIFY), (2, NOTIFY), (0o100, NOTIFY), (0o1000, NOTIFY)):
        number, arguments = where.numbers["openat"], (0xFFFFFF9C, 1, flags)
        assert run(made.loud, number, arguments, arch=where.audit_arch) == loud
        assert run(made.quiet, number, arguments, arch=where.audit_arch) == ALLOW
    assert run(made.loud, where.numbers["unlinkat"], (), arch=where.audit_arch) == NOTIFY
    assert run(made.loud, where.numbers["socket"], (2, 1, 0), arch=where.audit_arch) == NOTIFY


@pytest.mark.parametrize("name", MACHINES)
def test_a_socket_gives_no_handle_on_its_other_end(name: str) -> None:
    assert decide(name, "getsockopt", 3, 1, 4) == ALLOW  # SO_ERROR
    for option in (17, 31, 59, 77):  # who is there: credentials, security label, groups, pidfd
        assert decide(name, "getsockopt", 3, 1, option) == NOTIFY
        assert decide(name, "getsockopt", 3, 1, option, form="quiet") == DENIED
    assert decide(name, "getsockopt", 3, 6, 11) == NOTIFY
