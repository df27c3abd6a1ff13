package forms

// A span is a part of a text, in bytes.
type span struct{ from, to int }

func (s span) holds(offset int) bool { return s.from <= offset && offset < s.to }

// readPart reads an inner text of a known format.
func (doc *document) readPart(l *offsetMap, k format, emit func(*Assignment)) {
	doc.readInner(l.text, k, func(from, to int) (int, int) { return l.place(from), l.end(to) }, emit)
}

// readInner reads a text that is written inside this one. place gives the bounds in
// this text of a part of the inner one.
func (doc *document) readInner(text []byte, k format, place func(from, to int) (int, int), emit func(*Assignment)) {
	if doc.depth >= maxDepth {
		return
	}
	anchors := anchorSet().Append(nil, text, 0, len(text))
	if len(anchors) > 0 {
		inner := newDocument(doc.plan, text, anchors, k)
		inner.depth = doc.depth + 1
		doc.readDocument(inner, place, emit)
	}
}

// readDocument reads a text that is made of this one.
func (doc *document) readDocument(inner *document, place func(from, to int) (int, int), emit func(*Assignment)) {
	inner.enough = doc.enough
	inner.read(func(a *Assignment) {
		from, to := place(a.Offset, a.Offset+a.Length)
		a.Offset, a.Length = from, max(0, to-from)
		emit(a)
	})
	doc.cut += inner.cut
	doc.nested += inner.spent + inner.nested
	doc.python.refused = append(doc.python.refused, inner.python.refused...)
}

// anchored reports whether an anchor is in text[from:to]; calls must come
// in ascending order of from, and i keeps the place.
func (doc *document) anchored(i *int, from, to int) bool {
	for *i < len(doc.anchors) && int(doc.anchors[*i]) < from {
		*i++
	}
	return *i < len(doc.anchors) && int(doc.anchors[*i]) < to
}
