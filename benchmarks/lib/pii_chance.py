"""Values of `chance` (MIT) and `@ngneat/falso` (MIT), two more generators of the JavaScript world; needs Node.

npm install --prefix FOLDER chance @ngneat/falso    and    FAKER_JS=FOLDER
"""

# ruff: noqa: E501 - tables of forms
from __future__ import annotations

from benchmarks.lib.pii_node import NodeSource

_HEAD = """
const {createRequire} = require('module');
const load = createRequire(process.argv[1] + '/index.js');
const Chance = load('chance'), c = new Chance(+process.argv[3]), F = load('@ngneat/falso');
const each = +process.argv[2]; F.seed(process.argv[3]);
const print = (...row) => console.log(JSON.stringify(row));
"""
_SCRIPT = """
const day = (d) => d.toISOString().slice(0, 10);
const makers = {
  'chance: card': ['card', () => c.cc()], 'chance: SSN': ['SSN', () => c.ssn()], 'chance: SSN, no dashes': ['SSN', () => c.ssn({dashes: false}), true],
  'chance: telephone US': ['phone', () => c.phone()], 'chance: telephone US, digits': ['phone', () => c.phone({formatted: false}), true],
  'chance: telephone UK': ['phone', () => c.phone({country: 'uk'}), true], 'chance: telephone FR': ['phone', () => c.phone({country: 'fr'}), true],
  'chance: telephone BR': ['phone', () => c.phone({country: 'br'}), true], 'chance: telephone ZA': ['phone', () => c.phone({country: 'za'}), true],
  'chance: mail address': ['email', () => c.email()], 'chance: IPv4': ['ip', () => c.ip()], 'chance: IPv6': ['ip', () => c.ipv6()], 'chance: MAC': ['mac', () => c.mac_address()],
  'chance: CPF': ['CPF', () => c.cpf()], 'chance: CNPJ': ['CNPJ', () => c.cnpj()], 'chance: codice fiscale': ['codice fiscale', () => c.cf()], 'chance: partita IVA': ['partita IVA', () => c.vat(), true],
  'chance: birth date': ['birth date', () => day(c.birthday()), true], 'chance: birth date, US': ['birth date', () => c.birthday({string: true}), true],
  'falso: card': ['card', () => F.randCreditCardNumber()], 'falso: IBAN': ['iban', () => F.randIban()], 'falso: mail address': ['email', () => F.randEmail()],
  'falso: IPv4': ['ip', () => F.randIp()], 'falso: IPv6': ['ip', () => F.randIpv6()], 'falso: MAC': ['mac', () => F.randMac()], 'falso: telephone': ['phone', () => F.randPhoneNumber(), true],
  'falso: Ethereum': ['wallet', () => F.randEthereumAddress()], 'falso: routing number': ['routing number', () => F.randRoutingNumber(), true], 'falso: account number': ['account', () => F.randAccount(), true],
  'falso: BIC': ['BIC', () => F.randBic(), true],
};
for (const code of ['US', 'GB', 'DE', 'FR', 'ES', 'IT', 'NL', 'IN', 'CN', 'BR', 'MX', 'AU', 'CH', 'SE', 'IL'])
  makers['falso: telephone ' + code] = ['phone', () => F.randPhoneNumber({countryCode: code}), true];
for (const [type, [called, make, named]] of Object.entries(makers))
  for (let i = 0; i < each; i++) { try { print(type, called, String(make()), !!named); } catch (e) {} }
"""
# What they make that is nobody's.
_CLEAN = """
const makers = {
  'guid': () => c.guid(), 'hash': () => c.hash(), 'sentence': () => c.sentence(), 'paragraph': () => c.paragraph(), 'dollar': () => c.dollar(), 'coordinates': () => c.coordinates(),
  'timestamp': () => 'at ' + c.timestamp(), 'date': () => c.date({string: true}), 'hour': () => c.hour() + ':' + c.minute() + ':' + c.second(), 'colour': () => c.color(), 'floating': () => c.floating(),
  'integers': () => Array.from({length: 8}, () => c.integer()).join(', '), 'naturals': () => Array.from({length: 6}, () => c.natural({max: 1e6})).join(' '), 'url': () => c.url(), 'zip': () => c.zip({plusfour: true}),
  'postcode': () => c.postal(), 'areacode': () => 'area code ' + c.areacode(), 'hashtag': () => c.hashtag(), 'dice': () => c.rpg('9d20').join(' '), 'euro': () => c.euro(), 'string': () => c.string({length: 20}),
  'alphanumerics': () => c.string({length: 24, alpha: true, numeric: true}), 'normal': () => Array.from({length: 6}, () => c.normal({mean: 100, dev: 15}).toFixed(4)).join(' '), 'exp': () => 'exp ' + c.exp(), 'geohash': () => c.geohash(),
  'falso uuid': () => F.randUuid(), 'falso semver': () => F.randSemver(), 'falso commit': () => F.randGitCommitEntry ? F.randGitShortSha() + ' ' + F.randGitCommitMessage() : F.randGitShortSha(), 'falso sha': () => F.randGitCommitSha(),
  'falso isbn': () => F.randIsbn ? 'ISBN ' + F.randIsbn() : '', 'falso sku': () => 'SKU ' + F.randSkuCode ? F.randAlphaNumeric({length: 10}).join('') : '', 'falso paragraph': () => F.randParagraph(), 'falso product': () => F.randProductDescription(),
  'falso code': () => F.randCodeSnippet ? F.randCodeSnippet() : '', 'falso user agent': () => F.randUserAgent(), 'falso json': () => JSON.stringify(F.randJSON()), 'falso hex': () => F.randHex(), 'falso numbers': () => F.randNumber({length: 10, max: 1e10}).join(';'),
  'falso coordinates': () => JSON.stringify(F.randNearbyGPSCoordinate()), 'falso weather': () => JSON.stringify(F.randWeather ? F.randWeather() : {}), 'falso flight': () => JSON.stringify(F.randFlightDetails ? {n: F.randFlightNumber()} : {}), 'falso slug': () => F.randSlug(),
};
for (const [kind, make] of Object.entries(makers)) for (let i = 0; i < each * 6; i++) { try { print(kind, String(make())); } catch (e) {} }
"""


SOURCE = NodeSource("chance", _HEAD + _SCRIPT, _HEAD + _CLEAN)
installed, values, clean = SOURCE.installed, SOURCE.values, SOURCE.clean
