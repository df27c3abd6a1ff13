package policy

import (
	"strings"
	"testing"
	"time"
)

func TestAnEntryIsWrittenIntoAnyConfiguration(t *testing.T) {
	day := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	e := Entry{Fingerprint: fp1, Reason: `it's "quoted" \ – ü`, Path: "tests/**", Expires: day, Rotated: day}
	const written = "[[accept]]\nfingerprint = \"" + fp1 + "\"\npath = \"tests/**\"\nreason = \"it's \\\"quoted\\\" \\\\ – ü\"\nexpires = \"2027-01-31\"\nrotated = \"2027-01-31\"\n"
	for name, c := range map[string]struct{ file, text, want string }{
		"nothing":               {".djleaks.toml", "", written},
		"a setting":             {".djleaks.toml", "fail-on = \"low\"\n", "fail-on = \"low\"\n\n" + written},
		"no line end":           {".djleaks.toml", "fail-on = \"low\"", "fail-on = \"low\"\n\n" + written},
		"a table at the end":    {".djleaks.toml", "[severity]\n\"a\" = \"low\"\n", "[severity]\n\"a\" = \"low\"\n\n" + written},
		"Windows":               {".djleaks.toml", "fail-on = \"low\"\r\n", "fail-on = \"low\"\r\n\r\n" + strings.ReplaceAll(written, "\n", "\r\n")},
		"a byte order mark":     {".djleaks.toml", "\ufefffail-on = \"low\"\n", "\ufefffail-on = \"low\"\n\n" + written},
		"another entry":         {".djleaks.toml", "[[accept]]\nfingerprint = \"" + fp2 + "\"\nreason = \"r\"\n", "[[accept]]\nfingerprint = \"" + fp2 + "\"\nreason = \"r\"\n\n" + written},
		"the entry before":      {".djleaks.toml", "# why\n\n[[accept]]\nfingerprint = \"" + fp1 + "\"\nreason = \"r\"\npath = \"tests/**\"\n\n[severity]\n\"a\" = \"low\"\n", "# why\n\n[severity]\n\"a\" = \"low\"\n\n" + written},
		"one with another path": {".djleaks.toml", "[[accept]]\nfingerprint = \"" + fp1 + "\"\nreason = \"r\"\n", "[[accept]]\nfingerprint = \"" + fp1 + "\"\nreason = \"r\"\n\n" + written},
		"pyproject.toml":        {"pyproject.toml", "[project]\nname = \"x\"\n\n[tool.djleaks]\nfail-on = \"low\"\n", "[project]\nname = \"x\"\n\n[tool.djleaks]\nfail-on = \"low\"\n\n" + strings.Replace(written, "[[accept]]", "[[tool.djleaks.accept]]", 1)},
	} {
		l := &Ledger{Name: c.file, Text: []byte(c.text)}
		if err := l.Put(e); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(l.Text) != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, l.Text, c.want)
		}
		entries, err := l.Entries()
		if err != nil || len(entries) == 0 || entries[len(entries)-1] != e {
			t.Errorf("%s: read as %+v, %v", name, entries, err)
		}
		again := string(l.Text)
		if err := l.Put(e); err != nil || string(l.Text) != again {
			t.Errorf("%s: writing it twice changes the file: %v", name, err)
		}
	}
}

func TestEntriesAreTakenOutOfAConfiguration(t *testing.T) {
	const keep = "[[accept]]\nfingerprint = \"" + fp2 + "\"\nreason = \"r\"\n"
	const drop = "[[accept]] # gone\nreason = \"\"\"several\n[[accept]]\nlines\"\"\" # with a comment\n# in between\nfingerprint = \"" + fp1 + "\"\n"
	for name, c := range map[string][2]string{
		"first":             {drop + "\n" + keep, keep},
		"last":              {keep + "\n" + drop, keep},
		"between":           {"fail-on = \"low\"\n\n" + drop + "\n\n# next\n[severity]\n\"a\" = \"low\"\n", "fail-on = \"low\"\n\n# next\n[severity]\n\"a\" = \"low\"\n"},
		"all":               {drop, ""},
		"with a reason '''": {"[[accept]]\nfingerprint = \"" + fp1 + "\"\nreason = '''\n[x]\n'''\n\n" + keep, keep},
	} {
		l := &Ledger{Name: ".djleaks.toml", Text: []byte(c[0])}
		removed, err := l.Remove(func(e *Entry) bool { return e.Fingerprint == fp1 })
		if err != nil || len(removed) != 1 {
			t.Errorf("%s: %+v, %v", name, removed, err)
			continue
		}
		if string(l.Text) != c[1] {
			t.Errorf("%s:\n%q\nwant\n%q", name, l.Text, c[1])
		}
	}
}

func TestWhatCannotBeChangedIsLeftAlone(t *testing.T) {
	const text = "accept = [{fingerprint = \"" + fp1 + "\", reason = \"r\"}]\n"
	l := &Ledger{Name: ".djleaks.toml", Text: []byte(text)}
	for what, err := range map[string]error{
		"adding":   l.Put(Entry{Fingerprint: fp2, Reason: "r"}),
		"changing": l.Put(Entry{Fingerprint: fp1, Reason: "s"}),
	} {
		if err == nil || !strings.Contains(err.Error(), "by hand") || string(l.Text) != text {
			t.Errorf("%s: %v, %q", what, err, l.Text)
		}
	}
	if _, err := l.Remove(func(*Entry) bool { return true }); err == nil || string(l.Text) != text {
		t.Errorf("removing: %v, %q", err, l.Text)
	}
}

func FuzzLedger(f *testing.F) {
	f.Add(".djleaks.toml", example, "a reason", "tests/**")
	f.Add("pyproject.toml", "[tool.djleaks]\n"+example, "\"\\\x00\n", "a")
	f.Add(".djleaks.toml", "[[accept]]\nfingerprint = \""+fp1+"\"\nreason = '''\n[[accept]]'''\n", "r", "")
	f.Fuzz(func(t *testing.T, name, text, reason, path string) {
		l := &Ledger{Name: name, Text: []byte(text)}
		before, err := l.Entries()
		e := Entry{Fingerprint: fp1, Reason: strings.TrimSpace(reason), Path: path}
		if err != nil || e.Check() != nil {
			return
		}
		p, _ := Parse(name, l.Text)
		if l.Put(e) != nil {
			if string(l.Text) != text {
				t.Error("changed by an error")
			}
			return
		}
		after, err := Parse(name, l.Text)
		if err != nil {
			t.Fatalf("no more a configuration: %v\n%s", err, l.Text)
		}
		if last := after.Accept[len(after.Accept)-1]; last.Fingerprint != fp1 || last.Path != strings.ToValidUTF8(path, "\uFFFD") || last.Reason != strings.ToValidUTF8(e.Reason, "\uFFFD") {
			t.Errorf("written as %+v", last)
		}
		if len(after.Accept) < len(before) || after.FailOn != p.FailOn || len(after.Exclude) != len(p.Exclude) || len(after.Severity) != len(p.Severity) || len(after.Names) != len(p.Names) {
			t.Errorf("something else has changed:\n%s", l.Text)
		}
	})
}
