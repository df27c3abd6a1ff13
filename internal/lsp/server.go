package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// MaxText is the size in bytes of the largest document that is checked.
const MaxText = 8 << 20

// Problem is something to say about a place of a document.
type Problem struct {
	From, To int    // in bytes of the text
	Severity int    // of the protocol: 1 error, 2 warning, 3 information, 4 hint
	Code     string // id of the rule
	Message  string // one sentence
	Hover    string // the reasons, in Markdown
	// Fixed makes the text without the problem, "" if no change is known. It is
	// called when the editor asks for it.
	Fixed func() string
	// AcceptAt is the offset at which a comment that accepts the problem may be
	// written, and Accept the comment with its line break; empty if the format
	// has no comments.
	AcceptAt int
	Accept   string
}

// Server serves one editor.
type Server struct {
	Version string
	// Check returns the problems of a document, by offset. Path is empty for a
	// document that is not a file.
	Check func(path, text string) []Problem

	out         writer
	initialized bool
	stopped     bool
	bytes       bool // the editor counts characters in bytes
	documents   map[string]*document
}

type document struct {
	text     string
	version  int
	problems []Problem
}

// ErrNoShutdown is what Serve returns if the editor ends without a shutdown request.
var ErrNoShutdown = errors.New("lsp: the editor has gone without a shutdown")

// Serve answers until the editor says exit or closes its end.
func (s *Server) Serve(in io.Reader, out io.Writer) error {
	s.out.out, s.documents = out, map[string]*document{}
	messages := reader{bufio.NewReaderSize(in, 64<<10)}
	for {
		m, err := messages.next()
		var bad *responseError
		switch {
		case errors.As(err, &bad):
			if err := s.out.send(&message{ID: json.RawMessage("null"), Error: bad}); err != nil {
				return err
			}
			continue
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			if s.stopped {
				return nil
			}
			return ErrNoShutdown
		case err != nil:
			return err
		}
		if m.Method == "exit" {
			if s.stopped {
				return nil
			}
			return ErrNoShutdown
		}
		if err := s.handle(m); err != nil {
			return err
		}
	}
}

// handle answers a request, or takes a notification.
func (s *Server) handle(m *message) error {
	if m.ID == nil {
		return s.notified(m)
	}
	if m.Method == "" {
		return nil // an answer to what was never asked
	}
	answer := &message{ID: m.ID}
	result, err := s.request(m)
	var bad *responseError
	switch {
	case errors.As(err, &bad):
		answer.Error = bad
	case err != nil:
		return err
	case result == nil:
		answer.Result = json.RawMessage("null")
	default:
		answer.Result = result
	}
	return s.out.send(answer)
}

func (s *Server) request(m *message) (any, error) {
	switch {
	case m.Method == "initialize":
		return s.initialize(m.Params)
	case !s.initialized:
		return nil, &responseError{codeNotInitialized, "initialize comes first"}
	case s.stopped:
		return nil, &responseError{codeInvalidRequest, "the server is shut down"}
	}
	switch m.Method {
	case "shutdown":
		s.stopped = true
		return nil, nil
	case "textDocument/hover":
		return s.hover(m.Params)
	case "textDocument/codeAction":
		return s.actions(m.Params)
	}
	return nil, &responseError{codeNoMethod, fmt.Sprintf("%s is not served here", m.Method)}
}

func (s *Server) initialize(params json.RawMessage) (any, error) {
	var p struct {
		Capabilities struct {
			General struct {
				PositionEncodings []string `json:"positionEncodings"`
			} `json:"general"`
		} `json:"capabilities"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	s.initialized = true
	encoding := "utf-16"
	if s.bytes = slices.Contains(p.Capabilities.General.PositionEncodings, "utf-8"); s.bytes {
		encoding = "utf-8"
	}
	return map[string]any{
		"serverInfo": map[string]string{"name": "djleaks", "version": s.Version},
		"capabilities": map[string]any{
			"positionEncoding":   encoding,
			"textDocumentSync":   map[string]any{"openClose": true, "change": 2, "save": false},
			"hoverProvider":      true,
			"codeActionProvider": map[string]any{"codeActionKinds": []string{"quickfix"}},
		},
	}, nil
}

func decode(params json.RawMessage, into any) error {
	if err := json.Unmarshal(params, into); err != nil {
		return &responseError{codeInvalidParams, "the parameters do not have the form that the protocol gives them"}
	}
	return nil
}

// notified takes what needs no answer. What is not understood is left alone, as
// the protocol wants it.
func (s *Server) notified(m *message) error {
	var p struct {
		Document struct {
			URI     string `json:"uri"`
			Text    string `json:"text"`
			Version int    `json:"version"`
		} `json:"textDocument"`
		Changes []contentChange `json:"contentChanges"`
	}
	if !s.initialized || json.Unmarshal(m.Params, &p) != nil {
		return nil
	}
	uri := p.Document.URI
	switch m.Method {
	case "textDocument/didOpen":
		s.documents[uri] = &document{text: p.Document.Text, version: p.Document.Version}
		return s.check(uri)
	case "textDocument/didChange":
		d := s.documents[uri]
		if d == nil {
			return nil
		}
		d.version = p.Document.Version
		for _, c := range p.Changes {
			d.text = c.applied(d.text, s.bytes)
		}
		return s.check(uri)
	case "textDocument/didClose":
		delete(s.documents, uri)
		return s.publish(uri, nil, []diagnostic{})
	}
	return nil
}

// contentChange replaces a range, or without one the whole text.
type contentChange struct {
	Range *Range `json:"range"`
	Text  string `json:"text"`
}

func (c *contentChange) applied(text string, bytes bool) string {
	if c.Range == nil {
		return c.Text
	}
	l := newLines(text, bytes)
	from := l.offset(c.Range.Start)
	to := max(from, l.offset(c.Range.End))
	return text[:from] + c.Text + text[to:]
}

type diagnostic struct {
	Range    Range  `json:"range"`
	Severity int    `json:"severity"`
	Code     string `json:"code"`
	Source   string `json:"source"`
	Message  string `json:"message"`
}

// check looks at a document and tells the editor its problems.
func (s *Server) check(uri string) error {
	d := s.documents[uri]
	d.problems = nil
	if len(d.text) > MaxText {
		if err := s.publish(uri, &d.version, []diagnostic{}); err != nil {
			return err
		}
		return s.out.send(&message{Method: "window/logMessage", Params: raw(map[string]any{
			"type": 2, "message": fmt.Sprintf("djleaks does not check documents of more than %d MiB: %s", MaxText>>20, pathOf(uri)),
		})})
	}
	d.problems = s.Check(pathOf(uri), d.text)
	l := newLines(d.text, s.bytes)
	list := make([]diagnostic, len(d.problems))
	for i, p := range d.problems {
		list[i] = diagnostic{l.span(p.From, p.To), p.Severity, p.Code, "djleaks", p.Message}
	}
	return s.publish(uri, &d.version, list)
}

func (s *Server) publish(uri string, version *int, list []diagnostic) error {
	params := map[string]any{"uri": uri, "diagnostics": list}
	if version != nil {
		params["version"] = *version
	}
	return s.out.send(&message{Method: "textDocument/publishDiagnostics", Params: raw(params)})
}

func raw(v any) json.RawMessage {
	body, err := json.Marshal(v)
	if err != nil {
		panic("lsp: " + err.Error()) // maps of strings and numbers
	}
	return body
}

// at returns the document and its problems that touch a range.
func (s *Server) at(uri string, r Range) (*document, *lines, []Problem) {
	d := s.documents[uri]
	if d == nil {
		return nil, nil, nil
	}
	l := newLines(d.text, s.bytes)
	from, to := l.offset(r.Start), l.offset(r.End)
	var list []Problem
	for _, p := range d.problems {
		if p.From <= to && from <= p.To {
			list = append(list, p)
		}
	}
	return d, l, list
}

func (s *Server) hover(params json.RawMessage) (any, error) {
	var p struct {
		Document struct {
			URI string `json:"uri"`
		} `json:"textDocument"`
		Position Position `json:"position"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	_, l, list := s.at(p.Document.URI, Range{p.Position, p.Position})
	if len(list) == 0 {
		return nil, nil
	}
	return map[string]any{
		"contents": map[string]string{"kind": "markdown", "value": list[0].Hover},
		"range":    l.span(list[0].From, list[0].To),
	}, nil
}

type textEdit struct {
	Range   Range  `json:"range"`
	NewText string `json:"newText"`
}

// actions offers the change that takes a key out, and the comment that accepts
// it.
func (s *Server) actions(params json.RawMessage) (any, error) {
	var p struct {
		Document struct {
			URI string `json:"uri"`
		} `json:"textDocument"`
		Range Range `json:"range"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	d, l, list := s.at(p.Document.URI, p.Range)
	actions := []any{}
	action := func(problem *Problem, title string, preferred bool, edit textEdit) {
		actions = append(actions, map[string]any{
			"title": title, "kind": "quickfix", "isPreferred": preferred,
			"diagnostics": []diagnostic{{l.span(problem.From, problem.To), problem.Severity, problem.Code, "djleaks", problem.Message}},
			"edit":        map[string]any{"changes": map[string][]textEdit{p.Document.URI: {edit}}},
		})
	}
	for i := range list {
		problem := &list[i]
		if fixed := problem.Fixed(); fixed != "" {
			where, text := change(d.text, fixed, s.bytes)
			action(problem, "Take the key out of the code", true, textEdit{where, text})
		}
		if problem.Accept != "" {
			at := l.position(problem.AcceptAt)
			action(problem, "Accept the key with a reason…", false, textEdit{Range{at, at}, problem.Accept})
		}
	}
	return actions, nil
}
