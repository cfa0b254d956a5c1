"""The escape matrix: what code in the sandbox tries, and must not get.

Each probe prints ESCAPED when it got what it wanted. `H` is a real escape, `L` a limit that does not hold, `S` surface
of the kernel that code has no need of. The probes do no harm where they succeed: everything they can hit was made for
them (see `check`), and what they start or allocate ends with them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal["H", "L", "S"]

PRELUDE = """
import ctypes, os, socket, struct, sys, time
def escaped(): print("ESCAPED", flush=True)
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
X86 = os.uname().machine == "x86_64"
def call(x86, arm, *arguments):
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return LIBC.syscall(ctypes.c_long(x86 if X86 else arm), *given)
"""

# Kind and name, then the code, which finds what was made for it in the dict F. An OSError or a MemoryError in it is a
# refusal. "metadata" marks what only a root folder of the sandbox's own can hide.
_TEXT = r"""
# files
H file_read
    F['token'] in open(F['outside'] + '/canary').read() and escaped()
H file_read_at
    d = os.open('/', os.O_PATH)
    f = os.open(F['outside'][1:] + '/canary', 0, dir_fd=d)
    escaped()
H file_read_by_link
    os.symlink(F['outside'] + '/canary', 'l')
    open('l').read() and escaped()
H file_read_by_root_link
    open('/proc/self/root' + F['outside'] + '/canary').read() and escaped()
H file_read_by_cwd
    os.chdir(F['outside'])
    open('canary').read() and escaped()
H file_map
    import mmap
    f = os.open(F['outside'] + '/canary', 0)
    mmap.mmap(f, 0, prot=1)[:1] and escaped()
H folder_list
    os.listdir(F['outside']) and escaped()
H file_create
    open(F['outside'] + '/new', 'w').write('x') and escaped()
H file_append
    open(F['outside'] + '/log', 'a').write('x') and escaped()
H file_truncate
    os.truncate(F['outside'] + '/log', 0)
    escaped()
H file_remove
    os.unlink(F['outside'] + '/spare')
    escaped()
H file_move_out
    os.rename(F['outside'] + '/spare', 'mine')
    escaped()
H file_move_in
    open('own', 'w').close()
    os.rename('own', F['outside'] + '/planted')
    escaped()
H file_hardlink
    os.link(F['outside'] + '/canary', 'same')
    open('same').read() and escaped()
H folder_make
    os.mkdir(F['outside'] + '/made')
    escaped()
H link_plant
    os.symlink('/', F['outside'] + '/planted_link')
    escaped()
H socket_plant
    s = socket.socket(socket.AF_UNIX)
    s.bind(F['outside'] + '/s')
    escaped()
H mode_change
    os.chmod(F['outside'] + '/canary', 0o600)
    escaped()
H time_change
    os.utime(F['outside'] + '/canary', (1, 1))
    escaped()
H shared_memory_file
    f = open('/dev/shm/' + F['name'], 'w')
    os.unlink(f.name)
    escaped()
H inherited_descriptor
    for f in range(3, 256):
        try: F['token'].encode() in os.pread(f, 99, 0) and escaped()
        except OSError: pass
H environment
    any(F['token'] in value for value in os.environ.values()) and escaped()
H environment_at_start
    F['token'].encode() in open('/proc/self/environ', 'rb').read() and escaped()
H environment_of_another
    F['token'].encode() in open(f'/proc/{F["victim"]}/environ', 'rb').read() and escaped()
S metadata (metadata)
    os.stat(F['outside'] + '/canary')
    escaped()
# network
H tcp_connect
    socket.create_connection(('127.0.0.1', F['tcp']), 2).recv(1) and escaped()
H tcp_connect_v6_mapped
    s = socket.socket(socket.AF_INET6)
    s.connect(('::ffff:127.0.0.1', F['tcp']))
    escaped()
H tcp_listen
    s = socket.socket()
    s.bind(('127.0.0.1', 0))
    s.listen()
    escaped()
H tcp_fast_open
    s = socket.socket()
    s.sendto(b'x', 0x20000000, ('127.0.0.1', F['tcp']))
    escaped()
H udp_send
    socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', F['udp']))
    escaped()
H unix_connect
    s = socket.socket(socket.AF_UNIX)
    s.connect(F['outside'] + '/u')
    s.recv(1) and escaped()
H unix_abstract
    s = socket.socket(socket.AF_UNIX)
    s.connect('\0' + F['name'])
    s.recv(1) and escaped()
H unix_datagram_pair
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    a.sendto(b'x', F['outside'] + '/d')
    escaped()
S socket_families
    for family, kind in ((16, 3), (17, 3), (38, 5), (40, 1), (31, 3), (44, 3)):
        try: socket.socket(family, kind); escaped()
        except OSError: pass
# processes
H signal
    os.kill(F['victim'], 0)
    escaped()
H signal_all
    os.kill(-1, 0)
    escaped()
H signal_by_handle
    f = os.pidfd_open(F['victim'])
    call(424, 424, f, 0, None, 0) == 0 and escaped()
H memory_of_another
    b = ctypes.create_string_buffer(8)
    v = (ctypes.c_ulong * 2)(ctypes.addressof(b), 8)
    w = (ctypes.c_ulong * 2)(4096, 8)
    r = call(310, 270, F['victim'], v, 1, w, 1, 0)
    (r >= 0 or ctypes.get_errno() == 14) and escaped()
H trace
    call(101, 117, 0x4206, F['victim'], 0, 0) == 0 and escaped()
H limits_of_another
    import resource
    resource.prlimit(F['victim'], resource.RLIMIT_CORE)
    escaped()
H priority_of_another
    os.setpriority(os.PRIO_PROCESS, F['victim'], 19)
    escaped()
H fork
    p = os.fork()
    if p == 0: os._exit(0)
    os.waitpid(p, 0)
    escaped()
H exec
    import subprocess
    subprocess.run(['/bin/true'], check=True)
    escaped()
S namespace
    LIBC.unshare(0x10000000) == 0 and escaped()
S uid_zero
    os.getuid() == 0 and escaped()
S capabilities
    b = ctypes.create_string_buffer(24)
    call(125, 90, struct.pack('Ii', 0x20080522, 0), b)
    any(b.raw[:4]) and escaped()
S stay_after_parent
    LIBC.prctl(1, 0, 0, 0, 0) == 0 and escaped()
# limits
L memory
    b = bytearray(F['memory_mb'] + 64 << 20)
    b[::4096] = b'x' * len(b[::4096])
    escaped()
L memory_mapped
    import mmap
    m = [mmap.mmap(-1, 32 << 20) for _ in range(F['memory_mb'] // 32 + 2)]
    escaped()
L memory_file
    f = os.memfd_create('x')
    os.write(f, b'x' * 4096)
    escaped()
L disk
    for i in range(F['disk_mb'] + 8): open(f'f{i}', 'wb').write(b'x' * (1 << 20))
    time.sleep(0.5)
    escaped()
L disk_unlinked
    kept = []
    for i in range(F['disk_mb'] + 8):
        f = open('f', 'wb')
        os.unlink('f')
        f.write(b'x' * (1 << 20))
        f.flush()
        kept.append(f)
    time.sleep(0.5)
    escaped()
L disk_one_file
    f = open('f', 'wb')
    for i in range(F['disk_mb'] + 8): f.write(b'x' * (1 << 20))
    f.flush()
    escaped()
L many_files
    for i in range(F['files'] + 200): open(f'f{i}', 'w').close()
    time.sleep(0.5)
    escaped()
L output
    for i in range(F['output_kb'] // 64 + 4): sys.stdout.write('x' * 65535 + '\n')
    escaped()
L wall_clock
    time.sleep(F['timeout'] + 0.7)
    escaped()
L cpu
    import signal
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while time.process_time() < F['cpu'] + 1.3: pass
    escaped()
L threads
    import threading
    threading.stack_size(65536)
    e = threading.Event()
    for i in range(400): threading.Thread(target=e.wait, args=(3,), daemon=True).start()
    escaped()
L descriptors
    import resource
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))
    kept = [os.dup(0) for _ in range(900)]
    escaped()
# the kernel
S io_uring
    call(425, 425, 4, b'\0' * 120) >= 0 and escaped()
S userfaultfd
    call(323, 282, 1) >= 0 and escaped()
S keys
    call(248, 217, b'user', b'agentsafety', b'x', 1, -2) >= 0 and escaped()
S performance_events
    call(298, 241, struct.pack('IIQ', 1, 112, 0) + b'\0' * 96, 0, -1, -1, 0) >= 0 and escaped()
S bpf
    call(321, 280, 0, struct.pack('IIIII', 2, 4, 4, 1, 0) + b'\0' * 100, 72) >= 0 and escaped()
S file_handles
    h = struct.pack('Ii', 120, 0) + b'\0' * 128
    call(303, 264, -100, b'/', h, ctypes.byref(ctypes.c_int()), 0) == 0 and escaped()
S watching_files
    f = call(294, 26, 0)
    f >= 0 and call(254, 27, f, F['outside'].encode(), 4095) >= 0 and escaped()
S shared_memory
    i = call(29, 194, 0, 4096, 0o1600)
    if i >= 0: call(31, 195, i, 0, None); escaped()
S message_queue
    i = call(68, 186, 0, 0o1600)
    if i >= 0: call(71, 187, i, 0, None); escaped()
S personality
    call(135, 92, 0x0040000) >= 0 and escaped()
S memory_policy
    call(238, 237, 0, None, 0) == 0 and escaped()
S moving_pages
    call(279, 239, 0, 0, None, None, None, 0) == 0 and escaped()
S splicing
    r, w = os.pipe()
    v = struct.pack('QQ', id(b'xx'), 1)
    call(278, 75, w, v, 1, 0) >= 0 and escaped()
S own_filter
    p = struct.pack('HBBI', 6, 0, 0, 0x7fff0000)
    b = ctypes.create_string_buffer(p, 8)
    LIBC.prctl(38, 1, 0, 0, 0)
    call(317, 277, 1, 0, struct.pack('HP', 1, ctypes.addressof(b))) == 0 and escaped()
S core_dumps
    import resource
    resource.getrlimit(resource.RLIMIT_CORE)[1] and escaped()
S real_time
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    escaped()
S foreign_numbers
    X86 and call(0x40000000 | 39, 0) > 0 and escaped()
"""


@dataclass(frozen=True)
class Probe:
    """One attempt. `metadata`: only a root folder of the sandbox's own can hide this."""

    id: str
    kind: Kind
    code: str
    metadata: bool = False


def parse(text: str) -> Iterator[Probe]:
    """Probes from the form of this module; lines that begin with # are headings."""
    head, body = "", ""
    for line in [*text.splitlines(), "end"]:
        if line.startswith("    "):
            body += f"{line}\n"
        elif line and not line.startswith("#"):
            if head:
                kind, name, *more = head.split()
                yield Probe(name, cast("Kind", kind), textwrap.dedent(body).strip(), bool(more))
            head, body = line, ""


PROBES: tuple[Probe, ...] = tuple(parse(_TEXT))
