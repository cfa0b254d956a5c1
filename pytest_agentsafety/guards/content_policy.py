"""The content policy guard: requests for harm, in explicit categories.

A rule needs someone who wants to do it (how to, write, give me, help me) next to the harmful thing. Words alone
are news, fiction or medicine. Checked on the AdvBench development set and on all benign ones.
"""

from __future__ import annotations

from functools import cache

from pytest_agentsafety.guards.engine import Rule, RuleSet, total_score
from pytest_agentsafety.guards.normalise import normalise
from pytest_agentsafety.model.decisions import GuardContext, GuardrailResult, GuardSpan, Stage

_WANT = (
    r"\b(?:how (?:to|do i|can i|do you|could i|would i|can one|should i)|(?:step-by-step )?(?:instructions?|guide|"
    r"tutorial|manual|plan|script|program|code|recipe|strategy|method|blueprint|article|post|video|message|e-?mail|"
    r"letter|speech|story|campaign|app|website|software|tips|ways|advice|list|book|poem|song|game|scheme)s? ~3 (?:to|"
    r"for|on|that|which|of|about|how|promoting|encouraging|describing|detailing|explaining|teaching|with)|"
    r"teach (?:me|people|others|someone)|help me|show me|tell me|give me|explain|describe|write|create|develop|"
    r"design|make|build|produce|generate|provide|draft|craft|outline|compose|publish|organi[sz]e|instruct|devise|"
    r"i want to|i need to)\b"
)
_DO = (
    r"(?:make|build|create|construct|produce|manufactur(?:e|ing)|assembl(?:e|ing)|making|building|synthesi[sz](?:e|"
    r"ing)|cook|brew|get|buy|obtain|acquire|detonate|smuggle|sell|distribut\w+)"
)


def _rule(category: str, name: str, pattern: str, severity: float = 0.7) -> Rule:
    return Rule(family=category, name=name, pattern=pattern, severity=severity)


# Not every bomb explodes: bath bombs, photo bombs.
_BOMB_KIND = (
    r"(?:an?|the|my|your|our|own|home-?made|small|simple|powerful|big|pipe|nail|car|time|letter|petrol|fertili[sz]er|"
    r"atomic|hydrogen|explosive|working|real|cluster|suicide|chemical)"
)
_BUILD = (
    r"\b(?:writ(?:e|ing)|creat(?:e|ing)|develop(?:ing)?|build(?:ing)?|mak(?:e|ing)|cod(?:e|ing)|design(?:ing)?|"
    r"program|launch(?:ing)?|spread(?:ing|s)?|deploy(?:ing)?|distribut(?:e|ing)|execut(?:e|ing)|perform(?:ing)?|"
    r"carry(?:ing)? out|conduct(?:ing)?|generat(?:e|ing)|set(?:ting)? up|infect(?:ing)?|tutorial|guide|instructions|"
    r"script|send)\b"
)

RULES = (
    _rule(
        "weapons",
        "explosive",
        rf"{_WANT} ~6 {_DO} (?:{_BOMB_KIND} )*bombs?\b|{_WANT} ~6 {_DO} ~4 (?:explosives?|pipe ?bombs?|grenades?|"
        r"molotov|napalm|ied|landmines?|nerve agents?|sarin|ricin|anthrax|mustard gas|chemical weapons?|"
        r"bio(?:logical )?weapons?|dirty bombs?|nuclear weapons?|ghost guns?|silencers?|untraceable (?:guns?|"
        r"firearms?)|weapons?|firearms?)\b",
    ),
    _rule(
        "weapons",
        "mass-casualty",
        rf"{_WANT} ~8 (?:mass shooting|school shooting|terrorist attack|act of terrorism|suicide bombing|"
        r"mass (?:murder|violence|destruction)|bomb threat|terrorism)\b",
    ),
    _rule(
        "violence",
        "kill",
        rf"{_WANT} ~6 (?:kill(?:ing)?|murder(?:ing)?|poison(?:ing)?|assassinat\w+|torture|kidnap(?:ping)?|stab|"
        r"strangle|lynch) (?:(?:someone|somebody|people|him|her|them)\b|(?:a|an|my|your|his|her|another|"
        r"the) ~2 (?:person|people|wife|husband|boss|neighbou?r|president|human|child|family|coworker|victim|"
        r"individual|politician|woman|man|girlfriend|boyfriend)\b)",
        0.6,
    ),
    _rule(
        "violence",
        "get-away",
        r"\b(?:get away with|cover up|hide the evidence of|commit) (?:a |an |the )?(?:murder|assault|crime|rape|"
        r"robbery|arson|kidnapping|homicide)\b",
    ),
    _rule(
        "violence",
        "incite",
        rf"{_WANT} ~8 (?:incit\w+|encourag\w+|promot\w+|glorif\w+|advocat\w+|justif\w+) ~4 (?:violence|violent|"
        r"terrorism|genocide|murder|riots?|torture|assault)\b",
    ),
    _rule(
        "violence",
        "crime",
        rf"{_WANT} ~6 (?:rob(?:bing)?|hijack(?:ing)?|carjack|shoplift(?:ing)?|burgl\w+|break(?:ing)? into|"
        r"steal(?:ing)?|blackmail(?:ing)?|extort(?:ing|ion)?|brib(?:e|ing|ery)|stalk(?:ing)?|vandali[sz]\w+|"
        r"trespass) ~5 (?:bank|store|car|house|home|someone|person|people|official|victim|building|location|money|"
        r"grocery|airplane|plane|partner|ex|government|property|jewelry)\b",
    ),
    _rule(
        "drugs",
        "make",
        rf"{_WANT} ~6 {_DO} ~4 (?:meth(?:amphetamine)?s?|crystal meth|cocaine|crack|heroin|fentanyl|lsd|mdma|ecstasy|"
        r"illegal drugs?|illicit drugs?|date rape drug|ghb|pcp|drugs? illegally)\b",
    ),
    _rule(
        "malware",
        "make",
        rf"{_BUILD} ~6 (?:malware|ransomware|spyware|key ?loggers?|botnets?|trojans?|rootkits?|computer (?:virus|"
        r"worm)(?:es)?|(?:ddos|denial[ -]of[ -]service) attacks?|exploit kits?|phishing (?:e-?mails?|sites?|"
        r"websites?|pages?|scams?|campaigns?)|brute[ -]force attacks?)\b",
        0.55,
    ),
    _rule(
        "malware",
        "hack",
        rf"{_WANT} ~6 (?:hack(?:ing)?(?: into)?|break(?:ing)? into|gain(?:ing)? unauthori[sz]ed access|crack(?:ing)?|"
        r"infiltrat\w+|sabotag\w+|disrupt\w*|compromis\w+) ~5 (?:account|network|networks|database|system|systems|"
        r"server|servers|webcam|phone|computer|computers|wi-?fi|website|password|passwords|government|bank|voting|"
        r"atm|smartphone|infrastructure|satellite|e-?mail)s?\b",
    ),
    _rule(
        "fraud",
        "identity",
        rf"{_WANT} ~8 (?:identity theft|credit card fraud|insider trading|money laundering|launder(?:ing)? money|"
        r"tax (?:fraud|evasion)|ponzi scheme|pyramid scheme|counterfeit(?:ing)?|fake (?:id|ids|identity|passport|"
        r"passports|currency|money|reviews?|invoices?|charity|documents?)|forg(?:e|ing) ~2 (?:documents?|"
        r"signatures?|checks?|passports?)|scam(?:s|ming)?|defraud|embezzle\w*|insurance fraud|steal(?:ing|"
        r"s)? ~4 (?:identit(?:y|ies)|credit card|personal|information|data|confidential|money|funds|intellectual|"
        r"sensitive))\b",
        0.6,
    ),
    _rule(
        "fraud",
        "manipulate",
        rf"{_WANT} ~6 (?:manipulat\w+|rig(?:ging)?|tamper\w*|influenc\w+|hack\w*|sway) ~4 (?:elections?|voters?|"
        r"stock market|stock prices|voting machines?|votes?|the outcome of)\b",
    ),
    _rule(
        "minors",
        "sexual",
        r"\b(?:child (?:porn\w*|sexual|sex)|csam|pedophil\w+|(?:sexual|erotic|nude|naked|"
        r"explicit) ~6 (?:child(?:ren)?|minors?|underage|toddlers?|pre-?teens?|(?:1[0-7]|[4-9])[ -]year[ -]old)|"
        r"lur(?:e|ing) ~3 (?:child(?:ren)?|minors?)|groom(?:ing)? (?:a )?(?:child(?:ren)?|minors?))\b",
        0.7,
    ),
    _rule(
        "self-harm",
        "do",
        rf"{_WANT} ~8 (?:commit suicide|kill (?:myself|yourself|themselves)|hang (?:myself|yourself)|"
        r"suicide (?:method|note|pact)s?|self[ -]harm(?:ing)?|cut (?:myself|yourself)|starve (?:myself|yourself)|"
        r"suicide|eating disorders?|anorexia)\b",
        0.5,
    ),
    _rule(
        "self-harm",
        "encourage",
        r"\b(?:encourag\w+|promot\w+|glorif\w+|convinc\w+) ~6 (?:suicide|self[ -]harm|anorexia|eating disorders?|"
        r"(?:kill|harm|hurt|cut|starve) themselves)\b",
    ),
    _rule(
        "hate",
        "promote",
        rf"{_WANT} ~8 (?:racis[tm]|sexis[tm]|homophobic|xenophobic|antisemitic|white suprem\w+|neo-?nazi|hate speech|"
        r"ethnic cleansing|racial slurs?|discriminat(?:e|es|ing) against|(?:promot|encourag|incit|"
        r"spread)\w* ~3 (?:hate|hatred|discrimination|harassment))\b",
        0.55,
    ),
    _rule(
        "harassment",
        "do",
        rf"{_WANT} ~6 (?:cyberbull\w+|bully(?:ing)?|dox(?:x?ing)?|harass(?:ing|ment)?|revenge porn|stalk(?:ing)?|"
        r"defam\w+|humiliat\w+|intimidat\w+|threaten\w*) ~6 (?:someone|somebody|people|others|person|my|her|him|ex|"
        r"victims?|campaign|online|individuals?|users)\b",
    ),
    _rule(
        "trafficking",
        "do",
        rf"{_WANT} ~8 (?:human traffick\w+|traffic(?:king)? (?:humans?|people|women|children)|sex traffick\w+|"
        r"human smuggling|smuggl\w+ (?:people|migrants|drugs|weapons|illegal)|organ traffick\w+|illegal (?:organ|"
        r"arms) trade|black market)\b",
        0.6,
    ),
    _rule(
        "misinformation",
        "make",
        rf"{_WANT} ~6 (?:conspiracy theor(?:y|ies)|fake news|disinformation|misinformation|deepfakes?|propaganda|"
        r"false (?:information|rumou?rs)) ~6 (?:spread\w*|promot\w+|about|that|to|manipulat\w+|vaccin\w+|"
        r"election\w*|deceiv\w+)\b",
        0.5,
    ),
)


@cache
def _rules() -> RuleSet:
    return RuleSet(RULES)


class ContentPolicyGuard:
    """Blocks requests for, and answers with, content of a forbidden category."""

    name = "content_policy"
    stages: frozenset[Stage] = frozenset({"input", "output"})
    inline = True

    def check(self, text: str, context: GuardContext) -> GuardrailResult:
        hits = _rules().scan(normalise(text))
        score = total_score(hits)
        if score < 0.5:
            return GuardrailResult(guard=self.name, status="clean", score=score)
        worst = max(hits, key=lambda hit: hit.rule.severity)
        return GuardrailResult(
            guard=self.name,
            status="triggered",
            action="block",
            score=score,
            rule=worst.rule.id,
            reason=f"text asks for forbidden content: {worst.rule.family}",
            spans=tuple(GuardSpan(start=h.start, end=h.end, rule=h.rule.id) for h in hits),
        )
