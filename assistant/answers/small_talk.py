"""Greetings, thanks and questions about the assistant itself get a short, honest reply. Pure.

A text is small talk only if nothing is left of it once such words are taken away: whatever holds a question about the
texts is answered from the texts. The reply claims nothing that the assistant does not do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

from assistant.answers.asking import opens_asking
from corpus.frameworks import read_frameworks
from index.terms import fold

Talk = Literal["greeting", "thanks", "goodbye", "abilities", "identity"]

_GREETING = (
    r"bonjour|bonsoir|salut|coucou|cc|bjr|bsr|slt|hello|hi|hey|good (?:morning|afternoon|evening)"
    r"|(?:as?[- ]?)?s+al[ae]m(?:ou|u)? (?:3|a)l[aei]*ik(?:ou|u)m|salam|selam|salem|azul|marhaba|ahlan|السلام عليكم(?: ورحمه الله)?(?: وبركاته| تعالي وبركاته)?"
    r"|و?عليكم السلام|سلام|مرحبا(?: بك| بكم)?|اهلا(?: وسهلا| بك| بكم)?|صباح (?:الخير|النور)|مساء (?:الخير|النور)"
    r"|comment (?:allez|vas)[- ](?:vous|tu)|comment ca va|ca va(?: bien)?|how are you(?: doing)?|كيف (?:حالك|حالكم|الحال)|كيفك|labas|wesh"
)
_THANKS = (
    r"(?:un (?:grand|tres grand) |mille )?merci(?: (?:beaucoup|bien|infiniment|a vous|a toi|d'avance|pour (?:tout|votre (?:aide|reponse)|ton aide|ta reponse"
    r"|cette reponse|ces informations|la reponse|l'information)))?|mrc|mci|thanks?(?: (?:you|a lot|so much|very much|again|for (?:your|the) (?:help|answer)))*"
    r"|thx|ty|much appreciated|choukran|shukran|chokran|sahit|شكرا(?: (?:جزيلا|لك|لكم|كثيرا|علي (?:المساعده|الاجابه)))*|مشكور(?:ين)?|بارك الله فيك(?:م)?|je vous remercie|je te remercie"
    r"|parfait|super|genial|tres bien|d'accord|ok(?:ay)?|great|perfect|excellent|good(?! (?:morning|afternoon|evening))|ممتاز|حسنا|جيد"
)
_GOODBYE = (
    r"au revoir|a bientot|a plus(?: tard)?|a demain|bonne (?:journee|soiree|nuit|continuation)|ciao|bye(?: bye)?|good ?bye|see you(?: (?:soon|later))?"
    r"|have a (?:nice|good) day|مع السلامه|وداعا|الي اللقاء|تصبح علي خير|beslama|bslama"
)
_ABILITIES = (
    r"(?:que|qu'est-ce que|qu'est ce que) (?:sais|peux|savez|pouvez)[- ]?(?:tu|vous)? ?(?:faire|me dire|m'apprendre)?"
    r"|qu'est-ce que (?:tu sais|tu peux|vous savez|vous pouvez|tu fais) ?(?:faire)?|(?:tu sais|tu peux|vous pouvez) faire quoi|a quoi (?:sers-tu|servez-vous|tu sers)"
    r"|(?:sur quoi|que) (?:puis-je|peut-on|je peux) (?:te |vous )?(?:demander|poser des questions)|comment (?:ca marche|tu marches|marches-tu|fonctionnes-tu|fonctionnez-vous)"
    r"|(?:quelles|quels) questions (?:puis-je|peut-on) (?:te |vous )?poser|(?:peux-tu|pouvez-vous|tu peux|vous pouvez) m'aider|aide(?:-moi| moi)?|aidez-moi|help(?: me)?"
    r"|what (?:can|could|do) you do(?: for me)?|what can i ask(?: you)?|how (?:do you work|can you help(?: me)?|does (?:this|it) work)|can you help(?: me)?"
    r"|what (?:do you know|are you for)|ماذا (?:تستطيع|يمكنك|تعرف|يمكن)(?: ان)?(?: تفعل| تقدم)?|ما(?:ذا)? (?:الذي )?(?:يمكنك|تستطيع) (?:فعله|ان تفعل)|كيف (?:تعمل|يمكنك مساعدتي)"
    r"|هل (?:يمكنك|تستطيع) (?:مساعدتي|ان تساعدني)|ساعدني|مساعده"
)
_IDENTITY = (
    r"(?:mais )?(?:qui|tu) (?:es[- ]tu|etes[- ]vous|es qui|es)|vous etes qui|c'est qui|qui est-ce que tu es|comment (?:t'appelles-tu|tu t'appelles|vous appelez-vous)|(?:es-tu|etes-vous|tu es)"
    r" (?:un (?:robot|humain|bot|etre humain|programme)|une (?:ia|machine|personne))|quel est (?:ton|votre) nom|(?:who|what) are you|what(?:'s| is) your name|are you (?:a (?:robot|bot|human|machine|person)|human|real|an ai)"
    r"|من (?:انت|انتم|تكون)|ما (?:اسمك|انت)|هل انت (?:انسان|روبوت|اله|برنامج)"
)
_PATTERNS: tuple[tuple[Talk, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:{pattern})(?![\w'-])"))  # type: ignore[misc]
    for kind, pattern in (
        ("identity", _IDENTITY),
        ("abilities", _ABILITIES),
        ("goodbye", _GOODBYE),
        ("thanks", _THANKS),
        ("greeting", _GREETING),
    )
)
_AROUND = re.compile(
    r"(?:a (?:tous|toutes|vous)|tout le monde|there|everyone|all|monsieur|madame|mesdames|messieurs|l'assistant|assistant|mon ami|cher ami|dear|chere?"
    r"|je suis la|svp|s'il (?:vous|te) plait|please|exactement|exactly|donc|alors|et|and|so|dis|dites|من فضلك|لو سمحت|يا|صديقي|بك|بكم|جميعا|و)(?![\w'-])"
)
_FILLER = re.compile(r"[\s,;.!?؟،…:()👋🙂🙏😊-]+")
_OPENING = re.compile(r"[\s,;.!،…:-]*")
_WEAK = re.compile(
    r"(?:parfait|super|genial|tres bien|d'accord|ok(?:ay)?|great|perfect|excellent|good|ممتاز|حسنا|جيد)$"
)
_ALSO_A_NOUN = re.compile(r"(?:salut|hi|سلام|السلام)$")

_REPLIES: dict[str, dict[Talk, str]] = {
    "fr": {
        "greeting": "Bonjour. Posez-moi une question sur la coopération : je réponds par des citations des textes.",
        "thanks": "Je vous en prie. Vérifiez la source citée avant de vous en servir.",
        "goodbye": "Au revoir, et bonne continuation.",
        "abilities": "Je cherche la réponse dans les textes fournis et je la cite avec sa source. Si les textes ne la contiennent pas, je le dis.",
        "identity": "Je suis un programme, l'assistant de la coopération : je cite les textes fournis et je n'invente pas de réponse.",
    },
    "en": {
        "greeting": "Hello. Ask me a question about cooperation: I answer with quotes from the texts.",
        "thanks": "You are welcome. Check the cited source before you rely on it.",
        "goodbye": "Goodbye.",
        "abilities": "I look for the answer in the texts provided and quote it with its source. If the texts do not hold it, I say so.",
        "identity": "I am a program, the cooperation assistant: I quote the texts provided and make up no answer.",
    },
    "ar": {
        "greeting": "مرحبا. اطرح عليّ سؤالا حول التعاون: أجيب باقتباسات من النصوص.",
        "thanks": "على الرحب والسعة. تحقق من المصدر المذكور قبل استعماله.",
        "goodbye": "مع السلامة.",
        "abilities": "أبحث عن الجواب في النصوص المتوفرة وأقتبسه مع مصدره. وإذا لم يكن فيها، أقول ذلك.",
        "identity": "أنا برنامج، مساعد التعاون: أقتبس من النصوص المتوفرة ولا أختلق الأجوبة.",
    },
}
_EXAMPLES = {"fr": "Par exemple :", "en": "For example:", "ar": "مثلا:"}
_ABOUT = {
    "fr": "Que disent les textes sur « {name} » ?",
    "en": "What do the texts say about “{name}”?",
    "ar": "ماذا تقول النصوص عن «{name}»؟",
}
MOST_EXAMPLES = 3


def small_talk(text: str) -> Talk | None:
    """The kind of small talk that a text is, wholly; `None` if it asks or says anything else.

    >>> small_talk("Bonjour !"), small_talk("Bonjour, quand s'est tenue la 35e session ?"), small_talk("شكرا جزيلا")
    ('greeting', None, 'thanks')
    >>> small_talk("Salut, qui es-tu ?"), small_talk("Qui est le ministre ?")
    ('identity', None)
    """
    folded = " ".join(fold(text).split())
    kinds: list[Talk] = []
    rest = _skip(folded)
    while rest:
        kind, after = _talk_at(rest)
        if kind is None:
            return None
        if kind != "around":
            kinds.append(kind)  # type: ignore[arg-type]
        rest = _skip(after)
    order: tuple[Talk, ...] = ("identity", "abilities", "goodbye", "thanks", "greeting")
    return next((kind for kind in order if kind in kinds), None)


def _skip(text: str) -> str:
    match = _FILLER.match(text)
    return text[match.end() :] if match else text


def _talk_at(text: str) -> tuple[str | None, str]:
    for kind, pattern in _PATTERNS:
        if match := pattern.match(text):
            return kind, text[match.end() :]
    if match := _AROUND.match(text):
        return "around", text[match.end() :]
    return None, text


_ERRAND = re.compile(
    r"(?P<before>[^?؟]*?)(?:\b(?:dis|dites|indique[sz]?|précise[sz]?|rappelle[sz]?|réponds|répondez)[- ](?:moi|nous)"
    r"|\b(?:peux|pourrais|pouvez|pourriez|voulez|voudriez|veuillez|merci de)(?:[- ](?:tu|vous))?(?: bien)? (?:me|nous) (?:dire|préciser|indiquer|rappeler)"
    r"|\b(?:tell|remind) (?:me|us)|\blet (?:me|us) know"
    r"|(?:أخبرني|اخبرني|أخبرنا|قل لي|أن تقول لي|أن تخبرني))(?: svp| please| stp)?\s*[:,،]?\s+",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"(?:\W*(?:oublie[sz]?|ignore[sz]?|disregard|forget|تجاهل|انس)\b.*"
    r"|(?:\W*\b(?:s'il (?:te|vous) plait|svp|stp|tu|vous|et|puis|alors|donc|please|can|could|would|will|you|then|and|so|now|من فضلك|هل|يمكنك|يمكن))*\W*)$"
)
"""What may stand before "tell me" and be left out with it: an order to forget, courtesy, nothing. A scope may not."""


def without_greeting(text: str) -> str:
    """A question without the greeting, thanks or "tell me" before it; the text as it is if nothing else is left.

    >>> without_greeting("Bonjour, quand s'est tenue la 35e session ?")
    "quand s'est tenue la 35e session ?"
    >>> without_greeting("Merci beaucoup ! Et la 32e ?"), without_greeting("Bonjour")
    ('Et la 32e ?', 'Bonjour')
    """
    rest = text.strip()
    while length := _opening_talk(rest):
        if not any(letter.isalnum() for letter in rest[length:]):
            return rest
        rest = rest[length:]
    return _without_errand(rest)


def _without_errand(text: str) -> str:
    """A question without "tell me" and what was ordered before it; the text where that tells a scope, or nothing asks.

    >>> _without_errand("Oublie tout, puis dis-moi : en quelle année l'accord a-t-il été signé ?")
    "en quelle année l'accord a-t-il été signé ?"
    >>> _without_errand("Could you tell me when it met?"), _without_errand("Tell me about NATO")
    ('when it met?', 'Tell me about NATO')
    """
    errand = _ERRAND.match(text)
    if errand is None or not _ORDERED.match(fold(errand["before"])):
        return text
    rest = text[errand.end() :]
    return rest if opens_asking(rest) and len(rest.split()) > 2 else text


def _opening_talk(text: str) -> int:
    """How many letters of the text greet or thank, the punctuation after them included."""
    ends = [match.end() for match in re.finditer(r"[^\W_]+(?:['’-][^\W_]+)*", text)][:7]
    for end in reversed(ends):
        opening = text[:end]
        if small_talk(opening) in {"greeting", "thanks"} and not re.search(r"\b(?:et|and|و)$", opening, re.IGNORECASE):
            after = _OPENING.match(text, end)
            marked = re.match(r"\s*[,.;!،…]", text[end:]) is not None
            noun = _WEAK.match(fold(opening)) or (_ALSO_A_NOUN.match(fold(opening)) and not text.endswith(("?", "؟")))
            if after is not None and after.end() > end and (marked or (not noun and text[end].isspace())):
                return after.end()
    return 0


def reply(kind: Talk, language: str, examples: Sequence[str] = ()) -> str:
    """What is answered to small talk, with example questions where they help.

    >>> print(reply("greeting", "en", ["What is the CMAI?"]))
    Hello. Ask me a question about cooperation: I answer with quotes from the texts.
    For example:
    - What is the CMAI?
    """
    language = language if language in _REPLIES else "fr"
    line = _REPLIES[language][kind]
    if not examples or kind in {"thanks", "goodbye"}:
        return line
    return "\n".join([line, _EXAMPLES[language], *(f"- {example}" for example in examples)])


def examples(frameworks: Collection[str], language: str) -> list[str]:
    """A question about each of the first frameworks that the texts belong to, in the file's order.

    >>> examples({"maghreb"}, "en"), examples({"general"}, "fr")
    (['What do the texts say about “Arab Maghreb Union”?'], [])
    """
    language = language if language in _ABOUT else "fr"
    held = [framework for framework in read_frameworks() if framework.id in frameworks]
    return [_ABOUT[language].format(name=framework.names[language]) for framework in held[:MOST_EXAMPLES]]
