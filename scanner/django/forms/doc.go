// Package forms reads names and values in the forms in which people write them,
// in texts of every format. It does not say which of them are keys.
//
//	text ─anchors→ format → one form after the other → assignments
//
// Files are named after what they read:
//
//	line_*    a name, a sign and a value on one line: dotenv, YAML, JSON, shell, …
//	python_*  Python, as expressions around a name
//	inner_*   texts within texts: notebooks, patches, documents, binaries, base64
//	prefix    startproject's prefix, whatever is around it
//	unnamed   keys in the lines around a name, which no grammar joins to it
//
// A form looks at a bounded part of the text around an anchor, because a hostile
// text can be one line of ten megabytes with an anchor every ten bytes; what all
// of them look at is counted (budget.go), and a text that costs more than its
// size allows is looked at through a smaller window. A form does not recurse on
// the depth of its input, and never fails: what it cannot read it leaves alone.
package forms
