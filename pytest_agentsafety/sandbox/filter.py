"""Which system calls code in the sandbox may make: a list of what is allowed, everything else is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pytest_agentsafety.sandbox.bpf import ALLOW, ERRNO, NOTIFY, OWN_PID, Masked, OneOf, Test, assemble
from pytest_agentsafety.sandbox.syscalls import machine, words

# Linux's own numbers: docker's filters are made on other systems too.
EPERM, ENOSYS, _ENOTSUP = 1, 38, 95
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC

_ALLOWED = words("""
read write close stat fstat lstat newfstatat statx statfs fstatfs lseek pread64 pwrite64 readv writev preadv
pwritev preadv2 pwritev2 access faccessat faccessat2 readlink readlinkat getcwd chdir fchdir getdents getdents64
fsync fdatasync sync_file_range ftruncate fallocate fadvise64 readahead flock copy_file_range sendfile umask dup
dup2 dup3 pipe pipe2 close_range poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait
epoll_pwait epoll_pwait2 eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime signalfd signalfd4 mmap
munmap mprotect mremap madvise msync brk mlock munlock membarrier rt_sigaction rt_sigprocmask rt_sigreturn
rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause alarm getitimer setitimer timer_create
timer_settime timer_gettime timer_getoverrun timer_delete nanosleep restart_syscall clock_gettime clock_getres
clock_nanosleep gettimeofday time times futex futex_waitv futex_wake futex_wait futex_requeue set_robust_list
set_tid_address rseq sched_yield sched_getaffinity sched_get_priority_max sched_get_priority_min getcpu getpid
gettid getppid getpgrp getuid geteuid getgid getegid getgroups getresuid getresgid uname sysinfo getrlimit
setrlimit getrusage getrandom sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockname getpeername
wait4 waitid exit exit_group
""")

# They name paths: Landlock and the mounts decide, the supervisor only takes note of what lies outside.
WATCHED = words("""
open openat creat unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink symlinkat
""")

# Landlock does not look at them (at truncate only from its third version on); harmless where everything outside is
# mounted read-only.
_METADATA = words("""
truncate chmod fchmod fchmodat fchmodat2 utime utimes futimesat utimensat
""")

_CLONE_THREAD, _CLONE_NAMESPACES = 0x10000, 0x7E020000
_IOCTLS = (0x5401, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS .. FIOCLEX: what isatty and files ask
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032, 1034)  # nothing that sends signals or leases
_PRCTLS = (3, 15, 16, 21, 23, 39, 41, 42, 0x53564D41)  # names, and questions about oneself

_TESTED: Mapping[str, tuple[Test, ...]] = {
    "clone": (Masked(0, _CLONE_THREAD | _CLONE_NAMESPACES, _CLONE_THREAD),),
    "ioctl": (OneOf(1, _IOCTLS),),
    "fcntl": (OneOf(1, _FCNTLS),),
    "prctl": (OneOf(0, _PRCTLS),),
    "kill": (OneOf(0, (OWN_PID,)),),
    "tgkill": (OneOf(0, (OWN_PID,)),),
    "prlimit64": (OneOf(0, (0, OWN_PID)),),
    "setpriority": (OneOf(0, (0,)), OneOf(1, (0, OWN_PID))),
    "getpriority": (OneOf(0, (0,)), OneOf(1, (0, OWN_PID))),
    "getpgid": (OneOf(0, (0, OWN_PID)),),
    "getsid": (OneOf(0, (0, OWN_PID)),),
    "sched_getparam": (OneOf(0, (0, OWN_PID)),),
    "sched_getscheduler": (OneOf(0, (0, OWN_PID)),),
    "sched_setaffinity": (OneOf(0, (0, OWN_PID)),),
    # A pair of connected ends, as asyncio makes one. A datagram socket could send to any path or abstract name.
    "socketpair": (OneOf(0, (1,)), Masked(1, 0xF, 1), OneOf(2, (0,))),
    # Sizes and timeouts; no filters, which are programs for the kernel.
    "setsockopt": (OneOf(1, (1,)), OneOf(2, (7, 8, 9, 20, 21))),
    # What libraries ask of a socket: no handle on who is at its other end.
    "getsockopt": (OneOf(1, (1,)), OneOf(2, (2, 3, 4, 7, 8, 9, 13, 18, 19, 20, 21, 30, 38, 39))),
    "personality": (OneOf(0, (0xFFFFFFFF,)),),
}

# What libc, BLAS and shutil try at every turn and can do without: no offence, and no question to the supervisor.
_QUIET = {
    "clone3": ENOSYS,
    **dict.fromkeys(words("mbind get_mempolicy set_mempolicy"), EPERM),
    **dict.fromkeys(words("listxattr llistxattr flistxattr getxattr lgetxattr fgetxattr"), _ENOTSUP),
}

_ERRNO: Mapping[str, int] = {
    **dict.fromkeys(
        words("""
io_uring_setup io_uring_enter io_uring_register openat2 memfd_create memfd_secret userfaultfd fchmodat2
cachestat
"""),
        ENOSYS,
    ),
    **dict.fromkeys(
        words("""
getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr removexattr
lremovexattr fremovexattr setxattrat getxattrat listxattrat removexattrat
"""),
        _ENOTSUP,
    ),
}


@dataclass(frozen=True)
class Filter:
    """Two forms of one filter: `loud` tells the supervisor of refused calls, `quiet` is for where nobody listens."""

    loud: bytes
    quiet: bytes


def refused_with(name: str | None) -> int:
    """The errno of a refused call; None is a number without a name."""
    return ENOSYS if name is None else _ERRNO.get(name, EPERM)


# With processes of its own, in a pid namespace of its own: they may start, and signal each other.
_PROCESSES = words("""
fork vfork execve setsid setpgid getpgid getsid kill tgkill pidfd_open pidfd_send_signal
""")
_TESTED_PROCESSES: Mapping[str, tuple[Test, ...]] = {
    **{name: tests for name, tests in _TESTED.items() if name not in _PROCESSES},
    "clone": (Masked(0, _CLONE_NAMESPACES, 0),),
    "prlimit64": (OneOf(0, (0,)),),
    "arch_prctl": (OneOf(0, (0x1002, 0x3001)),),  # a program's start: thread-local storage, and what the loader asks
}

_TESTED_WRITES: Mapping[str, tuple[Test, ...]] = {
    "open": (Masked(1, _WRITING, 0),),
    "openat": (Masked(2, _WRITING, 0),),
}


@cache
def build_filter(
    machine_name: str, *, private_root: bool, processes: bool = False, reads: bool = True, network: bool = False
) -> Filter | None:
    """The filter for a machine, None for one without tables. With a private root, modes and times may be changed.

    `processes` lets code start processes; only for a pid namespace that ends with it. Without `reads` the listener is
    not asked about files that are opened to be read. With a `network` it says what sockets are called.
    """
    tables = machine(machine_name)
    if tables is None:
        return None
    allowed = [*_ALLOWED, *(_METADATA if private_root else ()), *(_PROCESSES if processes else ())]
    if network:
        allowed = [name for name in allowed if name not in ("getsockname", "getpeername")]
    tested = _TESTED_PROCESSES if processes else _TESTED
    quiet = {name: ERRNO | code for name, code in _QUIET.items()}
    refused = {name: ERRNO | code for name, code in _ERRNO.items() if name not in allowed}
    return Filter(
        loud=assemble(
            tables,
            allowed=allowed,
            tested=tested if reads else {**tested, **_TESTED_WRITES},
            answers={**quiet, **{name: NOTIFY for name in WATCHED if reads or name not in _TESTED_WRITES}},
            default=NOTIFY,
        ),
        quiet=assemble(
            tables,
            allowed=allowed,
            tested=tested,
            answers={**quiet, **refused, **dict.fromkeys(WATCHED, ALLOW)},
            default=ERRNO | EPERM,
        ),
    )
