"""What of the machine code in the sandbox may read: Python, its packages, shared libraries, time zones."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LINKED = ("/lib", "/lib64", "/usr/lib64", "/lib32", "/usr/lib32")  # to folders of /usr, on most distributions
_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/usr/lib/locale")
_AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_PACKAGES = frozenset({"site-packages", "dist-packages"})


@dataclass(frozen=True)
class Readable:
    """`reads` are real paths, `links` symbolic links that lead to them, `sys_path` is where modules are looked for."""

    reads: tuple[str, ...]
    links: dict[str, str]
    sys_path: tuple[str, ...]

    def behind_doors(self) -> list[str]:
        """Folders of `sys_path` that a user without any rights cannot walk to."""
        return list(_outermost([path for path in self.sys_path if not _open_to_all(path)]))


@cache
def readable() -> Readable:
    """For the interpreter that runs now. A package folder counts, a folder of one's own on `sys.path` does not."""
    stdlib = sysconfig.get_path("stdlib")
    dynload = sysconfig.get_config_var("DESTSHARED") or f"{stdlib}/lib-dynload"
    packages = [path for path in sys.path if Path(path).name in _PACKAGES]
    modules = _real([stdlib, dynload, *packages])
    libraries = [*_library_folders(), *_own_libraries()]
    links = {path: str(Path(path).readlink()) for path in (*_LINKED, *_FILES) if Path(path).is_symlink()}
    return Readable(reads=_outermost(_real([*modules, *libraries, *_FILES])), links=links, sys_path=tuple(modules))


def executable() -> str:
    """The interpreter itself, not a virtual environment's link to it."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def scratch_parent(*, fresh: bool) -> str:
    """Where boxes are made: TMPDIR or /tmp; for a user id that may walk nowhere else, a folder open to all.

    `tempfile` is not asked: it writes a file to find out, which a kill at that moment would leave behind.
    """
    named = os.environ.get("TMPDIR", "")
    places = [*([named] if named.startswith("/") else []), "/tmp", "/var/tmp", "/dev/shm"]  # noqa: S108 - see scratch.make
    usable = [path for path in places if os.access(path, os.W_OK | os.X_OK) and (not fresh or _open_to_all(path))]
    return next(iter(usable), places[0])


@cache
def authorities() -> tuple[tuple[str, ...], dict[str, str]]:
    """The file of trusted certificate authorities, for code with a network, and the variable that names it."""
    import ssl

    usual = ssl.get_default_verify_paths()
    for path in (usual.cafile, usual.openssl_cafile, *_AUTHORITIES):
        if path is not None and Path(path).is_file():
            real = os.path.realpath(path)
            return (real,), {"SSL_CERT_FILE": real}
    return (), {}


def program_folders() -> list[str]:
    """Where programs are, for code that may start some: the system's, and the interpreter's own."""
    return list(_outermost(_real(["/usr/bin", "/usr/local/bin", str(Path(executable()).parent)])))


def program_links() -> dict[str, str]:
    return {"/bin": str(Path("/bin").readlink())} if Path("/bin").is_symlink() else {}


def _library_folders() -> list[str]:
    """Where the machine's shared libraries are: the multiarch folders, else those that this process has mapped."""
    name = sysconfig.get_config_var("MULTIARCH")
    found = [path for path in (f"/usr/lib/{name}", f"/lib/{name}") if name and Path(path).is_dir()]
    found += [path for path in ("/lib64", "/usr/lib64") if Path(path).is_dir()]
    mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()}
    # The loader and libc alone tell: another library's folder may hold anything.
    base = {str(Path(path).parent) for path in mapped if Path(path).name.startswith(("libc.", "libc-", "ld-"))}
    return [*found, *sorted(base)]


def _own_libraries() -> list[str]:
    """Where libpython is, for an interpreter that was built with a shared one."""
    folder, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("LDLIBRARY")
    if not folder or not name or not Path(folder, name).is_file():
        return []
    return [str(path) for path in Path(folder).glob(f"{Path(name).stem.split('.')[0]}*") if path.is_file()]


def _real(paths: Sequence[str]) -> list[str]:
    """Real paths of those that exist, each once."""
    return list(dict.fromkeys(os.path.realpath(path) for path in paths if Path(path).exists()))


def _outermost(paths: Sequence[str]) -> tuple[str, ...]:
    """Without those that lie below another one."""
    return tuple(path for path in paths if not any(path.startswith(f"{other}/") for other in paths))


def _open_to_all(path: str) -> bool:
    own = Path(path)
    try:
        return own.stat().st_mode & 0o5 == 0o5 and all(parent.stat().st_mode & 0o1 for parent in own.parents)
    except OSError:
        return False
