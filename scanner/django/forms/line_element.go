package forms

import "bytes"

// elementForm recognises <SECRET_KEY>value</SECRET_KEY>.
func elementForm(s statement) answer {
	text := s.doc.text
	if byteAt(text, s.nameFrom-1) != '<' || byteAt(text, s.nameTo) != '>' {
		return pass
	}
	end := bytes.IndexByte(text[s.nameTo:s.to], '<')
	if end < 2 {
		return pass
	}
	y := quoting{form: XML, entity: true}
	if r, ok := y.read(text, s.nameTo+1, s.nameTo+end); ok {
		return found(s.assign(y.form, r, s.commentTrait()))
	}
	return claimed
}
