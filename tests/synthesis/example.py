"""The layout of the example programme: which schools there are and how far each has come."""

from __future__ import annotations

from tests.synthesis.specs import BLENDED, MULTIMEDIA, SMART, CitySpec, CountySpec, Journey, SchoolSpec

_M, _MB, _MBS = (MULTIMEDIA,), (MULTIMEDIA, BLENDED), (MULTIMEDIA, BLENDED, SMART)


def _school(
    code: str,
    slug: str,
    name: str,
    type_: str,
    environments: tuple[str, ...],
    teachers: int,
    journey: Journey,
    *,
    center: str | None = None,
    rural: bool = False,
    given_names: tuple[str, ...] = (),
) -> SchoolSpec:
    return SchoolSpec(
        slug=slug,
        name=name,
        code=code,
        type=type_,
        environments=environments,
        teachers=teachers,
        journey=journey,
        center=center,
        rural=rural,
        given_names=given_names,
    )


_MINGYUAN = (
    _school(
        "3499010001",
        "wenhua-xiaoxue",
        "明远县文华小学",
        "小学",
        _MB,
        28,
        Journey.CERTIFIED,
        given_names=("陈𠮷安", "帕丽旦·艾山"),
    ),
    _school("3499010002", "diyi-zhongxue", "明远县第一中学", "高中", _MBS, 30, Journey.ACCEPTED),
    _school("3499010003", "xincheng-chuzhong", "明远县新城初级中学", "初中", _MB, 24, Journey.RECTIFYING),
    _school(
        "3499010004",
        "hewan-zhongxin-xiaoxue",
        "明远县河湾镇中心小学",
        "小学",
        _MB,
        18,
        Journey.RECTIFIED,
        rural=True,
        given_names=("李㛃",),
    ),
    _school(
        "3499010005",
        "liushu-xiaoxue",
        "明远县河湾镇柳树村小学",
        "小学",
        _M,
        6,
        Journey.CERTIFIED,
        center="hewan-zhongxin-xiaoxue",
        rural=True,
    ),
    _school(
        "3499010006",
        "shiqiao-jiaoxuedian",
        "明远县河湾镇石桥教学点",
        "小学",
        _M,
        4,
        Journey.CERTIFIED,
        center="hewan-zhongxin-xiaoxue",
        rural=True,
    ),
    _school("3499010007", "shiyan-youeryuan", "明远县实验幼儿园", "幼儿园", _MB, 14, Journey.REVIEWED),
    _school(
        "3499010008", "beigang-xuexiao", "明远县北岗学校", "九年一贯制学校", _MB, 18, Journey.PRACTISING, rural=True
    ),
    _school("3499010009", "zhiye-xuexiao", "明远县职业技术学校", "中职", _MB, 18, Journey.CHOOSING),
    _school("3499010010", "taoli-xiaoxue", "明远县桃李小学", "小学", _M, 16, Journey.FILED),
)
_QINGLAN = (
    _school("3499020001", "shiyan-xiaoxue", "清岚区实验小学", "小学", _MBS, 22, Journey.RECOGNISED),
    _school("3499020002", "dier-zhongxue", "清岚区第二中学", "完全中学", _MB, 20, Journey.PRACTISING),
    _school("3499020003", "linxi-chuzhong", "清岚区林溪初级中学", "初中", _MB, 16, Journey.REVIEWED, rural=True),
    _school("3499020004", "nanmen-xiaoxue", "清岚区南门小学", "小学", _MB, 16, Journey.REVIEWING),
    _school("3499020005", "huayuan-youeryuan", "清岚区花园幼儿园", "幼儿园", _M, 9, Journey.RETURNED),
    _school("3499020006", "qiming-xuexiao", "清岚区启明学校", "特殊教育学校", _M, 7, Journey.REVIEWED),
)
CITIES = (
    CitySpec(
        slug="shili",
        name="示例市",
        code="349900",
        counties=(
            CountySpec(slug="mingyuan", name="明远县", code="349901", sign="明", schools=_MINGYUAN),
            CountySpec(slug="qinglan", name="清岚区", code="349902", sign="清", schools=_QINGLAN),
        ),
    ),
)
