package value

import (
	"fmt"
	"testing"
)

func TestAValueIsJudgedOnceAndAsItWouldBe(t *testing.T) {
	calls := 0
	judge := func(value, name string) Class {
		calls++
		return classify(value, name)
	}
	v := verdicts{seeds: judged.seeds}
	for round := range 3 {
		for n := range 200 {
			value := fmt.Sprintf("os.environ['KEY_%d']", n/2)
			name := []string{"SECRET_KEY", "KEY_1"}[n%2]
			if got, want := v.of(value, name, judge), classify(value, name); got != want {
				t.Fatalf("%s of %s: %v, want %v", value, name, got, want)
			}
		}
		// A few of 200 share a slot, and take it in turns.
		if round > 0 && calls > 200+round*80 {
			t.Errorf("%d values were judged in %d rounds of 200", calls, round+1)
		}
	}
}

func TestEveryClassHasRoom(t *testing.T) {
	for class := range Class(1<<classBits - 1) {
		v := verdicts{seeds: judged.seeds}
		for range 2 {
			if got := v.of("a", "b", func(string, string) Class { return class }); got != class {
				t.Fatalf("%d: %d", class, got)
			}
		}
	}
	if Empty >= 1<<classBits-1 {
		t.Errorf("%d classes", Empty+1)
	}
}
