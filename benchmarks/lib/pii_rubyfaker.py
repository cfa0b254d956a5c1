"""Values of Ruby's `faker` (MIT) in all its locales; needs Ruby and the gem (Debian: `ruby ruby-faker`)."""

# ruff: noqa: E501 - tables of forms
from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache

from benchmarks.lib.pii_mimesis import Value

Rng = random.Random

_HEAD = """
require "faker"; require "json"
each, seed = ARGV.map(&:to_i)
Faker::Config.random = Random.new(seed)
def show(*row) = puts(row.to_json)
def some(each) = each.times { |i| begin; yield i; rescue StandardError; end }
LOCALES = I18n.available_locales.sort - [:"en-BORK", :"en-au-ocker"]
"""
_SCRIPT = """
F = Faker
MAKERS = {
  "card" => ["card", -> { F::Finance.credit_card }], "card, business" => ["card", -> { F::Business.credit_card_number }, true],
  "IBAN" => ["iban", -> { F::Bank.iban(country_code: nil) }], "BIC" => ["BIC", -> { F::Bank.swift_bic }, true], "routing number" => ["routing number", -> { F::Bank.routing_number }, true],
  "account number" => ["account", -> { F::Bank.account_number }, true], "SSN" => ["SSN", -> { F::IDNumber.ssn_valid }], "SSN, valid" => ["SSN", -> { F::IDNumber.valid }],
  "DNI" => ["DNI", -> { F::IDNumber.spanish_citizen_number }], "NIE" => ["NIE", -> { F::IDNumber.spanish_foreign_citizen_number }], "South African ID" => ["South African ID number", -> { F::IDNumber.valid_south_african_id_number }],
  "CPF" => ["CPF", -> { F::IDNumber.brazilian_citizen_number(formatted: true) }], "CPF, digits" => ["CPF", -> { F::IDNumber.brazilian_citizen_number }, true], "RG" => ["RG", -> { F::IDNumber.brazilian_id(formatted: true) }, true],
  "RUT" => ["RUT", -> { F::IDNumber.chilean_id }, true], "OIB" => ["OIB", -> { F::IDNumber.croatian_id }, true], "NHS number" => ["NHS number", -> { F::NationalHealthService.british_number }, true],
  "UK driving licence" => ["driving licence number", -> { F::DrivingLicence.british_driving_licence }], "US driving licence" => ["licence", -> { F::DrivingLicence.usa_driving_licence }, true],
  "NRIC" => ["NRIC", -> { F::Code.nric }], "SIN" => ["SIN", -> { F::Code.sin }, true], "NPI" => ["NPI", -> { F::Code.npi }, true], "IMEI" => ["imei", -> { F::Code.imei }, true],
  "Bitcoin" => ["wallet", -> { F::Blockchain::Bitcoin.address }], "Ethereum" => ["wallet", -> { F::Blockchain::Ethereum.address }],
  "mail address" => ["email", -> { F::Internet.email }], "mail address, free" => ["email", -> { F::Internet.free_email }], "IPv4" => ["ip", -> { F::Internet.public_ip_v4_address }], "IPv4, private" => ["ip", -> { F::Internet.private_ip_v4_address }],
  "IPv6" => ["ip", -> { F::Internet.ip_v6_address }], "MAC" => ["mac", -> { F::Internet.mac_address }], "birth date" => ["birth date", -> { F::Date.birthday.to_s }, true],
}
MAKERS.each { |type, (called, make, named)| some(each) { show(type, called, make.call.to_s, !!named) } }
LOCALES.each do |locale|
  F::Config.locale = locale
  some([each / 10, 1].max) { show("telephone", "phone", F::PhoneNumber.phone_number, true) }
  some([each / 10, 1].max) { show("telephone, mobile", "phone", F::PhoneNumber.cell_phone, true) }
  some([each / 10, 1].max) { show("telephone, country code", "phone", F::PhoneNumber.cell_phone_in_e164, false) }
  some([each / 10, 1].max) { show("mail address, local", "email", F::Internet.email, false) }
end
"""
# What it makes that is nobody's.
_CLEAN = """
F = Faker
MAKERS = {
  "isbn" => -> { "ISBN #{F::Code.isbn}" }, "ean" => -> { "EAN #{F::Code.ean}" }, "asin" => -> { F::Code.asin }, "md5" => -> { F::Crypto.md5 }, "sha1" => -> { F::Crypto.sha1 }, "sha256" => -> { F::Crypto.sha256 },
  "alphanumeric" => -> { F::Alphanumeric.alphanumeric(number: 24) }, "number" => -> { "n #{F::Number.number(digits: rand(3..20))}" }, "decimals" => -> { Array.new(6) { F::Number.decimal(l_digits: 3, r_digits: 4) }.join(" ") },
  "hexadecimal" => -> { F::Number.hexadecimal(digits: 32) }, "price" => -> { F::Commerce.price.to_s }, "promotion" => -> { F::Commerce.promotion_code }, "version" => -> { "v" + F::App.semantic_version }, "build" => -> { "build #{F::Device.build_number}" },
  "serial" => -> { "S/N #{F::Device.serial}" }, "coordinates" => -> { "#{F::Address.latitude}, #{F::Address.longitude}" }, "zip" => -> { "zip #{F::Address.zip_code}" }, "uuid" => -> { F::Internet.uuid }, "slug" => -> { F::Internet.slug }, "url" => -> { F::Internet.url },
  "user agent" => -> { F::Internet.user_agent }, "colour" => -> { F::Color.hex_color }, "time" => -> { F::Time.backward.to_s }, "date" => -> { F::Date.backward.to_s }, "file" => -> { F::File.file_name }, "mime" => -> { F::File.mime_type }, "hacker" => -> { F::Hacker.say_something_smart },
  "quote" => -> { F::Quote.famous_last_words }, "shakespeare" => -> { F::Quotes::Shakespeare.hamlet_quote }, "measure" => -> { "#{F::Measurement.height}, #{F::Measurement.weight}" }, "bitcoin amount" => -> { F::Currency.code + " " + F::Number.decimal(l_digits: 5).to_s }, "markdown" => -> { F::Markdown.sandwich },
  "table" => -> { F::Markdown.table }, "code" => -> { F::Markdown.block_code }, "chess" => -> { F::Games::Minecraft.block rescue "e4" }, "source" => -> { F::Source.hello_world(lang: :ruby) }, "invoice" => -> { F::Invoice.reference rescue "" }, "flight" => -> { "flight #{F::Alphanumeric.alpha(number: 2).upcase}#{rand(100..9999)}" },
}
MAKERS.each { |kind, make| some(each * 6) { show(kind, make.call.to_s) } }
LOCALES.each { |locale| F::Config.locale = locale; some(each * 2) { show("lorem, local", F::Lorem.paragraph); show("company, local", F::Company.catch_phrase) } }
"""


@cache
def installed() -> bool:
    ruby = shutil.which("ruby")
    return ruby is not None and subprocess.run([ruby, "-e", 'require "faker"'], capture_output=True).returncode == 0


def _run(script: str, each: int, rng: Rng) -> Iterator[list[str]]:
    command = ["ruby", "-W0", "-e", _HEAD + script, str(each), str(rng.randrange(10**6))]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return map(json.loads, made.stdout.splitlines())


def values(rng: Rng, each: int) -> Iterator[Value]:
    return (Value(*row) for row in _run(_SCRIPT, each, rng))


def clean(rng: Rng, each: int) -> Iterator[tuple[str, str]]:
    return ((kind, text) for kind, text in _run(_CLEAN, each, rng))
