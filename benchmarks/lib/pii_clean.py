"""Clean texts that look like personal data or secrets: figures, codes, fingerprints, logs, programs.

Written before the guard's code was read. Left out on purpose: what is personal data by its form (private addresses of
machines, telephone numbers of services, vehicle numbers).
"""

# ruff: noqa: E501, ARG005 - tables of forms
from __future__ import annotations

import base64
import random
import string
import uuid
from collections.abc import Callable, Iterator

Rng = random.Random
_HEX = "0123456789abcdef"
_B64 = string.ascii_letters + string.digits + "+/"


def _d(rng: Rng, size: int) -> str:
    return "".join(rng.choices(string.digits, k=size))


def _hex(rng: Rng, size: int, upper: bool = False) -> str:
    text = "".join(rng.choices(_HEX, k=size))
    return text.upper() if upper else text


def _b64(rng: Rng, size: int) -> str:
    return base64.b64encode(rng.randbytes(size)).decode()


def _caps(rng: Rng, size: int) -> str:
    return "".join(rng.choices(string.ascii_uppercase, k=size))


def _alnum(rng: Rng, size: int) -> str:
    return "".join(rng.choices(string.ascii_uppercase + string.digits, k=size))


def _time(rng: Rng) -> str:
    return f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"


def _date(rng: Rng) -> str:
    return f"{rng.randrange(1995, 2030)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"


def _money(rng: Rng) -> str:
    return f"{rng.randrange(1, 10 ** rng.randrange(2, 8)):,}.{_d(rng, 2)}"


def _n(rng: Rng, low: int, high: int) -> int:
    return rng.randrange(low, high)


def _luhn(body: str) -> str:
    total = 0
    for i, d in enumerate(reversed(body)):
        n = int(d) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return str(-total % 10)


def _not_luhn(rng: Rng, size: int) -> str:
    body = str(_n(rng, 1, 10)) + _d(rng, size - 2)
    return body + str((int(_luhn(body)) + _n(rng, 1, 10)) % 10)


def _isbn13(rng: Rng) -> str:
    body = "978" + _d(rng, 9)
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10
    full = body + str(check)
    return rng.choice((full, f"{full[:3]}-{full[3]}-{full[4:8]}-{full[8:12]}-{full[12]}"))


def _ean13(rng: Rng) -> str:
    body = str(_n(rng, 30, 70)) + _d(rng, 10)
    return body + str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10)


def _isbn10(rng: Rng) -> str:
    body = _d(rng, 9)
    check = -sum((10 - i) * int(d) for i, d in enumerate(body)) % 11
    last = "X" if check == 10 else str(check)
    return rng.choice((body + last, f"{body[0]}-{body[1:4]}-{body[4:9]}-{last}"))


def _git_log(rng: Rng) -> str:
    return "\n".join(
        f"{_hex(rng, rng.choice((7, 8, 40)))} {rng.choice(('Fix', 'Add', 'Drop'))} {rng.choice(('parser', 'tests', 'cache'))} (#{_n(rng, 1, 9999)})"
        for _ in range(4)
    )


def _git_diff(rng: Rng) -> str:
    return f"diff --git a/src/a.c b/src/a.c\nindex {_hex(rng, 7)}..{_hex(rng, 7)} 100644\n--- a/src/a.c\n+++ b/src/a.c\n@@ -{_n(rng, 1, 900)},{_n(rng, 1, 20)} +{_n(rng, 1, 900)},{_n(rng, 1, 20)} @@ int main(void)\n-    x = {_n(rng, 1, 10**6)};\n+    x = {_n(rng, 1, 10**6)};"


def _figures(rng: Rng) -> str:
    return "\n".join(
        "  ".join(f"{rng.uniform(-999, 9999):10.{rng.choice((2, 3, 4))}f}" for _ in range(6)) for _ in range(6)
    )


def _integers(rng: Rng) -> str:
    sep = rng.choice(("\t", "  ", ", ", " | ", ";"))
    return "\n".join(sep.join(str(_n(rng, 0, 10 ** _n(rng, 1, 8))) for _ in range(5)) for _ in range(8))


def _minified(rng: Rng) -> str:
    names = [rng.choice("abcdefghijk") + str(_n(rng, 0, 99)) for _ in range(8)]
    body = ";".join(
        f"{n}=function(t,e){{return t[{_n(rng, 0, 9999)}]^e<<{_n(rng, 1, 31)}|{_n(rng, 10**6, 10**10)}}}" for n in names
    )
    return f"!function(){{var {body}}}();/*! v{_n(rng, 1, 9)}.{_n(rng, 0, 20)}.{_n(rng, 0, 20)} {_hex(rng, 20)} */"


def _hexdump(rng: Rng) -> str:
    return "\n".join(
        f"{i * 16:08x}  " + " ".join(_hex(rng, 2) for _ in range(8)) + "  " + " ".join(_hex(rng, 2) for _ in range(8))
        for i in range(4)
    )


def _traceback(rng: Rng) -> str:
    return f'Traceback (most recent call last):\n  File "/srv/app/v{_n(rng, 1, 9)}.{_n(rng, 0, 20)}.{_n(rng, 0, 9)}/main.py", line {_n(rng, 1, 4000)}, in run\n    value = table[{_n(rng, 0, 10**9)}]\nKeyError: {_n(rng, 10**8, 10**11)}'


def _ls(rng: Rng) -> str:
    return "\n".join(
        f"-rw-r--r-- 1 root root {_n(rng, 10, 10**9):>10} Mar {_n(rng, 1, 29):>2} {_n(rng, 0, 24):02}:{_n(rng, 0, 60):02} file-{_d(rng, 6)}.bin"
        for _ in range(4)
    )


def _geojson(rng: Rng) -> str:
    points = ",".join(f"[{rng.uniform(-180, 180):.6f},{rng.uniform(-90, 90):.6f}]" for _ in range(5))
    return '{"type":"LineString","coordinates":[' + points + "]}"


def _svg(rng: Rng) -> str:
    return (
        '<path d="M'
        + "".join(
            f"{rng.uniform(0, 99):.{_n(rng, 1, 4)}f} {rng.uniform(0, 99):.2f}c{rng.uniform(-9, 9):.2f}-{rng.uniform(0, 9):.3f}"
            for _ in range(6)
        )
        + 'z"/>'
    )


def _lock(rng: Rng) -> str:
    return f'"node_modules/left-pad": {{\n  "version": "{_n(rng, 0, 9)}.{_n(rng, 0, 30)}.{_n(rng, 0, 30)}",\n  "resolved": "https://registry.example.org/left-pad/-/left-pad-1.3.0.tgz",\n  "integrity": "sha512-{_b64(rng, 64)}"\n}}'


def _certificate(rng: Rng) -> str:
    body = _b64(rng, 240)
    lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----"


def _top(rng: Rng) -> str:
    return "\n".join(
        f"{_n(rng, 1, 99999):>7} www-data  20   0 {_n(rng, 10**5, 10**7):>8} {_n(rng, 10**4, 10**6):>7} {_n(rng, 10**3, 10**5):>6} S  {rng.uniform(0, 99):4.1f}  {rng.uniform(0, 9):3.1f} {_n(rng, 0, 99)}:{_d(rng, 2)}.{_d(rng, 2)} worker"
        for _ in range(5)
    )


def _pytest(rng: Rng) -> str:
    return f"tests/test_a.py::TestA::test_{rng.choice(('abc', 'dead_beef', 'cafe'))}[{_n(rng, 1, 99)}-{_n(rng, 1, 9999)}] PASSED [ {_n(rng, 10, 100)}%]\n====== {_n(rng, 1, 999)} passed, {_n(rng, 1, 9)} skipped in {rng.uniform(1, 99):.2f}s ======"


def _cpp(rng: Rng) -> str:
    return f"std::vector<std::pair<int, ab::cd>>::iterator it = fe::ed::begin(x{_n(rng, 0, 99)});\nuse crate::a::b::{{c, d}};\nfoo::bar::<{_n(rng, 0, 64)}>();"


def _slices(rng: Rng) -> str:
    return f"rows = data[{_n(rng, 0, 99)}::{_n(rng, 2, 9)}] + data[::{_n(rng, 2, 9)}]\nx = a[1:2:3], b[::-1], c[{_n(rng, 1, 9)}:{_n(rng, 10, 99)}]"


def _ua(rng: Rng) -> str:
    c = _n(rng, 90, 140)
    return f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{c}.0.{rng.choice(('0.0', f'{_n(rng, 4000, 7000)}.{_n(rng, 0, 200)}'))} Safari/537.36 Edg/{c}.0.{_n(rng, 1000, 3000)}.{_n(rng, 0, 99)}"


def _pip(rng: Rng) -> str:
    return "\n".join(
        f"{p}=={_n(rng, 0, 30)}.{_n(rng, 0, 30)}.{_n(rng, 0, 30)}{rng.choice(('', '.post1', 'rc1', '.0'))}"
        for p in ("numpy", "requests", "attrs", "uvicorn", "django")
    )


def _dmesg(rng: Rng) -> str:
    return f"[{_n(rng, 0, 99999):>5}.{_d(rng, 6)}] pci 0000:{_hex(rng, 2)}:{_hex(rng, 2)}.0: [{_hex(rng, 4)}:{_hex(rng, 4)}] type 00 class 0x{_hex(rng, 6)}\n[{_n(rng, 0, 99999):>5}.{_d(rng, 6)}] BIOS-e820: [mem 0x{_hex(rng, 16)}-0x{_hex(rng, 16)}] usable"


def _usb(rng: Rng) -> str:
    return f"Bus 00{_n(rng, 1, 9)} Device 00{_n(rng, 1, 9)}: ID {_hex(rng, 4)}:{_hex(rng, 4)} Linux Foundation 2.0 root hub"


def _srt(rng: Rng) -> str:
    return "\n\n".join(
        f"{i}\n{_time(rng)},{_d(rng, 3)} --> {_time(rng)},{_d(rng, 3)}\nWell, {rng.choice(('yes', 'no'))}."
        for i in range(1, 4)
    )


def _sports(rng: Rng) -> str:
    return f"Final: {_n(rng, 0, 7)}-{_n(rng, 0, 7)}, {_n(rng, 0, 7)}-{_n(rng, 0, 7)}, {_n(rng, 6, 8)}-{_n(rng, 5, 7)}; attendance {_n(rng, 1000, 90000):,}; splits 27.{_d(rng, 2)}, 56.{_d(rng, 2)}, 1:24.{_d(rng, 2)}"


def _recipe(rng: Rng) -> str:
    return f"Mix {_n(rng, 100, 900)} g flour, {_n(rng, 1, 9)} 1/2 cups milk and {_n(rng, 2, 5)} eggs; bake at {_n(rng, 150, 250)} °C (gas mark {_n(rng, 3, 8)}) for {_n(rng, 20, 50)}-{_n(rng, 51, 90)} minutes."


def _ini_hash(rng: Rng) -> str:
    return f'[build]\nrev = {_hex(rng, 40)}\nchecksum = "{_hex(rng, 64)}"\nsize = {_n(rng, 10**6, 10**10)}'


def _docker(rng: Rng) -> str:
    return f'FROM python:3.{_n(rng, 8, 14)}-slim@sha256:{_hex(rng, 64)}\n{_hex(rng, 12)}   nginx:1.{_n(rng, 10, 30)}   "nginx -g daemon"   {_n(rng, 2, 59)} hours ago'


def _k8s(rng: Rng) -> str:
    return f'pod/api-{_hex(rng, 10)}-{"".join(rng.choices("bcdfghjklmnpqrstvwxz2456789", k=5))}   1/1   Running   {_n(rng, 0, 9)}   {_n(rng, 1, 99)}d\nresourceVersion: "{_d(rng, 9)}"\nuid: {uuid.UUID(int=rng.getrandbits(128), version=4)}'


def _sql(rng: Rng) -> str:
    return f"SELECT * FROM orders WHERE id IN ({', '.join(str(_n(rng, 10**6, 10**9)) for _ in range(5))}) AND total > {_n(rng, 10, 9999)}.{_d(rng, 2)} LIMIT {_n(rng, 10, 500)};"


def _chem(rng: Rng) -> str:
    return f"CAS {_n(rng, 50, 99999)}-{_d(rng, 2)}-{_d(rng, 1)}, EC {_n(rng, 200, 300)}-{_d(rng, 3)}-{_d(rng, 1)}, molar mass {rng.uniform(20, 800):.3f} g/mol, UN {_n(rng, 1000, 3600)}"


def _arxiv(rng: Rng) -> str:
    return f"See arXiv:{_n(rng, 1, 26):02}{_n(rng, 1, 13):02}.{_d(rng, 5)}v{_n(rng, 1, 5)} and doi:10.{_n(rng, 1000, 9999)}/{rng.choice(('j.cell', 's41586', 'nature', 'pone'))}.{_n(rng, 2000, 2025)}.{_d(rng, 5)}, pp. {_n(rng, 100, 900)}-{_n(rng, 901, 999)}."


def _placeholders(rng: Rng) -> str:
    return rng.choice((
        "api_key = os.environ['API_KEY']", "password: ${DB_PASSWORD}", "token: <your-token-here>", "Authorization: Bearer $TOKEN", "secret: \"{{ vault.secret }}\"", "PASSWORD=********",
        "export OPENAI_API_KEY=sk-...", "Set `password` to a value of at least 12 characters.", "passwd = getpass.getpass('Password: ')", "const token = await getToken();", "aws_secret_access_key = XXXXXXXXXXXXXXXX",
        "password = None", "password: str = Field(min_length=8)", "if user.password != password: raise Wrong", "token = tokenizer.next_token()", "secret_name: db-credentials", "The password was wrong three times.",
        "GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}", "private_key_path: /etc/ssl/private/server.key", "password_hash = hash_password(raw)", "key = lambda row: row.total", "keyboard shortcut: Ctrl+K", "api_key=YOUR_API_KEY",
    ))  # fmt: skip


def _no_mail(rng: Rng) -> str:
    return rng.choice((
        "root@web-01:~# systemctl restart nginx", "git clone git@github.com:acme/widgets.git", "npm install @types/node@20.11.5 left-pad@1.3.0", "@app.route('/users')\n@pytest.mark.slow\ndef f(): ...",
        "Thanks @maria_k and @dev-team!", "ssh deploy@build-host 'uptime'", "user@ is not an address, nor is @example", "uses: actions/checkout@v4", "docker pull registry/app@latest", "x @ y.T @ z", "SELECT @@version, @x := 4;",
        "scp file.txt backup@nas:/data/", "price @ 4.50 each", "https://medium.com/@someone/why-types-9f2c1b7d4e3a", "pkg:npm/%40angular/animation@12.3.1", "lodash@^4.17.21, react@18.2.0-rc.1",
    ))  # fmt: skip


def _words(rng: Rng) -> str:
    return rng.choice((
        "Our passport to growth was a new licence for the old brand.", "Please keep your card ready at the gate; no number is needed.", "Der Führerschein wurde 1998 in 2 Stufen eingeführt.", "Le numéro de téléphone est obligatoire dans ce formulaire.",
        "Phone support is open 9-17 on 5 days, ticket 4471.", "The IBAN field takes up to 34 characters.", "Born in 1967, he won 14 titles by 1995.", "The SSN format is AAA-GG-SSSS.", "Mobile usage grew from 1200 to 45000 visits in 2023.",
        "Der Personalausweis kostet 37,00 Euro.", "Account 4 of 12 was closed on 2021-03-04.", "Tel Aviv had 474530 inhabitants in 2022.", "Tax year 2023, form 1040, line 12345.", "Call sub 0x4005d0 at 1200 baud.", "Driver version 551.86 fixes it.",
        "El pasaporte tarda 15 días y cuesta 30 euros.", "IP stands for intellectual property here.", "ID cards were reissued in batches of 10000.",
    ))  # fmt: skip


_KINDS: dict[str, Callable[[Rng], str]] = {
    "semver": lambda r: f"Upgrade from v{_n(r, 0, 20)}.{_n(r, 0, 40)}.{_n(r, 0, 40)} to {_n(r, 0, 20)}.{_n(r, 0, 40)}.{_n(r, 0, 40)}-{r.choice(('beta', 'rc'))}.{_n(r, 1, 9)}+build.{_n(r, 1, 9999)}.",
    "four-part version": lambda r: f"{r.choice(('version', 'Version:', 'release', 'v', 'build', 'firmware version', 'AssemblyVersion'))} {_n(r, 0, 30)}.{_n(r, 0, 30)}.{_n(r, 0, 30)}.{_n(r, 0, 30)}",
    "windows build": lambda r: f"Microsoft Windows [Version 10.0.{_n(r, 10240, 26100)}.{_n(r, 1, 4000)}]",
    "user agent": _ua,
    "section number": lambda r: f"{r.choice(('Section', '§', 'Chapter', 'see clause'))} {_n(r, 1, 20)}.{_n(r, 1, 20)}.{_n(r, 1, 20)}.{_n(r, 1, 20)} of the manual",
    "oid": lambda r: f"OID {r.choice(('1.3.6.1.4.1', '2.16.840.1', '1.2.840.113549'))}.{_n(r, 1, 99999)}.{_n(r, 1, 99)}.{_n(r, 1, 9)}",
    "order number": lambda r: r.choice(("Order #{}", "order no. {}", "Your order {} has shipped.", "Bestellnummer: {}", "Commande n° {}", "Pedido {}")).format(r.choice((_d(r, 8), _d(r, 10), f"{_d(r, 3)}-{_d(r, 7)}-{_d(r, 7)}", f"W{_d(r, 9)}"))),
    "invoice number": lambda r: f"{r.choice(('Invoice', 'Rechnung', 'Facture'))} {r.choice(('INV', 'RE', 'F'))}-{_n(r, 2015, 2027)}-{_d(r, 6)} over {_money(r)} EUR",
    "ticket": lambda r: f"{_caps(r, _n(r, 2, 6))}-{_n(r, 1, 99999)}: crash in step {_n(r, 1, 99)} (duplicate of #{_n(r, 1, 99999)})",
    "tracking number": lambda r: f"Tracking number: {r.choice((f'1Z{_alnum(r, 6)}{_d(r, 10)}', _d(r, 12), f'JJD{_d(r, 18)}', f'{_caps(r, 2)}{_d(r, 9)}US'))}",
    "md5": lambda r: f"{_hex(r, 32)}  image.iso", "sha1": lambda r: f"sha1sum: {_hex(r, 40)}", "sha256": lambda r: f"SHA256 ({r.choice('ab')}.tar.gz) = {_hex(r, 64)}", "sha512": lambda r: _hex(r, 128),
    "uuid": lambda r: f"request {uuid.UUID(int=r.getrandbits(128), version=4)} failed", "uuid caps": lambda r: "{" + str(uuid.UUID(int=r.getrandbits(128))).upper() + "}", "ulid": lambda r: f"id=01{''.join(r.choices('0123456789ABCDEFGHJKMNPQRSTVWXYZ', k=24))}",
    "object id": lambda r: f'{{"_id": ObjectId("{_hex(r, 24)}"), "n": {_n(r, 1, 999)}}}', "nanoid": lambda r: f"/d/{''.join(r.choices(string.ascii_letters + string.digits + '-_', k=21))}/edit",
    "iso date": lambda r: f"From {_date(r)} to {_date(r)}.", "timestamp": lambda r: f"{_date(r)}T{_time(r)}.{_d(r, 6)}+0{_n(r, 0, 9)}:00 started", "epoch": lambda r: f"ts={_n(r, 10**9, 2 * 10**9)} exp={_n(r, 10**9, 2 * 10**9)}",
    "epoch ms": lambda r: f'{{"time": {_n(r, 10**12, 2 * 10**12)}}}', "epoch us": lambda r: f"t={_n(r, 15 * 10**14, 18 * 10**14)}", "epoch ns": lambda r: f"timeUnixNano: {_n(r, 15 * 10**17, 18 * 10**17)}",
    "snowflake": lambda r: f"https://social.example/status/{_n(r, 10**17, 19 * 10**17)}", "compact date": lambda r: f"backup-{_n(r, 2000, 2027)}{_n(r, 1, 13):02}{_n(r, 1, 29):02}-{_n(r, 0, 24):02}{_d(r, 4)}.tar.gz",
    "prices": lambda r: f"${_money(r)}, {_n(r, 1, 9)}.{_d(r, 3)},{_d(r, 2)} €, £{_money(r)}, ¥{_n(r, 100, 10**7):,}", "budget": lambda r: f"Total {_n(r, 1, 999)} {_d(r, 3)} {_d(r, 3)} {_d(r, 3)} Kč in {_n(r, 2000, 2026)}",
    "population": lambda r: f"pop. {_n(r, 10**5, 10**9):,} ({_n(r, 2000, 2026)} census), {rng_share(r)} of all", "coordinates": lambda r: f"{r.uniform(-90, 90):.{_n(r, 4, 8)}f}, {r.uniform(-180, 180):.{_n(r, 4, 8)}f}",
    "dms": lambda r: f"{_n(r, 0, 90)}°{_n(r, 0, 60):02}'{_n(r, 0, 60):02}.{_d(r, 1)}\"N {_n(r, 0, 180)}°{_n(r, 0, 60):02}'{_n(r, 0, 60):02}.{_d(r, 1)}\"E", "geojson": _geojson, "svg": _svg, "utm": lambda r: f"32T {_n(r, 300000, 700000)} {_n(r, 4000000, 6000000)}",
    "part number": lambda r: f"Part {r.choice((f'{_d(r, 3)}-{_d(r, 4)}', f'{_d(r, 5)}-{_d(r, 5)}', f'{_d(r, 4)}-{_d(r, 3)}-{_d(r, 2)}', f'{_caps(r, 2)}{_d(r, 2)}{_caps(r, 4)}-{_alnum(r, 7)}', f'{_d(r, 3)}.{_d(r, 3)}.{_d(r, 2)}'))}, pack of {_n(r, 2, 50)}",
    "phone-like part": lambda r: f"{r.choice(('P/N', 'SKU', 'Art.-Nr.', 'Model', 'Cat. No.'))} {r.choice((f'{_d(r, 3)}-{_d(r, 3)}-{_d(r, 4)}', f'{_d(r, 4)} {_d(r, 3)} {_d(r, 3)}', f'0{_d(r, 3)}-{_d(r, 6)}', _d(r, 10)))}",
    "isbn13": lambda r: f"ISBN {_isbn13(r)}", "isbn13 bare": lambda r: f"Cite the second edition ({_isbn13(r)}).", "isbn10": lambda r: f"ISBN-10: {_isbn10(r)}", "ean": lambda r: f"EAN {_ean13(r)}, {_n(r, 1, 99)} in stock", "upc bare": lambda r: f"scanned {_d(r, 12)} twice",
    "gtin14": lambda r: f"GTIN-14 {_not_luhn(r, 14)}", "issn": lambda r: f"ISSN {_d(r, 4)}-{_d(r, 3)}{r.choice('0123456789X')}", "citation": _arxiv, "cas": _chem, "hs code": lambda r: f"HS {_d(r, 4)}.{_d(r, 2)}.{_d(r, 2)}, duty {_n(r, 0, 20)}.{_d(r, 1)} %",
    "standard": lambda r: f"ISO {_n(r, 1000, 29999)}-{_n(r, 1, 9)}:{_n(r, 1990, 2026)}, RFC {_n(r, 100, 9700)}, DIN EN {_n(r, 100, 62000)}", "cve": lambda r: f"CVE-{_n(r, 1999, 2027)}-{_n(r, 1000, 99999)} (CVSS {_n(r, 0, 10)}.{_d(r, 1)})", "icd": lambda r: f"ICD-10 {r.choice(string.ascii_uppercase)}{_d(r, 2)}.{_d(r, 1)}, LOINC {_n(r, 1000, 99999)}-{_d(r, 1)}",
    "git log": _git_log, "git diff": _git_diff, "git describe": lambda r: f"v{_n(r, 0, 9)}.{_n(r, 0, 20)}.{_n(r, 0, 20)}-{_n(r, 1, 400)}-g{_hex(r, 7)}-dirty", "submodule": lambda r: f" {_hex(r, 40)} third_party/zlib (v1.{_n(r, 0, 3)}.{_n(r, 0, 13)})",
    "md5 fingerprint": lambda r: "MD5:" + ":".join(_hex(r, 2) for _ in range(16)), "sha1 fingerprint": lambda r: "SHA1 Fingerprint=" + ":".join(_hex(r, 2, True) for _ in range(20)), "sha256 fingerprint": lambda r: "SHA256 Fingerprint: " + ":".join(_hex(r, 2, True) for _ in range(32)), "ssh fingerprint": lambda r: f"256 SHA256:{_b64(r, 32)[:43]} (ED25519)",
    "hexdump": _hexdump, "memory addresses": lambda r: f"segfault at {_hex(r, 12)} ip 0000{_hex(r, 12)} sp 0000{_hex(r, 12)} error {_n(r, 4, 7)} in libc.so[{_hex(r, 12)}+1b0000]", "dmesg": _dmesg, "usb": _usb, "colours": lambda r: f"color: #{_hex(r, 6)}; background: #{_hex(r, 3)}; border-color: #{_hex(r, 8)}",
    "image": lambda r: f"![x](data:image/png;base64,iVBORw0KGgo{_b64(r, 180)})", "font": lambda r: f"src: url(data:font/woff2;base64,d09GMgABAAAA{_b64(r, 240)}) format('woff2')", "base64": lambda r: _b64(r, _n(r, 12, 90)), "lock file": _lock, "sri": lambda r: f'<script src="a.js" integrity="sha384-{_b64(r, 48)}" crossorigin="anonymous"></script>',
    "certificate": _certificate, "ssh public key": lambda r: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{_b64(r, 32)[:43]} laptop", "minified": _minified, "figures": _figures, "integers": _integers, "traceback": _traceback, "ls": _ls, "top": _top, "pytest": _pytest, "cpp paths": _cpp, "slices": _slices, "pip freeze": _pip,
    "time code": lambda r: f"at {_time(r)}:{_n(r, 0, 30):02} cut to {_time(r)}:{_n(r, 0, 30):02}", "times": lambda r: f"{_n(r, 0, 24):02}:{_d(r, 2)} {_n(r, 0, 24):02}:{_d(r, 2)} {_n(r, 0, 24):02}:{_d(r, 2)} {_n(r, 0, 24):02}:{_d(r, 2)}", "ratios": lambda r: ":".join(str(_n(r, 1, 99)) for _ in range(_n(r, 3, 9))), "subtitles": _srt, "sports": _sports, "recipe": _recipe,
    "hash settings": _ini_hash, "docker": _docker, "k8s": _k8s, "sql": _sql, "placeholders": _placeholders, "no mail": _no_mail, "words of the field": _words, "cron": lambda r: f"{_n(r, 0, 60)} {_n(r, 0, 24)} * * {_n(r, 0, 7)} /usr/bin/job --max {_n(r, 10, 9999)}",
    "http log": lambda r: f'- - [{_n(r, 1, 29):02}/Mar/2025:{_time(r)} +0000] "GET /a/{_n(r, 1, 10**7)} HTTP/1.1" 200 {_n(r, 100, 10**7)} {r.uniform(0, 3):.3f}', "app log": lambda r: f"{_date(r)} {_time(r)},{_d(r, 3)} DEBUG [pool-{_n(r, 1, 9)}-thread-{_n(r, 1, 99)}] batch {_n(r, 10**5, 10**9)} took {_n(r, 1, 10**5)}ms, heap {_n(r, 10**6, 10**10)}",
    "metrics": lambda r: f'http_requests_total{{code="200",le="0.{_d(r, 3)}"}} {_n(r, 1, 10**9)} {_n(r, 10**12, 2 * 10**12)}', "loss curve": lambda r: "\n".join(f"epoch {i}: loss={r.uniform(0, 4):.6f} lr={r.uniform(1, 9):.3f}e-0{_n(r, 3, 8)} step={_n(r, 1, 10**6)}" for i in range(4)), "science": lambda r: f"{r.uniform(1, 9):.8f}e{_n(r, -30, 30)} ± {r.uniform(0, 1):.5f}", "pi": lambda r: f"3.14159265358979 and {r.random()!r}",
    "random 16 digits": lambda r: f"batch {_not_luhn(r, 16)} done", "random groups": lambda r: f"code {_d(r, 4)} {_d(r, 4)} {_d(r, 4)}", "long integer": lambda r: str(r.getrandbits(_n(r, 64, 256))), "serial": lambda r: f"S/N {_alnum(r, _n(r, 8, 14))}, rev {r.choice('ABC')}", "licence key": lambda r: f"Product code {'-'.join(_alnum(r, 5) for _ in range(5))}", "asin": lambda r: f"https://shop.example/dp/B0{_alnum(r, 8)}?ref=sr_1_{_n(r, 1, 9)}",
    "flight": lambda r: f"{_caps(r, 2)}{_n(r, 100, 9999)} at {_n(r, 0, 24):02}{_n(r, 0, 60):02}Z, gate {r.choice('ABC')}{_n(r, 1, 60)}, PNR {_caps(r, 6)}", "pages": lambda r: f"pp. {_n(r, 100, 999)}-{_n(r, 1000, 1999)}; vol. {_n(r, 1, 99)} ({_n(r, 1900, 2026)}): {_n(r, 1, 99)}-{_n(r, 100, 199)}", "years": lambda r: f"{_n(r, 1800, 1900)}-{_n(r, 1900, 1999)}, {_n(r, 1900, 1950)}/{_d(r, 2)}", "ranges": lambda r: f"{_n(r, 100, 999)}-{_n(r, 10, 99)}-{_n(r, 1000, 9999)} mm, bolts M{_n(r, 3, 20)}x{_n(r, 10, 99)}",
    "lottery": lambda r: " ".join(f"{_n(r, 1, 50):02}" for _ in range(6)) + f" + {_n(r, 1, 10)}", "chess": lambda r: f"rnbqkb1r/pp2pppp/3p1n2/8/3NP3/8/PPP2PPP/RNBQKB1R w KQkq - {_n(r, 0, 9)} {_n(r, 1, 40)}", "resolution": lambda r: f"{_n(r, 640, 7680)}x{_n(r, 480, 4320)}@{_n(r, 24, 240)} {_n(r, 1, 50)}.{_d(r, 3)} Mbit/s", "dna": lambda r: "".join(r.choices("ACGT", k=60)), "regex": lambda r: r"^\d{3}-\d{2}-\d{4}$|^[0-9]{4}( [0-9]{4}){3}$|\b\w+@\w+\.com\b",
    "masked": lambda r: f"card ending in {_d(r, 4)}, **** **** **** {_d(r, 4)}, tel +1 (***) ***-**{_d(r, 2)}, a***@e***.com", "local addresses": lambda r: r.choice(("listening on 127.0.0.1:8080 and [::1]:8080", "bind 0.0.0.0:443, netmask 255.255.255.0", "http://localhost:3000/api/v1", "::/0 and 0.0.0.0/0")), "bcrypt-free env": lambda r: f"PATH=/usr/bin:/bin\nLANG=C.UTF-8\nSHLVL={_n(r, 1, 4)}\nLINES={_n(r, 20, 99)}\nBUILD_ID={_d(r, 8)}.{_n(r, 1, 9)}",
    "json numbers": lambda r: '{"a":' + ",".join(f'{_n(r, 0, 10 ** _n(r, 1, 12))},"k{i}":{r.random():.12f}' for i in range(5)) + "}", "csv numbers": lambda r: "\n".join(",".join(f"{_n(r, 0, 10 ** _n(r, 1, 11))}" for _ in range(6)) for _ in range(6)), "matrix": lambda r: "[" + "; ".join(" ".join(f"{_n(r, 0, 999):3}" for _ in range(4)) for _ in range(4)) + "]",
    "assembly": lambda r: "\n".join(f"  {_hex(r, 6)}:\t{' '.join(_hex(r, 2) for _ in range(_n(r, 2, 8)))}\tmov 0x{_hex(r, 4)}(%rip),%rax" for _ in range(4)), "url ids": lambda r: f"https://docs.example.org/d/{_b64(r, 33).replace('+', '-').replace('/', '_')}/view?gid={_n(r, 10**6, 10**10)}&v={_hex(r, 8)}",
    "checksum list": lambda r: "\n".join(f"{_hex(r, 8)} {_n(r, 10**3, 10**8)} part{i}.bin" for i in range(5)), "bus route": lambda r: f"Line {_n(r, 1, 999)}: {' '.join(f'{_n(r, 0, 24):02}{_n(r, 0, 60):02}' for _ in range(6))}", "postal": lambda r: f"ZIP areas {_d(r, 5)}, {_d(r, 5)} and {_d(r, 5)} had {_n(r, 100, 9999)} parcels", "calendar": lambda r: f"{_n(r, 1, 29):02}.{_n(r, 1, 13):02}.{_n(r, 1990, 2027)} - {_n(r, 1, 29):02}/{_n(r, 1, 13):02}/{_n(r, 1990, 2027)}",
}  # fmt: skip


def rng_share(rng: Rng) -> str:
    return f"{rng.uniform(0, 100):.1f} %"


def hard_negatives(rng: Rng, each: int) -> Iterator[tuple[str, str]]:
    """`each` texts of every kind: (kind, text), some with a sentence around."""
    for kind, make in _KINDS.items():
        for _ in range(each):
            text = make(rng)
            yield kind, text if rng.random() < 0.7 else f"Here is what it printed:\n\n{text}\n\nWhat does it mean?"
