package fix

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/djleaks/djleaks/internal/deployment"
	"github.com/djleaks/djleaks/internal/pysource"
)

// placeholder is what an example file shows in the place of a key.
const placeholder = "change-me"

// environment gives a value on this machine to the variables that the project
// reads from now on, where it loads a file for that.
func (p *planner) environment() {
	var unloaded []string
	done := map[string]bool{}
	for _, v := range p.variables {
		if done[v.name] {
			continue
		}
		done[v.name] = true
		file, loaded := p.loader(v)
		if !loaded {
			unloaded = append(unloaded, v.name)
			continue
		}
		p.setVariable(file, v.name)
	}
	for _, name := range unloaded {
		p.note("Nothing in this project loads a .env file for %s. Before you start Django: export %s=\"$(djleaks key new --env-safe)\"", name, name)
	}
	if len(p.variables) > 0 {
		p.note("That key is for this machine only. Production gets its own, in the settings of the platform that runs it: djleaks key new --env-safe")
	}
}

// setVariable writes a fresh key for a variable into a .env file, unless the
// file has a value of its own for it.
func (p *planner) setVariable(file, name string) {
	if strings.HasPrefix(file, "../") || file == ".." {
		p.refuse(file, 0, "the file that holds the variables is outside of the repository", name+"=…")
		return
	}
	if !p.ignore(file) {
		return
	}
	text, err := p.read(file)
	if err != nil && !isNotExist(err) {
		p.refuse(file, 0, "the file that holds the variables cannot be read: "+err.Error(), name+"=…")
		return
	}
	if err != nil { // an old file keeps its mode
		p.private[file] = true
	}
	key := p.newKey()
	if out, kept := withVariable(text, name, key, p.isOld); kept {
		p.note("%s has a value for %s already; it is kept.", file, name)
	} else {
		p.write(file, out)
	}
	p.untrack(file)
	p.dockerignore(file)
	p.example(file, name)
}

// isOld reports whether a value must not stay: it is leaked, or not a key.
func (p *planner) isOld(value string) bool {
	if value == "" || strings.Contains(strings.ToLower(value), "change") {
		return true
	}
	for i := range p.leaks {
		if p.leaks[i].Value == value {
			return true
		}
	}
	return false
}

// withVariable returns the text with NAME=key: in the place of a value that is
// old, else as a new line at the end. kept says that there is a value that
// stays.
func withVariable(text []byte, name, key string, isOld func(string) bool) (out []byte, kept bool) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	for i, line := range lines {
		found, value, ok := assignmentOf(string(line))
		if !ok || found != name {
			continue
		}
		if !isOld(strings.Trim(value, `"'`)) {
			return text, true
		}
		head := line[:bytes.IndexByte(line, '=')+1]
		end := line[len(bytes.TrimRight(line, "\r\n")):]
		lines[i] = slices.Concat(head, []byte(key), end)
		return bytes.Join(lines, nil), false
	}
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = slices.Concat(text, []byte(end))
	}
	return slices.Concat(text, []byte(name+"="+key+end)), false
}

// untrack takes a file that holds keys out of the index.
func (p *planner) untrack(file string) {
	if p.tree.Tracked(file) && !slices.Contains(p.plan.Untrack, file) {
		p.plan.Untrack = append(p.plan.Untrack, file)
	}
}

// ignore makes Git ignore a file, by a line at the end of the .gitignore at the
// top level, or where there is none, of the nearest one above the file.
func (p *planner) ignore(file string) bool {
	line := ".env"
	if path.Base(file) != line {
		line = strings.TrimPrefix("/"+file, strings.TrimSuffix("/"+dirOf(p.gitignore(file)), "/"))
	}
	return p.ignoreLine(file, line)
}

// ignoreLine makes Git ignore a file by a line of its own.
func (p *planner) ignoreLine(file, line string) bool {
	list := p.gitignore(file)
	text, err := p.read(list)
	if err != nil && !isNotExist(err) {
		p.refuse(list, 0, "it cannot be read, and "+file+" must be ignored before it holds a key", file)
		return false
	}
	if p.tree.Ignored(file, list, text) {
		return true
	}
	out := withLine(text, line)
	if !p.tree.Ignored(file, list, out) {
		p.refuse(list, 0, "a line in it shows "+file+" again", line)
		return false
	}
	p.write(list, out)
	return true
}

func (p *planner) gitignore(file string) string {
	const top = ".gitignore"
	if _, err := p.read(top); !isNotExist(err) {
		return top
	}
	for dir := dirOf(file); dir != ""; dir = dirOf(dir) {
		if list := joinPath(dir, top); exists(p.tree, list) {
			return list
		}
	}
	return top
}

// withLine appends a line, with the text's own line break.
func withLine(text []byte, line string) []byte {
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		line = end + line
	}
	return slices.Concat(text, []byte(line+end))
}

// dockerignore keeps a .env file out of images that copy the tree.
func (p *planner) dockerignore(file string) {
	for _, container := range p.project.containers {
		folder := dirOf(container)
		text, err := p.tree.Read(container)
		if err != nil || !copiesTree(text) || dirOf(file) != folder && folder != "" {
			continue
		}
		list := joinPath(folder, ".dockerignore")
		old, err := p.read(list)
		if err != nil && !isNotExist(err) {
			p.note("%s cannot be read: see that it lists %s.", list, file)
			continue
		}
		if hides(old, file) {
			continue
		}
		line := ".env"
		if dirOf(file) != folder {
			line = file
		}
		p.write(list, withLine(old, line))
	}
}

// copiesTree reports whether a Dockerfile copies a whole folder.
func copiesTree(text []byte) bool {
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		for len(words) > 1 && strings.HasPrefix(words[1], "--") {
			words = slices.Delete(words, 1, 2)
		}
		if len(words) > 2 && (strings.EqualFold(words[0], "COPY") || strings.EqualFold(words[0], "ADD")) && (words[1] == "." || words[1] == "./") {
			return true
		}
	}
	return false
}

func hides(ignore []byte, file string) bool {
	for _, line := range strings.Split(string(ignore), "\n") {
		switch line = strings.TrimSpace(line); line {
		case ".env", "**/.env", ".env*", "*.env", ".*", "**/.*", "*", "**/.env*", file, "/" + file:
			return true
		}
	}
	return false
}

// example adds the variable to the file that shows which ones there are.
func (p *planner) example(file, name string) {
	if name == "" { // a file that is the key
		return
	}
	for _, example := range p.project.examples {
		if dirOf(example) != dirOf(file) && dirOf(example) != "" {
			continue
		}
		text, err := p.read(example)
		if err != nil {
			continue
		}
		if out, kept := withVariable(text, name, placeholder, func(string) bool { return false }); !kept {
			p.write(example, out)
		}
		return
	}
}

// loader finds the .env file that gives a variable its value, and whether
// anything loads it.
func (p *planner) loader(v variable) (file string, loaded bool) {
	if v.kind.kind == getterUnknown && deployment.IsCompose(path.Base(v.reader)) {
		return joinPath(dirOf(v.reader), ".env"), true
	}
	reader := p.parsed(v.reader)
	if v.kind.kind == getterDecouple && reader != nil {
		return p.upward(dirOf(v.reader)), true
	}
	if v.kind.kind == getterPydantic {
		return p.settingsFile(reader)
	}
	type place struct {
		file  string
		limit int // the line above which the loader must be; 0 for anywhere
	}
	places := []place{{v.reader, v.line}}
	if reader != nil {
		for _, i := range reader.Imports() {
			for _, module := range reader.moduleFiles(i.Module) {
				places = append(places, place{file: module})
			}
		}
	}
	for _, root := range p.project.roots {
		places = append(places, place{file: joinPath(root, "manage.py")})
	}
	if package_ := dirOf(v.reader); reader != nil {
		places = append(places, place{file: joinPath(package_, "__init__.py")}, place{file: joinPath(dirOf(package_), "__init__.py")})
	}
	for _, place := range places {
		if py := p.parsed(place.file); py != nil {
			if file, ok := p.loads(py, place.limit); ok {
				return file, true
			}
		}
	}
	return "", false
}

// parsed reads a Python file of the work tree as it was; nil if it is not Python.
func (p *planner) parsed(file string) *pythonFile {
	text, err := p.tree.Read(file)
	if err != nil || !strings.HasSuffix(file, ".py") {
		return nil
	}
	source, err := pysource.Parse(text)
	if err != nil {
		return nil
	}
	return &pythonFile{planner: p, File: source, path: file}
}

// loads finds the call that loads a .env file.
func (p *planner) loads(py *pythonFile, limit int) (file string, ok bool) {
	for _, call := range py.Calls(0, len(py.Tokens)) {
		if limit > 0 && py.Tokens[call.First].Line >= limit || !py.Is(call.Open, "(") {
			continue
		}
		switch pysource.LastName(call.Callee) {
		case "read_env", "load_dotenv", "read_dotenv":
			p.conditional(py, call)
			return p.loaded(py, call), true
		}
	}
	return "", false
}

// loaded is the file that a call loads.
func (p *planner) loaded(py *pythonFile, call *pysource.Call) string {
	for i := range call.Arguments {
		a := &call.Arguments[i]
		switch a.Keyword {
		case "", "env_file", "dotenv_path", "path":
		default:
			continue
		}
		at := py.pathOf(a.Value, a.End, 0)
		switch {
		case !at.ok || at.path == "":
			return p.guess(py)
		case strings.Contains(py.Source(a.Value, a.End), "find_dotenv"):
			return p.upward(dirOf(py.path))
		}
		return at.path
	}
	if pysource.LastName(call.Callee) == "read_env" && py.imports("environ") && !py.imports("environs") {
		return joinPath(dirOf(py.path), ".env")
	}
	return p.upward(dirOf(py.path))
}

// conditional notes that a file of variables is loaded in a branch only.
func (p *planner) conditional(py *pythonFile, call *pysource.Call) {
	n := py.StatementOf(call.First)
	indent := py.Statements[n].Indent
	for ; n >= 0 && indent > 0; n-- {
		st := py.Statements[n]
		if st.Indent >= indent {
			continue
		}
		if indent = st.Indent; py.Is(st.First, "if") && !py.Is(st.First+1, "__name__") {
			p.note("%s:%d loads it only %s.", py.path, py.Tokens[call.First].Line, strings.TrimSuffix(py.Source(st.First, st.End), ":"))
			return
		}
	}
}

// guess is the .env file that is there, or where it usually is.
func (p *planner) guess(py *pythonFile) string {
	if len(p.project.dotenvs) == 1 {
		return p.project.dotenvs[0]
	}
	return p.upward(dirOf(py.path))
}

// upward is the .env file nearest above a folder, as python-dotenv, environs
// and decouple look for it; where there is none, beside manage.py.
func (p *planner) upward(folder string) string {
	for dir := folder; ; dir = dirOf(dir) {
		if file := joinPath(dir, ".env"); exists(p.tree, file) {
			return file
		}
		if dir == "" {
			break
		}
	}
	if manage := p.project.manage; manage == "" || folder == manage || strings.HasPrefix(folder, manage+"/") {
		return joinPath(manage, ".env")
	}
	return ".env"
}

// settingsFile is the env_file of a settings class of pydantic, relative to the
// folder that Django is started in.
func (p *planner) settingsFile(py *pythonFile) (file string, loaded bool) {
	if py == nil {
		return "", false
	}
	for n := range py.Tokens {
		if !py.Is(n, "env_file") && !py.isText(n, "env_file") || !py.Is(n+1, "=") && !py.Is(n+1, ":") {
			continue
		}
		end := n + 2
		for end < len(py.Tokens) && py.Tokens[end].Kind != pysource.Newline && !(py.Tokens[end].Open == py.Tokens[n].Open && (py.Is(end, ",") || py.Is(end, ")"))) {
			end++
		}
		if at := py.pathOf(n+2, end, 0); at.ok {
			if py.Tokens[n+2].Kind == pysource.String {
				return joinPath(p.project.manage, at.path), true
			}
			return at.path, true
		}
		return p.guess(py), true
	}
	return "", false
}

// isText reports whether a token is a string of this value.
func (py *pythonFile) isText(n int, value string) bool {
	text, ok := py.Value(n)
	return ok && text == value
}
