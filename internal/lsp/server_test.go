package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// client is the other end of a server.
type client struct {
	t    *testing.T
	to   io.WriteCloser
	from reader
	done chan error
	id   int
}

// check finds the word KEY.
func check(_, text string) (list []Problem) {
	for at := 0; ; {
		n := strings.Index(text[at:], "KEY")
		if n < 0 {
			return list
		}
		at += n
		fixed := text[:at] + "env()" + text[at+3:]
		list = append(list, Problem{From: at, To: at + 3, Severity: 1, Code: "rule", Message: "a key", Hover: "why", Fixed: func() string { return fixed }, Accept: "# ok\n"})
		at += 3
	}
}

func newClient(t *testing.T, capabilities string) *client {
	t.Helper()
	serverIn, to := io.Pipe()
	from, serverOut := io.Pipe()
	c := &client{t: t, to: to, from: reader{bufio.NewReader(from)}, done: make(chan error, 1)}
	go func() {
		c.done <- (&Server{Version: "1", Check: check}).Serve(serverIn, serverOut)
		serverOut.Close()
	}()
	if capabilities != "" {
		c.ask("initialize", capabilities)
		c.tell("initialized", `{}`)
	}
	return c
}

func (c *client) write(body string) {
	c.t.Helper()
	if _, err := fmt.Fprintf(c.to, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) tell(method, params string) {
	c.t.Helper()
	c.write(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params))
}

func (c *client) ask(method, params string) string {
	c.t.Helper()
	c.id++
	c.write(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.id, method, params))
	return c.read()
}

// read returns the next message as JSON with sorted names.
func (c *client) read() string {
	c.t.Helper()
	m, err := c.from.next()
	if err != nil {
		c.t.Fatal(err)
	}
	body, _ := json.Marshal(m)
	var sorted any
	if err := json.Unmarshal(body, &sorted); err != nil {
		c.t.Fatal(err)
	}
	body, _ = json.Marshal(sorted)
	return string(body)
}

func (c *client) open(text string) string {
	c.t.Helper()
	body, _ := json.Marshal(text)
	c.tell("textDocument/didOpen", fmt.Sprintf(`{"textDocument":{"uri":"file:///a/s.py","languageId":"python","version":1,"text":%s}}`, body))
	return c.read()
}

func contains(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
}

const asUTF16, asUTF8 = `{"capabilities":{}}`, `{"capabilities":{"general":{"positionEncodings":["utf-8","utf-16"]}}}`

const place = `{"textDocument":{"uri":"file:///a/s.py"},"position":{"line":1,"character":5},"range":{"start":{"line":1,"character":5},"end":{"line":1,"character":5}}}`

func TestAnEditorIsServed(t *testing.T) {
	c := newClient(t, asUTF16)
	contains(t, c.open("a\nx = KEY\n"), `"diagnostics":[{"code":"rule","message":"a key","range":{"end":{"character":7,"line":1},"start":{"character":4,"line":1}},"severity":1,"source":"djleaks"}]`, `"version":1`)
	contains(t, c.ask("textDocument/hover", place), `"value":"why"`)
	contains(t, c.ask("textDocument/codeAction", place),
		`"newText":"x = env()\n","range":{"end":{"character":0,"line":2},"start":{"character":0,"line":1}}`, `"isPreferred":true`, `"newText":"# ok\n"`)
	c.tell("textDocument/didChange", `{"textDocument":{"uri":"file:///a/s.py","version":2},"contentChanges":[{"range":{"start":{"line":1,"character":4},"end":{"line":1,"character":7}},"text":"1"}]}`)
	contains(t, c.read(), `"diagnostics":[]`, `"version":2`)
	contains(t, c.ask("textDocument/hover", place), `"id":4`)
	c.tell("textDocument/didChange", `{"textDocument":{"uri":"file:///a/s.py","version":3},"contentChanges":[{"text":"KEY"}]}`)
	contains(t, c.read(), `"start":{"character":0,"line":0}`)
	c.tell("textDocument/didClose", `{"textDocument":{"uri":"file:///a/s.py"}}`)
	contains(t, c.read(), `"diagnostics":[]`)
	contains(t, c.ask("textDocument/codeAction", place), `"result":[]`)
	contains(t, c.ask("shutdown", "null"), `"id":6`)
	c.tell("exit", "null")
	if err := <-c.done; err != nil {
		t.Error(err)
	}
}

func TestCharactersAreCountedAsTheEditorDoes(t *testing.T) {
	text := "é😀 KEY\rKEY\r\nKEY"
	for capabilities, column := range map[string]string{asUTF16: `"start":{"character":4,"line":0}`, asUTF8: `"start":{"character":7,"line":0}`} {
		c := newClient(t, capabilities)
		contains(t, c.open(text), column, `"start":{"character":0,"line":1}`, `"start":{"character":0,"line":2}`)
	}
}

func TestOffsetIsTheInverseOfPosition(t *testing.T) {
	text := "é😀 KEY\rK\r\n\n😀"
	for _, bytes := range []bool{false, true} {
		l := newLines(text, bytes)
		for i := range text {
			if i > 0 && text[i-1] == '\r' && text[i] == '\n' {
				continue // within a line break
			}
			if got := l.offset(l.position(i)); got != i {
				t.Errorf("offset %d, as position %+v, is %d", i, l.position(i), got)
			}
		}
	}
	for _, p := range []Position{{-1, 0}, {0, -1}, {99, 0}, {0, 99}, {99, 99}} {
		newLines(text, false).offset(p) // does not panic
	}
}

func TestWhatAnEditorMustNotSendIsAnswered(t *testing.T) {
	c := newClient(t, "")
	contains(t, c.ask("textDocument/hover", place), "-32002")
	contains(t, c.ask("initialize", `[]`), "-32602")
	contains(t, c.ask("initialize", asUTF16), "positionEncoding")
	c.tell("textDocument/didChange", `{"textDocument":{"uri":"file:///never/opened"}}`)
	c.tell("textDocument/didOpen", `"x"`)
	c.tell("workspace/didRenameFiles", `{"files":[{"oldUri":"file:///a","newUri":"file:///b"}]}`)
	contains(t, c.ask("textDocument/rename", `{}`), "-32601", "textDocument/rename is not served")
	c.write("{")
	contains(t, c.read(), "-32700")
	c.write(strings.Repeat(" ", maxMessage+1))
	contains(t, c.read(), "-32600", "larger than 64 MiB")
	contains(t, c.open(strings.Repeat("KEY\n", MaxText/4+1)), `"diagnostics":[]`)
	contains(t, c.read(), "window/logMessage", "more than 8 MiB")
	contains(t, c.ask("shutdown", "null"), `"id"`)
	contains(t, c.ask("textDocument/hover", place), "shut down")
}

func TestAnEditorThatDiesIsNoticed(t *testing.T) {
	for _, last := range []string{"", "Content-Length: 10\r\n\r\n{", "Content-Le"} {
		c := newClient(t, asUTF16)
		io.WriteString(c.to, last)
		c.to.Close()
		if err := <-c.done; !errors.Is(err, ErrNoShutdown) {
			t.Errorf("after %q: %v", last, err)
		}
	}
	c := newClient(t, asUTF16)
	io.WriteString(c.to, "Content-Length: many\r\n\r\n")
	if err := <-c.done; err == nil || !strings.Contains(err.Error(), "Content-Length") {
		t.Errorf("what is not a header: %v", err)
	}
}

func FuzzServe(f *testing.F) {
	f.Add("Content-Length: 2\r\n\r\n{}", "KEY\n", 0, 0, 1, 1)
	f.Add("\r\n\r\n", "a\r\nKEY", 1, 2, 0, 0)
	f.Fuzz(func(t *testing.T, in, text string, a, b, c, d int) {
		// Whatever comes in is answered or refused; nothing panics.
		_ = (&Server{Check: check}).Serve(strings.NewReader(in), io.Discard)
		r := Range{Position{a, b}, Position{c, d}}
		change := contentChange{Range: &r, Text: "x"}
		for _, bytes := range []bool{false, true} {
			change.applied(text, bytes)
		}
	})
}
