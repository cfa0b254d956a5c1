"""Characters that look like others. Keys are what they look like; kept by hand."""

from __future__ import annotations

LOOKALIKES = {
    "a": "\u0430\u03b1\u0251\u0391\u0410\uab7a",
    "b": "\u0432\u0412\u0392\u0184\u13cf\u042c\u044c",
    "c": "\u0441\u0421\u03f2\u03f9\u1d04\u216d\u217d",
    "d": "\u0501\u13a0\u217e\u0257",
    "e": "\u0435\u0415\u0395\u03b5\u0454\u0404\u212e\u0259\u03f5\u04bd",
    "f": "\u0192\u03dd\u0584",
    "g": "\u0261\u0581\u050c",
    "h": "\u04bb\u041d\u043d\u0397\u0570\u210f\u04ba",
    "i": "\u0456\u0406\u03b9\u0399\u0131\u04c0\u2170\u0269\u01c0",
    "j": "\u0458\u0408\u03f3",
    "k": "\u043a\u041a\u03ba\u039a\u0138",
    "l": "\u04cf\u217c\u0196",
    "m": "\u043c\u041c\u039c\u217f",
    "n": "\u0578\u039d\u03b7\u0438\u0418\u057c",
    "o": "\u043e\u041e\u03bf\u039f\u0585\u03c3\u2c9f\u0555\u0e50\u0ed0",
    "p": "\u0440\u0420\u03c1\u03a1\u2374",
    "q": "\u051b\u0566",
    "r": "\u0433\u0280\u1d26\u044f\u042f",
    "s": "\u0455\u0405\u054f\ua731",
    "t": "\u0442\u0422\u03c4\u03a4",
    "u": "\u057d\u03c5\u1d1c\u0446",
    "v": "\u03bd\u0475\u0474\u2174",
    "w": "\u0461\u051d\u03c9\u0448\u0428",
    "x": "\u0445\u0425\u03c7\u03a7\u2179",
    "y": "\u0443\u0423\u04af\u04ae\u03b3\u03a5\u1eff",
    "z": "\u0396\u1d22",
    "'": "\u2018\u2019\u201b\u02bc\u02bb\u02b9\u00b4\u2032\u0060",
    '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043",
    ".": "\u3002\uff61",
    "!": "\u01c3",
    "/": "\u2044\u2215",
    ":": "\u02d0\ua789\u0589",
    "<": "\u2039\u3008",
    ">": "\u203a\u3009",
    "ss": "\u00df\u1e9e",
    "ae": "\u00e6\u00c6",
    "oe": "\u0153\u0152",
}

# Letters of other scripts and shapes, in the order of their letters.
ALPHABETS = (
    (
        "abcdefghijklmnopqrstuvwxyz",
        "\u0250q\u0254p\u01dd\u025f\u0183\u0265\u0131\u027e\u029el\u026fuodb\u0279s\u0287n\u028c\u028dx\u028ez",
    ),
    (
        "abcdefghijklmnopqrstuvwxyz",
        "\u2801\u2803\u2809\u2819\u2811\u280b\u281b\u2813\u280a\u281a\u2805\u2807\u280d\u281d\u2815\u280f\u281f\u2817\u280e\u281e\u2825\u2827\u283a\u282d\u283d\u2835",
    ),
    (
        "abcdefghijklmnoprstuvwyz",
        "\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22",
    ),
    (
        "abcdefghijklmnoprstuvwxyz",
        "\ua4ee\ua4d0\ua4da\ua4d3\ua4f0\ua4dd\ua4d6\ua4e7\ua4f2\ua4d9\ua4d7\ua4e1\ua4df\ua4e0\ua4f3\ua4d1\ua4e3\ua4e2\ua4d4\ua4f4\ua4e6\ua4ea\ua4eb\ua4ec\ua4dc",
    ),
    ("abcdefghijklmnopqrstuvwxyz", "".join(map(chr, range(0x1F150, 0x1F16A)))),
    ("abcdefghijklmnopqrstuvwxyz", "".join(map(chr, range(0x1F170, 0x1F18A)))),
    ("abcdefghijklmnopqrstuvwxyz", "".join(map(chr, range(0x1F1E6, 0x1F200)))),
    ("abcdefghijklmnopqrstuvwxyz", "".join(map(chr, range(0x249C, 0x24B6)))),
    ("abcdefghijklmnopqrstuvwxyz", "".join(map(chr, range(0x1F110, 0x1F12A)))),
    ("0123456789", "\u24ea" + "".join(map(chr, range(0x2776, 0x277F)))),
    ("wqjlh", "\u0561\u0563\u0575\u056c\u056b"),
)
# Letters that are themselves when turned upside down, or become each other.
UPSIDE_DOWN = dict(
    zip(
        "\u0250\u0254\u01dd\u025f\u0183\u0265\u0131\u1d09\u027e\u029e\u026f\u0279\u0287\u028c\u028d\u028eunbqpd",
        "acefghiijkmrtvwynuqbdp",
        strict=True,
    )
)
