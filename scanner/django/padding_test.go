package django_test

import (
	"strings"
	"testing"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner/django"
)

// paddings are statements that can be padded between the name and the key, in which
// … is the key: what comes before the padding, a unit of it, what comes after it.
var paddings = map[string][3]string{
	"brackets":     {"import os\nSECRET_KEY = (\n", "# c\n", "'…')\n"},
	"line breaks":  {"import os\nSECRET_KEY = (\n", "\n", "'…')\n"},
	"blanks":       {"import os\nSECRET_KEY = ", " ", "'…'\n"},
	"continued":    {"import os\nSECRET_KEY = \\\n", "\\\n", "'…'\n"},
	"before sign":  {"import os\nSECRET_KEY", " ", "= '…'\n"},
	"dictionary":   {"import os\nX = {'SECRET_KEY':\n", "# c\n", "'…'}\n"},
	"call":         {"import os\nconfig('SECRET_KEY',\n", "# c\n", "default='…')\n"},
	"subscript":    {"import os\napp.config['SECRET_KEY'] = (\n", "# c\n", "'…')\n"},
	"in a string":  {"import os\nSECRET_KEY = '\\\n", "\\\n", "…'\n"},
	"alternative":  {"import os\nSECRET_KEY = (os.environ.get('K') or\n", "# c\n", "'…')\n"},
	"JSON":         {"{\"SECRET_KEY\":\n", "\n", "\"…\"}\n"},
	"JSON pair":    {"[{\"name\": \"SECRET_KEY\",\n", "\n", "\"value\": \"…\"}]\n"},
	"YAML":         {"SECRET_KEY:\n", "# c\n", "  \"…\"\n"},
	"YAML, folded": {"SECRET_KEY: >\n", "\n", "  …\n"},
	"dotenv":       {"SECRET_KEY=", " ", "\"…\"\n"},
	"INI":          {"[django]\nsecret_key =", " ", "…\n"},
	"JavaScript":   {"const secretKey = ", "/*c*/", "\"…\"\n"},
	"shell":        {"export SECRET_KEY=", "\\\n", "\"…\"\n"},
	"Terraform":    {"variable \"secret_key\" {\n", "# c\n", "default = \"…\"}\n"},
	"PowerShell":   {"$env:SECRET_KEY =", " ", "\"…\"\n"},
}

func padded(p [3]string, n int, key string) string {
	return p[0] + strings.Repeat(p[1], n/len(p[1])) + strings.ReplaceAll(p[2], "…", key)
}

func TestPaddingHidesNoKey(t *testing.T) {
	d, key := django.New(), testkit.Made("alnum", 1)
	for name, p := range paddings {
		for _, n := range []int{300, 5000, 20_000, 200_000} {
			text := []byte(padded(p, n, key))
			found, cut := d.Search(text, d.Anchors().Append(nil, text, 0, len(text)))
			if len(found) != 1 || found[0].Secret.Reveal() != key || cut != 0 {
				t.Errorf("%s, %d bytes: %d matches, %d cut", name, n, len(found), cut)
			} else if at := strings.Index(string(text), key); p[1] != "\\\n" && (found[0].Offset != at || found[0].Length != len(key)) {
				t.Errorf("%s, %d bytes: at %d+%d, want %d+%d", name, n, found[0].Offset, found[0].Length, at, len(key))
			}
		}
	}
}

// What is not padding is read as far as any text is. Then it is said that there may be
// more.
func TestAStatementThatIsTooLongIsSaidToBe(t *testing.T) {
	d, key := django.New(), testkit.Made("alnum", 1)
	for name, p := range map[string][3]string{
		"strings":     {"import os\nSECRET_KEY = (\n", "''\n", "'…')\n"},
		"sum":         {"import os\nSECRET_KEY = (''\n", "+''\n", "+'…')\n"},
		"calls":       {"import os\nSECRET_KEY = f(\n", "f(x),\n", "'…')\n"},
		"open string": {"import os\nSECRET_KEY = '''\n", "x\n", "…'''\n"},
	} {
		text := []byte(padded(p, 40_000, key))
		if found, cut := d.Search(text, d.Anchors().Append(nil, text, 0, len(text))); cut == 0 && len(found) == 0 {
			t.Errorf("%s: nothing is said", name)
		}
		text = []byte(padded(p, 4000, key) + strings.Repeat("x = 1\n", 10_000))
		if _, cut := d.Search(text, d.Anchors().Append(nil, text, 0, len(text))); cut != 0 {
			t.Errorf("%s: what ends in time is said to be too long", name)
		}
	}
}

// After a name that is given its value, or none, comments are not padding.
func TestCommentsAfterAStatementJoinNothing(t *testing.T) {
	d, key := django.New(), testkit.Made("alnum", 1)
	for _, before := range []string{
		"import os\nSECRET_KEY = os.environ['SECRET_KEY']\n", "import os\n# SECRET_KEY =\n", "import os\nprint(SECRET_KEY)\n",
	} {
		text := []byte(before + strings.Repeat("# about the next one\n", 40) + "TOKEN = '" + key + "'\n")
		if found, cut := d.Search(text, d.Anchors().Append(nil, text, 0, len(text))); len(found) != 0 || cut != 0 {
			t.Errorf("%q: %d matches, %d cut", before, len(found), cut)
		}
	}
}
