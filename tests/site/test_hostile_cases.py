"""Submitted text can be shown or left out; it can never act. Every probe goes into every field that is published."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import tinyhtml5  # type: ignore[import-untyped]
import yaml
from playwright.sync_api import Browser, Dialog, Page

from tests.program import COMMAND
from tests.shared import begun
from tests.site.browser import DESKTOP, served
from tests.site.conftest import programme_at
from tests.site.small_programme import BODY, CASES, case_text, write
from tests.site.test_pages import KINDS
from wholeschool.cli.workspace import check_root
from wholeschool.programme import Programme, assemble
from wholeschool.records import load
from wholeschool.records import structs as s
from wholeschool.site import build_site, case_library, rule_reference, views
from wholeschool.sources import open_tree

FOLDER = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
PROBES = {
    "script": "<script>alert(1)</script>",
    "script in capitals": "<ScRiPt src=https://evil.example/x.js></sCrIpT>",
    "escaped script": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "doubly escaped script": "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "numeric entities": "&#60;img src=x onerror=alert(1)&#62;",
    "bold in a title": "<b onmouseover=alert(1)>粗</b>",
    "image": "<img src=x onerror=alert(1)>",
    "svg": "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "iframe": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "style": "<style>@import 'https://evil.example/x.css'; body{display:none}</style>",
    "comment": "<!-- --><script>alert(1)</script><!-- -->",
    "broken comment": "<!--><img src=x onerror=alert(1)>-->",
    "link": "[点](javascript:alert(1))",
    "link in mixed case": "[点](JaVaScRiPt:alert(1))",
    "link with entities": "[点](&#106;avascript&#58;alert(1))",
    "link with a named entity": "[点](javascript&colon;alert(1))",
    "link with a tab": "[点](java&Tab;script:alert(1))",
    "data link": "[点](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "vbscript link": "[点](vbscript:msgbox(1))",
    "file link": "[点](file:///etc/passwd)",
    "link to another host without a scheme": "[点](//evil.example/x)",
    "autolink": "<javascript:alert(1)>",
    "anchor": "<a href='javascript:alert(1)'>点</a>",
    "picture from elsewhere": "![图](https://evil.example/x.png)",
    "picture with a script": "![图](javascript:alert(1))",
    "attribute list": "段落 {: onclick=alert(1) }",
    "attribute list of the theme": "段落 { onclick=alert(1) style=position:fixed }",
    "snippet": '--8<-- "/etc/passwd"',
    "macro": "{{ config }} {% include '/etc/passwd' %}",
    "template": "${alert(1)} #{7*7} <%= 7*7 %>",
    "closing the frame": "</div></article></main><script>alert(1)</script>",
    "closing the title": "</title><script>alert(1)</script>",
    "quotes": "\" onfocus=alert(1) autofocus x=\"' onfocus=alert(1) '",
    "admonition with code": '!!! note "<img src=x onerror=alert(1)>"',
    "page break": "--- title: 假",
    "math": "<math><mtext></table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></mtext></math>",
}
BODIES = {
    "reference link": "[点][ref]\n\n[ref]: javascript:alert(1)\n",
    "reference link with a title": "[点][ref]\n\n[ref]: https://example.org \"' onclick=alert(1) x='\"\n",
    "attribute list on a heading": "## 标题 { onclick=alert(1) .md-banner #x }\n",
    "attribute list on a block": "段落\n{: onclick=alert(1) }\n",
    "html block": '<div markdown="1" onclick="alert(1)">\n\n# 块\n\n</div>\n',
    "html across lines": "<img\nsrc=x\nonerror=alert(1)\n>\n",
    "snippet block": '--8<--\n/etc/passwd\n--8<--\n\n--8<-- "../../../pyproject.toml"\n',
    "code fence with attributes": "``` { .html onclick=alert(1) }\n<script>alert(1)</script>\n```\n",
    "table": "| a | b |\n|---|---|\n| <script>alert(1)</script> | [x](javascript:alert(1)) |\n",
    "footnote": "文[^1]\n\n[^1]: <img src=x onerror=alert(1)>\n",
    "definition with html": "词\n:   <script>alert(1)</script>\n",
    "meta refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example/">\n',
    "base": '<base href="https://evil.example/">\n',
    "object": '<object data="data:text/html,<script>alert(1)</script>"></object>\n',
    "form": '<form action="https://evil.example/"><input name=q><button>交</button></form>\n',
}
# What a case's text may become; what the theme itself uses is known from a site without any probe.
ARTICLE_TAGS = {
    *("h2", "h3", "h4", "h5", "p", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "hr", "br", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "div"),
}
SCHEMES = {"", "http", "https", "mailto"}


def hostile_tree(root: Path) -> list[str]:
    """The small programme, with every probe in a case of its own and in other published texts; the cases' slugs."""
    write(root)
    fields = CASES[0][2]
    slugs = []
    for place, probe in enumerate(PROBES.values()):
        name = f"probe-{place}"
        text = {
            "title": f"探针{place} {probe}"[:60],
            "problem": f"难题 {probe}",
            "summary": f"摘要摘要摘要摘要 {probe}",
        }
        path = root / FOLDER / "cases" / f"{name}.md"
        path.write_text(case_text(fields | text, f"{probe}\n\n{BODY}\n\n## {probe}\n\n- {probe}\n\n{probe}"), "utf-8")
        slugs.append(f"wenhua-xiaoxue-{name}")
    for place, body in enumerate(BODIES.values()):
        name = f"body-{place}"
        path = root / FOLDER / "cases" / f"{name}.md"
        path.write_text(case_text(fields | {"title": f"正文探针第{place}号"}, f"{body}\n{BODY}\n{body}"), "utf-8")
        slugs.append(f"wenhua-xiaoxue-{name}")
    plan_path = root / FOLDER / "2026" / "plan.yaml"
    plan = yaml.safe_load(plan_path.read_text("utf-8"))
    plan["themes"] = [probe for probe in PROBES.values() if len(probe) <= 200][:20]
    plan_path.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    settings_path = root / "submissions" / "programme.yaml"
    settings = yaml.safe_load(settings_path.read_text("utf-8"))
    settings["rounds"][0]["deadlines"] = [
        {"task": probe, "date": "2026-12-01", "who": probe, "clause": probe} for probe in PROBES.values()
    ]
    # Names may not hold angle brackets, but brackets and quotation marks they may.
    settings["publication"]["site_name"] = "[名](javascript:alert(1))\" onload=alert(1) '"
    policy_path = root / "submissions/guidance/anhui-2.0/policy.yaml"
    policy = yaml.safe_load(policy_path.read_text("utf-8"))
    policy_path.write_text(yaml.safe_dump(policy | {"title": PROBES["image"]}, allow_unicode=True), "utf-8")
    settings_path.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), "utf-8")
    unit_path = root / FOLDER / "unit.yaml"
    unit = yaml.safe_load(unit_path.read_text("utf-8"))
    unit["name"] = '[校](javascript:alert(1))" onload=alert(1) ![x](https'
    unit_path.write_text(yaml.safe_dump(unit, allow_unicode=True, sort_keys=False), "utf-8")
    return slugs


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A site with every probe published: what would leave a case out is switched off."""
    root = tmp_path_factory.mktemp("hostile")
    slugs = hostile_tree(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "_is_harmless", lambda _record: True)
        # The rule reference holds nothing submitted, and makes up half of the pages.
        patch.setattr(rule_reference, "pages", lambda _book: iter(()))
        built = build_site(programme_at(root), root / "site").folder
    return built, slugs


def elements(path: Path) -> Iterator[tuple[str, dict[str, str], str]]:
    """Every element of a page as a browser would build it: name, attributes, text."""
    tree = tinyhtml5.parse(path.read_text("utf-8"), namespace_html_elements=False)
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield element.tag, dict(element.attrib), element.text or ""


def test_nothing_submitted_becomes_active(hostile: tuple[Path, list[str]], site: Path) -> None:
    built, slugs = hostile
    others = ("index.html", "cases/index.html", f"rates/{FOLDER.removeprefix('submissions/')}/index.html")
    known = [element for path in KINDS.values() for element in elements(site / path)]
    tags = {tag for tag, _, _ in known} | ARTICLE_TAGS
    shapes = {(tag, name) for tag, attributes, _ in known for name in attributes} | {("code", "class")}
    styles = {attributes["style"] for _, attributes, _ in known if "style" in attributes}
    scripts = {text for tag, _, text in known if tag == "script"}
    problems = []
    for path in (*(f"cases/{slug}/index.html" for slug in slugs), *others):
        assert (built / path).is_file(), path
        for tag, attributes, text in elements(built / path):
            if tag not in tags or (tag == "script" and text not in scripts):
                problems.append((path, tag, text[:80]))
            for name, value in attributes.items():
                harmless = {
                    "href": urlsplit(value.strip()).scheme in SCHEMES,
                    "src": not value.startswith(("http", "//", "data:")),
                    "style": value in styles or re.fullmatch(r"--rate:[0-9.]+%", value),
                }
                if (tag, name) not in shapes or name.startswith("on") or not harmless.get(name, True):
                    problems.append((path, tag, f"{name}={value}"))
    assert not problems, problems[:5]


def test_no_file_of_the_machine_gets_into_the_site(hostile: tuple[Path, list[str]]) -> None:
    built, _ = hostile
    published = b"".join(path.read_bytes() for path in built.rglob("*.html"))
    assert b"root:x:0" not in published
    assert b"[build-system]" not in published
    assert b"MkDocsConfig" not in published


def test_probes_do_nothing_in_a_browser(hostile: tuple[Path, list[str]], browser: Browser) -> None:
    built, slugs = hostile
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    acted: list[str] = []
    with served(built, searched=True) as base:
        watch(page, base, acted)
        for slug in slugs:
            page.goto(f"{base}cases/{slug}/")
        page.goto(f"{base}cases/")
        # The search shows titles and text of every page: a second way for them to become markup.
        for typed in ("探针", "onerror", "script", "evil"):
            page.locator(".md-search__input").fill(typed)
            page.wait_for_timeout(700)
            assert page.locator(".md-search-result__list :is(img, script, svg[onload], iframe, style)").count() == 0
    context.close()
    assert not acted


def watch(page: Page, base: str, acted: list[str]) -> None:
    """Note every dialog and every request that leaves the site."""

    def refuse(dialog: Dialog) -> None:
        acted.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("request", lambda sent: None if sent.url.startswith((base, "data:")) else acted.append(sent.url))


def test_a_wrong_case_is_left_out_and_the_rest_is_published(site: Path, tmp_path: Path) -> None:
    write(tmp_path)
    begun(tmp_path / "build/site", site)
    cases = tmp_path / FOLDER / "cases"
    fields = CASES[0][2]
    (cases / "html.md").write_text(case_text(fields | {"title": "带网页代码的一篇"}, PROBES["script"] + BODY), "utf-8")
    phone = fields | {"title": "留了电话的一篇"}
    (cases / "phone.md").write_text(case_text(phone, "电话13800138000。" + BODY), "utf-8")
    (cases / "broken.md").write_text("---\ntitle: [\n---\n" + BODY, "utf-8")
    command = [COMMAND, "site"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "3 篇案例有错误，没有发表" in done.stderr
    assert "13800138000" not in done.stderr
    published = {path.name for path in (tmp_path / "build/site/cases").iterdir() if path.is_dir()}
    assert published == {
        "wenhua-xiaoxue-zhongmian",
        "shiyan-gaozhong-huping",
        "mingyuan-zhongxinxiao-dai-jiaoxuedian",
    }
    everything = b"".join(path.read_bytes() for path in (tmp_path / "build/site").rglob("*") if path.is_file())
    assert b"13800138000" not in everything


BURDENS = {"nested": "- " * 2_000 + "x", "brackets": "[" * 19_000 + "](x)", "numbers": "1. " * 5_000 + "x"}


def test_cases_that_stop_a_renderer_stop_nothing(site: Path, tmp_path: Path) -> None:
    """Bodies of 4 and 19 KB that ended the build or stalled it for a minute; a summary of a hundred lists in a list."""
    write(tmp_path)
    cases = tmp_path / FOLDER / "cases"
    for name, burden in BURDENS.items():
        (cases / f"{name}.md").write_text(case_text(CASES[0][2], f"{BODY}\n\n{burden}"), "utf-8")
    (cases / "summary.md").write_text(case_text(CASES[0][2] | {"summary": "1. " * 100}, BODY), "utf-8")
    start = time.process_time()
    checked = check_root(tmp_path)
    assert time.process_time() - start < 10
    told = {(each.path.rpartition("/")[2], each.code) for each in checked.report.findings if each.severity == "error"}
    assert told == {(f"{name}.md", "MD-LIMIT") for name in BURDENS}
    withheld = {each.path for each in checked.report.findings if each.code == "MD-LIMIT"}
    built = build_site(checked.programme, begun(tmp_path / "build/site", site), withheld)
    assert not built.left_out
    published = {path.name for path in (tmp_path / "build/site/cases").iterdir() if path.is_dir()}
    assert "wenhua-xiaoxue-summary" in published
    assert len(published) == 4


def test_a_page_that_cannot_be_made_is_left_out_and_named(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    made = case_library._page

    def unmakeable(programme: Programme, case: views.PublicCase, cases: list[views.PublicCase]) -> str:
        return made(programme, case, cases) + ("\n\n" + "1. " * 2_000 + "x\n" if "huping" in case.slug else "")

    monkeypatch.setattr(case_library, "_page", unmakeable)
    built = build_site(programme_at(tmp_path), begun(tmp_path / "site", site))
    assert built.left_out == ("cases/shiyan-gaozhong-huping.md（RecursionError）",)
    published = {path.name for path in (tmp_path / "site/cases").iterdir() if path.is_dir()}
    assert published == {"wenhua-xiaoxue-zhongmian", "mingyuan-zhongxinxiao-dai-jiaoxuedian"}
    assert (tmp_path / "site/cases/index.html").is_file()


def test_what_is_published_proves_itself_harmless(tmp_path: Path) -> None:
    """Even when nobody passes on any finding, a case with personal data or web page code is not among the public."""
    write(tmp_path)
    cases = tmp_path / FOLDER / "cases"
    (cases / "html.md").write_text(case_text(CASES[0][2], PROBES["script"] + BODY), "utf-8")
    (cases / "n13800138000.md").write_text(case_text(CASES[0][2], BODY), "utf-8")
    programme = programme_with_findings(tmp_path)
    assert any(record.path.endswith("html.md") for record in programme.records if isinstance(record.data, s.Case))
    assert {case.slug.partition("-")[0] for case in views.public_cases(programme)} == {"wenhua", "shiyan", "mingyuan"}
    assert len(views.public_cases(programme)) == 3


def programme_with_findings(root: Path) -> Programme:
    """The programme of a folder that has findings."""
    return assemble(load(open_tree(root)))
