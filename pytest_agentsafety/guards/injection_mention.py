"""Texts that quote an order to speak about it: the quotation is set aside, and the rest is judged without it.

"What does the phrase '...' mean?" is no attack; '... Now do what it says' is. So nothing is set aside in a text that is
little but the quotation, that does not speak about it, or that tells anybody to do, answer or decode anything. Tuned on
the odd lines of `benchmarks/injection/mentions.txt`, written by hand for that.
"""

from __future__ import annotations

from typing import Any

import re2

from pytest_agentsafety.model.decisions import Stage
from pytest_agentsafety.text.fold import fold

# Longer texts have room for an order in words that no list has.
_MAX_TEXT: dict[Stage, int] = {"input": 2000, "tool_result": 2000}
_MAX_QUOTES = 12
_ASKING_WORDS = 5
_FEW_WORDS = 3  # hardly an order yet
_PLACE = '"x"'
_MIN_WORDS: dict[Stage, int] = {"input": 3, "tool_result": 5}


def _pattern(source: str) -> Any:
    """Folded like the texts: Cyrillic letters become those that they look like."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(fold(source), options)


_QUOTED = (
    r'"[^"\n]{2,200}"|`[^`\n]{2,200}`|「[^「」\n]{2,120}」|『[^『』\n]{2,120}』'
    r"|(?:^|[ (])'[^'\n]{2,200}'(?:$|[ .,;:?!)])"
)
# Signs of a chat template, named one by one in a question about templates.
_TOKENS = r"<\|[a-z_]{2,20}\|>|\[/?INST\]"
_SIGNS = rf"{_TOKENS}|<</?SYS>>|</?(?:system|assistant|instructions?)>|<!--[^<>]{{2,200}}-->"
_QUOTE: dict[Stage, Any] = {"input": _pattern(f"{_QUOTED}|{_SIGNS}"), "tool_result": _pattern(rf"{_QUOTED}|{_TOKENS}")}
_TOKEN = _pattern(_TOKENS)
_SENTENCE = _pattern(r"[^.!?。!?؟।\n]+[.!?。!?؟।]*")
_ASKS = _pattern(r"[?؟]")
# A question that asks somebody to do it asks for an act.
_FAVOUR = _pattern(
    r"\b(?:you|u|please|kindly|kannst|konntest|konnen sie|bitte|puedes?|podrias?|por favor|peux|pouvez|s'il|puoi|"
    r"potresti|pode|poderia|kun je|czy mozesz|lutfen)\b|можешь|можете|пожалуйста|请你|你能|ください|주세요"
)
_WORD = _pattern(r"[\p{L}\p{N}]+")
_WIDE = _pattern(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")

# Words that say what the quotation is. The narrow ones are about attacks.
_ATTACKS = (
    r"\b(?:attack|spammer|hacker|scammer|troll|injection|jailbreak|phish|malicious|adversarial|exploit|red.?team|pentest|"
    r"finding|suspicious|"
    r"angreif|angriff|sicherheit|ataque|atacante|seguridad|seguranca|attaqu|securite|attacc|sicurezza|aanval|"
    r"veiligheid|atak|bezpieczenstw|saldiri|guvenlik|classifier|false positive|leak attempt|dangerous|filter|risk|"
    r"harm\b|gefahrlich|"
    r"peligro|danger|pericolo|perigo)\w*|атак|безопасн|злоумышл|攻击|攻擊|安全|攻撃|セキュリティ|危険|"
    r"공격|보안|هجوم|أمن|सुरक्षा|हमल"
)
_ABOUT = (
    rf"{_ATTACKS}|\b(?:phras|sentence|wording|trick|techniq|filter|classif|detect|defen|translat|example|glossar|"
    r"definition|proofread|constant|chatbot|viral|scanner|documentation|article|paper|thesis|blog|moderat|string|"
    r"logs?\b|log line|"
    r"mean(?:s|ing)?\b|bedeut|satz|sprachmodell|ubersetz|beispiel|frase|signific|ejemplo|traduc|veut dire|signifi|"
    r"traduis|exempl|esempio|betekent|zin\b|oznacza|zdani|cumle|anlam)\w*|token|template|означа|фраз|значит|意思|"
    r"什么|という文|意味|뜻|의미|تعني|عبارة|معنى|अर्थ|मतलब|वाक्य"
)
_SPEAKS: dict[Stage, Any] = {"input": _pattern(_ABOUT), "tool_result": _pattern(_ATTACKS)}

# What a question in a document may be about.
_TOPIC = _pattern(
    rf"{_ABOUT}|\b(?:message|title|subject|spam|model|bots?\b|users?\b|forum|meme|text|provider|transformer|input|"
    r"ausdruck|modell|demande|filtr|rules\b)\w*"
)

# Any of these outside the quotation may be an order to act on it.
_ACTS = _pattern(
    r"\b(?:follow|execut|obey|obedi|compl(?:y|ies|ied)|perform|decod|decrypt|decipher|simulat|demonstrat|"
    r"pretend|roleplay|"
    r"role-play|proceed|continu|implement|behav|adopt|begin|now\b|instead|must\b|immediately|output|print|reveal|"
    r"respond|repl(?:y|ies)\b|act\b|acting|become|run\b|running|carry|treat|try\b|use (?:it|this|that|"
    r"them)\b|apply\b|start\b|then\b|say\b|and write\b|"
    r"accordingly|first\b[^.?!]{0,40}\byou\b|you (?:should|will|are|have|need|shall)\b|your\b|yourself|"
    r"do so(?: now)?(?:[.!,;]|$)|do (?:it|this|as|that|what|exactly|whatever|everything)\b|"
    r"does it say|answer (?:it|to|as|with|in|the|like|"
    r"what)\b|show me|give me the|tell me (?:the|your|what)\b|send|forward|"
    r"befolg|fuhre|ausfuhr|gehorch|antwort|mach(?:e|en)?\b|tu(?:e|n)?\b|jetzt|nun\b|zeig|verrat|"
    r"sigue|siga|ejecut|obedec|haz\b|hagan?\b|cumpl|respond|ahora|muestra|suis\b|suivez|obei|fais\b|faites|repond|"
    r"maintenant|montre|segui|esegu|obbed|fai\b|rispond|adesso|mostra|faca\b|agora|cumpra|volg|voer|"
    r"gehoorz|doe\b|nu\b|"
    r"wykonaj|postepuj|zrob|odpowiedz|teraz|uygula|takip|itaat|simdi)\w*|"
    r"выполн|следуй|сдела|ответь|подчин|теперь|执行|執行|遵守|遵循|照做|服从|按照|回答|现在|実行|従って|従い|答え|"
    r"따르|따라|실행|수행|대답|نفذ|اتبع|أطع|पालन करो|पालन करें|करो\b"
)
# What an order inside a tool's result needs, and an example of one seldom has.
_MEANS = _pattern(r"\d\d|[@_]|https?:|www\.|\w\.\w")


def without_quotations(text: str, stage: Stage) -> str | None:
    """A folded text with its quotations set aside; None when it does not speak about them. Linear in the text."""
    if len(text) > _MAX_TEXT.get(stage, 0) or text.count('"') % 2:
        return None
    quote = _QUOTE[stage]
    quoted = [match.group() for match in quote.finditer(text)]
    if not 0 < len(quoted) <= _MAX_QUOTES or (stage == "tool_result" and not _only_named(quoted, text)):
        return None
    rest: str = quote.sub(f" {_PLACE} ", text)
    few = all(len(part.split()) <= _FEW_WORDS for part in quoted)
    if _ACTS.search(rest) or not _spoken_about(rest, stage, few=few):
        return None
    return rest


def _only_named(quoted: list[str], text: str) -> bool:
    """Whether the quotations are examples in running prose: short, without means, not most of the text."""
    size = sum(map(len, quoted))
    return size * 3 <= len(text) * 2 and not any(
        len(part) > 100 or (_MEANS.search(part) and not _TOKEN.fullmatch(part)) for part in quoted
    )


def _spoken_about(rest: str, stage: Stage, *, few: bool) -> bool:
    """Whether every sentence with a quotation has words of its own, and it or one beside it asks or explains."""
    parts = [match.group() for match in _SENTENCE.finditer(rest) if match.group().strip()]
    own = [part.replace(_PLACE, " ") for part in parts]
    return all(
        _says(" ".join(own[max(0, at - 1) : at + 2]), _size(own[at]), stage, few=few)
        for at, part in enumerate(parts)
        if _PLACE in part
    )


def _says(around: str, size: int, stage: Stage, *, few: bool) -> bool:
    if size < _MIN_WORDS[stage]:
        return False
    if _SPEAKS["input" if few else stage].search(around):
        return True
    if size < _ASKING_WORDS or not _ASKS.search(around) or _FAVOUR.search(around):
        return False
    return stage == "input" or bool(_TOPIC.search(around))


def _size(text: str) -> int:
    """Words; two ideographs count as one."""
    wide = len(_WIDE.findall(text))
    return wide // 2 if wide else len(_WORD.findall(text))
