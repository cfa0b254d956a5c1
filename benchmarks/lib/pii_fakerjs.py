"""Values of `@faker-js/faker` (MIT), the generator of the JavaScript world, in all its locales; needs Node.

npm install --prefix FOLDER @faker-js/faker    and    FAKER_JS=FOLDER
"""

# ruff: noqa: E501 - tables of forms
from __future__ import annotations

from benchmarks.lib.pii_node import NodeSource

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
  }
}
"""


# What it makes that is nobody's.
_CLEAN = """
const {createRequire} = require('module');
const load = createRequire(process.argv[1] + '/index.js');
const {faker: f, allFakers} = load('@faker-js/faker');
const each = +process.argv[2]; f.seed(+process.argv[3]);
const out = (kind, text) => console.log(JSON.stringify([kind, String(text)]));
const makers = {
  'commit': () => f.git.commitEntry({eol: 'LF'}).replace(/Author:.*\\n/, ''), 'commit hash': () => f.git.commitSha(), 'semver': () => f.system.semver(),
  'file path': () => f.system.filePath(), 'cron': () => f.system.cron(), 'isbn13': () => f.commerce.isbn(), 'isbn10': () => f.commerce.isbn(10),
  'uuid': () => f.string.uuid(), 'ulid': () => f.string.ulid(), 'nanoid': () => f.string.nanoid(), 'alphanumeric': () => f.string.alphanumeric({length: {min: 5, max: 40}}),
  'numeric': () => 'n ' + f.string.numeric({length: {min: 3, max: 30}}), 'hexadecimal': () => f.string.hexadecimal({length: 40}), 'symbols': () => f.string.sample(30),
  'object id': () => f.database.mongodbObjectId(), 'amount': () => f.finance.amount({dec: 2, max: 1e7, symbol: '$'}), 'iso date': () => f.date.past().toISOString(),
  'date': () => String(f.date.recent()), 'coordinates': () => f.location.nearbyGPSCoordinate().join(', '), 'colour': () => f.color.rgb() + ' ' + f.color.hsl({format: 'css'}),
  'user agent': () => f.internet.userAgent(), 'url': () => f.internet.url(), 'slug': () => f.lorem.slug(), 'emoji': () => f.internet.emoji(), 'port': () => 'port ' + f.internet.port(),
  'phrase': () => f.hacker.phrase(), 'lorem': () => f.lorem.paragraph(), 'product': () => f.commerce.productDescription(), 'price': () => f.commerce.price(),
  'zip': () => 'zip ' + f.location.zipCode(), 'float': () => f.number.float({max: 1e6}), 'big': () => f.number.bigInt(), 'binary': () => f.number.binary(1e6), 'mime': () => f.system.mimeType(),
  'integers': () => Array.from({length: 8}, () => f.number.int(1e9)).join(' '), 'table': () => Array.from({length: 5}, () => Array.from({length: 5}, () => f.number.int(99999)).join('\\t')).join('\\n'),
  'image': () => f.image.dataUri({type: 'svg-base64'}), 'country': () => f.location.countryCode(), 'roman': () => f.number.romanNumeral(), 'flight': () => f.airline.flightNumber() + ' ' + f.airline.recordLocator() + ' seat ' + f.airline.seat(),
  'job': () => f.person.jobTitle() + ', ' + f.company.catchPhrase(), 'vin-free car': () => f.vehicle.vehicle(), 'sql': () => 'SELECT ' + f.database.column() + ' FROM t WHERE x = ' + f.number.int(1e8),
};
for (const [kind, make] of Object.entries(makers)) for (let i = 0; i < each * 4; i++) out(kind, make());
for (const [name, local] of Object.entries(allFakers)) { local.seed(1); for (let i = 0; i < each; i++) { try { out('lorem, local', local.lorem.paragraph()); out('commerce, local', local.commerce.productName() + ' ' + local.commerce.price()); } catch (e) {} } }
"""


SOURCE = NodeSource("@faker-js/faker", _SCRIPT, _CLEAN)
installed, values, clean = SOURCE.installed, SOURCE.values, SOURCE.clean
