package django

import "github.com/djleaks/djleaks/scanner"

// valueClass is what a value is, finer than scanner.Class.
type valueClass uint8

// The value classes. The order is that of surety: of several readings of a
// value the one with the lowest class is taken.
const (
	insecureValue    valueClass = iota // startproject's prefix and 50 random symbols
	djangoValue                        // 50 random symbols of Django's alphabet
	randomValue                        // another generator's
	publicValue                        // printed in documentation
	humanValue                         // made up by a person
	lowValue                           // long, but periodic, a sequence or of few characters
	dummyValue                         // says that it is for tests, development or builds
	placeholderValue                   // asks to be replaced
	maskedValue                        // ****, [REDACTED]: no value
	referenceValue                     // ${X}, {{ x }}, a path: no value
	emptyValue                         // nothing
)

// class is the public class of a value; empty for one that is no key.
func (v valueClass) class() scanner.Class {
	switch v {
	case insecureValue:
		return scanner.ClassDjangoInsecure
	case djangoValue:
		return scanner.ClassDjango
	case randomValue:
		return scanner.ClassRandom
	case publicValue:
		return scanner.ClassPublic
	case humanValue, lowValue:
		return scanner.ClassWeak
	case dummyValue, placeholderValue:
		return scanner.ClassPlaceholder
	}
	return ""
}

// classify judges a value; name is the setting's, as written, or empty.
func classify(value, name string) valueClass {
	if value == "" {
		return emptyValue
	}
	return humanValue
}
