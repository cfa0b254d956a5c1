"""Values of `casual`, `mockjs`, `@snaplet/copycat` and `fakerator` (all MIT), four small generators; needs Node.

npm install --prefix FOLDER casual mockjs @snaplet/copycat fakerator    and    FAKER_JS=FOLDER
"""

# ruff: noqa: E501 - tables of forms
from __future__ import annotations

from benchmarks.lib.pii_node import NodeSource

_HEAD = """
const {createRequire} = require('module');
const load = createRequire(process.argv[1] + '/index.js');
const casual = load('casual'), R = load('mockjs').Random, Fak = load('fakerator'), {copycat} = load('@snaplet/copycat');
const each = +process.argv[2], seed = +process.argv[3]; casual.seed(seed);
let n = 0; const next = () => 'row ' + seed + ' ' + n++;
const print = (...row) => console.log(JSON.stringify(row));
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'de-DE', 'fr-FR', 'it-IT', 'es-ES', 'hu-HU', 'nb-NO', 'pl-PL', 'ru-RU', 'sv-SE', 'cs-CZ', 'sk-SK', 'pt-BR'];
"""
_SCRIPT = """
const makers = {
  'casual: card': ['card', () => casual.card_number()], 'casual: telephone': ['phone', () => casual.phone, true], 'casual: mail address': ['email', () => casual.email], 'casual: IPv4': ['ip', () => casual.ip],
  'mockjs: mail address': ['email', () => R.email()], 'mockjs: IPv4': ['ip', () => R.ip()], 'mockjs: identity number (China)': ['身份证号', () => R.id()],
  'copycat: mail address': ['email', () => copycat.email(next())], 'copycat: IPv4': ['ip', () => copycat.ipv4(next())], 'copycat: MAC': ['mac', () => copycat.mac(next())], 'copycat: telephone': ['phone', () => copycat.phoneNumber(next())], 'copycat: birth date': ['birth date', () => copycat.dateString(next()).slice(0, 10), true],
};
for (const [type, [called, make, named]] of Object.entries(makers)) for (let i = 0; i < each; i++) print(type, called, String(make()), !!named);
for (const locale of LOCALES) {
  const f = Fak(locale); f.seed(seed);
  for (let i = 0; i < each / 4; i++) {
    print('fakerator: telephone', 'phone', f.phone.number(), true); print('fakerator: mail address', 'email', f.internet.email(), false);
    print('fakerator: IPv4', 'ip', f.internet.ip(), false); print('fakerator: IPv6', 'ip', f.internet.ipv6(), false); print('fakerator: MAC', 'mac', f.internet.mac(), false);
  }
}
"""
# What they make that is nobody's.
_CLEAN = """
const makers = {
  'casual uuid': () => casual.uuid, 'casual sentence': () => casual.sentence, 'casual text': () => casual.text, 'casual colour': () => casual.rgb_hex, 'casual date': () => casual.date('YYYY-MM-DD HH:mm:ss'), 'casual unix time': () => 't ' + casual.unix_time,
  'casual numbers': () => [casual.integer(0, 1e9), casual.integer(0, 1e6), casual.double(0, 1000)].join(' '), 'casual coordinates': () => casual.latitude + ', ' + casual.longitude, 'casual zip': () => casual.zip(9), 'casual exp': () => 'exp ' + casual.card_exp, 'casual timezone': () => casual.timezone,
  'mock guid': () => R.guid(), 'mock date': () => R.datetime(), 'mock colour': () => R.color() + R.rgba(), 'mock float': () => R.float(0, 1e6, 2, 6), 'mock naturals': () => [R.natural(), R.natural(1, 1e6), R.integer(-1e9, 1e9)].join(';'), 'mock paragraph': () => R.cparagraph(), 'mock title': () => R.title(),
  'mock string': () => R.string('lower', 32), 'mock county': () => R.county(true), 'copycat hex': () => copycat.hex(next()), 'copycat int': () => copycat.int(next()), 'copycat float': () => copycat.float(next()), 'copycat words': () => copycat.words(next()), 'copycat agent': () => copycat.userAgent(next()), 'copycat uuid': () => copycat.uuid(next()),
  'copycat date': () => copycat.dateString(next()), 'copycat paragraph': () => copycat.paragraph(next()), 'copycat ints': () => Array.from({length: 8}, () => copycat.int(next(), {max: 1e9})).join(' '), 'copycat zone': () => copycat.timezone(next()),
};
for (const [kind, make] of Object.entries(makers)) for (let i = 0; i < each * 6; i++) { try { print(kind, String(make())); } catch (e) {} }
for (const locale of LOCALES) { const f = Fak(locale); f.seed(seed); for (let i = 0; i < each * 2; i++) { try { print('fakerator lorem', f.lorem.paragraph()); print('fakerator uuid', f.misc.uuid()); print('fakerator date', String(f.date.past())); print('fakerator number', 'n ' + f.random.number(1e9)); } catch (e) {} } }
"""


SOURCE = NodeSource("fakerator", _HEAD + _SCRIPT, _HEAD + _CLEAN)
installed, values, clean = SOURCE.installed, SOURCE.values, SOURCE.clean
