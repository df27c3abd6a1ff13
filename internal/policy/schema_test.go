package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/schema"
)

// configSchema is schema/config.json, with which editors complete and check a
// configuration.
func configSchema(t *testing.T) (*jsonschema.Schema, *jsonschema.Resolved) {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(schema.Config, &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &s, resolved
}

// asEditors is a configuration as what reads TOML for a schema hands it over:
// dates are text.
func asEditors(t *testing.T, text string) (value map[string]any, ok bool) {
	t.Helper()
	if _, err := toml.Decode(text, &value); err != nil {
		return nil, false
	}
	if entries, ok := value["accept"].([]map[string]any); ok {
		for _, entry := range entries {
			for name, v := range entry {
				if day, ok := v.(time.Time); ok {
					entry[name] = day.Format(time.DateOnly)
				}
			}
		}
	}
	plain, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	value = nil
	if err := json.Unmarshal(plain, &value); err != nil {
		t.Fatal(err)
	}
	return value, true
}

func TestTheSchemaTakesWhatIsRight(t *testing.T) {
	_, valid := configSchema(t)
	const entry = "[[accept]]\nfingerprint = \"0123456789abcdef\"\nreason = \"x\"\n"
	for _, text := range []string{
		"", example, `fail-on = "note"`, `exclude = []`, "exclude = [\"**/a/{b,c}/*.py\", \".env\", \"/docs\"]",
		entry + "rotated = \"2026-05-01\"\nstatus = \"rotated\"\nby = \"Ada\"\n", entry + "until = 2027-01-31\n", entry + "status = \"accepted\"\npath = \"demo/**\"\n",
	} {
		if _, err := Parse(".djleaks.toml", []byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		value, ok := asEditors(t, text)
		if err := valid.Validate(value); !ok || err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTheSchemaRefusesWhatIsRefused(t *testing.T) {
	_, valid := configSchema(t)
	const entry = "[[accept]]\nfingerprint = \"0123456789abcdef\"\n"
	more := []string{
		entry + "reason = \"x\"\nstatus = \"rotated\"\n", entry + "reason = \"x\"\nstatus = \"gone\"\n", entry + "reason = \"x\"\nby = \"" + strings.Repeat("a", 101) + "\"\n",
		entry + "reason = \"" + strings.Repeat("a", 501) + "\"\n", entry + "reason = \"x\"\nrotated = \"yesterday\"\n", entry + "reason = 3\n",
		"exclude = [\"" + strings.Repeat("a", 257) + "\"]", "exclude = [\"" + strings.Repeat("*/", 13) + "a\"]", "exclude = [\"./\"]",
		"setting-names = [\"" + strings.Repeat("A", 49) + "\"]", "setting-names = [\"1KEY\"]", "[severity]\n\"\" = \"low\"\n", "[severity]\n\"a\\\\b\" = \"low\"\n",
	}
	for _, c := range mistakes {
		more = append(more, c.text)
	}
	said := 0
	for _, text := range more {
		if _, err := Parse(".djleaks.toml", []byte(text)); err == nil {
			t.Errorf("%q is right", text)
		}
		value, ok := asEditors(t, text)
		if !ok || strings.Contains(text, `"["`) { // not TOML, or not a glob, which a regular expression cannot say
			continue
		}
		said++
		if valid.Validate(value) == nil {
			t.Errorf("the schema takes %q", text)
		}
	}
	if said < 35 {
		t.Errorf("the schema was asked %d times only", said)
	}
}

// A setting that policy gets has to get into the schema, or editors call it a
// mistake.
func TestTheSchemaHasEverySetting(t *testing.T) {
	s, _ := configSchema(t)
	same := func(what string, have map[string]*jsonschema.Schema, want []string) {
		t.Helper()
		for name := range have {
			if !slices.Contains(want, name) {
				t.Errorf("%s: the schema has %s", what, name)
			}
		}
		for _, name := range want {
			if have[name] == nil {
				t.Errorf("%s: the schema has no %s", what, name)
			}
		}
	}
	same("settings", s.Properties, settings())
	same("accept", s.Definitions["entry"].Properties, entryWords())
	var words []string
	for _, word := range s.Definitions["severity"].Enum {
		words = append(words, word.(string))
	}
	if !slices.Equal(words, scanner.SeverityNames()) {
		t.Errorf("severities: %v", words)
	}
}
