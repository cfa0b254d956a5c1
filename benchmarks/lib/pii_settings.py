"""What stands around a value: prose of a dozen languages and the files, logs and programs that values are found in.

Written before the guard's code was read, and not changed after its figures were seen, but for one mistake: rows of
CSV without their head stood for settings that name a value. A setting gets what the value is
called (`NAMES`, by language; `FIELDS`, as programs call it) and gives the text and where the value is in it.
"""

# ruff: noqa: E501, RUF001 - tables of forms
from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote, quote_plus

Rng = random.Random
_HERE = "\ue000"

# What people call it. A language without an entry uses English.
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "card": {
        "en": ("credit card", "card number", "Visa", "debit card"), "de": ("Kreditkarte", "Kartennummer"),
        "fr": ("carte bancaire", "numéro de carte"), "es": ("tarjeta de crédito", "número de tarjeta"), "it": ("carta di credito",),
        "pt": ("cartão de crédito",), "nl": ("creditcard", "kaartnummer"), "pl": ("karta kredytowa", "numer karty"),
        "ru": ("номер карты", "банковская карта"), "zh": ("信用卡号", "卡号"), "ja": ("クレジットカード番号",), "tr": ("kredi kartı",),
    },
    "iban": {"en": ("IBAN", "bank account"), "de": ("IBAN", "Bankverbindung"), "fr": ("IBAN",), "es": ("IBAN", "cuenta"), "it": ("IBAN",), "nl": ("IBAN", "rekeningnummer"), "pl": ("IBAN", "numer konta"), "tr": ("IBAN",)},
    "email": {
        "en": ("email", "e-mail address", "mail"), "de": ("E-Mail", "E-Mail-Adresse"), "fr": ("e-mail", "adresse électronique"), "es": ("correo electrónico",),
        "it": ("e-mail",), "pt": ("e-mail",), "nl": ("e-mailadres",), "pl": ("adres e-mail",), "ru": ("почта", "эл. почта"), "zh": ("邮箱", "电子邮件"), "ja": ("メールアドレス",), "tr": ("e-posta",),
    },
    "phone": {
        "en": ("phone number", "phone", "mobile", "cell", "tel"), "de": ("Telefon", "Telefonnummer", "Handynummer", "Tel."), "fr": ("téléphone", "numéro de téléphone", "portable", "tél."),
        "es": ("teléfono", "móvil", "número de teléfono"), "it": ("telefono", "cellulare", "numero di telefono"), "pt": ("telefone", "telemóvel", "celular"), "nl": ("telefoonnummer", "mobiel"),
        "pl": ("telefon", "numer telefonu"), "ru": ("телефон", "номер телефона"), "zh": ("电话", "手机号"), "ja": ("電話番号",), "tr": ("telefon", "cep telefonu"),
    },
    "ip": {"en": ("IP address", "IP"), "de": ("IP-Adresse",), "fr": ("adresse IP",), "es": ("dirección IP",), "it": ("indirizzo IP",), "pt": ("endereço IP",), "nl": ("IP-adres",), "pl": ("adres IP",), "ru": ("IP-адрес",), "zh": ("IP地址",), "ja": ("IPアドレス",), "tr": ("IP adresi",)},
    "mac": {"en": ("MAC address", "hardware address"), "de": ("MAC-Adresse",), "fr": ("adresse MAC",), "es": ("dirección MAC",), "ru": ("MAC-адрес",)},
    "wallet": {"en": ("wallet", "wallet address", "crypto address"), "de": ("Wallet-Adresse",), "fr": ("portefeuille",), "es": ("monedero",), "ru": ("кошелёк",)},
    "passport": {"en": ("passport", "passport number"), "de": ("Reisepass", "Passnummer"), "fr": ("passeport",), "es": ("pasaporte",), "it": ("passaporto",), "pt": ("passaporte",), "nl": ("paspoort",), "pl": ("paszport",), "ru": ("паспорт",), "zh": ("护照号码",), "ja": ("パスポート番号",), "tr": ("pasaport",)},
    "licence": {"en": ("driver's license", "driving licence", "DL number"), "de": ("Führerschein",), "fr": ("permis de conduire",), "es": ("permiso de conducir",), "it": ("patente",), "pl": ("prawo jazdy",)},
    "account": {"en": ("account number", "bank account number")},
    "imei": {"en": ("IMEI",)},
    "birth date": {"en": ("date of birth", "DOB", "born"), "de": ("Geburtsdatum",), "fr": ("date de naissance",), "es": ("fecha de nacimiento",), "it": ("data di nascita",), "pt": ("data de nascimento",), "nl": ("geboortedatum",), "pl": ("data urodzenia",), "ru": ("дата рождения",)},
    "key": {"en": ("API key", "token", "access key", "secret")},
    "password": {"en": ("password",), "de": ("Passwort",), "fr": ("mot de passe",), "es": ("contraseña",), "it": ("password",), "pt": ("senha",), "nl": ("wachtwoord",), "pl": ("hasło",), "ru": ("пароль",), "zh": ("密码",), "ja": ("パスワード",), "tr": ("parola",)},
    "seed phrase": {"en": ("seed phrase", "recovery phrase", "mnemonic")},
}  # fmt: skip

FIELDS: dict[str, tuple[str, ...]] = {
    "card": ("card_number", "cardNumber", "credit_card", "pan", "cc"), "iban": ("iban", "IBAN", "account_iban"),
    "email": ("email", "user_email", "emailAddress", "contact"), "phone": ("phone", "phone_number", "mobile", "phoneNumber", "tel"),
    "ip": ("ip", "client_ip", "remote_addr", "ipAddress", "host"), "mac": ("mac", "mac_address", "hwaddr"),
    "wallet": ("wallet", "address", "btc_address"), "passport": ("passport", "passport_no", "passportNumber"),
    "licence": ("driver_license", "licence_no", "drivers_license_number"), "account": ("account_number", "bank_account", "accountNo"), "imei": ("imei", "IMEI"),
    "birth date": ("date_of_birth", "dob", "birthDate"), "key": ("api_key", "token", "apiKey", "secret"), "password": ("password", "passwd", "pwd"), "seed phrase": ("seed_phrase", "mnemonic"),
}  # fmt: skip

# {n} the name, {v} the value.
PROSE: dict[str, tuple[str, ...]] = {
    "en": (
        "Hi, I lost my wallet last night. Can you tell me whether {n} {v} has been used since?", "My {n} is {v}, please update it in your system.",
        "I'd like to change the {n} on file to {v} if that's possible.", "{n}: {v}\nName: as discussed\nNotes: none", "Could you confirm that {v} is the right {n} for Mrs Alvarez?",
        "As per our call on Tuesday, the {n} you asked for is {v}. Let me know when it went through.", "Just to double-check - {n} {v}, yes?", "She gave two things: her name, and her {n} ({v}).",
        "Why was my {n} (#{v}) rejected?", "the guest in room 12 left this behind, {n} {v}, pls call them back", "Their {n} used to be {v}; it no longer is.",
    ),
    "de": ("Guten Tag, meine {n} lautet {v}, bitte ändern Sie das.", "Könnten Sie prüfen, ob {n} {v} noch gültig ist?", "Im Formular steht als {n}: {v}.", "Herr Brandt hat uns {v} als {n} genannt."),
    "fr": ("Bonjour, mon {n} est {v}, merci de le mettre à jour.", "Pouvez-vous vérifier le {n} {v} ?", "Le client a indiqué comme {n} : {v}.", "Voici l'information demandée ({n}) : {v}"),
    "es": ("Hola, mi {n} es {v}, ¿pueden actualizarlo?", "¿Es correcto el {n} {v}?", "El cliente indicó su {n}: {v}.", "Le paso el dato, {n} {v}, gracias."),
    "it": ("Salve, il mio {n} è {v}, potete aggiornarlo?", "Può controllare {n} {v}?", "Nel modulo risulta {n}: {v}."),
    "pt": ("Olá, o meu {n} é {v}, podem atualizar?", "Pode confirmar o {n} {v}?", "O cliente informou {n}: {v}."),
    "nl": ("Hallo, mijn {n} is {v}, kunt u dat aanpassen?", "Klopt {n} {v} nog?", "In het formulier staat als {n}: {v}."),
    "pl": ("Dzień dobry, mój {n} to {v}, proszę o zmianę.", "Czy {n} {v} jest aktualny?", "W formularzu podano {n}: {v}."),
    "ru": ("Здравствуйте, мой {n}: {v}, обновите, пожалуйста.", "Проверьте, верен ли {n} {v}?", "Клиент указал {n} {v}."),
    "zh": ("您好,我的{n}是{v},请更新。", "请确认{n}:{v}", "客户填写的{n}为 {v} ,请核对。"),
    "ja": ("こんにちは、私の{n}は{v}です。更新をお願いします。", "{n}:{v} を確認してください。"),
    "tr": ("Merhaba, {n} bilgim {v}, günceller misiniz?", "{n}: {v} doğru mu?"),
}  # fmt: skip

BARE = (
    "{v}", "Please look at {v} again.", "Is it {v} or not?", "we got {v} from them yesterday", "({v})", "• {v}\n• (empty)", "\"{v}\"", "Re: {v}", "Fwd: nothing to add. {v}", "{v}, as before, without changes",
)  # fmt: skip


class Set(NamedTuple):
    """A value in its setting. `value` may be spelt as the setting asks (JSON escapes, URL encoding)."""

    setting: str
    text: str
    start: int
    end: int


def _placed(setting: str, text: str, value: str) -> Set:
    start = text.index(_HERE)
    return Set(setting, text.replace(_HERE, value), start, start + len(value))


def names(kind: str, language: str) -> tuple[str, ...]:
    """`kind` is one of `NAMES`, or what the thing is called everywhere ("PESEL")."""
    by_language = NAMES.get(kind)
    return (kind,) if by_language is None else by_language.get(language, by_language["en"])


def fields(kind: str) -> tuple[str, ...]:
    return FIELDS.get(kind) or (kind.lower().replace(" ", "_").replace("-", "_"),)


def prose(rng: Rng, kind: str, value: str, language: str | None = None) -> Set:
    language = language or rng.choice(list(PROSE))
    template = rng.choice(PROSE[language])
    return _placed(f"prose {language}", template.format(n=rng.choice(names(kind, language)), v=_HERE), value)


def bare(rng: Rng, value: str) -> Set:
    return _placed("bare", rng.choice(BARE).format(v=_HERE), value)


def _json(rng: Rng, field: str, value: str) -> tuple[str, str]:
    record = {"id": rng.randrange(1, 9999), "name": "Kim Tran", field: _HERE, "active": True, "tags": ["new", "eu"]}
    shape = rng.choice(("flat", "deep", "lines", "text"))
    escaped = json.dumps(value, ensure_ascii=rng.random() < 0.5)[1:-1]
    if shape == "flat":
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")), escaped
    if shape == "deep":
        return json.dumps(
            {"status": "ok", "data": {"items": [record, {"id": 2}]}}, ensure_ascii=False, indent=2
        ), escaped
    if shape == "lines":
        return "\n".join(json.dumps(r, ensure_ascii=False) for r in ({"id": 1}, record, {"id": 3})), escaped
    inner = json.dumps(record, ensure_ascii=False)
    return json.dumps({"body": inner}, ensure_ascii=False), json.dumps(escaped, ensure_ascii=False)[1:-1]


def _csv(rng: Rng, field: str, value: str) -> tuple[str, str]:
    sep = rng.choice(",;\t|")
    quoted = sep in value or rng.random() < 0.3
    cell = f'"{_HERE}"' if quoted else _HERE
    head = sep.join(("id", "name", field, "city", "since"))
    rows = [
        sep.join(
            (
                str(n),
                rng.choice(("Ana", "Bo", "Chi")),
                cell if n == 2 else "",
                rng.choice(("Oslo", "Lyon")),
                "2021-03-04",
            )
        )
        for n in (1, 2, 3)
    ]
    return "\n".join([head, *rows] if rng.random() < 0.7 else rows), value


def _yaml(rng: Rng, field: str, value: str) -> tuple[str, str]:
    q = rng.choice(("", "'", '"')) if not set(value) & set("'\"\n:#") else ("" if "'" in value else "'")
    return f"users:\n  - name: Lea\n    {field}: {q}{_HERE}{q}\n    roles: [admin, dev]\n  - name: Sam\n", value


def _env(rng: Rng, field: str, value: str) -> tuple[str, str]:
    q = rng.choice(("", '"'))
    return f"# settings\nDEBUG=false\n{rng.choice(('', 'export '))}{field.upper()}={q}{_HERE}{q}\nPORT=8080\n", value


def _log(rng: Rng, field: str, value: str) -> tuple[str, str]:
    at = f"2025-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
    return rng.choice((
        f"{at} 10:22:31,{rng.randrange(1000):03} INFO [worker-{rng.randrange(9)}] app.users - updated {field}={_HERE} in 12ms",
        f"{at}T08:01:59.{rng.randrange(10**6):06}Z level=warn msg=\"lookup failed\" {field}=\"{_HERE}\" retry=2",
        f"Mar  4 11:02:08 web-3 app[{rng.randrange(9999)}]: request done, {field}: {_HERE}, status 200",
        f"[{at} 23:59:01] ERROR could not store record ({field} {_HERE}): timeout after 3000 ms\n    at Store.put (store.js:88:13)",
    )), value  # fmt: skip


def _url(rng: Rng, field: str, value: str) -> tuple[str, str]:
    spelt = rng.choice((quote_plus, quote))(value, safe="@:" if rng.random() < 0.5 else "")
    return rng.choice((
        f"GET /search?q=shoes&{field}={_HERE}&page=2 HTTP/1.1", f"https://shop.example.org/checkout?step=2&{field}={_HERE}",
        f"curl -s 'https://api.example.net/v2/users?{field}={_HERE}&limit=10'", f"{field}={_HERE}&next=%2Fhome",
    )), spelt  # fmt: skip


def _code(rng: Rng, field: str, value: str) -> tuple[str, str]:
    q = '"' if "'" in value else rng.choice("\"'")
    return rng.choice((
        f"def test_user():\n    user = User(name=\"x\", {field}={q}{_HERE}{q})\n    assert user.ok\n", f"const {field} = {q}{_HERE}{q};\nsend({field});",
        f"INSERT INTO users (id, {field}, ok) VALUES (7, '{_HERE}', true);", f"    private static final String {field.upper()} = \"{_HERE}\";",
        f"UPDATE people SET {field} = '{_HERE}' WHERE id = 12;", f"config[{q}{field}{q}] = {q}{_HERE}{q}  # TODO", f"+    {field}: {q}{_HERE}{q},\n-    {field}: null,",
    )), value  # fmt: skip


def _mail(rng: Rng, field: str, value: str) -> tuple[str, str]:
    return rng.choice((
        f"Subject: your request\nDate: Tue, 4 Mar 2025 10:22:31 +0100\nX-{field.title().replace('_', '-')}: {_HERE}\nMIME-Version: 1.0\n\nHello,\nsee above.\n",
        f"Subject: {field.replace('_', ' ')} {_HERE}\n\nAs promised.\n-- \nThe desk\n", f"> On Monday you wrote:\n> {field.replace('_', ' ')}: {_HERE}\n>\nThanks, that works.\n",
    )), value  # fmt: skip


def _chat(rng: Rng, field: str, value: str) -> tuple[str, str]:
    word = field.replace("_", " ")
    return rng.choice((
        f"[10:22] ana: what was the {word} again?\n[10:23] bo: {_HERE}\n[10:23] ana: thx", f"<bo> {word} = {_HERE} :)", f"ana: {word}?\nbo: it's {_HERE} i think\nana: 👍",
        f"agent: May I have your {word}?\ncustomer: sure, {_HERE}.\nagent: Thank you!",
    )), value  # fmt: skip


def _table(rng: Rng, field: str, value: str) -> tuple[str, str]:
    word = field.replace("_", " ")
    return rng.choice((
        f"| name | {word} | ok |\n|------|------|----|\n| Ana  | {_HERE} | yes |\n", f"<table><tr><th>{word}</th></tr><tr><td>{_HERE}</td></tr></table>",
        f"<user><name>Ana</name><{field}>{_HERE}</{field}></user>", f"- **{word}**: {_HERE}\n- **city**: Lyon\n", f"* {word}: `{_HERE}`",
    )), value  # fmt: skip


MACHINE: dict[str, Callable[[Rng, str, str], tuple[str, str]]] = {
    "json": _json, "csv": _csv, "yaml": _yaml, "env": _env, "log": _log, "url": _url, "code": _code, "mail": _mail, "chat": _chat, "table": _table,
}  # fmt: skip


def machine(rng: Rng, kind: str, value: str, setting: str | None = None) -> Set:
    setting = setting or rng.choice(list(MACHINE))
    text, spelt = MACHINE[setting](rng, rng.choice(fields(kind)), value)
    return _placed(setting, text, spelt)


def any_setting(rng: Rng, kind: str, value: str, *, named: bool) -> Set:
    """A setting; `named`: only ones that say what the value is (what no form tells)."""
    draw = rng.random()
    if not named and draw < 0.25:
        return bare(rng, value)
    if draw < 0.6:
        return prose(rng, kind, value)
    placed = machine(rng, kind, value)
    while named and placed.setting == "csv" and "since" not in placed.text:  # rows without their head name nothing
        placed = machine(rng, kind, value, "csv")
    return placed


def every_setting() -> Iterator[str]:
    yield from (f"prose {language}" for language in PROSE)
    yield from MACHINE
