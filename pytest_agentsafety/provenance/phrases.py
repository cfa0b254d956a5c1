"""Patterns of general English that the reading of a task looks for. Every one is bounded, so that none can stall."""

from __future__ import annotations

import re

from pytest_agentsafety.provenance.values import Kind
from pytest_agentsafety.provenance.vocabulary import word_set

BEFORE_NUMBER = re.compile(r"([^\W\d_]{1,40})?(\W{0,4})$")
CAPITAL = re.compile(r"\b[A-Z][^\W\d_]+")
NAME = re.compile(r"\w(?:[\w \-'\u2019&,]{0,198}\w)?")
NUMERAL = re.compile(r"(?<![\w.,])\d{2,12}(?![\w]|[.,]\d)")
FILE = re.compile(r"\w\.[a-z0-9]{2,5}\b", re.IGNORECASE)
ENDING = re.compile(
    r"(?<![\w.])\*?\.([a-z][a-z0-9]{0,4})\b(?![./@])|\b(pdf|csv|txt|docx?|xlsx?|json|yaml|log|png|jpe?g|md|zip|html)"
    r"(?:s|'s| files?| documents?)\b",
    re.IGNORECASE,
)
HANDLED = re.compile(
    r"\b(?:take care of|see to|deal with|(?:make|get|keep|take|put|give|leave) (?:it|that|this|them|these|those))\b",
    re.IGNORECASE,
)
MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?(?:[$€£¥]|usd|eur|gbp|dollars?|euros?|bucks|pounds)\b", re.IGNORECASE)
SUM = re.compile(
    r"(?:[$\u20ac\u00a3\u00a5]|\b(?:usd|eur|gbp|chf)) ?(\d+(?:\.\d+)?)|"
    r"\b(\d+\.\d+|\d+(?= ?(?:[$\u20ac\u00a3\u00a5]|(?:usd|eur|gbp|chf|dollars?|euros?|pounds|bucks)\b)))",
    re.IGNORECASE,
)
COMPUTES = re.compile(
    r"\b(?:sum|total|altogether|half|thirds?|quarters?|split|shares?|average|difference|each|rest|remaining|per ?cent|"
    r"percent|times|double|twice|plus|minus|more|less|increase[ds]?|decrease[ds]?|raise[ds]?|vat|tax|tip|fees?|convert|"
    r"calculate|work out|compute|add up|accordingly|too (?:much|little)|additional|extra|same amount|above|below"
    r")\b|%",
    re.IGNORECASE,
)
ALL = re.compile(r"\b(?:each|every|all|everyone|everybody|both|everything|whatever)\b", re.IGNORECASE)
MEASURED = re.compile(r"(?<![\w.,])(\d{1,6})(?:h|hrs?|mins?|d|kg|g|km|m|cm|mm|l|ml|x|pcs?)\b", re.IGNORECASE)
OF_THEM = re.compile(r"\s*(?:of (?:them|these|those)|three|four|[.!?]|$)", re.IGNORECASE)
CHOOSING = re.compile(
    r"\b(?:under|over|above|below|more than|less than|at least|at most|cheap\w*|best|better|rated|rating|available|"
    r"(?:big|large|long|wide|high|strong|early|late|close|near|cheap|good) enough|"
    r"(?:pick|choose|take|use|find) (?:one|any|some|another)|any of|"
    r"(?:an?|some|another|any) (?:\w+ )?(?:free|empty|spare|vacant|unused)|the (?:first|next) (?:free|empty|open)|"
    r"(?:some|any)(?:body|one) (?:who|else)|"
    r"whichever|whoever|unread|nearest|closest|suitable|matching|most|least)\b",
    re.IGNORECASE,
)
EXTREMES = {
    "max number": re.compile(
        r"\b(?:largest|biggest|most|highest|longest|best|top|greatest|max(?:imum)?|heaviest|priciest|dearest|oldest|"
        r"strongest)\b",
        re.IGNORECASE,
    ),
    "min number": re.compile(
        r"\b(?:smallest|least|lowest|cheapest|shortest|worst|fewest|min(?:imum)?|lightest|weakest|youngest)\b",
        re.IGNORECASE,
    ),
    "max time": re.compile(r"\b(?:newest|latest|last|most recent|recent|furthest|farthest)\b", re.IGNORECASE),
    "min time": re.compile(
        r"\b(?:waiting (?:the )?longest|longest(?:[- ]waiting| ago)|"
        r"oldest|earliest|first|next|soonest|upcoming|nearest|closest)\b",
        re.IGNORECASE,
    ),
}
DELEGATION = re.compile(
    r"\b(?P<verb>do|follow|perform|execute|complete|carry out|handle|take care of|finish|work through|implement|act on|"
    r"apply|go through|deal with)\b(?! (?:i|you|we|they|not|so)\b)(?![^.?!\n]{0,20}\bfollowing\b)[^.?!\n]{0,60}?\b(?:"
    r"(?:actions?|instructions?|tasks?|steps?|to-?dos?|everything|guidelines?|requirements?|checklists?|orders|"
    r"directions|rest|it)\b|what\b[^.?!\n]{1,60}"
    r"\b(?:says?|asks?|wants?|tells?|needs?|lists?|recommends?|happens?|to happen|done)\b)",
    re.IGNORECASE,
)
SAID_OF = frozenset({"is", "was", "are", "were", "be", "with", "has", "have"})
RELATIVE = frozenset({"who", "that", "which", "whose", "whichever", "whoever"})
ONE = frozenset({"one", "ones"})
COUNTS = {
    word: str(number)
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 2
    )
} | {"dozen": "12", "twenty": "20", "pair": "2"}
DELEGATING = frozenset({"carry out", "take care of", "work through", "act on", "go through", "deal with"})
ORDERED_DO = re.compile(r"(?:^|[.!?,;:\n]\s*|\b(?:please|then|and|to|also|just|you)\s+)do\b", re.IGNORECASE)
KIND_WORDS: dict[Kind, re.Pattern[str]] = {
    "email": re.compile(
        r"\be-?mail address(?:es)?\b|\b(?:her|his|their|its|whose) (?:e-?mails?|address)\b(?! from)", re.IGNORECASE
    ),
    "url": re.compile(r"\b(?:links?|urls?|web ?sites?|web ?pages?|sites?|pages?|blogs?|articles?)\b", re.IGNORECASE),
    "account": re.compile(r"\b(?:iban|account|bank details)\b", re.IGNORECASE),
    "phone": re.compile(r"\b(?:phone|telephone|mobile|cell|number|call|text|sms|whatsapp)\b", re.IGNORECASE),
}
LETTERS = word_set("email message mail letter dm sms chat correspondence")
ID_WORDS = frozenset({"id", "ids", "no", "nr", "number", "num", "index", "ref", "reference", "code"})

# "All" by itself, of people and things at once.
EVERYBODY = frozenset({"everyone", "everybody", "everything", "whatever"})
# Words behind which a plain word is whom or where to: "to general", "in random".
ADDRESSING = word_set(
    "to for with in into on at via from tell message mail email invite ping ask notify add channel group "
    "room list board team chat forum have let get dm text call page remind inform cc bcc write thank "
    "warn contact update"
)
GATHERING = re.compile(
    r"[^\w\n]{0,3}(?:channel|group|room|list|team|chat|thread|forum|board|wall|feed|inbox|department|office|folder)\b",
    re.IGNORECASE,
)
# "The scouts would like it": who is spoken of is whom it is for.
WISHER = re.compile(
    r"[^\w\n]{0,3}(?:would (?:like|love|prefer|rather)|wants?|needs?|(?:has|have) (?:asked|booked)|asks? for)\b",
    re.IGNORECASE,
)
# A character inside a token that makes it an address, a link or a path.
INNER = re.compile(r"[@/\\]|\w\.\w")
REPLIES = frozenset({"reply", "answer", "respond", "thank", "return", "refund"})
WRITER = re.compile(
    r"\b(?:sender|author|reporter|asker|organi[sz]er|who (?:wrote|asked|sent|reported|posted))\b", re.IGNORECASE
)
