"""The words of pages in five tongues that no list of phrases knows."""

import codecs
from dataclasses import dataclass, replace

SITE = "Merrow Post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What pages say in one language."""

    code: str
    headline: str
    prose: tuple[str, ...]
    consent: tuple[str, str]
    accept: tuple[str, str]  # two buttons
    offer: str
    robot: str
    missing: tuple[str, str]  # title, text
    teasers: tuple[str, ...]


ENGLISH = Tongue(
    code="xx",
    headline="Dock workers go on with their walkout",
    prose=(
        "Dock workers at the harbour of Merrow voted on Tuesday to go on with their walkout for another ten days.",
        "Their speaker, Ada Lindqvist, said that the offer of the harbour was far from what is needed to pay the rent.",
        "Ships have begun to call at other harbours, which adds as much as four days to the voyage from the east.",
        "Both sides will meet again on Friday, for the first time with a mediator of the state at the table.",
        "Shops expect to feel the walkout in the middle of April, when what they ordered for spring should arrive.",
    ),
    consent=(
        "We and our hundred friends keep small files on your device to learn what you look at and to show you notices.",
        "You may agree to all of it or choose each thing by itself, and you may change your mind whenever you like to.",
    ),
    accept=("I agree", "Choose"),
    offer="The rest of this report is for those who pay: from one crown a month, and you may end it at any time.",
    robot="We must see whether your machine is steered by a person before we go on. This will take a few seconds.",
    missing=("Nothing here", "What you looked for has gone away, or it never was here. Try to look for it once more."),
    teasers=tuple(
        f"{who} {what} in the old town of Merrow"
        for who in ("Bakers", "Teachers", "Fishers", "Drivers", "Sailors")
        for what in ("ask for more pay", "open a new house", "win the yearly cup")
    ),
)


def _turned(text: str) -> str:
    return codecs.encode(text, "rot13")


def _all_turned(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_turned, texts))


TURNED = replace(
    ENGLISH,
    headline=_turned(ENGLISH.headline),
    prose=_all_turned(ENGLISH.prose),
    consent=(_turned(ENGLISH.consent[0]), _turned(ENGLISH.consent[1])),
    accept=(_turned(ENGLISH.accept[0]), _turned(ENGLISH.accept[1])),
    offer=_turned(ENGLISH.offer),
    robot=_turned(ENGLISH.robot),
    missing=(_turned(ENGLISH.missing[0]), _turned(ENGLISH.missing[1])),
    teasers=_all_turned(ENGLISH.teasers),
)
ICELANDIC = Tongue(
    code="is",
    headline="Hafnarverkamenn halda verkfalli áfram",
    prose=(
        (
            "Hafnarverkamenn í Merrow samþykktu á þriðjudag að halda verkfalli "
            "sínu áfram í tíu daga til viðbótar við höfnina."
        ),
        (
            "Talsmaður þeirra, Ada Lindqvist, sagði að tilboð hafnarinnar væri "
            "langt frá því sem þyrfti til að greiða leigu."
        ),
        "Skip eru farin að sigla til annarra hafna og lengir það ferðina að austan um allt að fjóra daga hverju sinni.",
        "Báðir aðilar hittast aftur á föstudag, í fyrsta sinn með sáttasemjara ríkisins við borðið í gamla ráðhúsinu.",
    ),
    consent=(
        (
            "Við og samstarfsaðilar okkar geymum vafrakökur á tækinu þínu "
            "til að mæla lestur og sýna þér auglýsingar við hæfi."
        ),
        (
            "Þú getur leyft þær allar eða valið hverja fyrir sig, og "
            "þú getur breytt vali þínu hvenær sem er neðst á síðunni."
        ),
    ),
    accept=("Leyfa allar", "Velja"),
    offer="Þeir sem greiða fyrir aðgang fá að sjá það sem eftir er af fréttinni. Fyrsti mánuðurinn kostar eina krónu.",
    robot="Við þurfum að ganga úr skugga um að manneskja stýri tölvunni áður en lengra er haldið. Það tekur augnablik.",
    missing=(
        "Síðan er týnd",
        "Síðan sem þú leitar að hefur verið færð eða henni eytt. Reyndu að leita aftur hér að neðan.",
    ),
    teasers=tuple(
        f"{who} {what} í gamla bænum"
        for who in ("Bakarar", "Kennarar", "Sjómenn", "Bílstjórar", "Læknar")
        for what in ("krefjast hærri launa", "opna nýtt hús", "vinna bikarinn")
    ),
)
SWAHILI = Tongue(
    code="sw",
    headline="Wafanyakazi wa bandari waendelea na mgomo",
    prose=(
        "Wafanyakazi wa bandari ya Merrow walipiga kura siku ya Jumanne kuendelea na mgomo wao kwa siku kumi nyingine.",
        (
            "Msemaji wao, Ada Lindqvist, alisema kwamba ahadi ya bandari "
            "iko mbali na kile kinachohitajika kulipa kodi ya nyumba."
        ),
        (
            "Meli zimeanza kwenda bandari nyingine, jambo linaloongeza hadi "
            "siku nne katika safari kutoka upande wa mashariki."
        ),
        "Pande zote mbili zitakutana tena siku ya Ijumaa, kwa mara ya kwanza na mpatanishi wa serikali akiwa mezani.",
    ),
    consent=(
        (
            "Sisi na washirika wetu tunahifadhi vidakuzi kwenye kifaa "
            "chako ili kupima usomaji na kukuonyesha matangazo yanayokufaa."
        ),
        "Unaweza kukubali vyote au kuchagua kimoja kimoja, na unaweza kubadilisha uamuzi wako wakati wowote upendao.",
    ),
    accept=("Kubali vyote", "Chagua"),
    offer="Sehemu iliyobaki ya habari hii ni kwa wanaolipa tu. Jiunge leo kwa shilingi mia moja kwa mwezi wa kwanza.",
    robot="Tunahitaji kuhakikisha kwamba mtu ndiye anayetumia kompyuta "
    "hii kabla ya kuendelea. Itachukua sekunde chache.",
    missing=(
        "Ukurasa haupo",
        "Ukurasa unaoutafuta umehamishwa au umefutwa. Jaribu kuutafuta tena hapa chini tafadhali.",
    ),
    teasers=tuple(
        f"{who} {what} mjini"
        for who in ("Waokaji", "Walimu", "Wavuvi", "Madereva", "Madaktari")
        for what in ("wadai mishahara zaidi", "wafungua nyumba mpya", "washinda kombe la mwaka")
    ),
)
GEORGIAN = Tongue(
    code="ka",
    headline="პორტის მუშები გაფიცვას აგრძელებენ",
    prose=(
        (
            "მეროუს პორტის მუშებმა სამშაბათს კენჭი უყარეს და "
            "გადაწყვიტეს, რომ გაფიცვა კიდევ ათი დღის განმავლობაში გააგრძელონ."
        ),
        (
            "მათმა წარმომადგენელმა ადა ლინდქვისტმა თქვა, რომ პორტის წინადადება "
            "შორს არის იმისგან, რაც ქირის გადასახდელად არის საჭირო."
        ),
        "გემებმა სხვა პორტებში დაიწყეს შესვლა, რაც აღმოსავლეთიდან მგზავრობის დროს თითქმის ოთხი დღით ზრდის ყოველ ჯერზე.",
        "ორივე მხარე პარასკევს კვლავ შეხვდება ერთმანეთს, პირველად სახელმწიფო შუამავლის მონაწილეობით ძველ რატუშაში.",
    ),
    consent=(
        (
            "ჩვენ და ჩვენი პარტნიორები თქვენს მოწყობილობაზე ვინახავთ "
            "მცირე ფაილებს, რათა გავზომოთ კითხვა და გაჩვენოთ რეკლამა."
        ),
        "შეგიძლიათ დაეთანხმოთ ყველას ან აირჩიოთ თითოეული ცალ-ცალკე და ნებისმიერ დროს შეცვალოთ თქვენი გადაწყვეტილება.",
    ),
    accept=("ვეთანხმები", "არჩევა"),
    offer="დანარჩენი ნაწილი მხოლოდ მათთვის არის, ვინც იხდის. პირველი "
    "თვე ერთი ლარი ღირს და გაუქმება ყოველთვის შეიძლება.",
    robot="სანამ გავაგრძელებთ, უნდა დავრწმუნდეთ, რომ კომპიუტერს ადამიანი მართავს. ამას რამდენიმე წამი დასჭირდება.",
    missing=(
        "აქ არაფერია",
        "რასაც ეძებთ, გადატანილია ან წაშლილია. სცადეთ ხელახლა მოძებნა ქვემოთ მოცემული ველის მეშვეობით.",
    ),
    teasers=tuple(
        f"{who} {what} ძველ ქალაქში"
        for who in ("მცხობელები", "მასწავლებლები", "მეთევზეები", "მძღოლები", "ექიმები")
        for what in ("მეტ ხელფასს ითხოვენ", "ახალ სახლს ხსნიან", "წლის თასს იგებენ")
    ),
)
BASQUE = Tongue(
    code="eu",
    headline="Portuko langileek grebarekin jarraituko dute",
    prose=(
        (
            "Merrow portuko langileek asteartean bozkatu zuten greba "
            "beste hamar egunez luzatzea, batzar luze baten ondoren."
        ),
        (
            "Haien bozeramaileak, Ada Lindqvistek, esan zuen portuaren "
            "eskaintza oso urrun dagoela alokairua ordaintzeko behar denetik."
        ),
        (
            "Ontziak beste portu batzuetara joaten hasi dira, eta "
            "horrek lau egun gehitzen dizkio ekialdetik egiten den bidaiari."
        ),
        (
            "Bi aldeak ostiralean elkartuko dira berriro, lehen "
            "aldiz estatuaren bitartekari batekin, udaletxe zaharreko mahaian."
        ),
    ),
    consent=(
        (
            "Guk eta gure bazkideek fitxategi txikiak gordetzen "
            "ditugu zure gailuan, irakurketak neurtzeko eta iragarkiak erakusteko."
        ),
        (
            "Denak onar ditzakezu edo banan-banan aukeratu, eta "
            "nahi duzunean alda dezakezu zure erabakia orriaren behealdean."
        ),
    ),
    accept=("Denak onartu", "Aukeratu"),
    offer="Gainerakoa ordaintzen dutenentzat da. Lehen hilabeteak euro bat balio du, eta nahi duzunean utz dezakezu.",
    robot="Aurrera egin baino lehen jakin behar dugu "
    "pertsona batek darabilen ordenagailua. Segundo batzuk beharko dira.",
    missing=(
        "Orria ez dago",
        "Bilatzen duzun orria lekuz aldatu edo ezabatu egin da. Saiatu berriro bilatzen beheko eremuan.",
    ),
    teasers=tuple(
        f"{who} {what} alde zaharrean"
        for who in ("Okinek", "Irakasleek", "Arrantzaleek", "Gidariek", "Medikuek")
        for what in ("soldata handiagoa eskatu dute", "etxe berria ireki dute", "urteko kopa irabazi dute")
    ),
)
TONGUES = (TURNED, ICELANDIC, SWAHILI, GEORGIAN, BASQUE)
