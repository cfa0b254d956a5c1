"""General English that the provenance reads tasks and texts by: function words, verbs that only carry a noun, phrases.

No word here was taken from a benchmark.
"""

from __future__ import annotations

import re


def word_set(words: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(words.split())


JOINING = word_set("and then or also next finally first please kindly just simply now afterwards to you not lastly but")
DETERMINERS = word_set(
    "the a an my your his her its our their this that these those any each every some no another which whose last next "
    "latest new recent previous upcoming current first second third same of in on at for with from by about into via "
    "per regarding through between more all both"
)
PREPOSITIONS = word_set("of in on at for with from by about into via per regarding to and or as than")
AUXILIARIES = word_set("be can could will would shall should may might must do have has had let know back")
IS = word_set("is are was were isn't aren't wasn't")
SUBJECTS = word_set(
    "i we they he she it who which i'll i'd i've i'm we'll we'd we've they've they'll he's she's it's there"
)
BETWEEN = word_set(
    "will can could would usually just often already have had has did do does also never always might may must should "
    "now then still recently actually really probably currently normally typically was were is are am been be"
)
NEGATIONS = word_set("don't dont never without not instead rather avoid cannot can't won't shouldn't no-one nobody")
NOT_FORBIDDEN = word_set("forget hesitate fail worry miss only just sure")
ME = word_set("me us myself")
WISHES = word_set("need needs want wants like get must should require requires have has ought please let")
GERUND_AFTER = word_set("mind start begin consider try by go keep continue suggest about")
LIGHT = word_set(
    "make do place issue process put set give arrange take request leave write post create need want send submit file "
    "get have schedule perform execute initiate want"
)
# Verbs that say no more of a tool than that something changes: what exactly stands in its arguments.
GENERAL = word_set(
    "set update change move edit make put add create enter manage configure correct modify adjust apply assign write "
    "save record book schedule do handle register insert amend revise alter fill submit"
)
ACTING = word_set("make put set give take change turn bring")
# Verbs that leave it to the rest of the sentence what is done.
LOOSE = ACTING | word_set("move let switch swap arrange handle bring use keep do shift")
STATES = word_set("get have need want own hold lack belong fine new")
TO_THE_USER = word_set(
    "tell let give show get inform send write remind help teach ask provide read email mail text update"
)
AFTER_NOUN = (
    PREPOSITIONS
    | DETERMINERS
    | JOINING
    | ME
    | BETWEEN
    | word_set("today tomorrow tonight asap soon as once when if that")
)
# Endings that make a noun of a verb, and what they stand for.
SUFFIXES = (
    ("ation", ("e", "", "ate")),
    ("tion", ("te", "t", "")),
    ("sion", ("d", "de", "se", "")),
    ("ment", ("", "e")),
    ("al", ("e", "", "ve")),
    ("ance", ("", "e")),
    ("ing", ("", "e")),
    ("ption", ("be",)),
    ("ery", ("er",)),
)


def _phrases(rows: str) -> dict[str, dict[str, frozenset[str]]]:
    table: dict[str, dict[str, frozenset[str]]] = {}
    for row in rows.split(";"):
        phrase, meaning = row.split(":")
        verb, particle = phrase.split()
        table.setdefault(verb, {})[particle] = word_set(meaning)
    return table


# Verbs with a particle, and the verbs they mean together.
PHRASAL = _phrases(
    "set up:create arrange schedule;put in:submit add;put down:write add register request;"
    "put through:submit;put off:postpone;"
    "sign up:register;take off:remove;take out:remove;take down:remove;get rid:delete;call off:cancel;"
    "throw out:delete;throw away:delete;fill in:write;fill out:write;hand over:give;write down:write note;"
    "kick off:start;shut down:stop deactivate close;cross off:complete;tick off:complete;"
    "top up:add;bring forward:reschedule;"
    "push back:reschedule;push off:reschedule;pass on:forward;pass along:forward;get back:reply;"
    "write back:reply;mail back:reply;email back:reply;text back:reply;message back:reply;call back:call;"
    ""
    "turn on:activate start;turn off:deactivate stop;switch on:activate start;switch off:deactivate stop;"
    "shut off:deactivate stop;strike from:remove;strike off:remove;strike out:remove;cross out:remove;"
    "turn down:lower decrease decline reject;"
    "turn up:raise increase;take back:return;send back:return;give back:return;pay back:refund;"
    "sort out:arrange;drop off:deliver;pick up:collect;ring up:call;look up:search;log in:log;"
    "check out:checkout;wipe out:delete;clear out:delete;clean up:delete;roll back:restore;back up:save;"
    "leave off:remove;knock off:remove;check off:complete;wrap up:complete close finish;close out:close complete;"
    "file away:archive;chase up:remind;follow up:remind message;reach out:message contact;write off:cancel close;"
    "let go:release;hold back:hold;pencil in:schedule create add;slot in:schedule add;squeeze in:schedule add;"
    "swap out:replace;trade in:replace;mark down:write note"
)

# Words that tell nothing of what a text is about.
STOP = word_set(
    "the a an of in on at to for and or with from by is are be it its this that these those my your his her their "
    "our as i me you we us please can could will would do does did have has had not no if then also just so but "
    "there here what which who when where how all any some each every about into out up down get let make sure "
    "know want need like see look find tell say ask give take put go come use new old good great first last other "
    "same much many long more most less few little very really thing something anything nothing everything "
    "somebody someone anybody none only own back again still already soon today please thanks hello dear "
)
# Verbs of saying: what a text orders to be told to the user.
SPEECH = word_set(
    "say tell mention recommend advise answer reply respond write include state inform conclude add suggest "
    "stress praise promote advertise emphasize emphasise highlight announce claim declare repeat output print "
    "display note point remind assure convince encourage urge describe speak talk explain present let give show "
    "share endorse favour favor "
)
# Keys under which results keep free text.
TEXT_KEYS = word_set(
    "body content contents description text message messages review reviews comment comments readme bio note "
    "notes summary details detail memo remark remarks feedback about abstract transcript instructions reply "
    "answer subject caption post "
)
# What makes the verb behind it a thing spoken of, and no order.
SPOKEN_OF = re.compile(
    r"\b(?:how (?:to|do|does|did|can|could|would|should)|why|whether|should (?:i|we)|what if|what happens|"
    r"remind (?:me|us)|ask (?:me|us)|before (?:you|i|we)|refrain from|no circumstances|wrong to|explain|"
    r"instructions for|steps (?:to|for))\b"
)
DRAFTS = word_set("draft drafts template outline version sketch")
# In an answer: somebody else's words, told as theirs.
REPORTED = re.compile(
    r"\b(?:asks|asked|says|said|wants|wanted|writes|wrote|according to|mentions|mentioned|requests|requested|claims|"
    r"claimed|states|stated|suggests|suggested)\b"
)
HELPING = frozenset({"be", "have", "do"})  # "being", "having": as telling as "is"
MEASURES = frozenset({"money", "price", "bill", "time", "value", "number"})
