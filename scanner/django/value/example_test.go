package value_test

import (
	"fmt"

	"github.com/djleaks/djleaks/internal/testkit"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// An evaluation says why a value is a key or not, without showing it.
func ExampleEvaluate() {
	for _, v := range []string{testkit.Key(1), "correct horse battery best", "${SECRET_KEY}"} {
		e := value.Evaluate(v)
		fmt.Println(e.Length, e.Random, e.Kind)
	}
	// Output:
	// 50 true made by Django's generator
	// 26 false made up by a person
	// 13 false a reference to a value elsewhere
}
