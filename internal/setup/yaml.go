package setup

import (
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// block is a mapping or a list in block style: lines [from, to) of a text, all
// indented by indent blanks or more.
type block struct {
	node     *yaml.Node
	from, to int // from 0
	indent   int
}

// parse reads a document of one mapping. The mapping is nil if the text holds
// nothing but comments.
func parse(text string) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.NewDecoder(strings.NewReader(text)).Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if root := document.Content[0]; root.Kind == yaml.MappingNode {
		return root, nil
	} else if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	return nil, errors.New("it is not a mapping")
}

// decode reads what a document of one mapping has of the fields of a struct. A
// field of another type is left as it is: the file is another program's.
func decode(text string, into any) error {
	root, err := parse(text)
	if err != nil || root == nil {
		return err
	}
	var other *yaml.TypeError
	if err := root.Decode(into); err != nil && !errors.As(err, &other) {
		return err
	}
	return nil
}

// top is the block of a whole document.
func top(text string, root *yaml.Node) (block, error) {
	b := block{node: root, to: len(strings.Split(text, "\n"))}
	if root.Style&yaml.FlowStyle != 0 {
		return b, errNoPlace
	}
	b.from, b.indent = root.Line-1, root.Column-1
	return b.ending(text, false), nil
}

// child is the block below a key; ok is false if the key is not there.
func (b block) child(text, key string) (c block, ok bool, err error) {
	for i := 0; i+1 < len(b.node.Content); i += 2 {
		if b.node.Content[i].Value != key {
			continue
		}
		value := b.node.Content[i+1]
		if value.Kind != yaml.MappingNode && value.Kind != yaml.SequenceNode || value.Style&yaml.FlowStyle != 0 || value.Line == b.node.Content[i].Line {
			return block{}, true, errNoPlace
		}
		c = block{node: value, from: value.Line - 1, indent: value.Column - 1}
		return c.ending(text, value.Kind == yaml.SequenceNode), true, nil
	}
	return block{}, false, nil
}

// ending finds the end of a block: the line after the last one that is indented
// far enough. Comments and empty lines at the end are not of it.
func (b block) ending(text string, list bool) block {
	lines := strings.Split(text, "\n")
	b.to = b.from + 1
	for n := b.from; n < len(lines); n++ {
		line := strings.TrimRight(lines[n], " ")
		bare := strings.TrimLeft(line, " ")
		indent := len(line) - len(bare)
		switch {
		case bare == "" || bare[0] == '#' && indent < b.indent:
			continue
		case indent < b.indent, list && indent == b.indent && !strings.HasPrefix(bare, "-"), strings.HasPrefix(line, "---") && n > b.from, strings.HasPrefix(line, "..."):
			return b
		}
		b.to = n + 1
	}
	return b
}

// insert puts a snippet at the end of a block.
func (b block) insert(text, snippet string) string {
	lines := strings.Split(text, "\n")
	var out []string
	out = append(out, lines[:b.to]...)
	for _, line := range strings.Split(strings.TrimRight(snippet, "\n"), "\n") {
		if line != "" {
			line = strings.Repeat(" ", b.indent) + line
		}
		out = append(out, line)
	}
	rest := lines[b.to:]
	if len(rest) == 0 {
		rest = []string{""}
	}
	return strings.Join(append(out, rest...), "\n")
}

// intoList adds an item to the list that a key of the document has.
func intoList(text, key, item string) (string, error) {
	root, err := parse(text)
	if err != nil {
		return "", err
	}
	var out string
	if root == nil {
		out, _ = atEnd(text, key+":\n"+item)
		return checked(out)
	}
	whole, err := top(text, root)
	if err != nil {
		return "", err
	}
	list, ok, err := whole.child(text, key)
	switch {
	case err != nil:
		return "", err
	case !ok:
		out = whole.insert(text, key+":\n"+item)
	default:
		out = list.insert(text, item)
	}
	return checked(out)
}

// intoMapping adds the mappings of a snippet to those of the document, as deep
// as both have the same keys.
func intoMapping(text, snippet string) (string, error) {
	root, err := parse(text)
	if err != nil {
		return "", err
	}
	if root == nil {
		out, _ := atEnd(text, snippet)
		return checked(out)
	}
	at, err := top(text, root)
	if err != nil {
		return "", err
	}
	for {
		key, below, _ := strings.Cut(snippet, "\n")
		next, ok, err := at.child(text, strings.TrimSuffix(key, ":"))
		if err != nil {
			return "", err
		}
		if !ok {
			break
		}
		if next.node.Kind != yaml.MappingNode {
			return "", errNoPlace
		}
		at, snippet = next, dedented(below)
	}
	return checked(at.insert(text, snippet))
}

// dedented takes the indentation of the first line from all.
func dedented(text string) string {
	indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], indent)
	}
	return strings.Join(lines, "")
}

// checked refuses a text that has become unreadable.
func checked(text string) (string, error) {
	if _, err := parse(text); err != nil {
		return "", errNoPlace
	}
	return text, nil
}
