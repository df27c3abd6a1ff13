"""Hook of mkdocs: links that leave docs/ lead to the repository."""

import pathlib
import posixpath
import re

REPOSITORY = "https://github.com/djleaks/djleaks/blob/main/"


def on_page_markdown(markdown, page, config, files):
    docs = pathlib.Path(config["docs_dir"])
    folder = posixpath.join("docs", posixpath.dirname(page.file.src_uri))

    def absolute(match):
        path, mark, anchor = match[1].partition("#")
        target = posixpath.normpath(posixpath.join(folder, path))
        if target.startswith("docs/"):
            return match[0]
        if not (docs.parent / target).exists():
            raise SystemExit(f"{page.file.src_uri}: there is no {target}")
        return f"]({REPOSITORY}{target}{mark}{anchor})"

    return re.sub(r"\]\((\.\./[^)\s]+)\)", absolute, markdown)
