"""What stands on pages that are no articles, in the languages of the feeds that we watch.

Words only vote (see `kinds`): each pattern may hit a real article, so none decides alone.
"""

import re
import unicodedata
from typing import Final


def _any(*alternatives: str) -> re.Pattern[str]:
    """One pattern, in the normal form that texts have here."""
    return re.compile(unicodedata.normalize("NFC", "|".join(alternatives)), re.IGNORECASE)


# That a page is not there, or no more: a line each for a few languages.
MISSING: Final = _any(
    r"\b(?:404|410)\b|not found|no longer (?:available|exists)|does(?:n.t| not) exist",
    r"page (?:is )?(?:un|not )available",
    r"(?:couldn.t|could not|can.t|cannot|unable to) (?:find|be found)|page (?:missing|removed)",
    r"nicht gefunden|existiert (?:leider )?nicht|nicht (?:mehr )?verfügbar|niet (?:gevonden|beschikbaar)|bestaat niet",
    r"introuvable|n.existe (?:pas|plus)|no (?:se )?(?:ha )?(?:encontrad|pudo encontrar)|no existe|no s.ha trobat",
    r"não (?:foi )?encontrad|não existe|non (?:è stat[ao] )?trovat|non esiste|nu (?:a fost găsit|există)",
    r"(?:kunde|kunne) (?:inte|ikke) (?:hittas|findes|finnes)|(?:inte|ikke) (?:blev |ble )?(?:hittad|fundet|funnet)",
    r"(?:hittades|fant|findes|finnes) (?:inte|ikke)|blev ikke fundet|ei löy(?:dy|tynyt)|ei leitud|nav atrast|nerastas",
    r"nie (?:znalezion|istnieje)|nenalezen|nebyla nalezena|nenájden|neexistuje|nem található|nije pronađen|bulunamad",
    r"δεν (?:βρέθηκε|υπάρχει)|не найден|не существует|не знайден|не існує|не е намерен|није пронађен",
    r"غير موجود|لم يتم العثور|لا يمكن العثور|یافت نشد|پیدا نشد|نہیں ملا|موجود نہیں|לא נמצא|לא קיים",
    r"नहीं मिल|उपलब्ध नहीं|मौजूद नहीं|सापडल[ेा] नाही|उपलब्ध नाही|পাওয়া যায়নি|મળ્યું નથી|ਨਹੀਂ ਮਿਲ",
    r"கிடைக்கவில்லை|காணவில்லை|కనుగొనబడలేదు|దొరకలేదు|ಕಂಡುಬಂದಿಲ್ಲ|ಸಿಗಲಿಲ್ಲ|കണ്ടെത്തിയില്ല|കണ്ടെത്താനായില്ല|ലഭ്യമല്ല",
    r"未找到|找不到|不存在|已(?:被)?删除|已(?:被)?刪除|見つかりません|存在しません|찾을 수 없|존재하지 않",
    r"tidak (?:ditemukan|ditemui|dijumpai)|không (?:tìm thấy|tồn tại)|ไม่พบ",
)
# That a robot, or a reader of the wrong country, is suspected.
ROBOT: Final = _any(
    r"just a moment|attention required|access denied|are you (?:a )?(?:robot|human)|verify(?:ing)? (?:that )?you are",
    r"(?:robot|security|browser|human|bot) (?:check|verification)|checking (?:your browser|if the site connection)",
    r"unavailable (?:due to|for) legal reasons|not available in your (?:country|region)|access cannot be granted",
    r"unusual traffic|pardon our interruption|permission to access|you have been blocked|one more step",
    r"enable javascript and cookies|please enable (?:js|javascript)|request unsuccessful|ddos|captcha",
    r"nur einen moment|sind sie ein (?:mensch|roboter)|un (?:momento|instant|moment)(?:…|\.\.\.)|zugriff verweigert",
    r"êtes-vous un robot|accès refusé|eres un robot|acceso denegado|robô|acesso negado|accesso negato",
    r"робот|проверка браузера|доступ (?:запрещ|ограничен)|रोबोट",
    r"ロボット|アクセスが拒否|机器人|安全验证|访问验证|人机验证",
)
# That consent to cookies is asked for.
CONSENT: Final = _any(
    r"cookie|consent|your privacy|privacy (?:policy|settings)|personal data|our partners|einwillig|zustimm",
    r"datenschutz|tracking|accepter|confidentialité|consentement|consentimiento|privacidad|consenso|toestemming",
    r"samtyck|samtykke|evästee|файл\w* cookie|персональн|कुकी|सहमति",
)
# That one may subscribe.
SUBSCRIBE: Final = _any(
    r"subscri(?:be|ber|ption)|(?:sign|log) ?in to (?:read|continue)|already a (?:member|subscriber)",
    r"to continue reading|keep reading|unlock|free trial|abonn|weiterlesen|suscr[ií]b|assin(?:e|ante)|abbonat",
    r"inloggen|prenumer|подписк|सब्सक्राइब|सदस्यता|आगे पढ़ें|लॉग(?: ?इन|िन)|सब्स्क्राइब|会員|订阅|訂閱|구독",
)
# That the rest of this very text is for subscribers.
REST_FOR_SUBSCRIBERS: Final = _any(
    r"to (?:continue|keep) reading|read the (?:full|entire|whole|rest)|continue reading (?:this|with)",
    r"already a (?:member|sub)|(?:only )?for subscribers|subscribers? only|subscriber.exclusive",
    r"to read (?:this|the full|more) (?:article|story)|(?:artikel|text) (?:weiter)?lesen|um weiterzulesen",
    r"lire la suite|réservé aux abonnés|para (?:seguir|continuar) l[ee]|s[oó]lo para suscriptores|para assinantes",
    r"continuare a leggere|per gli abbonati|verder lezen|l[äæe]s videre|läsa vidare",
    r"читать (?:дальше|далее|полностью)|по подписке|पूरी खबर पढ़|पूरा (?:लेख|पढ़)|आगे पढ़ने",
    r"会員限定|有料会員|全文阅读|유료",
)
# That a page is told as it happens.
LIVE: Final = _any(
    r"\blive\b|liveblog|live-?ticker|en direct|en vivo|minuto a minuto|ao vivo|in diretta|онлайн",
    r"लाइव|நேரலை|ライブ|直播|실시간",
)
