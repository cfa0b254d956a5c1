"""Injection rules in German, Spanish, French, Italian and Chinese. Patterns are written without accents.

Written by hand; checked for false positives on the same benign development sets as the English ones.
"""

from __future__ import annotations

from pytest_agentsafety.guards.engine import Rule

GERMAN = (
    Rule(
        family="override",
        name="de-drop",
        unit="paragraph",
        severity=0.8,
        pattern=r"\b(?:ignorier(?:e|en sie|t|en)|vergiss|vergessen sie|missachte|missachten sie|uberge?he?n?|verwirf|"
        r"umgehe?n?|beachte|befolge|folge) ~5 (?:vorherigen?|vorigen?|bisherigen?|obigen?|fruheren?|"
        r"vorangegangenen?|vorhergehenden?|deine[rn]?|ihre[rn]?|alle[rn]?|ursprunglichen?|"
        r"keine[rn]?) ~2 (?:anweisung(?:en)?|anleitung(?:en)?|instruktion(?:en)?|regeln|vorgaben|befehle?n?|"
        r"richtlinien|programmierung|beschrankung(?:en)?|vorschriften|prompts?|auftrage?)\b",
    ),
    Rule(
        family="leak",
        name="de-prompt",
        severity=0.65,
        pattern=r"\b(?:zeige?|nenne?|verrate?|offenbare?|gib|geben sie|wiederhole?|erzahle?|enthulle?|teile?|"
        r"beschreibe?|was|wie|welche[rsn]?)\b ~6 (?:system-?prompt|start-?prompt|"
        r"deine[rnms]? ~2 (?:anweisung(?:en)?|instruktion(?:en)?|prompts?|richtlinien|programmierung|"
        r"befehle?)|(?:geheimen?|versteckten?|internen?|ursprunglichen?) (?:anweisung(?:en)?|prompt|"
        r"befehl))\b",
    ),
    Rule(
        family="persona",
        name="de-role",
        severity=0.65,
        pattern=r"\b(?:du bist (?:jetzt|nun|ab sofort)|ab (?:jetzt|sofort) (?:bist|wirst|antwortest|musst) du|"
        r"tu so,? als|verhalte dich) ~5 (?:ohne|keine[nr]?|uneingeschrankte?r?|unzensierte?r?|frei von|"
        r"nicht mehr)\b",
    ),
    Rule(
        family="address",
        name="de-keep",
        unit="paragraph",
        severity=0.7,
        pattern=r"\b(?:sagen?|erzahlen?|informieren?|erwahnen?)(?: sie)? ~4 (?:dem|den|der|das)? ?(?:benutzer|nutzer|"
        r"anwender)(?:in)? ~3 (?:nichts?|nicht|keinesfalls)\b|\bohne (?:den|dem) (?:benutzer|nutzer)\b",
    ),
)

SPANISH = (
    Rule(
        family="override",
        name="es-drop",
        unit="paragraph",
        severity=0.8,
        pattern=r"\b(?:ignor(?:a|e|ar|es)|olvid(?:a|e|ar|ate)|descart(?:a|e|ar)|omite|omita|desobedece|desafia|"
        r"haz caso omiso de|no (?:sigas|obedezcas|hagas caso a)) ~5 (?:instruccion(?:es)?|ordenes|"
        r"indicacion(?:es)?|reglas|directrices|mandatos?|programacion|restricciones|directivas|limitaciones|"
        r"prompt)\b",
    ),
    Rule(
        family="leak",
        name="es-prompt",
        severity=0.65,
        pattern=r"\b(?:muestra(?:me)?|revela(?:me)?|di(?:me)?|dame|ensena(?:me)?|comparte|repite|imprime|expon|"
        r"explica|cual(?:es)?|que|describe|divulga) ~6 (?:prompt|(?:instruccion(?:es)?|orden|mandato|comando|"
        r"directriz|directrices|indicacion(?:es)?) ~3 (?:inicial(?:es)?|secret[ao]s?|ocult[ao]s?|"
        r"intern[ao]s?|original(?:es)?|recibiste|te|tu|tus|sistema|central|principal))\b",
    ),
    Rule(
        family="persona",
        name="es-role",
        severity=0.65,
        pattern=r"\b(?:ahora eres|a partir de ahora|actua como|finge (?:que|ser)|"
        r"comportate) ~6 (?:sin (?:restricciones|limites|filtros|censura)|ningun[ao]?|no (?:tienes|tiene|"
        r"sigues)|libre de)\b",
    ),
    Rule(
        family="address",
        name="es-keep",
        unit="paragraph",
        severity=0.7,
        pattern=r"\b(?:no|sin) (?:le |se lo )?(?:dig[ao]s?|decir|decirle|informes?|informar|menciones?|mencionar|"
        r"avis(?:es|ar)) ~4 (?:al|el) usuario\b",
    ),
)

FRENCH = (
    Rule(
        family="override",
        name="fr-drop",
        unit="paragraph",
        severity=0.8,
        pattern=r"\b(?:ignor(?:e|ez|er)|oubli(?:e|ez|er)|neglig(?:e|ez|er)|ecart(?:e|ez|er)|contourn(?:e|ez|er)|"
        r"desobei(?:s|ssez)|ne (?:tiens|tenez) pas compte (?:de|des)|fais abstraction (?:de|des)|"
        r"passe outre) ~5 (?:instructions?|consignes?|directives?|ordres?|regles|commandes?|programmation|"
        r"restrictions|limitations|prompts?|invites?)\b",
    ),
    Rule(
        family="leak",
        name="fr-prompt",
        severity=0.65,
        pattern=r"\b(?:montre|montrez|revele|revelez|dis|dites|donne|donnez|affiche|affichez|partage|repete|explique|"
        r"decris|quel(?:le)?s?|devoile|divulgue)(?:-moi)?\b ~6 (?:prompt|(?:instructions?|consignes?|"
        r"invites?|commandes?|directives?|ordres?) ~4 (?:initiale?s?|secret(?:e)?s?|cachee?s?|interne?s?|"
        r"originale?s?|recue?s?|systeme|tes|ton|ta|tu|centrale?|principale?))\b",
    ),
    Rule(
        family="persona",
        name="fr-role",
        severity=0.65,
        pattern=r"\b(?:tu es (?:maintenant|desormais)|vous etes (?:maintenant|desormais)|a partir de maintenant|"
        r"desormais|agis comme|fais semblant|pretends) ~6 (?:sans (?:restrictions?|limites?|filtres?|"
        r"censure)|aucune?|libre de|n'as (?:plus|pas))\b",
    ),
    Rule(
        family="address",
        name="fr-keep",
        unit="paragraph",
        severity=0.7,
        pattern=r"\b(?:ne (?:dis|dites|mentionne|mentionnez|parle|parlez|revele|informe|informez)|sans (?:informer|"
        r"prevenir|avertir|le dire a)) ~4 (?:a |al)?l'utilisat(?:eur|rice)\b",
    ),
)

ITALIAN = (
    Rule(
        family="override",
        name="it-drop",
        unit="paragraph",
        severity=0.8,
        pattern=r"\b(?:ignora(?:re|te)?|dimentica(?:re|te)?|trascura|tralascia|scarta|disobbedisci|non (?:seguire|"
        r"considerare|tenere conto)|aggira|scavalca) ~5 (?:istruzion[ei]|comand[oi]|ordin[ei]|regole|"
        r"direttiv[ea]|indicazion[ei]|programmazione|restrizioni|limitazioni|prompt)\b",
    ),
    Rule(
        family="leak",
        name="it-prompt",
        severity=0.65,
        pattern=r"\b(?:mostra(?:mi)?|rivela(?:mi)?|dimmi|dammi|svela(?:mi)?|condividi|ripeti|stampa|smaschera|esponi|"
        r"spiega|qual[ei]?|cosa|descrivi|divulga) ~6 (?:prompt|(?:istruzion[ei]|comand[oi]|direttiv[ea]|"
        r"indicazion[ei]|ordin[ei]) ~4 (?:inizial[ei]|segret[oaie]|nascost[oaie]|intern[oaie]|original[ei]|"
        r"sistema|tu[oae]i?|hai|principale|centrale|ricevut[oaie]))\b",
    ),
    Rule(
        family="persona",
        name="it-role",
        severity=0.65,
        pattern=r"\b(?:ora sei|adesso sei|d'ora in poi|da ora in poi|agisci come|fingi|"
        r"comportati) ~6 (?:senza (?:restrizioni|limiti|filtri|censura)|nessun[ao]?|non hai|liber[oa] da)\b",
    ),
    Rule(
        family="address",
        name="it-keep",
        unit="paragraph",
        severity=0.7,
        pattern=r"\b(?:non|senza) (?:dire|dirlo|informare|menzionare|avvisare|rivelare) ~4 (?:al|l|all)?['] ?utente\b",
    ),
)

CHINESE = (
    Rule(
        family="override",
        name="zh-drop",
        unit="paragraph",
        severity=0.8,
        pattern="(?:忽略|無視|无视|忘记|忘記|忘掉|不要(?:遵守|遵循|理会|理會)|跳过|跳過|绕过|繞過|违反|違反|覆盖|覆蓋)[^。!?\n]{0,16}"
        "(?:指令|指示|规则|規則|提示|命令|说明|說明|要求|限制|约束|約束|设定|設定|政策|内容|內容|对话|對話|话|話)",
    ),
    Rule(
        family="leak",
        name="zh-prompt",
        severity=0.65,
        pattern="(?:告诉我|告訴我|显示|顯示|输出|輸出|透露|泄露|洩露|打印|重复|重複|展示|公开|公開|说出|說出|给我|給我|分享|是什么|是什麼)[^。!?\n]{0,12}"
        "(?:系统提示|系統提示|提示词|提示詞|初始指令|初始提示|隐藏指令|隱藏指令|内部指令|內部指令|你的指令|你的提示|你的规则|你的規則)",
    ),
    Rule(
        family="leak",
        name="zh-prompt-what",
        severity=0.6,
        pattern="你的[^。!?\n]{0,6}(?:系统提示|系統提示|提示词|提示詞|指令|初始提示)[^。!?\n]{0,4}(?:是什么|是什麼|是啥|有哪些)",
    ),
    Rule(
        family="persona",
        name="zh-role",
        severity=0.65,
        pattern="(?:你现在是|你現在是|从现在(?:开始|起)|從現在(?:開始|起)|假装|假裝|扮演)[^。!?\n]{0,20}"
        "(?:没有(?:任何)?限制|沒有(?:任何)?限制|不受(?:任何)?(?:限制|约束|約束)|无限制|無限制|没有道德|開發者模式|开发者模式|越狱|越獄)",
    ),
    Rule(
        family="address",
        name="zh-keep",
        unit="paragraph",
        severity=0.7,
        pattern="(?:不要|别|別|无需|無需)(?:告诉|告訴|通知|提醒|让|讓|向)[^。!?\n]{0,4}(?:用户|用戶|使用者)",
    ),
)

LANGUAGES = (*GERMAN, *SPANISH, *FRENCH, *ITALIAN, *CHINESE)
