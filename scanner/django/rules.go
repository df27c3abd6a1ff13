package django

import "github.com/djleaks/djleaks/scanner"

func rules() []scanner.Rule { return nil }
