"""What readers write under the articles. Full of the watched topics' words: a good extractor leaves all of it out."""

from random import Random

_NAMES = ("Meera P.", "R. K. Solanki", "old_town_reader", "Farida", "Joseph T.", "Anil from Karol Bagh", "kutchi_91")
_SAYINGS = (
    "When will the government bring an e-commerce policy that treats the small shop fairly?",
    "My uncle's shop joined the traders' protest last year. Nothing came of it.",
    "Good reporting. Please also cover the drains on Station Road.",
    "Traders should shut down their shops for a day and then see who listens.",
    "Please print the phone numbers next time.",
    "Online marketplaces follow no rules at all. The ministry must regulate e-commerce now.",
    "I have read this paper since 1988 and still do the crossword first.",
    "The Confederation of All India Traders said the same thing in its dharna, did it not?",
    "The photograph is from the other bridge, surely.",
    "Every traders' strike ends with a cup of tea at the collector's office.",
)
_SAYINGS_IN_HINDI = (
    "ई-कॉमर्स नीति कब आएगी? छोटे दुकानदार कब तक इंतज़ार करें?",
    "अच्छी ख़बर। हमारे मोहल्ले की नाली पर भी लिखिए।",
    "व्यापारियों का विरोध हर साल होता है, फिर चाय होती है और सब घर चले जाते हैं।",
    "फ़ोटो किसी और बाज़ार की लगती है।",
)


def comments(dice: Random, language: str) -> tuple[tuple[str, str], ...]:
    """Two to four pairs of a name and what that reader says."""
    sayings = _SAYINGS_IN_HINDI if language == "hi" else _SAYINGS
    count = dice.randint(2, 4)
    return tuple(zip(dice.sample(_NAMES, count), dice.sample(sayings, count), strict=True))
