"""The public site: whitelisted views of the programme as Markdown pages, and MkDocs run over them."""

from wholeschool.site.build import Built, build_site
from wholeschool.site.pages import Page, all_pages

__all__ = ["Built", "Page", "all_pages", "build_site"]
