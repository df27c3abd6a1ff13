package forms

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
)

// A text can give its key any number of times, and each can ask for names anywhere in
// it.
func TestWhereSettingsTakeTheirKeyFromIsNoQuestionOfTheWholeTextEach(t *testing.T) {
	spent := func(text string) int {
		s := sourceText{text: []byte(text)}
		s.sources(anchorSet().Append(nil, s.text, 0, len(s.text)))
		return s.spent
	}
	python := func(line string) func(int) string {
		return func(n int) string { return "import os\nfrom a import b\n" + testkit.Repeated(line, n) }
	}
	for name, text := range map[string]func(int) string{
		"one word":          func(n int) string { return testkit.Repeated("SECRET_KEY", n) },
		"settings of Flask": func(n int) string { return "a:\n" + testkit.Repeated("  secret_key: x\n", n) },
		"files":             func(n int) string { return "<html>\n" + testkit.Repeated("SECRET_KEY_FILE=/run/secrets/app\n", n) },
		"secrets": func(n int) string {
			return "a:\n" + testkit.Repeated("  SECRET_KEY_FILE: /run/secrets/app\n", n) + "  app:\n    file: a b\n"
		},
		"names": python("SECRET_KEY = name\n"),
		"names in a long row": func(n int) string {
			return "import os\nfrom a " + testkit.Repeated("name ", n/2) + "\n" + testkit.Repeated("SECRET_KEY = name\n", n/2)
		},
		"files of names": python("SECRET_KEY = name.read()\n"),
		"data":           python("SECRET_KEY = name.get(\"x\")\n"),
		"files of INI":   python("SECRET_KEY = name.get(\"x\", \"SECRET_KEY\")\n"),
		"many names":     python("SECRET_KEY = (" + strings.Repeat("f.read() + ", 20) + "x)\n"),
	} {
		const size = 512 << 10
		small, large := spent(text(size)), spent(text(4*size))
		if small == 0 {
			t.Errorf("%s: nothing was looked for", name)
		}
		if large > 9*small/2 || large > (searchedBytes+1)*4*size+2*searchedFree {
			t.Errorf("%s: 512 KB cost %d, 2 MB %d", name, small, large)
		}
	}
}

// What was imported is found in lines of any length, as far as the bound goes.
func TestTheModuleOfANameIsFound(t *testing.T) {
	for text, want := range map[string]string{
		"from a.b import NAME\n":                               "b NAME",
		"x = NAME\nfrom a import OTHER, NAME\n":                "a NAME",
		"from a import OTHER as NAME\n":                        "a OTHER",
		"from a import (NAME)\n":                               "a NAME",
		"from NAME import x\nfrom c import NAME, NAME_2\n":     "c NAME",
		"from a import NAME_2\n":                               " ",
		" from a import NAME\n":                                " ",
		"from a\nimport NAME\n":                                " ",
		strings.Repeat("NAME ", 2000) + "\nfrom a import NAME": "a NAME",
	} {
		s := sourceText{text: []byte(text)}
		module, there := s.importOf("NAME")
		if got := module + " " + there; got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}
