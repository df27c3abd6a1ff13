package forms

import "bytes"

// elementReader knows <SECRET_KEY>value</SECRET_KEY>.
func elementReader(s *statement, emit func(Assignment)) bool {
	text := s.doc.text
	if byteAt(text, s.nameFrom-1) != '<' || byteAt(text, s.nameTo) != '>' {
		return false
	}
	end := bytes.IndexByte(text[s.nameTo:s.to], '<')
	if end < 2 {
		return false
	}
	y := style{form: "xml", entity: true}
	if r, ok := y.read(text, s.nameTo+1, s.nameTo+end); ok {
		emit(s.assign(y.form, r, s.commentTrait()))
	}
	return true
}
