"""Keys of services, by the prefixes and lengths their issuers give them, one line a provider."""

# ruff: noqa: E501 - a broken pattern is harder to read than a long one
from __future__ import annotations

import re

from pytest_agentsafety.guards.pii_kinds import Kind, Spans

_HEX32, _UUID = "[a-f0-9]{32}", "[a-f0-9]{8}-(?:[a-f0-9]{4}-){3}[a-f0-9]{12}"
_W, _A = "[A-Za-z0-9_-]", "[A-Za-z0-9]"

PROVIDERS: dict[str, tuple[str, ...]] = {
    "Anthropic": (rf"sk-ant-{_W}{{20,}}",),
    "OpenAI": (rf"sk-(?:proj-|svcacct-|admin-|service-|None-)?{_W}{{32,}}",),
    "OpenRouter": (r"sk-or-v1-[a-f0-9]{64}",),
    "AWS": (
        r"(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|ANPA|ANVA|APKA|A3T[A-Z0-9])[A-Z0-9]{16}",
        r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=]{80,}",
        r"ABSK[A-Za-z0-9+/]{80,}={0,2}",
    ),
    "Google": (
        rf"AIza{_W}{{35}}",
        rf"ya29\.{_W}{{20,}}",
        rf"GOCSPX-{_W}{{20,}}",
        rf"1//0{_W}{{38,}}",
        rf"AQ\.A{_W}{{40,}}",
    ),
    "Firebase": (rf"AAAA{_W}{{7}}:{_W}{{130,}}",),
    "Azure": (r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",),
    "GitHub": (rf"gh[pousr]_{_A}{{36,}}", r"github_pat_[A-Za-z0-9_]{22,}"),
    "GitLab": (
        rf"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|agent|soat|imt|oas|ffct|wt)-(?:t\d_)?{_W}{{20,}}(?:\.[a-z0-9]{{2,}}){{0,3}}",
        rf"GR1348941{_W}{{20,}}",
    ),
    "Bitbucket": (rf"ATBB{_A}{{28,}}", r"ATCTT3[A-Za-z0-9_=-]{50,}"),
    "Atlassian": (r"ATATT3[A-Za-z0-9_=-]{50,}",),
    "Slack": (
        r"xox[abcdeoprs]-[A-Za-z0-9%-]{10,}",
        r"xoxe\.xox[bp]-\d-[A-Za-z0-9-]{20,}",
        r"xapp-\d-[A-Za-z0-9-]{20,}",
        r"(?:https://)?hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9_/]{20,}",
    ),
    "Stripe": (rf"(?:sk|rk|pk)_(?:live|test|prod)_{_A}{{16,}}", r"whsec_[A-Za-z0-9+/]{24,}"),
    "Razorpay": (rf"rzp_(?:live|test)_{_A}{{14}}",),
    "Twilio": (r"(?:SK|AC)[a-f0-9]{32}",),
    "SendGrid": (rf"SG\.{_W}{{16,}}\.{_W}{{32,}}",),
    "Mailgun": (rf"(?:pub)?key-(?:{_HEX32}|{_A}{{32}}\b)", rf"{_HEX32}-[a-f0-9]{{8}}-[a-f0-9]{{8}}"),
    "Mailchimp": (r"[a-z0-9]{32}-us\d{1,2}",),
    "Brevo": (rf"xkeysib-[a-f0-9]{{64}}-{_A}{{16}}", rf"xsmtpsib-[a-f0-9]{{64}}-{_A}{{16}}"),
    "Resend": (rf"re_{_A}{{8}}_{_A}{{24}}",),
    "npm": (rf"npm_{_A}{{36}}",),
    "PyPI": (rf"pypi-{_W}{{50,}}",),
    "RubyGems": (r"rubygems_[a-f0-9]{48}",),
    "NuGet": (r"oy2[a-z0-9]{43}",),
    "crates.io": (rf"cio{_A}{{32}}",),
    "Docker": (rf"dckr_(?:pat|oat)_{_W}{{27,}}",),
    "Hugging Face": (rf"hf_{_A}{{30,}}", r"api_org_[A-Za-z]{34}"),
    "DigitalOcean": (r"do[opr]_v1_[a-f0-9]{64}",),
    "Shopify": (r"shp(?:at|ca|pa|ss|ua|tka)_[a-fA-F0-9]{32}",),
    "Square": (rf"sq0(?:atp|csp|idp)-{_W}{{22,}}", rf"EAAA[A-Za-z0-9]{_W}{{58,62}}"),
    "Databricks": (rf"dapi{_HEX32}(?:-\d)?",),
    "Groq": (rf"gsk_{_A}{{40,}}",),
    "xAI": (rf"xai-{_A}{{60,}}",),
    "Perplexity": (rf"pplx-{_A}{{40,}}",),
    "Replicate": (rf"r8_{_A}{{37,}}",),
    "Together": (rf"tgp_v1_{_W}{{43}}",),
    "Fireworks": (rf"fw_{_A}{{22,}}",),
    "Cerebras": (r"csk-[a-z0-9]{48}",),
    "NVIDIA": (rf"nvapi-{_W}{{60,}}",),
    "Pinecone": (rf"pcsk_{_A}{{5,6}}_{_A}{{50,}}",),
    "Voyage": (rf"pa-{_W}{{43}}",),
    "ElevenLabs": (r"sk_[a-f0-9]{48}",),
    "LangSmith": (rf"lsv2_(?:pt|sk)_{_HEX32}_[a-f0-9]{{10}}",),
    "Tavily": (rf"tvly-(?:dev-|prod-)?{_A}{{30,}}",),
    "Firecrawl": (rf"fc-{_HEX32}",),
    "Notion": (rf"ntn_{_A}{{40,}}", rf"secret_{_A}{{43}}"),
    "Linear": (rf"lin_(?:api|oauth)_{_A}{{40,}}",),
    "Vault": (rf"hv[sbr]\.{_W}{{24,}}",),
    "age": (r"AGE-SECRET-KEY-1[A-Z0-9]{58}",),
    "Doppler": (rf"dp\.(?:pt|st|sa|ct|scim|audit)\.(?:[a-z0-9_-]{{2,35}}\.)?{_A}{{40,44}}",),
    "Cloudflare": (r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}",),
    "Heroku": (rf"HRKU-{_W}{{36,}}",),
    "Telegram": (rf"\d{{8,10}}:AA{_W}{{33}}",),
    "Discord": (
        rf"[MNO]{_W}{{23,27}}\.{_W}{{6}}\.{_W}{{27,38}}",
        rf"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{{17,20}}/{_W}{{60,}}",
    ),
    "Datadog": (rf"dd(?:api|app|pat)_{_A}{{32,}}",),
    "New Relic": (
        r"NRAK-[A-Z0-9a-z]{27}",
        r"NRJS-[a-f0-9]{19}",
        rf"NRI[IQ]-{_W}{{32}}",
        r"[a-f0-9]{32,36}(?:FFFF)?NRAL",
    ),
    "Grafana": (rf"glsa_{_A}{{32}}_[A-Fa-f0-9]{{8}}", r"glc_[A-Za-z0-9+/]{32,}={0,2}", rf"eyJrIjoi{_A}{{60,}}={{0,2}}"),
    "Sentry": (
        r"sntrys_[A-Za-z0-9+/=_-]{50,}",
        r"sntryu_[a-f0-9]{64}",
        rf"https://{_HEX32}(?::{_HEX32})?@[a-z0-9.-]+/\d+",
    ),
    "Postman": (r"PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}",),
    "PlanetScale": (r"pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{30,}",),
    "Supabase": (r"sbp_(?:oauth_)?[a-f0-9]{40}", rf"sb_(?:secret|publishable)_{_W}{{20,}}"),
    "Vercel": (rf"vc[pkiar]_{_A}{{24,}}", rf"vercel_blob_rw_{_A}{{16,}}_{_A}{{20,}}"),
    "Netlify": (rf"nf[pocbu]_{_A}{{36,}}",),
    "Fly.io": (rf"fo1_{_W}{{43}}", r"fm1[ar]_[A-Za-z0-9+/]{80,}={0,3}", r"fm2_[A-Za-z0-9+/]{80,}={0,3}"),
    "Render": (rf"rnd_{_A}{{28,}}",),
    "Neon": (r"napi_[a-z0-9]{50,}",),
    "Terraform": (rf"{_A}{{14}}\.atlasv1\.{_W}{{60,}}",),
    "Pulumi": (r"pul-[a-f0-9]{40}",),
    "Tailscale": (rf"tskey-[a-z]+-{_A}{{8,}}-{_A}{{20,}}",),
    "Buildkite": (r"bk[a-z]{2}_[a-f0-9]{40}",),
    "CircleCI": (rf"CCIP(?:AT|RJ)_{_A}{{16,}}_[a-f0-9]{{40}}",),
    "SonarQube": (r"sq[pua]_[a-f0-9]{40}",),
    "Sourcegraph": (r"sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}",),
    "JFrog": (rf"AKCp{_A}{{60,}}", rf"cmVmd{_A}{{59}}"),
    "Mapbox": (rf"[psk]k\.eyJ{_W}{{20,}}\.{_W}{{22}}",),
    "Airtable": (rf"pat{_A}{{14}}\.[a-f0-9]{{64}}",),
    "Figma": (rf"fig(?:d|o[ur]?)_{_W}{{40,}}",),
    "Dropbox": (rf"sl\.(?:u\.)?{_W}{{100,}}",),
    "Okta": (rf"SSWS 00{_W}{{40}}",),
    "HubSpot": (rf"pat-[a-z]{{2}}\d-{_UUID}",),
    "(work lists)": (rf"\d/\d{{16}}(?:/\d{{16}})?:{_HEX32}",),
    "Typeform": (r"tfp_[A-Za-z0-9_.=-]{40,}",),
    "Contentful": (rf"CFPAT-{_W}{{43}}",),
    "LaunchDarkly": (rf"(?:sdk|api|mob)-{_UUID}",),
    "Meta": (rf"EAA[A-Z]{_A}{{80,}}",),
    "Twitter": (r"A{21,}[A-Za-z0-9%]{60,}",),
    "Plaid": (rf"access-(?:sandbox|development|production)-{_UUID}",),
    "Shippo": (r"shippo_(?:live|test)_[a-fA-F0-9]{40}",),
    "EasyPost": (rf"EZ[AT]K{_A}{{54}}",),
    "Dynatrace": (r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}",),
    "Alibaba": (rf"LTAI{_A}{{12,24}}",),
    "Tencent": (rf"AKID{_A}{{32}}",),
    "Yandex": (rf"AQVN{_W}{{35,38}}", rf"t1\.{_W}+={{0,2}}\.{_W}{{86}}={{0,2}}", rf"y[0-3]_{_W}{{50,}}"),
    "1Password": (r"ops_eyJ[A-Za-z0-9+/]{200,}={0,3}", r"A3(?:-[A-Z0-9]{5,6}){6}", r"A3-[A-Z0-9]{6}-[A-Z0-9]{11}(?:-[A-Z0-9]{5}){3}"),
    "Adobe": (r"p8e-[A-Za-z0-9]{32}",),
    "Prefect": (rf"pnu_{_A}{{36}}",),
    "OpenShift": (rf"sha256~{_W}{{43}}",),
    "MaxMind": (rf"{_A}{{6}}_{_A}{{29}}_mmk",),
    "ReadMe": (r"rdme_[a-z0-9]{70}",),
}  # fmt: skip


def _check(candidate: str) -> Spans:
    """A class name may start with `sk-` and go on for long, and a line may be one letter: no key is."""
    if len(set(candidate[-30:])) < 5 or (
        candidate.startswith(("sk-", "key-", "pubkey-")) and not _DIGIT.search(candidate)
    ):
        return ()
    return ((candidate.rfind(" ") + 1, len(candidate)),)  # `SSWS` and a space are no part of it


_DIGIT = re.compile(r"\d")
# What has no prefix of its own is told by what is rare in it: so the first look at a text stays quick.
_HINTS = {
    "Azure": (r"\dQ~",),
    "Terraform": (r"\.atlasv1\.",),
    "MaxMind": (r"_mmk\b",),
    "Discord": (rf"\.{_W}{{6}}\.{_W}{{27}}", r"discord(?:app)?\.com/api/"),
    "New Relic": (r"NRAK-", r"NRJS-", r"NRI[IQ]-", r"NRAL\b"),
    "Mailgun": (r"key-[A-Za-z0-9]{32}", r"[a-f0-9]-[a-f0-9]{8}-[a-f0-9]{8}\b"),
    "Mailchimp": (r"[a-z0-9]-us\d",),
}
_ALL = "|".join(pattern for patterns in PROVIDERS.values() for pattern in patterns)
_ROUGH = "|".join(pattern for name, patterns in PROVIDERS.items() if name not in _HINTS for pattern in patterns)
_RARE = "|".join(pattern for patterns in _HINTS.values() for pattern in patterns)
KINDS: tuple[Kind, ...] = (
    Kind(
        name="api_key",
        check=_check,
        secret=True,
        strong=True,
        pattern=rf"\b(?:{_ALL})",
        hint=rf"\b(?:{_ROUGH})|{_RARE}",
    ),
)
