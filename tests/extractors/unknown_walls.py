"""Pages that are no articles, and articles beside them, in languages of which the phrase lists know nothing.

Each page is made by a function from a tongue: what a wall of that build says in it. One tongue is no language at all:
English with its letters turned by thirteen, so that no list can ever know it.
"""

import codecs
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from extractors import Kind

URL = "https://post.example/news/2026/03/harbour-strike-goes-on-for-ten-days"
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


def page(tongue: Tongue, *, title: str, body: str, head: str = "", attributes: str = "") -> str:
    return (
        f"<html lang={tongue.code}><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body {attributes}>{body}</body></html>"
    )


def linked_data(tongue: Tongue, **more: object) -> str:
    article = {
        "@type": "NewsArticle",
        "headline": tongue.headline,
        "datePublished": "2026-03-03T08:00:00Z",
        "author": {"@type": "Person", "name": "Tom Okafor"},
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(article, ensure_ascii=False)}</script>'


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def frame(tongue: Tongue, inner: str) -> str:
    """What stands around every page of the site."""
    menu = "".join(f'<li><a href="/{n}">{text.split()[0]}</a></li>' for n, text in enumerate(tongue.teasers[::3]))
    return f'<header><a href="/">{SITE}</a><ul>{menu}</ul></header>{inner}<footer><a href="/about">{SITE}</a></footer>'


def teasers(tongue: Tongue, heading: str = "h3") -> str:
    return "".join(
        f'<div class=card><{heading}><a href="/{n}">{text}</a></{heading}></div>'
        for n, text in enumerate(tongue.teasers)
    )


def dialogue(tongue: Tongue, attributes: str) -> str:
    buttons = "".join(f"<button>{label}</button>" for label in tongue.accept)
    return f"<div {attributes}><h2>{tongue.accept[0]}?</h2>{paragraphs(tongue.consent)}{buttons}</div>"


def consent_dialogue(tongue: Tongue) -> str:
    return page(tongue, title=SITE, body=dialogue(tongue, 'id="qc-cmp2-container" class="qc-cmp2-ui"'))


def consent_form(tongue: Tongue) -> str:
    hidden = f'<input type=hidden name=continue value="{URL}"><input type=hidden name=gl value=1>'
    buttons = "".join(f"<button type=submit>{label}</button>" for label in tongue.accept)
    return page(
        tongue,
        title=SITE,
        body=f"<h1>{SITE}</h1>{paragraphs(tongue.consent)}<form method=post>{hidden}{buttons}</form>",
    )


def consent_gate(tongue: Tongue) -> str:
    return page(
        tongue, title=SITE, body=frame(tongue, dialogue(tongue, 'class="privacy-gate overlay"')), head=noindex()
    )


def paywall_flag(tongue: Tongue) -> str:
    stub = f"<h1>{tongue.headline}</h1>{paragraphs(tongue.prose[:2])}<p>{tongue.offer}</p>"
    head = linked_data(tongue, isAccessibleForFree=False)
    return page(tongue, title=tongue.headline, head=head, body=frame(tongue, f"<article>{stub}</article>"))


def paywall_box(tongue: Tongue) -> str:
    stub = f"<h1>{tongue.headline}</h1><p>{tongue.prose[0]}</p><p>{tongue.prose[1][:60]}…</p>"
    box = f'<div class="paywall-offer"><p>{tongue.offer}</p><button>{tongue.accept[0]}</button></div>'
    return page(
        tongue, title=tongue.headline, head=linked_data(tongue), body=frame(tongue, f"<article>{stub}{box}</article>")
    )


def paywall_count(tongue: Tongue) -> str:
    stub = f"<h1>{tongue.headline}</h1>{paragraphs(tongue.prose[:2])}"
    box = f'<section class="subscription"><p>{tongue.offer}</p></section>'
    head = linked_data(tongue, wordCount=940)
    return page(tongue, title=tongue.headline, head=head, body=frame(tongue, f"<article>{stub}</article>{box}"))


def paywall_tier(tongue: Tongue) -> str:
    head = linked_data(tongue) + '<meta property="article:content_tier" content="locked">'
    stub = f"<h1>{tongue.headline}</h1>{paragraphs(tongue.prose[:2])}<p>{tongue.offer}</p>"
    return page(tongue, title=tongue.headline, head=head, body=frame(tongue, f"<article>{stub}</article>"))


def bot_frame(tongue: Tongue) -> str:
    frame_of_check = "<iframe src='https://newassets.hcaptcha.example/captcha/v1/x/static/hcaptcha.html'></iframe>"
    return page(tongue, title="post.example", body=f"<h1>post.example</h1><p>{tongue.robot}</p>{frame_of_check}")


def bot_form(tongue: Tongue) -> str:
    form = f'<form id="challenge-form" action="/x" method=post><p>{tongue.robot}</p></form>'
    head = noindex() + '<meta http-equiv="refresh" content="30">'
    return page(tongue, title="post.example", head=head, body=form)


def bot_incident(tongue: Tongue) -> str:
    text = (
        f"<h1>{tongue.missing[0]}</h1><p>{tongue.robot}</p><p>Ref. 18.2d351ab8.1772525733.a4e16ab</p><p>203.0.113.7</p>"
    )
    return page(tongue, title=tongue.missing[0], body=text)


def bot_script(tongue: Tongue) -> str:
    script = "<script>document.cookie='seen=1';location.reload()</script>"
    return page(tongue, title="post.example", body=f"<noscript><p>{tongue.robot}</p></noscript>{script}")


def gone_class(tongue: Tongue) -> str:
    title, text = tongue.missing
    body = frame(tongue, f"<main><h1>{title}</h1><p>{text}</p><form role=search><input type=search></form></main>")
    return page(tongue, title=f"{title} - {SITE}", body=body, attributes='class="error404 wide"')


def gone_with_teasers(tongue: Tongue) -> str:
    title, text = tongue.missing
    body = frame(tongue, f'<main class="page-not-found"><h1>{title}</h1><p>{text}</p>{teasers(tongue)}</main>')
    return page(tongue, title=f"{title} - {SITE}", body=body, head=noindex())


def gone_to_home(tongue: Tongue) -> str:
    title, text = tongue.missing
    head = noindex() + '<link rel=canonical href="https://post.example/">'
    return page(
        tongue, title=f"{title} - {SITE}", head=head, body=frame(tongue, f"<main><h1>{title}</h1><p>{text}</p></main>")
    )


def index_cards(tongue: Tongue) -> str:
    return page(tongue, title=SITE, body=frame(tongue, f"<main>{teasers(tongue)}</main>"))


def index_summaries(tongue: Tongue) -> str:
    cards = "".join(
        f'<article><h2><a href="/{n}">{text}</a></h2><p>{tongue.prose[n % len(tongue.prose)]}</p></article>'
        for n, text in enumerate(tongue.teasers)
    )
    return page(tongue, title=SITE, body=frame(tongue, f"<main>{cards}</main>"))


def live_entries(tongue: Tongue) -> str:
    entries = "".join(
        f'<div class="liveblog-entry"><time datetime="2026-03-03T{9 + n:02}:15:00Z">{9 + n}</time><p>{text}</p></div>'
        for n, text in enumerate(tongue.prose * 2)
    )
    body = frame(tongue, f"<article><h1>{tongue.headline}</h1>{entries}</article>")
    return page(tongue, title=tongue.headline, head=linked_data(tongue), body=body)


def article(tongue: Tongue, *, before: str = "", after: str = "", head: str = "", attributes: str = "") -> str:
    text = f"<article><h1>{tongue.headline}</h1>{paragraphs(tongue.prose * 2)}</article>"
    return page(
        tongue,
        title=f"{tongue.headline} - {SITE}",
        head=linked_data(tongue) + head,
        body=frame(tongue, before + text + after),
        attributes=attributes,
    )


def article_under_dialogue(tongue: Tongue) -> str:
    return article(tongue, before=dialogue(tongue, 'id="onetrust-consent-sdk"'))


def article_with_offer(tongue: Tongue) -> str:
    return article(tongue, after=f'<div class="paywall-offer"><p>{tongue.offer}</p></div>')


def article_with_ticker(tongue: Tongue) -> str:
    items = "".join(
        f'<li class="live-ticker-item"><time>9:{n}</time> {text}</li>' for n, text in enumerate(tongue.teasers)
    )
    return article(tongue, after=f"<aside><ul>{items[:1500]}</ul></aside>")


def article_with_captcha(tongue: Tongue) -> str:
    return article(
        tongue, after="<form id=comment><div class=g-recaptcha></div></form><script src=/recaptcha.js></script>"
    )


def article_without_index(tongue: Tongue) -> str:
    return article(tongue, head=noindex(), attributes='class="no-404"')


def short_report(tongue: Tongue) -> str:
    body = frame(tongue, f"<article><h1>{tongue.headline}</h1>{paragraphs(tongue.prose[:2])}</article>")
    return page(tongue, title=tongue.headline, head=linked_data(tongue), body=body)


def bare_report(tongue: Tongue) -> str:
    """No word of a machine's on it."""
    return page(tongue, title=tongue.headline, body=f"<h1>{tongue.headline}</h1>{paragraphs(tongue.prose)}")


def noindex() -> str:
    return '<meta name=robots content="noindex">'


Maker = Callable[[Tongue], str]
NO_ARTICLE = frozenset(Kind) - {Kind.ARTICLE, Kind.LIVE_BLOG}
MAKERS: dict[Maker, frozenset[Kind]] = {
    consent_dialogue: frozenset({Kind.CONSENT}),
    consent_form: NO_ARTICLE,  # nothing but its form tells what it is
    consent_gate: frozenset({Kind.CONSENT}),
    paywall_flag: frozenset({Kind.PAYWALL}),
    paywall_box: frozenset({Kind.PAYWALL}),
    paywall_count: frozenset({Kind.PAYWALL}),
    paywall_tier: frozenset({Kind.PAYWALL}),
    bot_frame: frozenset({Kind.BOT_WALL}),
    bot_form: frozenset({Kind.BOT_WALL}),
    bot_incident: NO_ARTICLE,
    bot_script: NO_ARTICLE,
    gone_class: frozenset({Kind.SOFT_404}),
    gone_with_teasers: frozenset({Kind.SOFT_404, Kind.INDEX}),
    gone_to_home: NO_ARTICLE,
    index_cards: frozenset({Kind.INDEX}),
    index_summaries: frozenset({Kind.INDEX}),
    live_entries: frozenset({Kind.LIVE_BLOG}),
    article_under_dialogue: frozenset({Kind.ARTICLE}),
    article_with_offer: frozenset({Kind.ARTICLE}),
    article_with_ticker: frozenset({Kind.ARTICLE}),
    article_with_captcha: frozenset({Kind.ARTICLE}),
    article_without_index: frozenset({Kind.ARTICLE}),
    short_report: frozenset({Kind.ARTICLE}),
    bare_report: frozenset({Kind.ARTICLE}),
}
