"""Keys of services in their issuers' formats, for the PII benchmark. Written from the issuers' documentation.

`{a40}` stands for forty letters and digits, `w` for those with `-` and `_`, `x` hex, `d` digits, `u` capitals and
digits, `l` small letters and digits, `b` base64, `s` bech32 in capitals, `U` a UUID.
"""

from __future__ import annotations

import random
import re
import string
import uuid

_SETS = {
    "a": string.ascii_letters + string.digits,
    "w": string.ascii_letters + string.digits + "-_",
    "x": "0123456789abcdef",
    "d": string.digits,
    "u": string.ascii_uppercase + string.digits,
    "l": string.ascii_lowercase + string.digits,
    "b": string.ascii_letters + string.digits + "+/",
    "s": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
_SLOT = re.compile(r"\{([a-zU])(\d*)\}")  # `p` is a password

FORMATS: dict[str, tuple[str, ...]] = {
    "anthropic": ("sk-ant-api03-{w93}AA", "sk-ant-admin01-{w93}AA", "sk-ant-oat01-{w93}AA"),
    "openai": (
        "sk-{a20}T3BlbkFJ{a20}",
        "sk-proj-{w74}T3BlbkFJ{w74}",
        "sk-svcacct-{w74}T3BlbkFJ{w74}",
        "sk-admin-{w58}T3BlbkFJ{w58}",
    ),
    "openrouter": ("sk-or-v1-{x64}",),
    "aws": ("AKIA{u16}", "ASIA{u16}", "IQoJb3JpZ2luX2Vj{b300}=="),
    "google": ("AIza{w35}", "ya29.{w180}", "GOCSPX-{w28}"),
    "azure": ("{a3}8Q~{w34}",),
    "github": ("ghp_{a36}", "gho_{a36}", "ghu_{a36}", "ghs_{a36}", "ghr_{a36}", "github_pat_{a22}_{a59}"),
    "gitlab": ("glpat-{w20}", "gldt-{w20}", "glrt-{w20}", "glptt-{x40}", "glcbt-{d2}_{w20}", "GR1348941{w20}"),
    "slack": (
        "xoxb-{d12}-{d13}-{a24}",
        "xoxp-{d12}-{d12}-{d13}-{x32}",
        "xapp-1-{u11}-{d13}-{x64}",
        "xoxe.xoxp-1-{a163}",
        "https://hooks.slack.com/services/T{u10}/B{u10}/{a24}",
    ),
    "stripe": ("sk_live_{a24}", "sk_test_{a99}", "rk_live_{a24}", "whsec_{b32}"),
    "twilio": ("SK{x32}",),
    "sendgrid": ("SG.{w22}.{w43}",),
    "mailgun": ("key-{x32}", "{x32}-{x8}-{x8}"),
    "mailchimp": ("{x32}-us{d2}",),
    "npm": ("npm_{a36}",),
    "pypi": ("pypi-AgEIcHlwaS5vcmc{w120}",),
    "huggingface": ("hf_{a34}",),
    "digitalocean": ("dop_v1_{x64}", "doo_v1_{x64}", "dor_v1_{x64}"),
    "shopify": ("shpat_{x32}", "shpss_{x32}", "shpca_{x32}", "shppa_{x32}"),
    "square": ("sq0atp-{w22}", "sq0csp-{w43}", "EAAA{a60}"),
    "databricks": ("dapi{x32}", "dapi{x32}-2"),
    "groq": ("gsk_{a52}",),
    "xai": ("xai-{a80}",),
    "perplexity": ("pplx-{a48}",),
    "replicate": ("r8_{a37}",),
    "notion": ("ntn_{d11}{a35}", "secret_{a43}"),
    "linear": ("lin_api_{a40}",),
    "atlassian": ("ATATT3xFfGF0{w170}={u8}",),
    "bitbucket": ("ATBB{a28}",),
    "vault": ("hvs.{w90}", "hvb.{w140}"),
    "age": ("AGE-SECRET-KEY-1{s58}",),
    "doppler": ("dp.pt.{a43}", "dp.st.prd.{a43}"),
    "cloudflare": ("v1.0-{x24}-{x146}",),
    "heroku": ("HRKU-{U}", "HRKU-AA{w58}"),
    "telegram": ("{d9}:AA{w33}",),
    "discord": (
        "M{a23}.{w6}.{w27}",
        "N{a25}.{w6}.{w38}",
        "https://discord.com/api/webhooks/{d18}/{w68}",
    ),
    "newrelic": ("NRAK-{u27}", "NRJS-{x19}", "NRII-{w32}"),
    "grafana": ("glsa_{a32}_{x8}", "glc_{b60}"),
    "sentry": ("sntrys_eyJpYXQiO{b120}_{b43}", "sntryu_{x64}"),
    "postman": ("PMAK-{x24}-{x34}",),
    "planetscale": ("pscale_tkn_{w43}", "pscale_pw_{w43}", "pscale_oauth_{w32}"),
    "supabase": ("sbp_{x40}", "sb_secret_{w31}"),
    "vercel": ("vercel_blob_rw_{a16}_{a30}",),
    "flyio": ("fm2_{b160}", "fo1_{w43}"),
    "terraform": ("{a14}.atlasv1.{w67}",),
    "mapbox": ("sk.eyJ1Ijoi{a60}.{w22}",),
    "airtable": ("pat{a14}.{x64}",),
    "figma": ("figd_{w40}",),
    "dropbox": ("sl.{w135}",),
    "pulumi": ("pul-{x40}",),
    "docker": ("dckr_pat_{w27}",),
    "rubygems": ("rubygems_{x48}",),
    "hubspot": ("pat-na1-{U}",),
    "brevo": ("xkeysib-{x64}-{a16}",),
    "dynatrace": ("dt0c01.{u24}.{u64}",),
    "tailscale": ("tskey-auth-{a16}-{a32}",),
    "langsmith": ("lsv2_pt_{x32}_{x10}",),
    "pinecone": ("pcsk_{a6}_{a63}",),
    "nvidia": ("nvapi-{w64}",),
}
# Keys without a form of their own: the name before them tells.
NAMED: dict[str, tuple[str, ...]] = {
    "datadog": ("DD_API_KEY={x32}", "datadog api key: {x32}", '"datadog_app_key": "{x40}"'),
    "mistral": ("MISTRAL_API_KEY={a32}", "mistral api key: {a32}"),
    "cohere": ("COHERE_API_KEY={a40}", 'CO_API_KEY="{a40}"'),
    "cloudflare token": ("CLOUDFLARE_API_TOKEN={w40}", "cloudflare api token: {w40}"),
    "heroku old": ("HEROKU_API_KEY={U}",),
    "okta": ("OKTA_API_TOKEN=00{w40}", "Authorization: SSWS 00{w40}"),
    "auth0": ("AUTH0_CLIENT_SECRET={w64}", '"client_secret": "{w64}"'),
    "airtable old": ("AIRTABLE_API_KEY=key{a14}",),
    "vercel old": ("VERCEL_TOKEN={a24}",),
    "twilio token": ("TWILIO_AUTH_TOKEN={x32}", "twilio auth token: {x32}"),
    "aws secret": (
        "aws_secret_access_key = {b40}",
        '"SecretAccessKey": "{b40}"',
        "AWS_SECRET_ACCESS_KEY={b40}",
        "export AWS_SECRET_ACCESS_KEY='{b40}'",
    ),
    "azure storage": ("AccountName=shop;AccountKey={b86}==",),
    "generic": (
        "api_key={a32}",
        'apiKey: "{a40}"',
        "access_token = {w48}",
        "x-api-key: {a32}",
        "client secret is {a32}",
    ),
}
PASSWORDS = (
    "password = {p}", 'password: "{p}"', "DB_PASSWORD={p}", "passwd={p}", "the password is {p}", '"password": "{p}"',
    "PGPASSWORD='{p}'", "pwd={p}", "passphrase: {p}",
)  # fmt: skip
CONNECTIONS = (
    "postgres://app:{p}@db.internal:5432/shop", "postgresql://svc_user:{p}@10.0.3.7/orders", "mysql://root:{p}@mysql/app",
    "mongodb+srv://admin:{p}@cluster0.ab1cd.mongodb.net/test", "redis://:{p}@cache.internal:6379/0",
    "amqps://guest:{p}@rabbit.internal:5671/prod", "https://deploy:{p}@artifacts.corp.test/simple", "ftp://up:{p}@files.corp.test",
)  # fmt: skip


def fill(rng: random.Random, form: str) -> str:
    def one(match: re.Match[str]) -> str:
        letter, size = match.groups()
        if letter == "U":
            return str(uuid.UUID(int=rng.getrandbits(128), version=4))
        if letter == "p":
            return password(rng)
        chars = _SETS[letter]
        return "".join(rng.choice(chars) for _ in range(int(size)))

    return _SLOT.sub(one, form)


def password(rng: random.Random) -> str:
    """What people and machines choose."""
    made = "".join(rng.choice(string.ascii_letters + string.digits + "!#$%^*_-+~") for _ in range(rng.randint(8, 24)))
    word = rng.choice(("Sommer", "dragon", "Winter", "qwerty", "coffee", "Falcon"))
    return rng.choice(
        (word + str(rng.randint(10, 9999)) + rng.choice("!#*"), f"{word}{rng.randint(1000, 9999)}", f"a1{made}Z9")
    )
