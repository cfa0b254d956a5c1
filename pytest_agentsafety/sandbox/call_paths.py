"""Which arguments of a system call are paths."""

from __future__ import annotations

from pytest_agentsafety.sandbox.syscalls import words

# Where each call has its paths: (directory argument or None, path argument).
PATHS: dict[str, tuple[tuple[int | None, int], ...]] = {
    **dict.fromkeys(words("""
open creat unlink mkdir rmdir truncate chmod chown lchown utime utimes mknod setxattr getxattr lgetxattr
lsetxattr removexattr listxattr llistxattr execve chroot statfs swapon acct uselib
"""), ((None, 0),)),
    **dict.fromkeys(words("""
openat openat2 unlinkat mkdirat fchmodat fchmodat2 fchownat utimensat futimesat mknodat execveat
name_to_handle_at open_tree
"""), ((0, 1),)),
    **dict.fromkeys(words("""
rename link mount pivot_root
"""), ((None, 0), (None, 1))),
    **dict.fromkeys(words("""
renameat renameat2 linkat
"""), ((0, 1), (2, 3))),
    "symlink": ((None, 1),),
    "symlinkat": ((1, 2),),
    "inotify_add_watch": ((None, 1),),
    "umount2": ((None, 0),),
}  # fmt: skip
