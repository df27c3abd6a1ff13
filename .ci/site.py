"""Reads a built site: site.py FOLDER. Every link and picture inside it leads to
a file that is there, every anchor to an element, and no page asks another
server for anything."""

import html.parser
import pathlib
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads = set(), [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.add(attrs["id"])
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        if tag in ("script", "img") and attrs.get("src"):
            self.loads.append(attrs["src"])
        if tag == "link" and attrs.get("rel") in ("stylesheet", "icon", "preload"):
            self.loads.append(attrs["href"])


def main(folder):
    root = pathlib.Path(folder).resolve()
    pages = {path: Page(path) for path in root.rglob("*.html") if path.name != "404.html"}
    problems, links = [], 0
    for path, page in pages.items():
        for link in page.links + page.loads:
            url = urllib.parse.urlsplit(link)
            if url.scheme or url.netloc:
                if link in page.loads:
                    problems.append(f"{path.relative_to(root)}: asks another server for {link}")
                continue
            links += 1
            target = (path.parent / urllib.parse.unquote(url.path)).resolve() if url.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                problems.append(f"{path.relative_to(root)}: {link} is not there")
            elif url.fragment and target in pages and urllib.parse.unquote(url.fragment) not in pages[target].ids:
                problems.append(f"{path.relative_to(root)}: {link} has no such place")
    if len(pages) < 18 or links < 300:
        problems.append(f"only {len(pages)} pages with {links} links")
    sys.exit("\n".join(problems) or None)


main(*sys.argv[1:])
