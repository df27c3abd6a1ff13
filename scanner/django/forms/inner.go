package forms

// A span is a part of a text, in bytes.
type span struct{ from, to int }

// views reads the texts that are written inside this one, as far as their
// bounds are seen without looking for a name: cells of a notebook, files of a
// patch, code in a document. It returns where they stand, ascending; anchors
// there are done.
func (doc *document) views(emit func(Assignment)) []span {
	if doc.depth >= maxDepth || len(doc.anchors) == 0 {
		return nil
	}
	switch doc.kind {
	case kindNotebook:
		return notebookViews(doc, emit)
	case kindPatch:
		return patchViews(doc, emit)
	case kindMarkup:
		return markupViews(doc, emit)
	case kindBinary:
		return binaryViews(doc, emit)
	}
	return nil
}

// sniffKind asks for the kind to be told by the content.
const sniffKind = kindWide + 1

// view reads an inner text of a known kind.
func (doc *document) view(l *layout, k kind, emit func(Assignment)) {
	if doc.depth >= maxDepth {
		return
	}
	anchors := anchorSet().Append(nil, l.text, 0, len(l.text))
	if len(anchors) == 0 {
		return
	}
	if k == sniffKind {
		k = sniff(l.text)
	}
	inner := &document{text: l.text, anchors: anchors, kind: k, to: -1}
	inner.depth = doc.depth + 1
	defer func() { doc.guards = append(doc.guards, inner.guards...) }()
	inner.read(func(a Assignment) {
		if len(a.Values) > 0 {
			from := l.place(a.Offset)
			a.Offset, a.Length = from, max(0, l.end(a.Offset+a.Length)-from)
		}
		emit(a)
	})
}

// anchored reports whether an anchor stands in text[from:to]; calls must come
// in ascending order of from, and i keeps the place.
func (doc *document) anchored(i *int, from, to int) bool {
	for *i < len(doc.anchors) && int(doc.anchors[*i]) < from {
		*i++
	}
	return *i < len(doc.anchors) && int(doc.anchors[*i]) < to
}
