package pysource

import (
	"errors"
	"strings"
	"testing"
)

func TestWhatPythonTakesIsParsed(t *testing.T) {
	for _, text := range []string{
		"",
		"# only a comment",
		"x = 1\n",
		"\ufeffx = 1\r\ny = 2\r\n",
		"x = 1\ry = 2\r",
		"if x:\n\tpass\nelse:\n\ty = {\n'a': [1,\n2]}\n",
		"if x: y = 1; z = 2\n",
		"print 'a', 'b'\nprint >>f, x\nexec code in d\nraise E, 'x'\n",
		"try:\n    pass\nexcept E, e:\n    pass\nx = `y`\nif a <> b: pass\nn = 0777L\n",
		"def f(a, /, b, *, c: int = 1, **k) -> dict[str, int]:\n    return a\n",
		"f = lambda *, a: a\ng = lambda: 0\n",
		"from . import a\nfrom .. import b\nfrom ...c import *\nfrom .d import (e as f,\n g,)\n",
		"async def f():\n    async with a as b:\n        await c\n",
		"match x:\n    case [a, *b]:\n        pass\ntype X = int\n",
		"x = a if b else -c\ny = not a and ~b\nz = a @ b ** -c // d\n",
		"x = f'{a['b']}' f\"{c!r:>{w}}\" '{{x}}'\n",
		"x = rb'\\a' b'\\''\ny = '''a\n'b'\n'''\n",
		"@a.b(c)\nclass D(E, metaclass=F):\n    x: int\n    y: 'str' = 1e-3 + 0xfe\n",
		"x = y = \\\n    1\n",
		"x[1:2, ..., ::3] = {**a, 'b': 1}\nprint(*a, sep='')\n",
		"if (n := 1) > 0: pass\n",
		"x = 1 if y else(2)\nfor a, in b: pass\n",
	} {
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseRefusesWhatIsNotPython(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
	}{
		{"x = 1\ndef broken(:\n    pass\n", 2},
		{"x = (1\ny = 2\n", 1},
		{"x = 1)\n", 1},
		{"x = [1}\n", 1},
		{"x = 'a\n", 1},
		{"x = 1\ny = '''a\n", 2},
		{"x = \n", 1},
		{"x = = 1\n", 1},
		{"x y = 1\n", 1},
		{"x = 1 2\n", 1},
		{"x = 'a' b\n", 1},
		{"if x\n    pass\n", 1},
		{"if x:\npass\n", 2},
		{"  x = 1\n", 1},
		{"if x:\n    y\n  z\n", 3},
		{"if x:\n", 1},
		{"<<<<<<< ours\nx = 1\n", 1},
		{"x = 1\n=======\ny = 2\n", 2},
		{"x = {{ name }\n", 1},
		{"{% if x %}\nx = 1\n", 1},
		{"x = $y\n", 1},
		{"x = a ? b : c\n", 1},
		{"class :\n    pass\n", 1},
		{"x\x00 = 1\n", 1},
		{"x = f(a,, *)\n* = 1\n", 2},
	} {
		_, err := Parse([]byte(c.text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Line != c.line {
			t.Errorf("%q: %v, want an error in line %d", c.text, err, c.line)
		}
	}
}

func parse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAddImportIsWhereIsortPutsIt(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"x = 1\n", "import os\n\nx = 1\n"},
		{"\"\"\"Doc.\"\"\"\nx = 1\n", "\"\"\"Doc.\"\"\"\n\nimport os\nx = 1\n"},
		{"#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx = 1\n", "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport os\n\nx = 1\n"},
		{"\"\"\"D.\"\"\"\nfrom __future__ import annotations\n\nx = 1\n", "\"\"\"D.\"\"\"\nfrom __future__ import annotations\n\nimport os\n\nx = 1\n"},
		{"import json\nimport sys\n", "import json\nimport os\nimport sys\n"},
		{"import json\nfrom pathlib import Path\n", "import json\nimport os\nfrom pathlib import Path\n"},
		{"from pathlib import Path\n\nimport environ\n", "import os\nfrom pathlib import Path\n\nimport environ\n"},
		{"import environ\n", "import os\n\nimport environ\n"},
		{"from .base import *\n", "import os\n\nfrom .base import *\n"},
		{"import json", "import json\nimport os"},
		{"import sys\r\n", "import os\r\nimport sys\r\n"},
		{"\ufeffx = 1\n", "\ufeffimport os\n\nx = 1\n"},
	} {
		f := parse(t, c.text)
		if got := string(Apply(f.Text, []Edit{f.AddImport("os")})); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestAnArgumentIsRemovedWithItsComma(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"f(a, b)\n", 1, "f(a)\n"},
		{"f(a, b)\n", 0, "f(b)\n"},
		{"f(a, b, c)\n", 1, "f(a, c)\n"},
		{"f(a,)\n", 0, "f()\n"},
		{"f(a, b=1,)\n", 1, "f(a)\n"},
		{"f(\n    a,\n    b,\n)\n", 1, "f(\n    a\n)\n"},
		{"f(\n    a,\n    b,\n    c\n)\n", 1, "f(\n    a,\n    c\n)\n"},
		{"f(\n    a,  # first\n    b,  # second\n)\n", 1, "f(\n    a  # first\n      # second\n)\n"},
		{"f(\n    a,\n    # why\n    b,\n)\n", 1, "f(\n    a\n    # why\n)\n"},
		{"[\n    a,\n]\n", 0, "[\n]\n"},
	} {
		f := parse(t, c.text)
		open := 1
		if c.text[0] == '[' {
			open = 0
		}
		call := f.CallAt(open)
		got := string(Apply(f.Text, f.RemoveArgument(call, c.n)))
		if got != c.want {
			t.Errorf("%q less %d: got %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

func TestAtomIsTheWholeLiteral(t *testing.T) {
	for _, c := range []struct {
		text, want string
		whole      bool
	}{
		{"x = 'a'\n", "'a'", true},
		{"x = ('a'\n 'b')\n", "'a'\n 'b'", true},
		{"x = 'a' + u'b' + 'c'\n", "'a' + u'b' + 'c'", true},
		{"x = 'a' + y\n", "'a'", false},
		{"x = y + 'a'\n", "'a'", false},
		{"x = 'a' % y\n", "'a'", false},
		{"x = f'a{y}'\n", "f'a{y}'", false},
		{"x = f'a'\n", "f'a'", true},
		{"x = 'a'.format(y)\n", "'a'", false},
		{"x = 'a'.encode()\n", "'a'", true},
		{"x = 'a'[1:]\n", "'a'", false},
	} {
		f := parse(t, c.text)
		at := strings.Index(c.text, "'a'")
		if at < 0 {
			at = strings.Index(c.text, "f'")
		}
		first, end, whole := f.Atom(f.At(at))
		if got := f.Source(first, end); got != c.want || whole != c.whole {
			t.Errorf("%q: %q, %t; want %q, %t", c.text, got, whole, c.want, c.whole)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"x = f('a', b=1)\n", "if x:\n  y = '''a\n'''\n", "import os, sys\nfrom a import (b)\n", "f'{a['b']}'"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		tokens := Scan(nil, text)
		at := 0
		for i := range tokens {
			token := &tokens[i]
			if token.From < at || token.To < token.From || token.To > len(text) {
				t.Fatalf("token %d is at %d to %d, after %d", i, token.From, token.To, at)
			}
			at = token.To
		}
		file, err := Parse(text)
		if err != nil {
			return
		}
		if len(file.Tokens) != len(tokens) {
			t.Fatalf("%d tokens, and %d when read strictly", len(tokens), len(file.Tokens))
		}
		// An import can be added to whatever is Python, and leaves Python.
		added := Apply(text, []Edit{file.AddImport("os")})
		if _, err := Parse(added); err != nil {
			t.Fatalf("with an import: %v", err)
		}
		for i := range file.Tokens {
			if file.Is(i, "(") {
				for n := range file.CallAt(i).Arguments {
					Apply(text, file.RemoveArgument(file.CallAt(i), n))
				}
			}
		}
	})
}
