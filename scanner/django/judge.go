package django

import (
	"slices"

	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/forms"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// judge turns the assignments of one text into matches. A text can repeat one
// assignment millions of times: what it found out about the last one is kept.
type judge struct {
	around surroundings
	last   verdict
}

// verdict is what a name and the readings of a value say by themselves, wherever
// they are.
type verdict struct {
	name   string
	values []string
	noName bool // found by its shape: the name says nothing

	best   value.Class // of the readings
	secret scanner.Secret
	traits scanner.Trait
	key    bool // it is a key, unless the text around it says otherwise
}

// verdictOf is the verdict of an assignment.
func (j *judge) verdictOf(a *forms.Assignment) *verdict {
	v, noName := &j.last, a.Traits&scanner.NoName != 0
	if v.values != nil && v.name == a.Name && v.noName == noName && slices.Equal(v.values, a.Values) {
		return v
	}
	*v = verdict{name: a.Name, values: a.Values, noName: noName}
	if value.IsFallbacks(a.Name) {
		v.traits |= scanner.InFallbacks
	}
	least, traits, ok := required(a)
	if !ok {
		return v
	}
	v.traits |= traits
	v.best, v.secret = surest(a)
	v.key = v.best <= least && (v.best != value.MadeUp || !value.IsLabel(v.secret.Reveal(), a.Name))
	return v
}

// match turns an assignment into a match: the name must be a key's, and the
// reading of the surest class is the value.
func (j *judge) match(a *forms.Assignment) (m scanner.Match, ok bool) {
	m = scanner.Match{Offset: a.Offset, Length: a.Length, Name: a.Name, Form: a.Form, Rule: a.Rule, Traits: a.Traits}
	if a.Rule != "" {
		m.Secret, m.Class = scanner.NewSecret(a.Values[0]), scanner.ClassPublic
		return m, true
	}
	v := j.verdictOf(a)
	if !v.key {
		return m, false
	}
	m.Secret, m.Traits = v.secret, m.Traits|v.traits
	if v.best > value.Django && !m.Has(scanner.NoName) && (hasCompanion(j.around.text, a) || v.best > value.Public && j.around.isNoKey(a)) {
		return m, false
	}
	if v.best == value.Mashed {
		m.Traits |= scanner.Typed
	}
	m.Class, m.Rule = v.best.Reported(), ruleOf(v.best)
	m.Traits |= j.around.traits(&m)
	return m, true
}

// surest is the value of an assignment whose class is the surest, and its class.
func surest(a *forms.Assignment) (best value.Class, secret scanner.Secret) {
	best = value.Empty
	for _, v := range a.Values {
		if c := value.Classify(v, a.Name); c < best {
			best, secret = c, scanner.NewSecret(v)
		}
	}
	return best, secret
}

// required is the class that a value needs at least to be a key under its name;
// ok is false if the name is not one of a key.
func required(a *forms.Assignment) (least value.Class, traits scanner.Trait, ok bool) {
	if a.Traits&scanner.NoName != 0 {
		return value.Placeholder, 0, true
	}
	switch value.JudgeName(a.Name) {
	case value.NameNone:
		return value.Django, scanner.OtherName, value.IsForeignKey(a.Name)
	case value.NameOther:
		return value.Placeholder, scanner.OtherName, true
	}
	return value.Placeholder, 0, true
}
