package lsp

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// maxMessage is the size in bytes of the largest message that is taken. A larger
// one is skipped: an editor that sends a file of this size is told nothing of
// it, and goes on.
const maxMessage = 64 << 20

// message is a request, a notification (without an id) or an answer.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  any             `json:"result,omitempty"`
	Error   *responseError  `json:"error,omitempty"`
}

// responseError is why a request has no result.
type responseError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// The codes of JSON-RPC 2.0 and of the protocol that are used.
const (
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeNoMethod       = -32601
	codeInvalidParams  = -32602
	codeNotInitialized = -32002
)

// reader reads messages: a header of lines, an empty line, and a body of Content-Length bytes.
type reader struct{ in *bufio.Reader }

// next reads one message. The error is io.EOF at the end of the input, a
// *responseError for what is not a message, and otherwise final.
func (r reader) next() (*message, error) {
	length := -1
	for {
		line, err := r.in.ReadString('\n')
		if err != nil {
			if line != "" {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 {
				return nil, fmt.Errorf("lsp: Content-Length %q is not a number of bytes", value)
			}
		}
	}
	if length < 0 {
		return nil, fmt.Errorf("lsp: a message without Content-Length")
	}
	if length > maxMessage {
		if _, err := io.CopyN(io.Discard, r.in, int64(length)); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, &responseError{codeInvalidRequest, fmt.Sprintf("a message of %d bytes is larger than %d MiB", length, maxMessage>>20)}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r.in, body); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	m := &message{}
	if err := json.Unmarshal(body, m); err != nil {
		return nil, &responseError{codeParse, "not a JSON-RPC message"}
	}
	return m, nil
}

func (e *responseError) Error() string { return e.Message }

// writer writes messages, one at a time.
type writer struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *writer) send(m *message) error {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("lsp: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = fmt.Fprintf(w.out, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}
