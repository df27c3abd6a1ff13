package policy

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/djleaks/djleaks/scanner"
)

// The files that Load looks for, in the root of the repository. OwnFile goes
// before the other.
const (
	OwnFile   = ".djleaks.toml"
	Pyproject = "pyproject.toml"
)

// Load reads the configuration through read, which returns the content of a
// file in the root of a work tree or of a commit's tree, or an error that is
// fs.ErrNotExist. The own file goes before [tool.djleaks] of pyproject.toml.
// Without either the policy is empty. A mistake in them is an *Error.
func Load(read func(name string) ([]byte, error)) (*Policy, error) {
	for _, name := range []string{OwnFile, Pyproject} {
		text, err := read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		// The pyproject.toml of a project that does not configure us is none of
		// our business, broken or not.
		if name == Pyproject && !strings.Contains(string(text), "djleaks") {
			continue
		}
		return Parse(name, text)
	}
	return &Policy{}, nil
}

// Parse reads one configuration. A file that is called pyproject.toml has it in
// [tool.djleaks], any other one at the top. Errors are of type *Error.
func Parse(name string, text []byte) (*Policy, error) {
	s := strings.TrimPrefix(string(text), "\ufeff")
	if len(s) > maxFile {
		return nil, &Error{File: name, Problem: "the file is larger than 1 MiB"}
	}
	if line := tooDeep(s); line > 0 {
		return nil, &Error{File: name, Line: line, Problem: "nested too deeply"}
	}
	var all map[string]any
	if _, err := toml.Decode(s, &all); err != nil {
		return nil, syntaxError(name, s, err)
	}
	d := decoder{file: name, lines: indexLines(s)}
	table := all
	if path.Base(strings.ReplaceAll(name, `\`, "/")) == Pyproject {
		d.root = []string{"tool", "djleaks"}
		tool, _ := all["tool"].(map[string]any)
		ours, found := tool["djleaks"]
		var ok bool
		if table, ok = ours.(map[string]any); !ok && found {
			return nil, d.fail("tool.djleaks is not a table", "write [tool.djleaks]")
		}
		if !found {
			return &Policy{}, nil
		}
	}
	p, err := d.policy(table)
	if err != nil {
		return nil, err
	}
	p.File = name
	return p, nil
}

// syntaxError takes the line and the cause from the decoder, without what the
// cause quotes from the line.
func syntaxError(name, text string, err error) error {
	e := &Error{File: name, Problem: "not TOML"}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		lines := strings.Split(text, "\n")
		e.Line = min(max(parse.Position.Line, 1), len(lines))
		words := strings.Fields(parse.Message)
		for i, word := range words {
			if quotes(word, lines[e.Line-1]) && !slices.Contains(settings(), strings.Trim(word, `"'`)) {
				words[i] = "…"
			}
		}
		e.Problem += ": " + strings.Join(words, " ")
	}
	return e
}

// quotes reports whether a word has four characters in a row from a line.
func quotes(word, line string) bool {
	for i := 0; i+4 <= len(word); i++ {
		if strings.Contains(line, word[i:i+4]) {
			return true
		}
	}
	return false
}

// decoder checks every entry of a configuration by hand, because each mistake
// has to be reported with its line and the right word.
type decoder struct {
	file  string
	lines lineIndex
	root  []string
}

// settings are the words of the configuration.
func settings() []string {
	return []string{"exclude", "fail-on", "severity", "setting-names", "accept"}
}

func (d *decoder) policy(table map[string]any) (*Policy, error) {
	p := &Policy{}
	for _, name := range d.inOrder(table) {
		var err error
		switch value := table[name]; name {
		case "exclude":
			p.Exclude, err = d.globs(value, name)
		case "fail-on":
			p.FailOn, err = d.severity(value, name)
		case "severity":
			p.Severity, err = d.severities(value)
		case "setting-names":
			p.Names, err = d.names(value)
		case "accept":
			p.Accept, err = d.entries(value)
		default:
			err = d.unknown(name)
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

// inOrder returns the names of a table by their lines, so that the first
// mistake of a file is the one that is reported, and later entries win.
func (d *decoder) inOrder(table map[string]any, under ...string) []string {
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	slices.Sort(names)
	at := func(name string) int { return d.line(append(under[:len(under):len(under)], name)...) }
	slices.SortStableFunc(names, func(a, b string) int { return at(a) - at(b) })
	return names
}

func (d *decoder) line(path ...string) int {
	return d.lines.line(append(d.root[:len(d.root):len(d.root)], path...)...)
}

// fail is an error at the entry of this path.
func (d *decoder) fail(problem, hint string, path ...string) error {
	return &Error{File: d.file, Line: d.line(path...), Problem: problem, Hint: hint}
}

func (d *decoder) unknown(name string) error {
	if name == "tool" && d.root == nil {
		return d.fail("[tool.djleaks] belongs in pyproject.toml", "in this file the settings are at the top", name)
	}
	return d.fail("unknown setting"+quoted(name), nearest(name, settings()), name)
}

func (d *decoder) globs(value any, path ...string) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, d.fail(path[len(path)-1]+" is not a list of paths", `write it as ["docs/**", "*.md"]`, path...)
	}
	var out []string
	for i, item := range list {
		glob, ok := item.(string)
		if !ok {
			return nil, d.fail(path[len(path)-1]+": entry "+strconv.Itoa(i+1)+" is not a string", "", path...)
		}
		if err := checkGlob(glob); err != nil {
			return nil, d.fail(path[len(path)-1]+": entry "+strconv.Itoa(i+1)+": "+err.Error(), "", path...)
		}
		out = append(out, glob)
	}
	return out, nil
}

func (d *decoder) severity(value any, path ...string) (scanner.Severity, error) {
	word, ok := value.(string)
	if ok {
		if s, err := scanner.ParseSeverity(word); err == nil {
			return s, nil
		}
	}
	problem := "this is not a severity"
	if ok && isPlainWord(word) {
		problem = quoted(word)[1:] + " is not a severity"
	}
	return 0, d.fail(problem, nearest(word, scanner.SeverityNames()), path...)
}

func (d *decoder) severities(value any) ([]PathSeverity, error) {
	table, ok := value.(map[string]any)
	if !ok {
		return nil, d.fail("severity is not a table", `write [severity] and below it "tests/**" = "low"`, "severity")
	}
	var out []PathSeverity
	for _, glob := range d.inOrder(table, "severity") {
		if err := checkGlob(glob); err != nil {
			return nil, d.fail("severity: "+err.Error(), "", "severity", glob)
		}
		s, err := d.severity(table[glob], "severity", glob)
		if err != nil {
			return nil, err
		}
		out = append(out, PathSeverity{glob, s})
	}
	return out, nil
}

// minName is the shortest name of a setting; shorter ones are in every file.
const minName = scanner.MinAnchor

func (d *decoder) names(value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, d.fail("setting-names is not a list of names", `write it as ["PORTAL_SIGNING_KEY"]`, "setting-names")
	}
	var out []string
	for i, item := range list {
		name, _ := item.(string)
		entry := "setting-names: entry " + strconv.Itoa(i+1)
		switch {
		case len(name) < minName:
			return nil, d.fail(entry+" is not a name of at least 4 characters", "", "setting-names")
		case !plainName(name):
			return nil, d.fail(entry+" is not the name of a setting", "patterns are not allowed here", "setting-names")
		}
		out = append(out, name)
	}
	return out, nil
}

// plainName reports whether s can be the name of a setting: letters, digits
// and underscores, not as long as a key.
func plainName(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '_' && (c < '0' || c > '9' || i == 0) && (c|32 < 'a' || c|32 > 'z') {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 48
}

func (d *decoder) entries(value any) ([]Entry, error) {
	var tables []map[string]any
	switch list := value.(type) {
	case []map[string]any:
		tables = list
	case []any:
		for _, item := range list {
			table, _ := item.(map[string]any)
			tables = append(tables, table)
		}
	}
	if tables == nil {
		return nil, d.fail("accept is not a list of tables", "write [[accept]] above each key", "accept")
	}
	var out []Entry
	for i, table := range tables {
		e, err := d.entry(table, "accept", numbered(i))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(other Entry) bool { return other.Fingerprint == e.Fingerprint && other.Path == e.Path }) {
			return nil, d.fail("accept: this key is listed twice for the same files", "keep one of the entries", "accept", numbered(i))
		}
		out = append(out, e)
	}
	return out, nil
}

func (d *decoder) entry(table map[string]any, at ...string) (Entry, error) {
	raw := rawEntry{}
	for _, name := range d.inOrder(table, at...) {
		here := append(at[:len(at):len(at)], name)
		text, isText := table[name].(string)
		if day, ok := table[name].(time.Time); ok && slices.Contains([]string{"expires", "until", "rotated"}, name) {
			text, isText = day.Format(time.DateOnly), true
		}
		if !raw.set(name, text) {
			return Entry{}, d.fail("accept: unknown setting"+quoted(name), nearest(name, entryWords()), here...)
		}
		if !isText {
			return Entry{}, d.fail("accept: "+name+" is not a string", "", here...)
		}
	}
	e, field, problem, hint := raw.entry()
	if problem != "" {
		return Entry{}, d.fail("accept: "+problem, hint, append(at, field)...)
	}
	return e, nil
}
