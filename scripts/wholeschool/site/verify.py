"""The page on which anybody checks a certificate, with the keys and signed status lists that it needs.

Keys, statuses and what was pinned when a leaked key was revoked are part of the page. The list of what a county's
ledger holds is a file of its own for each county and year, which the page fetches when it is asked about one of them;
so are what a revoked key has signed there and, where certificates expire, the days of issue. They hold digests from
which no number, code or name can be had, and cover the whole county, so that asking for them tells nobody which
certificate was meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from wholeschool.outcomes.asked import asked_of
from wholeschool.programme import Programme
from wholeschool.site.markup import front_matter, starting
from wholeschool.site.views import PublicKey, PublicStatus, list_name, public_keys, public_statuses

FOLDER = "verify"

_WORDS = """# 核验证书

扫证书上的二维码会打开本页，核对在您的浏览器里完成，**不发送任何内容**，谁核对了哪张证书没有人知道。

<div class="ws-verify">
<div class="ws-verdict" tabindex="-1" aria-live="polite" hidden></div>
<noscript><p>这一页要用 JavaScript 核对签名，请打开它；或者请签发机关核实。</p></noscript>
<form>
<h2 id="typed">没有摄像头：抄编号、校验码和姓名</h2>
<label>证书编号 <input name="number" required autocomplete="off" placeholder="24 位，以前发的 20 位"></label>
<label>校验码 <input name="code" required autocomplete="off" placeholder="四组，每组四个字符"></label>
<label>姓名 <input name="name" required autocomplete="off"></label>
<button type="submit" disabled>核对</button>
</form>
</div>

## 结果是什么意思 { #meaning }

有效
:   内容由签发机关登记，没有改动，没有撤销。请再把显示的内容与纸面**逐项对照**：伪造的人可能把真的二维码贴在假的纸上。
:   写着“密钥……已于……作废，仍然有效”的，是密钥泄露以前就登记了的，一样可信。

已撤销、已更换
:   签发机关收回了这张证书。已更换的会写明新的编号，请持证人出示新的一张。

有效（到某一天）、已过期
:   这一轮的证书定了有效几年的，从发证那天算起；过了那一天就不再有效，当时$kept不变。

无法确认
:   签名不对、名单太旧、密钥作废，或者这台机器的日期不对。原因写在下面；不是抄错、断网，就不要采信，请向签发机关核实。

## 怎么做到的 { #how }

每张证书的内容由县级教育行政部门的密钥签名，签名就在二维码里；本页带着公钥和签过名的状态名单，自己核对。
名单有日期和期号，见过新的就不再认旧的。台账里没有的编号、一个编号有几行的、两个县都用的代码，一律无法确认。

密钥泄露了，作废时把泄露以前各县的台账和名单的摘要钉下来，登在公钥旁边：在里面的证书仍然有效，不在里面的一律无法确认，不看上面写的日期。

核对时要取一份全县的登记摘要，取的是整份，看不出核对的是哪一张；断了网、又没有取过的，就答无法确认。

电子签名说明内容是签发机关登记的、没有改动过；它不代替纸上的印章，也不说明拿着纸的人就是持证人。

网站上没有持证人名单：校验码有 80 位，从编号猜不出校验码，从公布的摘要也推不出编号、校验码和姓名。

公钥（JWKS）：[keys.json](keys.json) · 签名的状态名单：[status.json](status.json) ·
仓库里的人可以离线核对：`wholeschool certificates verify 文件.pdf`
"""


def pages(programme: Programme) -> Iterator[tuple[str, str]]:
    """`verify/index.md`, the keys and statuses as files, and the counties' lists. Nothing where nothing is signed."""
    keys, statuses = public_keys(programme), public_statuses(programme)
    data = {
        "keys": [_key(key) for key in keys],
        "counties": [_county(status) for status in statuses],
        "contested": sorted(programme.contested),
        "abilities": {code: ability.name for code, ability in programme.ever.items()},
    }
    # "</script>" in a name would end the block.
    inline = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    yield (
        f"{FOLDER}/index.md",
        front_matter("核验证书", "扫码或输入编号，看一张微能力证书是不是真的、有没有撤销", guarded=True)
        + _WORDS.replace("$kept", "得的学分" if asked_of(programme).credits else "通过的")
        + f'\n<script type="application/json" id="ws-verify-data">{inline}</script>\n'
        + starting(".ws-verify", ["assets/verify.js"]),
    )
    yield f"{FOLDER}/keys.json", _json({"keys": [_jwk(key) for key in keys]})
    signed = {list_name(status.year, status.code): status.token for status in statuses}
    yield f"{FOLDER}/status.json", _json({"statuses": signed})
    for status in statuses:
        name = list_name(status.year, status.code)
        yield f"{FOLDER}/lists/{name}.js", f'wholeschoolLists["{name}"] = "{status.listed}";\n'
        if status.days:
            yield f"{FOLDER}/lists/{name}-days.js", f'wholeschoolLists["{name}-days"] = {json.dumps(status.days)};\n'
        for leak in status.leaks:
            said = json.dumps({"signed": leak.signed, "kept": leak.kept}, separators=(",", ":"))
            yield f"{FOLDER}/lists/{name}-{leak.key}.js", f'wholeschoolLists["{name}-{leak.key}"] = {said};\n'


def _key(key: PublicKey) -> dict[str, object]:
    return {name: getattr(key, name) for name in PublicKey.__struct_fields__} | {"kept": _kept(key)}


def _kept(key: PublicKey) -> dict[str, object]:
    return {name: msgspec.structs.asdict(pin) for name, pin in key.kept.items()}


def _county(status: PublicStatus) -> dict[str, object]:
    fields = ("code", "year", "name", "demo", "lasts")
    leaked = [leak.key for leak in status.leaks]
    return {name: getattr(status, name) for name in fields} | {"status": status.token, "leaked": leaked}


def _jwk(key: PublicKey) -> dict[str, object]:
    """A key as RFC 7517 and RFC 8037 write it, with its days of validity beside."""
    written: dict[str, object] = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}
    written |= {"kid": key.id, "x": key.public, "site": key.site, "starts": key.starts, "ends": key.ends}
    written |= {"revoked": key.revoked, "since": key.since, "kept": _kept(key)}
    return written | {"counties": key.counties, "demo": key.demo}


def _json(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
