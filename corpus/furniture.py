"""What belongs to the page and not to the text: menus, sign-in forms, cookie banners, running headers, page numbers.

A line is dropped for what it is *and* for where it stands: a label only when it is the whole line, a form's sentence
only beside labels. A sentence about signing in, in running prose, is text. Dropping too little leaves noise
that search can live with; dropping too much loses an answer: in doubt a line stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

# Controls of a page, wherever they are a whole line.
_CONTROLS = """
    se connecter|s'identifier|se déconnecter|déconnexion|s'inscrire|créer un compte|créer mon compte
    inscription gratuite|mot de passe oublié|mot de passe oublié ?|mot de passe perdu|réinitialiser le mot de passe
    réinitialiser mot de passe|identifiant oublié|rester connecté|se souvenir de moi|identifiant ou adresse e-mail
    nom d'utilisateur ou adresse e-mail|tout accepter|tout refuser|accepter les cookies|refuser les cookies
    paramétrer les cookies|gérer les cookies|personnaliser les cookies|accepter et fermer
    aller au contenu|aller au contenu principal|passer au contenu|retour en haut|haut de page|retour en haut de page
    partager sur facebook|partager sur twitter|partager sur x|partager sur linkedin|partager par e-mail|imprimer la page
    imprimer cette page|fil d'ariane|ouvrir le menu|fermer le menu|lire la suite
    log in|login|sign in|log out|sign out|sign up|register now|create an account|forgot password|forgot your password
    forgot password ?|forgot your password ?|reset password|reset your password|remember me|accept all|reject all
    accept cookies|accept all cookies|reject all cookies|cookie settings|manage cookies|skip to content
    skip to main content|skip to navigation|back to top|share on facebook|share on twitter|share on x
    share on linkedin|print this page|toggle navigation|open menu|close menu|read more
    تسجيل الدخول|تسجيل الخروج|إنشاء حساب|إنشاء حساب جديد|نسيت كلمة المرور|نسيت كلمة السر|هل نسيت كلمة المرور
    هل نسيت كلمة المرور؟|إعادة تعيين كلمة المرور|تذكرني|قبول الكل|رفض الكل|قبول ملفات تعريف الارتباط
    الانتقال إلى المحتوى|تخطي إلى المحتوى|العودة إلى الأعلى|أعلى الصفحة|اقرأ المزيد|طباعة الصفحة
"""
# Labels that may as well be a heading or an item of a text: they need company.
_MENU = """
    accueil|menu|menu principal|navigation|recherche|rechercher|contact|contactez-nous|nous contacter|actualités|agenda
    à propos|qui sommes-nous|faq|foire aux questions|newsletter|partager|imprimer|suivez-nous|facebook|twitter|youtube
    instagram|linkedin|rss|flux rss|liens utiles|espace presse|médiathèque|galerie|services|documents|publications
    inscription|connexion|identification|identifiant|mon compte|mot de passe|plan du site|mentions légales
    accepter|refuser|précédent|suivant|français|english|العربية|fr|en|ar|e-mail|adresse e-mail
    home|main menu|search|contact us|about|about us|news|events|share|print|follow us|useful links|previous|next|gallery
    username|password|e-mail address|accept|decline|english version|version française|sitemap|privacy policy
    terms of use
    الرئيسية|الصفحة الرئيسية|القائمة|القائمة الرئيسية|بحث|ابحث|اتصل بنا|اتصلوا بنا|من نحن|الأخبار|أخبار|مشاركة|طباعة
    تابعونا|روابط مفيدة|السابق|التالي|فرنسية|الفرنسية|الإنجليزية|البريد الإلكتروني|قبول|رفض|دخول|تسجيل|كلمة المرور
    كلمة السر|اسم المستخدم|خريطة الموقع
"""


def _labels(listed: str) -> frozenset[str]:
    return frozenset(label.strip() for label in re.split(r"[|\n]", listed) if label.strip())


_CONTROL_LABELS, _MENU_LABELS = _labels(_CONTROLS), _labels(_MENU)

_BREADCRUMB = re.compile(r"(?:vous êtes ici|you are here|أنت هنا)\b.*|(?:accueil|home|الرئيسية)\s*[>›»/≫→‹«<].+")
_FORM_SENTENCE = re.compile(
    r"(?:veuillez|merci de|vous devez) (?:saisir|entrer|renseigner|indiquer) (?:votre|vos) "
    r"(?:identifiant|adresse|e-?mail|courriel|mot de passe|nom d'utilisateur)"
    r"|un lien (?:permettant|pour|vous permettant) .{0,50}mot de passe"
    r"|(?:nous utilisons|ce site utilise|notre site utilise|en poursuivant votre navigation).{0,120}\bcookies?\b"
    r"|(?:vous n'avez pas (?:encore )?de compte|pas encore (?:inscrit|de compte)|déjà (?:inscrit|un compte))"
    r"|please enter your|enter your (?:e-?mail|user ?name|password)|a link to (?:reset|create) .{0,40}password"
    r"|(?:we use|this (?:web)?site uses) cookies|by continuing to (?:use|browse)"
    r"|don't have an account|already have an account"
    r"|(?:يرجى|الرجاء|المرجو) (?:إدخال|كتابة) (?:اسم|بريدك|البريد|كلمة|عنوان)"
    r"|(?:يستخدم هذا الموقع|نستخدم) ملفات تعريف الارتباط|ليس لديك حساب"
)
_RIGHTS = re.compile(r"(?:©|\(c\)|copyright\b).*|.*(?:tous droits réservés|all rights reserved|جميع الحقوق محفوظة)\W*")
_SENTENCE_LIMIT = 300  # code points: beyond it a line is prose that mentions a form, not the form


def _key(line: str) -> str:
    folded = unicodedata.normalize("NFC", line).casefold().replace("’", "'").replace("ʼ", "'")
    return re.sub(r"\s+", " ", folded).strip(" •·▪◦‣|-–—*:.…›»\u200e\u200f")


def _weight(line: str) -> int:
    """Two: a control of the page wherever it stands; one: only in such company; zero: text."""
    key = _key(line)
    if key in _CONTROL_LABELS or (len(key) <= 120 and _BREADCRUMB.fullmatch(key)):
        return 2
    if key in _MENU_LABELS or (len(key) <= _SENTENCE_LIMIT and (_FORM_SENTENCE.match(key) or _RIGHTS.fullmatch(key))):
        return 1
    return 0


def furniture(lines: Sequence[str]) -> frozenset[int]:
    """Tell which of `lines` (lines of a text, or blocks of a page, in order) are page furniture, by index.

    Blank lines belong to nothing. Controls ("Se connecter", "تسجيل الدخول") go wherever they are a whole line; menu
    labels and a form's sentences go only in a run with two controls, or in a run of four (two, if one is a control) at
    the start or the end of the text.

    >>> sorted(furniture(["La paix.", "", "Se connecter", "S’inscrire", "Veuillez saisir votre identifiant."]))
    [2, 3, 4]
    >>> furniture(["Pour se connecter, l’agent saisit son identifiant.", "Contact"])
    frozenset()
    """
    present = [i for i, line in enumerate(lines) if line.strip()]
    weights = [_weight(lines[i]) for i in present]
    dropped: set[int] = set()
    start = 0
    while start < len(present):
        end = start
        while end < len(present) and weights[end]:
            end += 1
        if end > start:
            announced = start > 0 and lines[present[start - 1]].rstrip().endswith(":")
            whole = _is_furniture_run(weights[start:end], at_edge=start == 0 or end == len(present)) and not announced
            dropped |= {present[k] for k in range(start, end) if weights[k] == 2 or whole}
        start = end + 1
    return frozenset(dropped)


def _is_furniture_run(weights: Sequence[int], *, at_edge: bool) -> bool:
    controls = sum(weight == 2 for weight in weights)
    return controls >= 2 or (at_edge and len(weights) >= (2 if controls else 4))


# --- running headers and footers of pages ----------------------------------------------------------------------------

_EDGE = 5  # lines looked at from the top and from the bottom of a page: a header may have several parts
_NUMBER = re.compile(r"\b\d{1,6}\b")
_NUMBER_AT_END = re.compile(r"^\d{1,6}\b|\b\d{1,6}(?=(?:\s*(?:/|sur|of|من)\s*\d{1,4})?$)")
_LONG_LINE = 6  # words: a line of so many that repeats but for one growing number is no heading
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.?|pg\.?|صفحة|الصفحة|ص\.?|folio)?\s*[-–—|/(\[]*\s*(\d{1,4})\s*[-–—|)\]]*\s*"
    r"(?:(?:/|sur|of|من|de)\s*\d{1,4})?\s*\.?"
)
# Words whose number counts parts of a text, though one part a page counts as pages do.
_COUNTED = re.compile(
    r"(?:article|art\.|chapi?ter?|titre|title|section|partie|part|annexe?|fiche|résolution|resolution|décision|decision|"
    r"recommandation|recommendation|paragraphe?|point|axe|axis|objectif|objective|projet|project|étape|step|question|"
    r"tableau|table|figure|module|leçon|lesson|séance|réunion|session|meeting|المادة|الفصل|الباب|القسم|المحور|القرار|"
    r"التوصية|الدورة|الجلسة|الاجتماع|السؤال|الجدول|الملحق)\b"
)
_CONTENTS = re.compile(r".*(?:\.\s?){5,}\s*(?:\d{1,4}|[ivxlc]{1,6})?\s*")


def is_contents_line(line: str) -> bool:
    """Say whether `line` is a line of a table of contents: a title, a row of dots, a page number.

    >>> is_contents_line("Chapitre 2 ............ 14"), is_contents_line("Et ainsi de suite...")
    (True, False)
    """
    return _CONTENTS.fullmatch(line.casefold()) is not None


def running_lines(pages: Sequence[Sequence[str]]) -> list[frozenset[int]]:
    """Tell, page by page, which lines are running headers, footers and page numbers, by index.

    `pages` holds the lines of each page from top to bottom. A line among the five first or five last repeats when it
    stands on three pages (or on both, of two) and on a third of them. A page number, and the two outermost lines, may
    differ by a number (at their start or end, if they are short) that grows as pages do; but "Article 3", "Fiche 4" at
    the head of pages are text.
    """
    needed = max(min(3, len(pages)), 2, -(-len(pages) // 3))
    same: dict[tuple[bool, str], set[tuple[int, int]]] = defaultdict(set)
    growing: dict[tuple[bool, str, int], set[tuple[int, int]]] = defaultdict(set)
    for number, lines in enumerate(pages):
        for index, top in _edges(lines, _EDGE):
            same[top, _key(lines[index])].add((number, index))
        outermost = {index for index, _ in _edges(lines, 2)}
        for index, top in _edges(lines, _EDGE):
            key = _key(lines[index])
            if index not in outermost and not _PAGE_NUMBER.fullmatch(key):
                continue
            numbers = _NUMBER if len(key.split()) >= _LONG_LINE else _NUMBER_AT_END
            for end in numbers.finditer("" if _COUNTED.match(key) else key):
                growing[top, key[: end.start()] + "#" + key[end.end() :], int(end[0]) - number].add((number, index))
    found: list[set[int]] = [set() for _ in pages]
    for spots in (*same.values(), *growing.values()):
        if len({number for number, _ in spots}) >= needed:
            for number, index in spots:
                found[number].add(index)
    for number, lines in enumerate(pages):
        for index, _ in _edges(lines, 1):
            match = _PAGE_NUMBER.fullmatch(_key(lines[index]))
            if match and int(match[1]) == number + 1:
                found[number].add(index)
    wholes = [tuple(sorted(_key(line) for line in lines if line.strip())) for lines in pages]
    return [
        frozenset() if wholes.count(whole) > 1 and len(indexes) > 1 else frozenset(indexes)  # one sheet, scanned twice
        for whole, indexes in zip(wholes, found, strict=True)
    ]


def _edges(lines: Sequence[str], depth: int) -> list[tuple[int, bool]]:
    """Indexes of the lines at the edges, each with whether it is at the top."""
    present = [i for i, line in enumerate(lines) if line.strip()]
    depth = min(depth, max(1, len(present) // 2))
    return [(i, True) for i in present[:depth]] + [(i, False) for i in present[len(present) - depth :] if present]
