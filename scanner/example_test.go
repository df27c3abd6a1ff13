package scanner_test

import (
	"fmt"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner"
)

// A secret cannot be printed by accident: whoever needs the value asks for it.
func ExampleSecret() {
	s := scanner.NewSecret(testkit.InsecureKey(1))
	fmt.Println(s)
	fmt.Printf("%v %+v %q\n", s, s, s)
	fmt.Println(s.Mask(scanner.ClassDjangoInsecure))
	fmt.Println(s.Fingerprint())
	// Output:
	// …(66)
	// …(66) …(66) …(66)
	// django-insecure-(#…(66)
	// c89eb3f334ea6077
}

// Offsets of matches are in bytes; people count lines and columns from 1.
func ExamplePosition() {
	line, column := scanner.Position([]byte("DEBUG = 1\nSECRET_KEY = 'x'\n"), 24)
	fmt.Println(line, column)
	// Output: 2 15
}
