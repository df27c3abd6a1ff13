package forms

import (
	"github.com/djleaks/djleaks/scanner"
	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
	"github.com/djleaks/djleaks/scanner/django/value"
)

// bareKeyForm reads NAME = key without quotes in a text that looks like Python:
// an environment file with blanks around its signs. Only a key that Django made
// is one for sure; of most others Python's form says better what they are.
func bareKeyForm(doc *document, anchor int) answer {
	text := doc.text
	from, to := doc.word(anchor, false)
	i := to
	for i < len(text) && ascii.IsSpace(text[i]) {
		i++
	}
	if byteAt(text, i) != '=' {
		return pass
	}
	for i++; i < len(text) && ascii.IsSpace(text[i]); i++ {
	}
	end := i
	for end < len(text) && text[end] > ' ' && end-i <= len(scanner.InsecurePrefix)+value.DjangoLength {
		end++
	}
	v := string(text[i:end])
	if _, ok := value.DjangoShape(v); ok {
		return found(Assignment{Name: string(text[from:to]), Offset: i, Length: end - i, Values: []string{v}, Form: dotenvStyle.form})
	}
	return pass
}
