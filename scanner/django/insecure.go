package django

// insecureForm reads startproject's prefix and what follows it, whatever the
// name.
func insecureForm(doc *document, anchor int, emit func(assignment)) {}
