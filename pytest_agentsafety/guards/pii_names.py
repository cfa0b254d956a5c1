"""Names of numbers in scripts other than Latin, and those that end in a letter outside ASCII.

RE2 knows the edges of ASCII words alone, so these are looked for without any. Russian, Ukrainian, Bulgarian, Greek,
Chinese, Japanese, Korean, Arabic, Persian, Hebrew, Hindi, Thai, and what is left of others.
"""

# ruff: noqa: E501, RUF001 - letters of other scripts
from __future__ import annotations

TELEPHONE = (
    "телефон|мобильн|мобільн|сотов|номер тел|(?:^|[^а-я])тел\\.?|τηλ[έε]φωνο|κινητό|电话|電話|手机|手機|联系方式|携帯|ケータイ|전화|휴대폰|핸드폰|연락처|"
    "هاتف|جوال|موبايل|تلفن|موبایل|טלפון|נייד|फ़ोन|फोन|मोबाइल|โทร"
)
BORN = r"datum narozen\x{00ed}|дата рожд|дата народж|год рождения|родил|роден|ημερομηνία γέννησης|出生日期|出生年月|生年月日|誕生日|생년월일|تاريخ الميلاد|تاریخ تولد|תאריך לידה|जन्म"
PASSPORT = r"\x{00fa}tlev\x{00e9}l|pasaport numaras\x{0131}|паспорт|διαβατ[ήη]ρι|护照|護照|パスポート|旅券|여권|جواز|דרכון|पासपोर्ट|หนังสือเดินทาง"
CARD = r"kredi kart\x{0131}|kart numaras\x{0131}|карт[аыуе]|номер карт|картк|κάρτα|信用卡|銀行卡|银行卡|卡号|カード番号|クレジットカード|카드|بطاقة|כרטיס"
LICENCE = "водительск|посвідчення водія|驾驶证|駕照|運転免許|免許証|운전면허|رخصة"
