"""Characters that are not what they look like: not seen at all, blanks of another kind, radicals that look like a word.

They come with what is copied from PDFs, web pages and chats. Nobody types them, and equal-looking names are unequal
because of them. What they stand for is beyond doubt, so each has a usual form. Only canonical composition (NFC) is ever
applied to whole texts: compatibility composition (NFKC) would change what people did mean, and rare characters
(𠮷 㛃 䶮) are nobody's variants.
"""

from __future__ import annotations

import re
import unicodedata

from wholeschool.unseen import UNSEEN, VARIANTS, is_unseen

RADICALS = 0x2E80
"""Where the block CJK Radicals Supplement begins, and with it `USUAL_RADICALS`."""
# The ideograph of each radical of that block; ＿ where it has none. Unicode Character Database, property
# Equivalent_Unified_Ideograph. The Kangxi radicals behind them are compatibility characters of their ideographs.
USUAL_RADICALS = (
    "＿厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵＿旡日"
    "月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂"
    "肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝"
    "雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)

_BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f"
_COMPATIBLE = "\uf900-\ufaff\U0002f800-\U0002fa1f"
_ODD = re.compile(f"[{UNSEEN}{VARIANTS}{_BLANKS}⺀-⻳⼀-⿕{_COMPATIBLE}]")
# Sentences may speak of a radical, and pictures in them have variants.
_ODD_IN_PROSE = re.compile(f"[{UNSEEN}⼀-⿕{_COMPATIBLE}]")


def usual(text: str, *, prose: bool = False) -> str:
    """`text` in NFC with the usual form of every odd character; in `prose`, of those that never belong there."""
    text = unicodedata.normalize("NFC", text)
    if text.isascii():
        return text
    return (_ODD_IN_PROSE if prose else _ODD).sub(lambda found: usual_form(found.group()), text)


def without_unseen(text: str) -> str:
    """`text` without the characters that nobody sees and no text needs."""
    return re.sub(f"[{UNSEEN}]", "", text)


def odd_in(text: str, *, prose: bool = False) -> list[str]:
    """The odd characters of `text`, each once, in the order in which they come."""
    found = (_ODD_IN_PROSE if prose else _ODD).findall(text)
    return [character for character in dict.fromkeys(found) if usual_form(character) != character]


def usual_form(character: str) -> str:
    """What an odd character stands for: another one, a blank, or nothing; itself where that is not known."""
    if re.fullmatch(f"[{_BLANKS}]", character):
        return " "
    if is_unseen(character):
        return ""
    if "⺀" <= character <= "⻳":
        return USUAL_RADICALS[ord(character) - RADICALS].replace("＿", character)
    return unicodedata.normalize("NFKC" if "⼀" <= character <= "⿕" else "NFC", character)


def described(character: str) -> str:
    """An odd character as a sentence can name it: by its code point and, where it is seen, by itself."""
    code = f"U+{ord(character):04X}"
    match usual_form(character):
        case "":
            return f"看不见的字符（{code}）"
        case " ":
            return f"特殊的空格（{code}）"
        case other:
            return f"“{character}”（{code}，通常写“{other}”）"
