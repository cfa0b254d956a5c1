"""Messages over a stream socket: a length, then that many bytes; descriptors travel with the length."""

from __future__ import annotations

import _socket as socket
import marshal

_SPACE = 8 * 4  # of eight descriptors


def send(channel: socket.socket, value: object, descriptors: tuple[int, ...] = ()) -> None:
    """Raises OSError when the other end is gone."""
    data = marshal.dumps(value)  # type: ignore[arg-type]
    header = len(data).to_bytes(4, "little")
    if descriptors:
        rights = b"".join(number.to_bytes(4, "little") for number in descriptors)
        channel.sendmsg([header], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    else:
        channel.sendall(header)
    channel.sendall(data)


def receive(channel: socket.socket) -> tuple[object, list[int]] | None:
    """The next message and its descriptors; None when the other end is gone."""
    header, ancillary, _, _ = channel.recvmsg(4, socket.CMSG_SPACE(_SPACE), socket.MSG_CMSG_CLOEXEC)
    descriptors = [
        int.from_bytes(data[i : i + 4], "little")
        for level, kind, data in ancillary
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        for i in range(0, len(data), 4)
    ]
    while header and len(header) < 4:
        more = channel.recv(4 - len(header))
        if not more:
            return None
        header += more
    if not header:
        return None
    left, parts = int.from_bytes(header, "little"), []
    while left:
        part = channel.recv(min(left, 1 << 20))
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    return marshal.loads(b"".join(parts)), descriptors
