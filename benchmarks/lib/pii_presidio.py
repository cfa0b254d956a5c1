"""Values made from the patterns of `presidio-analyzer` (MIT), as its own checks let them pass.

`exrex` (AGPL, a tool of this benchmark only) writes strings that a recogniser's regular expression matches; what its
`validate_result` or `invalidate_result` refuses is thrown away. What the recognisers' authors hold the format to be is
thus what is asked for here: it is wider than the issuers' in places. Of optional separators all are written, or none,
and all alike; letters are capitals. Names of things are given here.
"""

from __future__ import annotations

import importlib
import inspect
import random
import re
from collections.abc import Iterator
from typing import Any

from benchmarks.lib.pii_mimesis import Value

Rng = random.Random

# Entity: how it is called, and whether its form alone tells it.
CALLED: dict[str, tuple[tuple[str, ...], bool]] = {
    "CREDIT_CARD": (("card",), True),
    "CRYPTO": (("wallet",), True),
    "EMAIL_ADDRESS": (("email",), True),
    "IBAN_CODE": (("iban",), True),
    "MAC_ADDRESS": (("mac",), True),
    "US_SSN": (("SSN", "social security number"), False),
    "US_ITIN": (("ITIN", "taxpayer id"), False),
    "US_PASSPORT": (("passport", "US passport"), False),
    "US_DRIVER_LICENSE": (("licence",), False),
    "US_BANK_NUMBER": (("account",), False),
    "US_MBI": (("Medicare number", "MBI"), False),
    "US_NPI": (("NPI",), False),
    "MEDICAL_LICENSE": (("DEA number",), False),
    "UK_NHS": (("NHS number",), False),
    "UK_NINO": (("National Insurance number", "NINO"), True),
    "UK_PASSPORT": (("passport",), False),
    "UK_DRIVING_LICENCE": (("driving licence number",), False),
    "ES_NIF": (("NIF", "DNI"), True),
    "ES_NIE": (("NIE",), True),
    "ES_PASSPORT": (("pasaporte",), False),
    "IT_FISCAL_CODE": (("codice fiscale",), True),
    "IT_PASSPORT": (("passaporto",), False),
    "IT_DRIVER_LICENSE": (("patente",), False),
    "IT_IDENTITY_CARD": (("carta d'identità", "carta di identità"), False),
    "IT_VAT_CODE": (("partita IVA",), False),
    "PL_PESEL": (("PESEL",), False),
    "SG_NRIC_FIN": (("NRIC", "FIN"), True),
    "AU_TFN": (("TFN", "tax file number"), False),
    "AU_MEDICARE": (("Medicare number",), False),
    "AU_ABN": (("ABN",), False),
    "AU_ACN": (("ACN",), False),
    "IN_AADHAAR": (("Aadhaar number", "Aadhaar"), False),
    "IN_PAN": (("PAN", "permanent account number"), False),
    "IN_PASSPORT": (("passport",), False),
    "IN_VOTER": (("voter id", "EPIC number"), False),
    "FI_PERSONAL_IDENTITY_CODE": (("henkilötunnus", "HETU"), True),
    "KR_RRN": (("주민등록번호", "RRN"), True),
    "KR_FRN": (("외국인등록번호",), False),
    "KR_PASSPORT": (("여권번호", "passport"), False),
    "KR_DRIVER_LICENSE": (("운전면허번호",), False),
    "TH_TNIN": (("Thai national ID",), False),
    "TR_NATIONAL_ID": (("TC kimlik no",), False),
    "DE_ID_CARD": (("Personalausweis", "Ausweisnummer"), False),
    "DE_PASSPORT": (("Reisepass", "Reisepassnummer"), False),
    "DE_TAX_ID": (("Steuer-ID", "Steueridentifikationsnummer"), False),
    "DE_TAX_NUMBER": (("Steuernummer",), False),
    "DE_SOCIAL_SECURITY": (("Rentenversicherungsnummer", "Sozialversicherungsnummer"), False),
    "DE_HEALTH_INSURANCE": (("Krankenversichertennummer", "Versichertennummer"), False),
    "DE_FUEHRERSCHEIN": (("Führerschein", "Führerscheinnummer"), False),
    "SE_PERSONNUMMER": (("personnummer",), False),
    "ZA_ID_NUMBER": (("South African ID number", "ID number"), False),
    "ZA_PASSPORT": (("passport",), False),
    "ZA_DRIVER_LICENSE": (("driver's licence",), False),
    "NG_NIN": (("NIN", "national identification number"), False),
    "PH_PASSPORT": (("passport",), False),
    "PH_TIN": (("TIN",), False),
    "PH_UMID": (("UMID", "CRN"), False),
}
_TRIES = 400
_SIGNS = re.compile(r"[ ._:/-]")


def recognisers() -> Iterator[Any]:
    module = importlib.import_module("presidio_analyzer.predefined_recognizers")
    base = importlib.import_module("presidio_analyzer").PatternRecognizer
    seen: set[str] = set()
    for name in sorted(dir(module)):
        kind = getattr(module, name)
        if inspect.isclass(kind) and issubclass(kind, base) and kind is not base:
            made = kind()
            if made.supported_entities[0] not in seen:
                seen.add(made.supported_entities[0])
                yield made


def _one(rng: Rng, recogniser: Any) -> str | None:
    exrex = importlib.import_module("exrex")
    for _ in range(_TRIES):
        pattern = rng.choice(recogniser.patterns)
        random.seed(rng.random())  # exrex draws from the module
        try:
            text = str(
                exrex.getone(re.sub(r"\(\?[=!<][^()]*(?:\([^()]*\)[^()]*)*\)", "", pattern.regex), limit=12)
            ).strip()
        except Exception:
            continue
        found = re.search(pattern.regex, text, re.IGNORECASE)
        if found is None or found.group() != text or not text.isascii() or not text.isprintable():
            continue
        if (text != text.upper() and "MAC" not in recogniser.supported_entities[0]) or len(
            set(_SIGNS.findall(text))
        ) > 1:
            continue
        if recogniser.validate_result(text) is False or recogniser.invalidate_result(text):
            continue
        return text
    return None


def values(rng: Rng, each: int) -> Iterator[Value]:
    """`each` values of every entity in `CALLED`; fewer, where the tool writes hardly one that passes."""
    for recogniser in recognisers():
        entity = recogniser.supported_entities[0]
        names, formed = CALLED.get(entity, ((), False))
        made = list(_some(rng, recogniser, 4 * each)) if names else []
        most = max((len(_SIGNS.findall(text)) for text in made), default=0)
        regular = [text for text in made if len(_SIGNS.findall(text)) in (0, most)]
        yield from (Value(entity, rng.choice(names), text, not formed) for text in regular[:each])


def _some(rng: Rng, recogniser: Any, count: int) -> Iterator[str]:
    misses = 0
    for _ in range(count):
        text = _one(rng, recogniser) if misses < 2 else None
        misses += text is None
        if text is not None:
            yield text
