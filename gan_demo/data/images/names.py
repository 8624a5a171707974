"""Encodings of file names in archives that do not say which one they use.

Names that are all valid UTF-8 are UTF-8. Otherwise each encoding in which all names can be read is ranked by how
likely its characters are: the logarithm of their probability in names of that script, summed over the whole archive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

MAX_RANKED_BYTES = 20_000  # of names: more would not change the ranking
# Syllables that make up some 95 % of Korean text; the other 2,000 of EUC-KR are what Chinese names look like in it.
_HANGUL = frozenset(
    "가각간갈감강개거건검것게격결경계고공과관광교구국군권규그근금급기길김나난날남내냉너널네넥노놀농뇌눈뉴느는늘능니다단달담당대댁더덕도독돈동"
    "되된두둑드든들등디딸때또라락란람랑래량러런레려력련령로록론료루류르른를름리린림마막만많말망매맥머먹면명모목몸몽무문물미민밀바박반발밤방배"
    "백뱀버번벌범법벽변별병보복본봄봉부북분불붉비빛빨사산살삼상새색생서석선설성세소속손송수순술숲스시식신실심싸쌀씨아악안알암앙애야약양어언얼"
    "엄업에여역연열염영예오옥온올옷와완왕외요용우운울움원월위유육은을음의이인일임입있자작잔잘잠장재저적전절점접정제조족존종좌죄주죽준중즉증지직"
    "진질집짜차착찬참창채책처척천철첫청체초촌총최추축출충취치친칠카칼커컴코콩쿠크큰키타탁탈태택터토통투트특티파판팔팬팽퍼페편평포폭표푸풀품풍"
    "프피필하학한할함합항해핵행향허험현혈협형혜호혹혼홍화확환활황회획횟효후훈휴흐흑흙희흰히힘꽃꿀개돼닭닮삶햄헬곰귀"
)
_WESTERN = frozenset("éèêëàâäáãåçñöóôõòøüúûùíîïìßæœ")
_RUSSIAN = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюя")
_ALONE = 0.03  # probability that a letter with an accent follows another
_RARE = 1e-7

Probability = Callable[[str, str], float]  # of a character after the one before it


def _encoded(character: str, encoding: str) -> bytes:
    return character.encode(encoding, "ignore")


def _chinese(character: str, before: str) -> float:
    """Return the probability in simplified Chinese: GB2312 has its common characters in rows 16 to 55."""
    code = _encoded(character, "gb2312")
    if len(code) != 2:
        return _RARE
    return 0.9 / 3755 if 0xB0 <= code[0] <= 0xD7 else 0.06 / 3008 if code[0] > 0xD7 else 0.02 / 700


def _traditional(character: str, before: str) -> float:
    """Return the probability in traditional Chinese: Big5 has its common characters first."""
    code = _encoded(character, "big5")
    if len(code) != 2 or code[0] < 0xA1:
        return _RARE
    return 0.92 / 5401 if 0xA4 <= code[0] <= 0xC6 else 0.05 / 7652 if code[0] > 0xC6 else 0.02 / 400


def _japanese(character: str, before: str) -> float:
    """Return the probability in Japanese: kana, then the common kanji, which Shift-JIS has first."""
    if "ぁ" <= character <= "ー":
        return 0.5 / 170
    if "｡" <= character <= "ﾟ":  # narrow kana, as which other encodings are misread
        return 0.002 / 63
    code = _encoded(character, "shift_jis")
    if len(code) != 2:
        return _RARE
    return 0.4 / 2965 if (0x88, 0x9F) <= (code[0], code[1]) <= (0x98, 0x72) else 0.02 / 3390


def _korean(character: str, before: str) -> float:
    if character in _HANGUL:
        return 0.95 / len(_HANGUL)
    return 0.05 / 2000 if len(_encoded(character, "euc_kr")) == 2 and "가" <= character <= "힣" else _RARE


def _letters(common: frozenset[str], in_a_row: float) -> Probability:
    """Return the probability in an alphabet of ``common`` letters; ``in_a_row`` weighs two of them in a row."""

    def probability(character: str, before: str) -> float:
        if character.lower() not in common:
            return 0.02 / 128
        odd_case = character != character.lower() and before.isalpha() and before == before.lower()
        follows = in_a_row if before.lower() in common else 1.0
        return (0.85 if character == character.lower() else 0.1) / len(common) * follows * (0.05 if odd_case else 1.0)

    return probability


_SCRIPTS: dict[str, Probability] = {
    "gb18030": _chinese,
    "big5": _traditional,
    "cp932": _japanese,
    "cp949": _korean,
    "cp1252": _letters(_WESTERN, _ALONE),
    "cp850": _letters(_WESTERN, _ALONE),
    "cp1251": _letters(_RUSSIAN, 1.0),
    "cp866": _letters(_RUSSIAN, 1.0),
    "cp437": lambda character, before: _RARE,  # what zip files mean by the letter; every name can be read in it
}
ENCODINGS = ("utf-8", *_SCRIPTS)
# Factors of probability before any name is read: of the encodings of a language, and of all.
_EXPECTED = {"zh": {"gb18030": 20.0, "big5": 5.0}, "en": {"cp1252": 3.0, "cp850": 3.0}}
_COMMON = {"gb18030": 4.0, "cp932": 2.0, "cp1252": 2.0}


def rank(names: Iterable[bytes], language: str = "") -> list[str]:
    """Return the encodings in which all names can be read, the likeliest first; ``language`` is that of the page.

    Names in ASCII have none, and names that are valid UTF-8 have no other.
    """
    foreign = sorted({part for name in names for part in name.split(b"/") if not part.isascii()})
    if not foreign:
        return []
    if _read(foreign, "utf-8") is not None:
        return ["utf-8"]
    sample: list[bytes] = []
    for name in foreign:
        if sum(map(len, sample)) < MAX_RANKED_BYTES:
            sample.append(name)
    scores: dict[str, float] = {}
    for encoding, probability in _SCRIPTS.items():
        texts = _read(foreign, encoding)
        if texts is not None:
            prior = _EXPECTED.get(language, {}).get(encoding, 1.0) * _COMMON.get(encoding, 1.0)
            scores[encoding] = math.log(prior) + sum(_score(text, probability) for text in texts[: len(sample)])
    return sorted(scores, key=lambda encoding: -scores[encoding])


def _read(names: list[bytes], encoding: str) -> list[str] | None:
    try:
        return [name.decode(encoding) for name in names]
    except UnicodeDecodeError:
        return None


def _score(text: str, probability: Probability) -> float:
    """Return the logarithm of a name's probability; each ASCII character counts as one of 64."""
    return sum(
        math.log(1 / 64 if character.isascii() else probability(character, before))
        for before, character in zip(" " + text, text, strict=False)
    )
