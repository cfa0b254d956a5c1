"""Opening beneath a root: the kernel's way and the portable way have to agree on every case."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_agentsafety.permissions import beneath
from pytest_agentsafety.permissions.beneath import has_openat2, look_beneath, resolve_beneath
from pytest_agentsafety.permissions.opening import open_beneath
from pytest_agentsafety.permissions.walk import walk_beneath

SECRET = b"outside"


def make_tree(top: Path) -> Path:
    """A root with inside and outside links; returns the root."""
    root = top / "root"
    for folder in (root / "sub/deep", top / "out/dir"):
        folder.mkdir(parents=True)
    (top / "secret").write_bytes(SECRET)
    (top / "out/secret").write_bytes(SECRET)
    for name in ("ok", "sub/a", "sub/deep/b"):
        (root / name).write_bytes(name.encode())
    links = {
        "in_file": "ok",
        "in_dir": "sub",
        "in_up": "sub/../ok",
        "sub/up": "../ok",
        "two_hops": "in_dir/up",
        "out_file": "../secret",
        "out_dir": "..",
        "far": "../out/dir",
        "absolute_in": str(root / "ok"),
        "absolute_out": str(top / "secret"),
        "loop": "loop",
        "ping": "pong",
        "pong": "ping",
        "dangling": "nowhere",
        "dangling_out": "../made_outside",
        "sub/back_out": "../../secret",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "fifo")
    os.link(top / "secret", root / "hard")
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_tree(tmp_path)


@pytest.fixture(params=["kernel", "walk"])
def _opener(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "walk":
        monkeypatch.setattr(beneath, "has_openat2", lambda: False)
    elif not has_openat2():
        pytest.skip("no openat2 on this machine")


def read(root: Path, path: str) -> bytes:
    with os.fdopen(open_beneath(root, path), "rb") as file:
        return file.read()


INSIDE = [
    ("ok", b"ok"),
    ("./ok", b"ok"),
    ("sub//a", b"sub/a"),
    ("sub/../ok", b"ok"),
    ("sub/./deep/../a", b"sub/a"),
    ("in_file", b"ok"),
    ("in_dir/a", b"sub/a"),
    ("in_dir/../ok", b"ok"),
    ("in_up", b"ok"),
    ("two_hops", b"ok"),
    ("in_dir/deep/b", b"sub/deep/b"),
    ("sub/deep/../../ok", b"ok"),
]
REFUSED = [
    ("", errno.ENOENT),
    ("missing", errno.ENOENT),
    ("../secret", errno.EXDEV),
    ("..", errno.EXDEV),
    ("sub/../../secret", errno.EXDEV),
    ("../root/ok", errno.EXDEV),
    ("/etc/hostname", errno.EXDEV),
    ("out_file", errno.EXDEV),
    ("out_dir/secret", errno.EXDEV),
    ("out_dir/root/ok", errno.EXDEV),
    ("far/../secret", errno.EXDEV),
    ("absolute_in", errno.EXDEV),
    ("absolute_out", errno.EXDEV),
    ("sub/back_out", errno.EXDEV),
    ("dangling", errno.ENOENT),
    ("dangling_out", errno.EXDEV),
    ("loop", errno.ELOOP),
    ("ping", errno.ELOOP),
    ("ok/", errno.ENOTDIR),
    ("ok/.", errno.ENOTDIR),
    ("ok/x", errno.ENOTDIR),
    ("in_file/", errno.ENOTDIR),
    ("sub", errno.EINVAL),
    (".", errno.EINVAL),
    ("fifo", errno.EINVAL),
    ("hard", errno.EMLINK),
    ("a" * 256, errno.ENAMETOOLONG),
    ("a/" * 2100 + "x", errno.ENAMETOOLONG),
    ("ok\0/../../secret", errno.EINVAL),
    ("\ud800", errno.EILSEQ),
]


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize(("path", "content"), INSIDE)
def test_what_stays_inside_is_read(root: Path, path: str, content: bytes) -> None:
    assert read(root, path) == content


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize(("path", "code"), REFUSED, ids=[repr(path)[:24] for path, _ in REFUSED])
def test_what_leads_out_or_is_special_is_refused(root: Path, path: str, code: int) -> None:
    with pytest.raises(OSError) as failure:
        open_beneath(root, path)
    assert failure.value.errno == code


@pytest.mark.usefixtures("_opener")
def test_a_new_file_is_created_with_the_mode_asked_for(root: Path) -> None:
    descriptor = open_beneath(root, "sub/new", os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(descriptor, b"new")
    os.close(descriptor)
    assert (root / "sub/new").read_bytes() == b"new"
    assert (root / "sub/new").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize("path", ["dangling_out", "out_dir/made_outside", "far/x", "absolute_out"])
def test_writing_makes_nothing_outside(root: Path, path: str) -> None:
    before = sorted(str(p) for p in root.parent.rglob("*"))
    with pytest.raises(OSError):
        open_beneath(root, path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    assert sorted(str(p) for p in root.parent.rglob("*")) == before
    assert (root.parent / "secret").read_bytes() == SECRET


@pytest.mark.usefixtures("_opener")
def test_a_hard_link_is_not_truncated_before_it_is_refused(root: Path) -> None:
    with pytest.raises(OSError) as failure:
        open_beneath(root, "hard", os.O_WRONLY | os.O_TRUNC)
    assert failure.value.errno == errno.EMLINK
    assert (root.parent / "secret").read_bytes() == SECRET


@pytest.mark.usefixtures("_opener")
def test_truncation_is_done_for_a_plain_file(root: Path) -> None:
    os.close(open_beneath(root, "sub/a", os.O_WRONLY | os.O_TRUNC))
    assert (root / "sub/a").read_bytes() == b""


@pytest.mark.usefixtures("_opener")
@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_WRONLY, os.O_RDWR])
def test_a_pipe_never_blocks(root: Path, flags: int) -> None:
    with pytest.raises(OSError) as failure:
        open_beneath(root, "fifo", flags)
    assert failure.value.errno in (errno.EINVAL, errno.ENXIO)


@pytest.mark.usefixtures("_opener")
def test_looking_at_a_link_itself(root: Path) -> None:
    assert stat.S_ISLNK(look_beneath(root, "out_file", follow=False).st_mode)
    assert stat.S_ISDIR(look_beneath(root, ".").st_mode)
    assert stat.S_ISFIFO(look_beneath(root, "fifo").st_mode)


@pytest.mark.usefixtures("_opener")
def test_a_missing_or_wrong_root_is_an_error(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_beneath(root / "absent", "x")
    with pytest.raises(NotADirectoryError):
        open_beneath(root / "ok", "x")


@pytest.mark.usefixtures("_opener")
def test_no_descriptor_is_left_behind(root: Path) -> None:
    def attempt(path: str) -> None:
        try:
            os.close(open_beneath(root, path))
        except OSError:
            return

    def still_open() -> int:
        return sum(1 for _ in Path("/dev/fd").iterdir())

    attempt("ok")
    before = still_open()
    for path, _ in [*INSIDE, *REFUSED]:
        attempt(path)
    assert still_open() == before


def test_magic_links_are_not_followed() -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("no /proc here")
    with pytest.raises(OSError):
        open_beneath(Path("/proc/self"), "fd/0")
    with pytest.raises(OSError):
        resolve_beneath(Path("/proc/self"), "root/etc", os.O_RDONLY)


def test_openat2_that_is_filtered_away_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def filtered(*_: object) -> int:
        raise PermissionError(errno.EPERM, "filtered")

    monkeypatch.setattr(beneath, "_openat2", filtered)
    has_openat2.cache_clear()
    try:
        assert has_openat2() is False
    finally:
        has_openat2.cache_clear()


def test_other_machines_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beneath.platform, "machine", lambda: "sparc64")
    has_openat2.cache_clear()
    try:
        assert has_openat2() is False
    finally:
        monkeypatch.undo()
        has_openat2.cache_clear()


def test_a_directory_swapped_for_a_link_during_the_walk_is_not_followed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The swap is played between the look at a component and its open, where a race would strike."""
    real_stat = os.stat

    def swapping(path: object, *args: object, **kwargs: object) -> os.stat_result:
        result = real_stat(path, *args, **kwargs)  # type: ignore[arg-type]
        if path == b"sub" and not (root / "sub").is_symlink():
            (root / "sub").rename(root / "was_sub")
            (root / "sub").symlink_to("../out")
        return result

    directory = os.open(root, os.O_RDONLY)
    monkeypatch.setattr(os, "stat", swapping)
    try:
        with pytest.raises(OSError) as failure:
            walk_beneath(directory, b"sub/secret", os.O_RDONLY, 0)
    finally:
        monkeypatch.undo()
        os.close(directory)
    assert failure.value.errno in (errno.ENOTDIR, errno.ELOOP)


def test_a_file_swapped_for_a_link_is_not_handed_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_stat = os.stat

    def swapping(path: object, *args: object, **kwargs: object) -> os.stat_result:
        result = real_stat(path, *args, **kwargs)  # type: ignore[arg-type]
        if path == b"ok" and not (root / "ok").is_symlink():
            (root / "ok").unlink()
            (root / "ok").symlink_to("../secret")
        return result

    directory = os.open(root, os.O_RDONLY)
    monkeypatch.setattr(os, "stat", swapping)
    try:
        with pytest.raises(OSError) as failure:
            walk_beneath(directory, b"ok", getattr(os, "O_PATH", os.O_RDONLY), 0)
    finally:
        monkeypatch.undo()
        os.close(directory)
    assert failure.value.errno == errno.ELOOP


def test_the_kernel_gives_up_a_path_that_keeps_changing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy:
        calls = 0

        def syscall(self, *_: object) -> int:
            Busy.calls += 1
            beneath.ctypes.set_errno(errno.EAGAIN)
            return -1

    monkeypatch.setattr(beneath, "_libc", Busy)
    with pytest.raises(OSError) as failure:
        beneath._openat2(0, b"ok", os.O_RDONLY, 0)
    assert failure.value.errno == errno.EAGAIN
    assert 1 < Busy.calls < 100


NAMES = ["ok", "sub", "deep", "a", "..", ".", "", "in_dir", "in_up", "out_dir", "far", "loop", "secret", "root", "up"]


@pytest.fixture(scope="module")
def shared_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tree(tmp_path_factory.mktemp("spellings"))


def _outcome(opener: Callable[[int, bytes, int, int], int], root: Path, path: bytes) -> tuple[str, int]:
    directory = os.open(root, os.O_RDONLY)
    try:
        descriptor = opener(directory, path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC, 0)
    except OSError as error:
        return "error", error.errno or 0
    finally:
        os.close(directory)
    info = os.fstat(descriptor)
    os.close(descriptor)
    return "inode", info.st_ino


@settings(
    max_examples=300, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=st.lists(st.sampled_from(NAMES), min_size=1, max_size=7))
def test_no_spelling_escapes_and_both_ways_agree(shared_root: Path, parts: list[str]) -> None:
    path = "/".join(parts).lstrip("/") or "."
    inside = {(shared_root / p).lstat().st_ino for p in [".", *shared_root.rglob("*")]} - {
        (shared_root.parent / "secret").stat().st_ino
    }
    walked = _outcome(walk_beneath, shared_root, path.encode())
    assert walked[0] == "error" or walked[1] in inside
    if has_openat2():
        assert _outcome(beneath._openat2, shared_root, path.encode()) == walked
