"""Check digits: what makes a number a card, an account or a person's number. All take digits (and letters) alone."""

from __future__ import annotations

from collections.abc import Sequence


def luhn(digits: str) -> bool:
    """The check sum of payment cards (ISO/IEC 7812-1)."""
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


_DOUBLED = str.maketrans("0123456789", "0246813579")


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Sum of each digit times its weight; further digits count nothing."""
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def mod97(text: str) -> bool:
    """ISO 7064 mod 97-10 as IBANs have it: the first four characters go to the end, letters become numbers."""
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def mod11_10(digits: str) -> bool:
    """ISO 7064 mod 11,10."""
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_P = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def verhoeff(digits: str) -> bool:
    """Verhoeff's dihedral check digit."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_D[check][int(_P[place % 8][int(digit)])])
    return check == 0


def ean(digits: str) -> bool:
    """GS1 check digit of 13 digits."""
    return weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_day(month: str | int, day: str | int) -> bool:
    """Is there such a day in some year?"""
    month, day = int(month), int(day)
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def icao(text: str, digit: str) -> bool:
    """Check digit of machine-readable travel documents (ICAO 9303)."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10 == int(0 if digit == "<" else digit)
