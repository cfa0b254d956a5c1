"""Values of `@faker-js/faker` (MIT), the generator of the JavaScript world, in all its locales; needs Node.

    npm install --prefix FOLDER @faker-js/faker    and    FAKER_JS=FOLDER
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.lib.pii_mimesis import Value

Rng = random.Random

_SCRIPT = """
const {createRequire} = require('module');
const load = createRequire(process.argv[1] + '/index.js');
const all = load('@faker-js/faker');
const each = +process.argv[2], seed = +process.argv[3];
const f = all.faker; f.seed(seed);
const out = (type, called, value, named) => console.log(JSON.stringify([type, called, String(value), !!named]));
const makers = {
  'card': ['card', () => f.finance.creditCardNumber()],
  'IBAN': ['iban', () => f.finance.iban()],
  'IBAN, in groups': ['iban', () => f.finance.iban({formatted: true})],
  'BIC': ['BIC', () => f.finance.bic(), true],
  'account number': ['account', () => f.finance.accountNumber(), true],
  'routing number': ['routing number', () => f.finance.routingNumber(), true],
  'Bitcoin': ['wallet', () => f.finance.bitcoinAddress(), true],
  'Litecoin': ['wallet', () => f.finance.litecoinAddress(), true],
  'Ethereum': ['wallet', () => f.finance.ethereumAddress()],
  'mail address': ['email', () => f.internet.email()],
  'IPv4': ['ip', () => f.internet.ipv4()],
  'IPv6': ['ip', () => f.internet.ipv6()],
  'MAC': ['mac', () => f.internet.mac()],
  'MAC, dashes': ['mac', () => f.internet.mac('-')],
  'JWT': ['key', () => f.internet.jwt()],
  'IMEI': ['imei', () => f.phone.imei(), true],
  'password': ['password', () => f.internet.password({length: 16}), true],
  'birth date': ['birth date', () => f.date.birthdate().toISOString().slice(0, 10), true],
};
for (const [type, [called, make, named]] of Object.entries(makers))
  for (let i = 0; i < each; i++) out(type, called, make(), named);
for (const [name, local] of Object.entries(all.allFakers)) {
  local.seed(seed);
  for (let i = 0; i < Math.max(1, each / 12); i++) {
    for (const style of ['human', 'national', 'international']) {
      try { out('telephone, ' + style, 'phone', local.phone.number({style}), style !== 'international'); } catch (e) {}
    }
    try { out('mail address, local', 'email', local.internet.email()); } catch (e) {}
    try { const n = local.person; if (n && i === 0) {} } catch (e) {}
  }
}
"""


def _folder() -> Path | None:
    folder = os.environ.get("FAKER_JS")
    return Path(folder) if folder and (Path(folder) / "node_modules/@faker-js/faker").is_dir() else None


def installed() -> bool:
    return shutil.which("node") is not None and _folder() is not None


def values(rng: Rng, each: int) -> Iterator[Value]:
    folder = _folder()
    assert folder is not None, "set FAKER_JS to the folder that has node_modules/@faker-js/faker"
    command = ["node", "-e", _SCRIPT, str(folder), str(each), str(rng.randrange(10**6))]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    for line in made.stdout.splitlines():
        type_, called, value, named = json.loads(line)
        yield Value(type_, called, value, named)
