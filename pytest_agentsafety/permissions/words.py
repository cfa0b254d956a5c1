"""General English vocabulary of parameter names. Singular, lower case."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_agentsafety.model.policy import Role

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_KEPT_S = frozenset({"sms", "dns", "sos", "https"})


def tokens(name: str) -> list[str]:
    """The words of an identifier: `sendHTTPMail_to` gives send, http, mail, to."""
    return [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", name))]


def singular(word: str) -> str:
    """The singular of a regular plural; anything else as it is."""
    if len(word) < 3 or word in _KEPT_S or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")


def word_set(words: str) -> frozenset[str]:
    """Words written one after another, as a set."""
    return frozenset(words.split())


def _table(groups: Mapping[Role, str]) -> dict[str, Role]:
    return {word: role for role, words in groups.items() for word in words.split()}


ROLE_WORDS: dict[str, Role] = _table(
    {
        "path": (
            "path file filename filepath dir directory dirname folder pathname basename src dst cwd workdir "
            "outfile infile subfolder outdir attachment"
        ),
        "url": (
            "url uri link href website webpage site endpoint webhook host hostname domain permalink ip subdomain "
            "server callback proxy homepage"
        ),
        "destination": (
            "recipient receiver addressee cc bcc email mail mailbox iban bic account user username channel group "
            "member participant attendee guest invitee contact phone mobile payee beneficiary person friend "
            "assignee collaborator reviewer customer client address destination dest team audience follower owner "
            "wallet subscriber people employee student patient colleague organizer chat sender inbox handle "
            "telephone fax chatroom subreddit forum tenant"
        ),
        "amount": (
            "eur usd gbp dollar euro cent pound yen amount price sum total cost fee quantity qty budget payment "
            "deposit salary bid stake donation share credit"
        ),
        "identifier": (
            "id iid sid eid fid tid uuid guid identifier ref reference slug key sha hash isbn sku number no nr "
            "num index seq branch "
            "commit tag revision release base head repo repository project board table collection database db "
            "schema container instance cluster namespace job task ticket issue event order item product record "
            "row entity node object resource package module dependency symbol ticker serial isin asin doi pid "
            "bucket queue arn dataset workspace org organization organisation company device sensor card song "
            "track playlist album workflow pipeline element tab window document doc sheet spreadsheet app "
            "application service ssn plate vin coupon lead deal campaign invoice bill flight hotel restaurant "
            "room seat reservation booking appointment meeting calendar session parent child target uid gid oid "
            "rid cid crypto coin stock pair variable column relation port process snapshot volume network plugin "
            "extension stack milestone epic sprint pr pull remote portfolio policy"
        ),
        "content": (
            "body text content subject message msg comment note description summary title caption data payload "
            "html markdown prompt reason review memo bio code script reply value field property attribute change "
            "instruction blob json xml yaml snippet statement command sql expression formula answer feedback "
            "vendor manufacturer brand author paragraph line heading headline name label entry observation "
            "thought fact metadata header params parameter argument arg input variables configuration config "
            "setting option update patch diff edit definition template goal resolution image photo picture video "
            "audio media component metafield spec block story tweet post signature string word sentence contents "
            "cmd str rationale annotation intent capability emoji tone mood remark greeting salutation abstract "
            "biography quote subtitle keyterm agenda diagnosis symptom lyric performer artist speaker publisher "
            "edition objective creative cta condition reaction passenger citation cuisine ingredient hobby "
            "interest skill experience education qualification occupation nickname pronoun gender race ethnicity "
            "nationality allergy complaint prognosis finding hypothesis conclusion recommendation suggestion wish "
            "joke poem lyrics chapter verse storyline plot character dialogue narrator voiceover backstory "
            "premise slogan tagline motto bullet footnote endnote appendix glossary preface foreword epilogue "
            "acknowledgement dedication toc outline checklist requirement acceptance specification rule guideline "
            "constraint assumption risk mitigation decision alternative pro con benefit drawback impact "
            "consequence lesson purpose dose dosage cause explanation motive intention justification"
        ),
        "secret": "password passwd passcode passphrase pwd pin secret token credential cvv cvc otp apikey "
        "bearer cookie jwt mnemonic passkey puk totp",
        "time": (
            "date time datetime timestamp day week month year hour minute second start end since until before "
            "after deadline due duration timezone tz expiry expiration schedule when cron interval weekday period "
            "century decade quarter birthday dob age at recurrence reminder expire expires ttl lifetime season"
        ),
        "query": (
            "query q search keyword keyphrase term filter question topic pattern regex criteria where selector "
            "include exclude"
        ),
        "flag": (
            "flag verbose recursive overwrite force confirm dry strict silent enabled disabled "
            "status state stage priority category type subtype level mode role severity visibility kind"
        ),
    }
)
# Words of how much, in which order, in what form: nothing that a call is aimed at.
PLAIN = word_set(
    "max min maximum minimum count limit page offset cursor size top n k depth width height format "
    "language lang locale color colour sort unit encoding timeout retry rating score temperature version "
    "class method action dimension first last by brightness speed angle x y z lat lon latitude longitude "
    "lng radius distance precision currency city country region location place street zip postcode "
    "zipcode gender style theme direction position threshold per length skip step batch chunk tail "
    "quality fields columns orderby asc desc frequency zoom scale ratio weight delay wait percent "
    "percentage operation op layout protocol transport engine zone range point opts variety strategy "
    "effort voice accent pitch seed cfg density opacity shape alignment charset separator delimiter "
    "indent model modifier button slowly submit raw font family transparency archived icon cover os "
    "browser platform foreground background spacing operator formatting insurance humidity effect repeat "
    "crossfade genre guidance sampler aspect negative mask cpu consistency isolation collation cache "
    "compression checksum algorithm segment targeting placement utm pixel agent concurrency parallelism "
    "durability latency throughput iops bandwidth bitrate framerate codec resolution orientation margin "
    "padding border shadow blur grayscale sepia hue saturation lightness gamma exposure iso aperture "
    "shutter focal lens emphasis bold italic underline strikethrough superscript subscript numbering "
    "decimals rounding digits significant tolerance epsilon alpha beta epoch dropout optimizer loss "
    "backend dtype shots rounds turns players difficulty rank tier grade billing packaging carrier "
    "speedup measure imperial celsius fahrenheit marital smoker diet spice portion serving seating "
    "smoking accessible pets quiet bed bedding breakfast cabin baggage luggage meal aisle"
)
# A token that counts pages or words is no secret, whatever stands beside it.
COUNTING = word_set("max min num count limit page next previous per size length")
KEY_KINDS = word_set("api private access ssh secret signing encryption auth")
# A code of these is a short word of a fixed list.
CODED = word_set("country currency language zip postal area status error region state airport iata color response lang")
LISTING = word_set("list ls dir directory folder find search glob walk tree scan browse grep")
FOLDER_WORDS = word_set("dir directory dirname folder root")
