package forms

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// Source is where Python code takes the setting at an offset from.
type Source struct {
	scanner.KeySource
	Offset int // of the setting's name, in bytes
}

// Bounds of reading the source of a key.
const (
	maxSourceTokens = 128
	maxSourceBytes  = 2 << 10 // after the name of the setting
	maxSources      = 16      // of one text
	maxDataFiles    = 4       // that one text names
	maxSourceHops   = 2       // SECRET_KEY = _KEY; _KEY = open(PATH); PATH = "…"
)

// Sources returns where the settings in a text take SECRET_KEY from, if it does
// not only hold the key: os.environ["APP_KEY"], config["app"]["key"],
// open(BASE_DIR / "etc/k").read() in Python, ${APP_KEY} in what deploys it.
func Sources(text []byte, anchors []int32) []Source {
	t := sourceText{text: text}
	return t.sources(anchors)
}

func (t *sourceText) sources(anchors []int32) (out []Source) {
	for _, a := range anchors {
		if len(out) >= maxSources {
			break
		}
		from, to, ok := t.settingName(int(a))
		if !ok {
			continue
		}
		found := t.given(from, to)
		setting := string(bytes.ToUpper(t.text[from:to]))
		for _, s := range found {
			s.Setting = strings.TrimSuffix(setting, "_FILE")
			out = append(out, Source{s, from})
		}
	}
	return out
}

// given returns what the setting at text[from:to] is given, as far as that is a
// source.
func (t *sourceText) given(from, to int) []scanner.KeySource {
	passes := givenAt(t.text, from, to) > 0
	at, reads := readAt(t.text, to)
	if !passes && !reads {
		return nil
	}
	kind := t.kind()
	if passes && passesOn(kind) {
		if s, ok := t.passedOn(from, to); ok {
			return []scanner.KeySource{s}
		}
	}
	if !reads || kind != formatPython {
		return nil
	}
	r := sourceReader{in: t}
	r.expression(at)
	return r.found
}

// settingName returns the bounds of the name at an anchor; ok is false if it is not
// that of the site's key, or commented out.
func (t *sourceText) settingName(anchor int) (from, to int, ok bool) {
	text := t.text
	from = anchor
	for from > 0 && anchor-from < value.MaxName && ascii.IsWord(text[from-1]) {
		from--
	}
	to = wordEndAt(text[:min(len(text), from+value.MaxName+1)], anchor)
	t.spent += 1 + (to-from)/searchedBytes
	if to-from < len("SECRET_KEY") || to-from > value.MaxName {
		return 0, 0, false
	}
	line := text[lastBreak(text, max(0, from-value.MaxName), from):from]
	return from, to, bytes.IndexByte(line, '#') < 0 && t.isSetting(from, to)
}

// readAt returns where the expression begins that the setting that ends at to is
// set to; ok is false if it is a literal.
func readAt(text []byte, to int) (at int, ok bool) {
	at, ok = assignedAt(text, to)
	if !ok {
		return 0, false
	}
	c := byteAt(text, at)
	return at, c != 0 && !ascii.IsQuote(c) && !ascii.IsBreak(c) && !ascii.IsDigit(c) && c != '$' && c != '{'
}

// assignedAt returns the offset of what is assigned to the name that ends at to:
// SECRET_KEY = x, SECRET_KEY: str = x, "SECRET_KEY": x, app["SECRET_KEY"] = x.
func assignedAt(text []byte, to int) (at int, ok bool) {
	at = to
	quoted := at < len(text) && ascii.IsQuote(text[at])
	if quoted {
		at++
		if byteAt(text, at) == ']' {
			at++
		}
	}
	at = skipSpaces(text, at)
	if byteAt(text, at) == ':' && !quoted { // an annotation
		eq := bytes.IndexByte(text[at:min(len(text), at+64)], '=')
		if eq < 0 || bytes.IndexByte(text[at:at+eq], '\n') >= 0 {
			return 0, false
		}
		at += eq
	}
	sign := byteAt(text, at)
	if sign != '=' && (sign != ':' || !quoted) || byteAt(text, at+1) == '=' {
		return 0, false
	}
	return skipSpaces(text, at+1), true
}

// isSetting reports whether text[from:to] is the key's setting: SECRET_KEY, or
// app.secret_key as Flask has it, secret_key: str as pydantic's settings have it.
func (t *sourceText) isSetting(from, to int) bool {
	text := t.text
	name := string(text[from:to])
	if strings.EqualFold(name, "SECRET_KEY") && name != "SECRET_KEY" {
		return bytes.HasSuffix(text[:from], []byte("app.")) || bytes.HasSuffix(text[:from], []byte("application.")) ||
			bytes.HasSuffix(text[:from], []byte("server.")) || byteAt(text, to) == ':' && t.holds("BaseSettings")
	}
	if n := len(name) - len("_FILE"); n > 0 && strings.EqualFold(name[n:], "_FILE") {
		name = name[:n]
	}
	return value.JudgeName(name) == value.NameMain
}

func wordEndAt(text []byte, at int) int {
	for at < len(text) && ascii.IsWord(text[at]) {
		at++
	}
	return at
}

func skipSpaces(text []byte, at int) int {
	for at < len(text) && ascii.IsSpace(text[at]) {
		at++
	}
	return at
}

// sourceReader reads one expression: a flat list of tokens, in which calls and
// subscripts are recognised wherever they are.
type sourceReader struct {
	lexer
	in     *sourceText
	tokens []token
	found  []scanner.KeySource
	hops   int
}

// expression reads what begins at an offset.
func (s *sourceReader) expression(at int) {
	s.lexer = lexer{text: s.in.text, pos: at, end: min(len(s.in.text), at+maxSourceBytes)}
	s.tokens = s.tokens[:0]
	depth := 0
	for len(s.tokens) < maxSourceTokens {
		t := s.next()
		if t.kind == tokenEnd || t.kind == tokenNewline || t.kind == tokenBad {
			break
		}
		if t.kind == tokenOp {
			c := s.lexer.text[t.from]
			if bracketOf(c) < 0 && depth == 0 || (c == ',' || c == ';') && depth == 0 {
				break
			}
			depth += bracketOf(c)
		}
		s.tokens = append(s.tokens, t)
	}
	if depth > 0 || s.constant() {
		return // a bracket that nothing closes holds what comes next
	}
	for i := 0; i < len(s.tokens); {
		i = s.operand(i)
	}
}

func (s *sourceReader) op(i int, text string) bool {
	return i < len(s.tokens) && s.tokens[i].kind == tokenOp && s.is(s.tokens[i], text)
}

// str is the text of the i-th token if it is a constant string.
func (s *sourceReader) str(i int) (string, bool) {
	if i >= len(s.tokens) || s.tokens[i].kind != tokenString {
		return "", false
	}
	v, _, constant := s.value(s.tokens[i])
	return v, constant && len(v) <= value.MaxName
}

// match is the place of the bracket that closes the one at i.
func (s *sourceReader) match(i int) int {
	depth := 0
	for ; i < len(s.tokens); i++ {
		if t := s.tokens[i]; t.kind == tokenOp {
			if depth += bracketOf(s.lexer.text[t.from]); depth == 0 {
				return i
			}
		}
	}
	return len(s.tokens)
}

// operand reads what begins at the i-th token and returns where to go on.
func (s *sourceReader) operand(i int) int {
	switch kind := s.tokens[i].kind; {
	case kind == tokenOp:
		return s.bracket(i)
	case kind == tokenString:
		s.insertions(s.tokens[i])
		return i + 1
	case kind != tokenName || i > 0 && s.op(i-1, "."):
		return i + 1
	}
	start := i
	i++
	for s.op(i, ".") && i+1 < len(s.tokens) && s.tokens[i+1].kind == tokenName {
		i += 2
	}
	name := string(s.lexer.text[s.tokens[start].from:s.tokens[i-1].to])
	switch {
	case s.op(i, "("):
		return s.call(name, i)
	case s.op(i, "["):
		return s.item(name, i)
	}
	return i
}

// bracket reads what a bracket that is the i-th token begins or ends, if it is one.
func (s *sourceReader) bracket(i int) int {
	if s.op(i, "(") { // (BASE_DIR / "etc" / "k").read_text()
		if end := s.match(i); s.op(end+1, ".") && s.reads(end+2) {
			s.file(s.fileIn(i+1, end))
			return end + 3
		}
	} else if (s.op(i, "}") || s.op(i, ")")) && s.op(i+1, "[") { // dotenv_values(".env")["APP_KEY"]
		if keys, end := s.keys(i + 1); len(keys) == 1 && isConstantName(keys[0]) {
			s.variable(keys[0])
			return end
		}
	}
	return i + 1
}

// insertions reads the expressions in an f-string: f"{os.environ['APP_KEY']}".
func (s *sourceReader) insertions(t token) {
	if _, _, constant := s.value(t); constant || s.hops >= maxSourceHops {
		return
	}
	for at := t.from; at < t.to; {
		n := bytes.IndexByte(s.in.text[at:t.to], '{')
		if n < 0 {
			return
		}
		at += n + 1
		inner := sourceReader{in: s.in, hops: s.hops + 1}
		inner.expression(at)
		for _, source := range inner.found {
			s.add(source)
		}
	}
}

// reads reports whether the i-th token is a method that gives all of a file.
func (s *sourceReader) reads(i int) bool {
	return i < len(s.tokens) && slices.Contains([]string{"read_text", "read_bytes", "open", "read", "readline"}, s.word(s.tokens[i]))
}

// call reads name(…), whose bracket is the i-th token.
func (s *sourceReader) call(name string, i int) int {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if after, ok := s.fileCall(name, last, i); ok {
		return after
	}
	if last == "Field" || last == "SettingsConfigDict" {
		s.keyword(i+1, s.match(i))
		return i + 1
	}
	if first, ok := s.str(i + 1); ok {
		return s.lookup(name, last, first, i)
	}
	if s.op(i+2, "=") && i+1 < len(s.tokens) && namesVariable(s.word(s.tokens[i+1])) { // config(key="APP_KEY")
		if first, ok := s.str(i + 3); ok && (isConstantName(first) || isGetter(name, last)) {
			s.variable(first)
		}
	}
	return i + 1
}

// namesVariable recognises the keywords with which functions are given the name of
// a variable.
func namesVariable(keyword string) bool {
	switch keyword {
	case "key", "name", "var", "variable", "env", "env_name", "env_var", "envvar", "environ_name", "option", "setting", "setting_name", "secret_name", "var_name":
		return true
	}
	return false
}

// fileCall reads a call that takes the key from a file: json.load(f)["a"],
// open("k"), f.read(). It reports whether the call is one that reads files.
func (s *sourceReader) fileCall(name, last string, i int) (after int, ok bool) {
	end := s.match(i)
	switch last {
	case "load", "safe_load", "full_load", "loads", "parse":
		if keys, after := s.keys(end + 1); len(keys) > 0 {
			s.entry(keys, s.fileIn(i+1, end))
			return after, true
		}
		return i + 1, true
	case "open", "Path", "read_file", "read_secret_file":
		if last == "Path" && !s.op(end+1, ".") {
			return i + 1, true
		}
		s.file(s.fileIn(i+1, end))
		return end + 1, true
	case "read", "readline", "read_text", "read_bytes":
		if end == i+1 {
			s.file(s.fileOf(strings.TrimSuffix(name, "."+last)))
			return i + 1, true
		}
	}
	return 0, false
}

// lookup reads a call whose first argument is a string, which may be the name
// of a variable or of an entry: environ.get("A"), config.get("section", "a").
func (s *sourceReader) lookup(name, last, first string, i int) int {
	end := s.match(i)
	if second, ok := s.str(i + 3); ok && s.op(i+2, ",") && value.JudgeName(second) != value.NameNone {
		return end + 1 // config("section", "SECRET_KEY")
	}
	switch {
	case last == "get" && s.op(i+2, ",") && s.in.readsINI():
		if second, ok := s.str(i + 3); ok {
			s.entry([]string{first, second}, "")
			return end + 1
		}
		s.variable(first)
	case isGetter(name, last) && (last != "get" || strings.Contains(name, "environ") || !s.in.isBoundToData(name)):
		s.variable(first)
	case last == "get":
		keys, after := s.keys(end + 1)
		s.entry(append([]string{first}, keys...), "")
		return after
	case isConstantName(first) && end == i+2:
		s.variable(first)
	}
	return i + 1
}

// keyword reads Field(…, env="APP_KEY").
func (s *sourceReader) keyword(from, to int) {
	for i := from; i+2 < to; i++ {
		if s.tokens[i].kind != tokenName || !s.op(i+1, "=") {
			continue
		}
		switch s.word(s.tokens[i]) {
		case "env", "alias", "validation_alias":
			if v, ok := s.str(i + 2); ok {
				s.variable(v)
			}
		}
	}
}

// item reads name["a"]["b"], whose first bracket is the i-th token.
func (s *sourceReader) item(name string, i int) int {
	keys, end := s.keys(i)
	switch {
	case len(keys) == 0:
		return i + 1
	case strings.Contains(name, "environ") || name == "env":
		s.variable(keys[0])
	case len(keys) == 1 && isConstantName(keys[0]):
		s.variable(keys[0])
		s.entry(keys, "")
	default:
		s.entry(keys, "")
	}
	return end
}

// keys reads ["a"]["b"].get("c") from the i-th token on.
func (s *sourceReader) keys(i int) (names []string, end int) {
	for {
		switch {
		case s.op(i, "[") && s.op(i+2, "]"):
			v, ok := s.str(i + 1)
			if !ok {
				return names, i
			}
			names, i = append(names, v), i+3
		case s.op(i, ".") && i+1 < len(s.tokens) && s.word(s.tokens[i+1]) == "get" && s.op(i+2, "("):
			v, ok := s.str(i + 3)
			if !ok {
				return names, i
			}
			names, i = append(names, v), s.match(i+2)+1
		default:
			return names, i
		}
	}
}

// constant reads an expression that is a name of another module, or one that
// this text sets.
func (s *sourceReader) constant() bool {
	n := len(s.tokens)
	if n == 0 || n > 5 || !s.isDottedName() {
		return false
	}
	switch name := s.word(s.tokens[n-1]); {
	case len(name) < minConstant || name == "None" || name == "True":
	case n > 1:
		s.attribute(s.word(s.tokens[n-3]), name)
	default:
		s.global(name)
	}
	return true
}

// isDottedName reports whether the expression is names with dots between them.
func (s *sourceReader) isDottedName() bool {
	for i, t := range s.tokens {
		if i%2 == 0 && t.kind != tokenName || i%2 == 1 && !s.is(t, ".") {
			return false
		}
	}
	return len(s.tokens)%2 == 1
}

// attribute notes owner.name.
func (s *sourceReader) attribute(owner, name string) {
	if !isDistinctive(name) {
		return // config.key
	}
	s.add(scanner.KeySource{Kind: scanner.SourceConstant, Name: name, File: owner + ".py"})
	if strings.ToUpper(name) != name && holdsSettings(owner) {
		s.variable(strings.ToUpper(name)) // pydantic reads settings.app_key from APP_KEY
	}
}

// global notes a name that is imported, or reads what this text gives it.
func (s *sourceReader) global(name string) {
	if module, there := s.in.importOf(name); module != "" && isDistinctive(name) {
		s.add(scanner.KeySource{Kind: scanner.SourceConstant, Name: there, File: module + ".py"})
	} else if at := s.in.binding(name); at > 0 && s.hops < maxSourceHops {
		s.hops++
		s.expression(at)
	}
}

// isDistinctive reports whether a name says enough to look for it in other texts:
// too many things are called key.
func isDistinctive(name string) bool {
	return strings.ToUpper(name) == name || strings.Contains(name, "_")
}

// holdsSettings recognises the names of objects that hold the settings of a site.
func holdsSettings(name string) bool {
	switch strings.ToLower(name) {
	case "settings", "config", "conf", "cfg", "env", "environment", "secrets", "vars":
		return true
	}
	return false
}

// minConstant is the length of the shortest name that a search for it is worth,
// in bytes.
const minConstant = 3

// SetsConstant reports whether a Python text may assign what may be a key to a
// name in capitals, as constants have it. It is fast, and no proof of anything.
func SetsConstant(text []byte) bool {
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
		before := lastKeyLike(line) // what is assigned here may be a key
		if before < 0 {
			continue
		}
		start := bytes.TrimLeft(line, " \t")
		if isConstant(start[:wordLen(start)]) {
			return true // with an annotation, or one of several that are set
		}
		for at := nextIndex(line, 0, '='); at >= 0 && at < before; at = nextIndex(line, at+1, '=') {
			name := bytes.TrimRight(line[:at], " \t")
			word := lastWord(name)
			if isConstant(word) && !bytes.HasSuffix(name[:len(name)-len(word)], []byte(".")) {
				return true
			}
		}
	}
	return false
}

// shortestConstant is the length of the shortest string that a search for a
// constant is worth, in bytes.
const shortestConstant = 8

// lastKeyLike is where the last string of a line begins that may be a key: one
// without spaces. A line that goes on has it at its end; -1 if there is none.
func lastKeyLike(line []byte) int {
	line = bytes.TrimRight(line, " \t\r")
	if bytes.HasSuffix(line, []byte("(")) || bytes.HasSuffix(line, []byte(`\`)) {
		return len(line)
	}
	for end := len(line); end > 0; {
		at := bytes.LastIndexAny(line[:end], `"'`)
		if at < 0 {
			break
		}
		if end-at > shortestConstant && !bytes.ContainsAny(line[at:end], " \t") {
			return at
		}
		end = at
	}
	return -1
}

func nextIndex(text []byte, from int, c byte) int {
	if n := bytes.IndexByte(text[from:], c); n >= 0 {
		return from + n
	}
	return -1
}

// isConstant is true of a word without small letters.
func isConstant(word []byte) bool {
	return len(word) >= minConstant && !bytes.ContainsFunc(word, func(r rune) bool { return r >= 'a' && r <= 'z' })
}

// wordLen is the length of the word that a text begins with, in bytes.
func wordLen(text []byte) (n int) {
	for n < len(text) && (ascii.IsWord(text[n]) || text[n] >= 0x80) {
		n++
	}
	return n
}

// lastWord is the word that a text ends in.
func lastWord(text []byte) []byte {
	n := len(text)
	for n > 0 && (ascii.IsWord(text[n-1]) || text[n-1] >= 0x80) {
		n--
	}
	return text[n:]
}

// fileIn is the file that the tokens from one up to another name: the last part
// of the path that they make.
func (s *sourceReader) fileIn(from, to int) string {
	name := ""
	for i := from; i < to && i < len(s.tokens); i++ {
		if v, ok := s.str(i); ok && !isFileMode(v) && v != "utf-8" && !strings.Contains(v, " ") && path.Base(v) != "." && !isConstantName(v) {
			name = path.Base(strings.ReplaceAll(v, `\`, "/"))
		}
	}
	if name == "" && to > from && s.tokens[from].kind == tokenName {
		return s.fileOf(s.word(s.tokens[from]))
	}
	return name
}

func isFileMode(s string) bool {
	return len(s) > 0 && len(s) <= 3 && strings.Trim(s, "rbtwUa+") == ""
}

// fileOf is the file that a name of the text is bound to: NAME = BASE_DIR / "k",
// or with open("k") as name.
func (s *sourceReader) fileOf(name string) string {
	if s.hops >= maxSourceHops {
		return ""
	}
	inner := sourceReader{in: s.in, hops: s.hops + 1}
	if n := s.in.find(" as "+name+":", 0); n >= 0 {
		line := 1 + bytes.LastIndexByte(s.in.text[:n], '\n')
		inner.read(line+len(s.in.text[line:n])-len(bytes.TrimLeft(s.in.text[line:n], " \t")), n)
	} else if at := s.in.binding(name); at > 0 {
		inner.read(at, nextBreak(s.in.text, at, min(len(s.in.text), at+maxSourceBytes)))
	}
	for i, t := range inner.tokens {
		if t.kind == tokenName && inner.word(t) == "open" && inner.op(i+1, "(") {
			return inner.fileIn(i+2, inner.match(i+1))
		}
	}
	return inner.fileIn(0, len(inner.tokens))
}

// read reads the tokens of text[from:to].
func (s *sourceReader) read(from, to int) {
	s.lexer = lexer{text: s.in.text, pos: from, end: to}
	for len(s.tokens) < maxSourceTokens {
		t := s.next()
		if t.kind == tokenEnd || t.kind == tokenBad {
			break
		}
		s.tokens = append(s.tokens, t)
	}
}

// DataEndings are the endings of files whose entries settings read.
var DataEndings = [...]string{".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf"}

// isConstantName recognises names of variables: APP_KEY.
func isConstantName(s string) bool {
	return len(s) >= minConstant && value.IsPlainName(s) && strings.ToUpper(s) == s && !ascii.IsDigit(s[0])
}

func (s *sourceReader) variable(name string) {
	if len(name) >= 2 && value.IsPlainName(name) && value.JudgeName(name) != value.NameMain && !value.IsForeignName(name) {
		s.add(scanner.KeySource{Kind: scanner.SourceVariable, Name: name})
	}
}

func (s *sourceReader) file(name string) {
	if name != "" && !strings.HasSuffix(name, ".py") && !slices.Contains(DataEndings[:], path.Ext(name)) {
		s.add(scanner.KeySource{Kind: scanner.SourceFile, File: name})
	}
}

// entry adds an entry of a file, or of each file of data that the text names. Of
// a file that it does not name only an entry below another one is specific
// enough.
func (s *sourceReader) entry(keys []string, file string) {
	for _, name := range keys {
		if name == "" || strings.ContainsAny(name, ". /") {
			return
		}
	}
	if value.JudgeName(keys[len(keys)-1]) == value.NameMain {
		return // what it is, its name says
	}
	source := scanner.KeySource{Kind: scanner.SourceEntry, Name: strings.Join(keys, "."), File: file}
	switch files := s.in.dataFiles(); {
	case slices.Contains(DataEndings[:], path.Ext(file)):
		s.add(source)
	case len(files) > 0:
		for _, source.File = range files {
			s.add(source)
		}
	case len(keys) > 1:
		source.File = ""
		s.add(source)
	}
}

func (s *sourceReader) add(source scanner.KeySource) {
	if source.Kind == scanner.SourceConstant && value.JudgeName(source.Name) == value.NameMain {
		return
	}
	if len(s.found) < maxSources && !slices.Contains(s.found, source) {
		s.found = append(s.found, source)
	}
}
