"""Why a file is not even read as a record: stable codes for form, encoding and personal data.

A `Refusal` ends the reading of one file; the reader's caller turns it into a finding and goes on with the next file.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from wholeschool.authority import OURS, Voice, completed, voices


class Refused(Exception):  # noqa: N818 - it is a verdict on a file, not an error of ours
    """The text cannot be taken; carries what a finding needs. `line` and `column` count from 1."""

    def __init__(self, code: str, line: int, column: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.line, self.column, self.message, self.hint = code, line, column, message, hint


class Refusal(msgspec.Struct, frozen=True):
    """A refusal as the rule reference shows it: the sentence, why there is such a rule, and who says so.

    How a file is written is this project's to say, so that is the authority where there is no other.
    """

    code: str
    sentence: str
    why: str
    authority: str = OURS

    @property
    def clause(self) -> str:
        """The authority as reports show it, see `wholeschool.authority`."""
        return completed(self.authority, self.why)

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The same, voice by voice."""
        return voices(self.clause)


_LIST = (
    Refusal("Y-ENC", "文件用 UTF-8 编码保存。", "别的编码读出来会是乱码，错了也看不出来。"),
    Refusal("Y-SIZE", "一个文件不超过 2 MB，表格不超过 16 MB。", "正常的记录只有几十 KB；过大的文件会拖垮检查。"),
    Refusal("Y-DEPTH", "层次不超过 16 层。", "正常的记录只有四五层。"),
    Refusal("Y-NODES", "一个文件不超过 10 万个值，表格不超过 20 万行。", "再大的学校也用不到；过大的文件会拖垮检查。"),
    Refusal("Y-ALIAS", "不用 & 锚点和 * 引用。", "引用会让几行字展开成几百万条，也让人看不清实际写了什么。"),
    Refusal("Y-TAG", "不用 ! 开头的类型标记。", "类型由字段定义决定，不由提交的文件决定。"),
    Refusal("Y-MERGE", "不用 << 合并。", "合并会悄悄改变别处的值。"),
    Refusal("Y-DOC", "一个文件只写一份记录。", "用 --- 隔开的第二份会被漏掉。"),
    Refusal("Y-DUP", "同一层里每个字段只写一次。", "重复的字段只有一个会生效，另一个就悄悄丢了。"),
    Refusal("Y-KEY", "字段名是一个普通的词。", "列表或映射不能当字段名。"),
    Refusal("Y-COLON", "字段名后面用半角冒号加一个空格。", "全角冒号“：”不是分隔符，整行会被当成一段文字。"),
    Refusal("Y-TAB", "缩进用空格。", "制表符在不同编辑器里宽度不同，YAML 不允许用它缩进。"),
    Refusal("Y-SYNTAX", "缩进和符号符合 YAML 的写法。", "写法不对就读不出内容。"),
    Refusal("Y-EMPTY", "文件里有内容，列表里没有空项。", "空文件和空项说明有东西漏了。"),
    Refusal("Y-CHAR", "文字里没有看不见的字符。", "零宽字符和方向控制符能让两个不同的名字看上去一样。"),
    Refusal("Y-SCRIPT", "文字没有被错误的编码弄坏。", "乱码一旦进了台账和证书就很难改回来。"),
    Refusal("C-HEADER", "表格的第一行是规定的列名。", "列错位会让每一行都记错。"),
    Refusal("C-ROW", "每一行的列数与表头相同。", "多一列或少一列，后面的值就全部错位。"),
    Refusal("MD-FRONTMATTER", "案例以 --- 围起来的字段开头，下面是正文。", "标题、作者、同意情况都在字段里。"),
    Refusal("PATH-KIND", "每个文件放在规定的位置，用规定的名字。", "位置说明这是谁的、哪一年的、什么记录。"),
    Refusal("PATH-FORMER", "仓库是现在的格式。", "程序换了版本，微能力表、考核规范换了位置；留在原处就读不到。"),
    Refusal(
        "PATH-LEVEL",
        "记录放在有权写它的那一级单位下。",
        "备案、验收、认定和发证只有县级能做。",
        "本项目的约定（谁的记录放在谁的文件夹里；验收、认定、发证的是县里）",
    ),
    Refusal("GIT-SYMLINK", "提交的都是普通文件。", "链接和子模块会指向仓库以外的地方。"),
    Refusal(
        "GIT-NAME",
        "文件名只用小写字母、数字和连字符，连同文件夹不超过 200 个字节。",
        "别的名字在有的电脑上打不开，或被当成命令。",
    ),
    Refusal("GIT-TWIN", "没有两个只差大小写或字符写法的名字。", "在有的电脑上它们是同一个文件，一个会盖掉另一个。"),
    Refusal("GIT-MODE", "提交的文件不能运行。", "记录是用来读的；带着可执行标记的多半是从别处拷来的程序。"),
    Refusal("GIT-SIZE", "一个附件不超过 8 MB。", "仓库永远留着每一个版本；录像和大图放在别处，记录里写存放位置。"),
    Refusal("ATT-TYPE", "附件是 PDF、JPEG 或 PNG，名字与内容相符。", "这三种谁都打得开，也查得清里面有什么。"),
    Refusal("ATT-DAMAGED", "附件打得开，没有密码。", "打不开的证据等于没有。"),
    Refusal("ATT-ACTIVE", "PDF 里没有脚本、动作、嵌入的文件和多媒体。", "打开就会自己运行的东西，谁也不敢审。"),
    Refusal("ATT-POLYGLOT", "附件的结尾之后没有别的内容。", "一个文件当两种用，是夹带东西的老办法。"),
    Refusal("ATT-PIXELS", "附件展开以后不会太大。", "几 KB 的文件可以展开成几个 GB，拖垮打开它的电脑。"),
    Refusal("ATT-LOCATION", "照片里没有拍摄地点。", "手机会把经纬度写进照片，从中看得出学生在哪里上课、老师住在哪里。"),
    Refusal("S-REQUIRED", "必填的字段都填了。", "缺了它，这条记录说不清该说的事。"),
    Refusal("S-UNKNOWN", "只用规定的字段名。", "拼错的字段名等于没填。"),
    Refusal("S-ENUM", "在给出的选项里选。", "同一件事只用一种写法，才能统计和比对。"),
    Refusal("S-TYPE", "值的类型与字段相符。", "该写数字的写了文字，就没法计算。"),
    Refusal("S-PATTERN", "编号、姓名、网址等按规定的样子写。", "样子统一才能互相对上。"),
    Refusal("S-FORMAT", "日期写成“年-月-日”，而且真有这一天。", "日期要能比较先后。"),
    Refusal("S-RANGE", "数值在合理的范围内。", "超出范围多半是多写或少写了一位。"),
    Refusal("S-COUNT", "条数在规定的范围内。", "空列表等于没填，过长的列表多半是贴错了。"),
    Refusal("S-LENGTH", "文字的长短在规定的范围内。", "太短说不清，太长印不下。"),
    Refusal("S-UNIQUE", "列表里没有重复的项。", "重复的项会被多算。"),
    Refusal(
        "CONTACT-PLAIN",
        "联系表不明着放进仓库。",
        "人员信息表、推荐表有手机、邮箱、出生年月、政治面貌；推送到远端的东西收不回来。",
    ),
    Refusal(
        "CONTACT-SEALED",
        "contacts.age 是用公钥加密的 age 文件，不超过 1 MB。",
        "名字叫 contacts.age 而没有加密，等于把联系方式摆在外面；用口令加密的，换人以后收不回来。",
    ),
    Refusal("PII-MOBILE", "记录里没有手机号。", "仓库里的记录会被很多人看到；联系方式放在加密的联系表里。"),
    Refusal("PII-IDCARD", "记录里没有身份证号。", "本工程任何一步都不需要身份证号。"),
    Refusal(
        "PII-PHONE",
        "记录里没有个人的座机号码。",
        "住宅电话和手机号一样是个人信息；写明是办公室、学校、值班、咨询电话的不在此列。",
    ),
    Refusal("PII-ACCOUNT", "记录里没有个人的 QQ 号和微信号。", "凭它找得到本人；群号、公众号不在此列。"),
    Refusal(
        "KEY-PRIVATE",
        "仓库里没有私钥，样张的示范密钥也不写成私钥文件。",
        "谁拿到私钥，谁就能签证书、读联系表；进过历史的就是泄露了。",
    ),
    Refusal("PII-EMAIL", "记录里没有电子邮箱。", "仓库里的记录会被很多人看到；联系方式放在加密的联系表里。"),
)

REFUSALS: Mapping[str, Refusal] = {refusal.code: refusal for refusal in _LIST}
