"""A real client of the Language Server Protocol (pygls) uses `djleaks lsp`.

usage: editor_client.py DJLEAKS
"""
import asyncio
import hashlib
import pathlib
import resource
import sys
import tempfile

from lsprotocol import types
from pygls.lsp.client import LanguageClient

KEY = "django-insecure-" + "".join("abcdefghijklmnopqrstuvwxyz0123456789!@#%^&*(-_=+)"[b % 49] for b in hashlib.sha512(b"editor").digest()[:50])
SETTINGS = f"from pathlib import Path\n\nDEBUG = True\nSECRET_KEY = '{KEY}'\nUSE_TZ = True\n"


def applied(text: str, edit: types.TextEdit) -> str:
    lines = text.splitlines(keepends=True) + [""]

    def offset(p: types.Position) -> int:
        return sum(map(len, lines[: p.line])) + p.character

    return text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end):]


async def main() -> None:
    folder = pathlib.Path(tempfile.mkdtemp())
    file = folder / "settings.py"
    uri = file.as_uri()
    client = LanguageClient("djleaks-check", "1")
    told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def _(params: types.PublishDiagnosticsParams) -> None:
        told.put_nowait(params)

    await client.start_io(sys.argv[1], "lsp")
    await client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities(), root_uri=folder.as_uri()))
    client.initialized(types.InitializedParams())
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, SETTINGS)))
    found = (await told.get()).diagnostics
    assert len(found) == 1 and found[0].range.start == types.Position(3, 14), found
    assert found[0].severity == types.DiagnosticSeverity.Error and "startproject" in found[0].message, found

    hover = await client.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(3, 20)))
    assert "fingerprint" in hover.contents.value and KEY[16:24] not in hover.contents.value, hover

    actions = await client.text_document_code_action_async(types.CodeActionParams(types.TextDocumentIdentifier(uri), found[0].range, types.CodeActionContext(found)))
    assert [a.title for a in actions] == ["Take the key out of the code", "Accept the key with a reason…"], actions
    fixed, accepted = (applied(SETTINGS, a.edit.changes[uri][0]) for a in actions)
    assert "import os\n" in fixed and "SECRET_KEY = os.environ['DJANGO_SECRET_KEY']\n" in fixed, fixed
    assert "\n# djleaks: allow[reason]\nSECRET_KEY" in accepted, accepted
    for version, text in ((2, fixed), (3, accepted)):
        client.text_document_did_change(types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(version, uri), [types.TextDocumentContentChangeWholeDocument(text)]))
        assert not (await told.get()).diagnostics, text

    # What a key press costs in a file of 2,000 lines, in the server's CPU time.
    large = "".join(f"SETTING_{n} = 'value {n}'  # a comment\n" for n in range(2000)) + SETTINGS
    client.text_document_did_change(types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(4, uri), [types.TextDocumentContentChangeWholeDocument(large)]))
    assert len((await told.get()).diagnostics) == 1
    presses = 200
    for n in range(presses):
        at = types.Position(n, 0)
        client.text_document_did_change(types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(5 + n, uri), [types.TextDocumentContentChangePartial(types.Range(at, at), "#")]))
        assert len((await told.get()).diagnostics) == 1

    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"served pygls; {presses} key presses, server {1000 * (used.ru_utime + used.ru_stime) / presses:.1f} ms of CPU each, its start included")


asyncio.run(asyncio.wait_for(main(), 60))
