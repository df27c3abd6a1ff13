package django

// pythonForm reads Python around a name, and everything that is written alike.
func pythonForm(doc *document, anchor int, emit func(assignment)) {}

// binding is one place where a name gets a literal value.
type binding struct {
	value          string
	offset, length int
}
