"""Names of months in the languages of the feeds that we watch, each as its grammar and habit of abbreviation give it.

Unicode CLDR is the source of the full names; the short ones are what newspapers print. A name that means different
months in different languages (Croatian `listopad`, for one) is left out: no date is better than a wrong one.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

# One line a language: twelve groups parted by blanks, the spellings of one month parted by bars.
_TABLE: Final = """
january|jan february|feb|febr march|mar april|apr may june|jun july|jul august|aug september|sep|sept october|oct november|nov december|dec
januar|jänner|jän februar|feber märz|mär|mrz|maerz april mai juni juli august september oktober|okt november dezember|dez
janvier|janv février|févr|fév|fevrier mars avril|avr mai juin juillet|juil août|aout septembre octobre novembre décembre|déc|decembre
enero|ene febrero marzo abril|abr mayo junio julio agosto|ago septiembre|setiembre|set octubre noviembre diciembre|dic
gener|gen febrer març abril maig juny juliol agost setembre octubre novembre|nov desembre|des
janeiro fevereiro|fev março|marco abril maio|mai junho julho agosto setembro|set outubro|out novembro dezembro|dez
gennaio|genn|gen febbraio|febbr marzo aprile maggio|magg|mag giugno|giu luglio|lug agosto settembre|sett|set ottobre|ott novembre dicembre|dic
januari februari maart|mrt april mei juni juli augustus september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november desember|des
tammikuuta|tammikuu helmikuuta|helmikuu maaliskuuta|maaliskuu huhtikuuta|huhtikuu toukokuuta|toukokuu kesäkuuta|kesäkuu heinäkuuta|heinäkuu elokuuta|elokuu syyskuuta|syyskuu lokakuuta|lokakuu marraskuuta|marraskuu joulukuuta|joulukuu
stycznia|styczeń|sty lutego|luty|lut marca|marzec kwietnia|kwiecień|kwi maja|maj czerwca|czerwiec|cze lipca|lipiec|lip sierpnia|sierpień|sie września|wrzesień|wrz października|październik|paź listopada|listopad|lis grudnia|grudzień|gru
ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec srpna|srpen září října|říjen listopadu prosince|prosinec
januára|január februára|február marca|marec apríla|apríl mája|máj júna|jún júla|júl augusta septembra októbra|október novembra decembra
január|jan február|febr március|márc április|ápr május|máj június|jún július|júl augusztus szeptember|szept október november december
ianuarie|ian februarie martie aprilie mai iunie|iun iulie|iul august septembrie octombrie noiembrie|noi decembrie
ocak|oca şubat|şub mart nisan|nis mayıs haziran|haz temmuz|tem ağustos|ağu eylül|eyl ekim|eki kasım|kas aralık|ara
januari februari maret april mei juni juli agustus|agu|agt|agst september oktober|okt november|nop desember|des
januari februari mac april mei jun julai ogos september oktober november disember|dis
января|январь|янв февраля|февраль|фев|февр марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн июля|июль|июл августа|август|авг сентября|сентябрь|сен|сент октября|октябрь|окт ноября|ноябрь|ноя|нояб декабря|декабрь|дек
січня|січень|січ лютого|лютий|лют березня|березень|бер квітня|квітень|кві|квіт травня|травень|тра|трав червня|червень|чер|черв липня|липень|лип серпня|серпень|сер|серп вересня|вересень|вер жовтня|жовтень|жов|жовт листопада|листопад|лис грудня|грудень|гру|груд
януари|ян февруари март април май юни юли август септември октомври ноември декември
јануар|јан фебруар|феб март|мар април|апр мај јун јул август|авг септембар|сеп октобар|окт новембар|нов децембар|дец
ιανουαρίου|ιανουάριος|ιαν φεβρουαρίου|φεβρουάριος|φεβ μαρτίου|μάρτιος|μαρ|μάρ απριλίου|απρίλιος|απρ μαΐου|μάιος|μάϊος|μαι|μάι ιουνίου|ιούνιος|ιουν|ιούν ιουλίου|ιούλιος|ιουλ|ιούλ αυγούστου|αύγουστος|αυγ|αύγ σεπτεμβρίου|σεπτέμβριος|σεπ|σεπτ οκτωβρίου|οκτώβριος|οκτ νοεμβρίου|νοέμβριος|νοε|νοέ δεκεμβρίου|δεκέμβριος|δεκ
يناير فبراير مارس أبريل|ابريل|إبريل مايو يونيو|يونيه يوليو|يوليه أغسطس|اغسطس سبتمبر أكتوبر|اكتوبر نوفمبر ديسمبر
ژانویه|ژانویهٔ فوریه|فوریهٔ مارس آوریل مه|مهٔ ژوئن ژوئیه|ژوئیهٔ اوت سپتامبر اکتبر نوامبر دسامبر
जनवरी|जन॰|जन फ़रवरी|फरवरी|फ़र॰|फर मार्च अप्रैल|अप्रै मई जून जुलाई|जुल॰ अगस्त|अग॰ सितंबर|सितम्बर|सित॰ अक्टूबर|अक्तूबर|अक्टू॰ नवंबर|नवम्बर|नव॰ दिसंबर|दिसम्बर|दिस॰
जानेवारी|जाने फेब्रुवारी|फेब्रु मार्च एप्रिल मे जून जुलै ऑगस्ट|ऑग सप्टेंबर|सप्टें ऑक्टोबर|ऑक्टो नोव्हेंबर|नोव्हें डिसेंबर|डिसें
जनवरी फेब्रुअरी मार्च अप्रिल मे जुन जुलाई अगस्ट सेप्टेम्बर अक्टोबर नोभेम्बर डिसेम्बर
জানুয়ারি|জানুয়ারী|জানু ফেব্রুয়ারি|ফেব্রুয়ারী|ফেব মার্চ এপ্রিল|এপ্রি মে জুন জুলাই আগস্ট|অগস্ট সেপ্টেম্বর|সেপ অক্টোবর|অক্টো নভেম্বর|নভে ডিসেম্বর|ডিসে
જાન્યુઆરી|જાન્યુ ફેબ્રુઆરી|ફેબ્રુ માર્ચ એપ્રિલ મે જૂન જુલાઈ ઑગસ્ટ|ઓગસ્ટ સપ્ટેમ્બર|સપ્ટે ઑક્ટોબર|ઓક્ટોબર|ઑક્ટો નવેમ્બર|નવે ડિસેમ્બર|ડિસે
ਜਨਵਰੀ ਫ਼ਰਵਰੀ|ਫਰਵਰੀ ਮਾਰਚ ਅਪ੍ਰੈਲ ਮਈ ਜੂਨ ਜੁਲਾਈ ਅਗਸਤ ਸਤੰਬਰ ਅਕਤੂਬਰ ਨਵੰਬਰ ਦਸੰਬਰ
ஜனவரி|ஜன பிப்ரவரி|பிப் மார்ச் ஏப்ரல்|ஏப் மே ஜூன் ஜூலை ஆகஸ்ட்|ஆக செப்டம்பர்|செப் அக்டோபர்|அக் நவம்பர்|நவ டிசம்பர்|டிச
జనవరి|జన ఫిబ్రవరి|ఫిబ్ర మార్చి ఏప్రిల్|ఏప్రి మే జూన్ జులై|జూలై ఆగస్టు|ఆగ సెప్టెంబర్|సెప్టెం అక్టోబర్|అక్టో నవంబర్|నవం డిసెంబర్|డిసెం
ಜನವರಿ|ಜನ ಫೆಬ್ರವರಿ|ಫೆಬ್ರ ಮಾರ್ಚ್ ಏಪ್ರಿಲ್|ಏಪ್ರಿ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗಸ್ಟ್|ಆಗ ಸೆಪ್ಟೆಂಬರ್|ಸೆಪ್ಟೆಂ ಅಕ್ಟೋಬರ್|ಅಕ್ಟೋ ನವೆಂಬರ್|ನವೆಂ ಡಿಸೆಂಬರ್|ಡಿಸೆಂ
ജനുവരി|ജനു ഫെബ്രുവരി|ഫെബ്രു മാർച്ച്|മാർ ഏപ്രിൽ|ഏപ്രി മേയ്|മെയ് ജൂൺ ജൂലൈ ഓഗസ്റ്റ്|ആഗസ്റ്റ്|ഓഗ സെപ്റ്റംബർ|സെപ്റ്റം ഒക്‌ടോബർ|ഒക്ടോബർ|ഒക്ടോ നവംബർ|നവം ഡിസംബർ|ഡിസം
جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر
"""  # noqa: E501 -- a language is a line
# French, Spanish, Italian and Romanian Tuesday begins like March: read as a weekday where another month stands beside.
ALSO_WEEKDAYS: Final = frozenset({"mar"})


def month_number(word: str) -> int | None:
    """1 to 12, or None where `word` names no month. A final full stop is the caller's to remove."""
    return _months().get(fold(word))


def fold(word: str) -> str:
    """The form in which names are compared."""
    return unicodedata.normalize("NFKC", word).casefold()


@cache
def _months() -> Mapping[str, int]:
    return dict(_names())


def _names() -> Iterator[tuple[str, int]]:
    for line in _TABLE.strip().splitlines():
        for number, spellings in enumerate(line.split(), 1):
            for name in spellings.split("|"):
                yield fold(name), number
