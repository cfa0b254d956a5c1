"""Parts of the child that run in any process: scratch folders, messages, Landlock's rights."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("the child is Linux only", allow_module_level=True)

from pytest_agentsafety.sandbox.child import landlock, scratch, wire


def test_a_scratch_folder_is_its_owners(tmp_path: Path) -> None:
    made = Path(scratch.make(str(tmp_path), None))
    assert sorted(path.name for path in made.iterdir()) == ["files", "tmp"]
    assert {path.stat().st_mode & 0o777 for path in (made, *made.iterdir())} == {0o700}
    assert scratch.make(str(tmp_path), None) != str(made)
    scratch.remove(str(made))
    assert not made.exists()


def test_nowhere_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        scratch.make(str(tmp_path / "nowhere"), None)


def test_removing_follows_no_link_and_stops_at_no_mode(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    made = Path(scratch.make(str(tmp_path), None))
    (made / "files/l").symlink_to(outside)
    (made / "files/dangling").symlink_to("nowhere")
    os.mkfifo(made / "files/fifo")
    (made / "files/shut/in").mkdir(parents=True)
    (made / "files/shut/in/f").write_text("x")
    (made / "files/shut/in").chmod(0)
    (made / "files/shut").chmod(0)
    scratch.remove(str(made))
    assert not made.exists()
    assert (outside / "kept").read_text() == "x"


def test_removing_needs_no_stack_and_no_long_path(tmp_path: Path) -> None:
    made = scratch.make(str(tmp_path), None)
    here = os.open(f"{made}/files", os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d" * 50, dir_fd=here)
        inside = os.open("d" * 50, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inside
    os.close(here)
    size, count = scratch.used(made, 100_000, os.getpid())
    assert count > 100_000, "what cannot be walked counts as too much"
    assert size < 1 << 30
    scratch.remove(made)
    assert list(tmp_path.iterdir()) == []


def test_removing_what_is_not_there(tmp_path: Path) -> None:
    scratch.remove(str(tmp_path / "nowhere"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_used(tmp_path: Path) -> None:
    made = Path(scratch.make(str(tmp_path), None))
    empty = scratch.used(str(made), 100, os.getpid())
    (made / "files/f").write_bytes(b"x" * (1 << 20))
    (made / "files/d").mkdir()
    size, count = scratch.used(str(made), 100, os.getpid())
    assert size - empty[0] >= 1 << 20
    assert count - empty[1] == 2
    for number in range(50):
        (made / f"files/{number}").touch()
    assert scratch.used(str(made), 10, os.getpid())[1] > 10


def test_what_has_no_name_any_more_is_used_too(tmp_path: Path) -> None:
    made = Path(scratch.make(str(tmp_path), None))
    before = scratch.used(str(made), 100, os.getpid())[0]
    with (made / "files/f").open("wb") as file:
        (made / "files/f").unlink()
        file.write(b"x" * (1 << 20))
        file.flush()
        assert scratch.used(str(made), 100, os.getpid())[0] - before >= 1 << 20


def test_messages_with_descriptors() -> None:
    one, other = socket.socketpair()
    with one, other:
        read, write = os.pipe()
        wire.send(one, {"a": [1, 2.5, None, b"x", "ä"]}, (read, write))
        wire.send(one, "second")
        message, files = wire.receive(other) or (None, [])
        assert message == {"a": [1, 2.5, None, b"x", "ä"]}
        assert len(files) == 2
        assert not any(os.get_inheritable(file) for file in files)
        os.write(files[1], b"through")
        assert os.read(read, 10) == b"through"
        assert wire.receive(other) == ("second", [])
        for file in (read, write, *files):
            os.close(file)


def test_a_long_message_is_whole() -> None:
    one, other = socket.socketpair()
    with one, other:
        text = "x" * (3 << 20)
        import threading

        sender = threading.Thread(target=wire.send, args=(one, text))
        sender.start()
        assert (wire.receive(other) or ("",))[0] == text
        sender.join()


@pytest.mark.parametrize("cut", [b"", b"\x05", b"\x05\0\0\0", b"\x05\0\0\0ab"])
def test_a_message_that_is_cut_off_is_none(cut: bytes) -> None:
    one, other = socket.socketpair()
    with other:
        one.sendall(cut)
        one.close()
        assert wire.receive(other) is None


@pytest.mark.parametrize(
    ("abi", "files", "ports", "scopes"),
    [
        (1, (1 << 13) - 1, 0, 0),
        (2, (1 << 14) - 1, 0, 0),
        (3, (1 << 15) - 1, 0, 0),
        (4, (1 << 15) - 1, 3, 0),
        (5, (1 << 16) - 1, 3, 0),
        (6, (1 << 16) - 1, 3, 3),
        (9, (1 << 16) - 1, 3, 3),
    ],
)
def test_every_version_denies_all_it_knows(abi: int, files: int, ports: int, scopes: int) -> None:
    assert landlock.handled(abi) == (files, ports, scopes)


def test_what_may_be_changed_has_no_devices_sockets_or_programs() -> None:
    execute, make_char, make_sock, make_fifo, make_block = (1 << bit for bit in (0, 6, 9, 10, 11))
    for right in (execute, make_char, make_sock, make_fifo, make_block):
        assert not landlock.CHANGE & right
        assert not landlock.READ & right
    assert landlock.READ & landlock.CHANGE == landlock.READ
    assert not landlock.READ & landlock.WRITE_FILE


def test_the_kernels_version_is_asked() -> None:
    assert landlock.version() >= 0
