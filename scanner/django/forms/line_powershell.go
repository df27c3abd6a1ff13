package forms

import "bytes"

// powershellForm recognises PowerShell's $env:NAME = "value".
func powershellForm(s statement) answer {
	if s.sep != "=" || !bytes.HasSuffix(s.windowsCommand(), []byte("$env:")) {
		return pass
	}
	y := quoting{form: PowerShell, bare: true, single: true}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok || r.isCode() || !r.quoted {
		return claimed
	}
	if raw := s.doc.text[r.offset : r.offset+r.length]; bytes.IndexByte(raw, '`') >= 0 {
		r.values = append(r.values, string(bytes.ReplaceAll(raw, []byte("`"), nil)))
	}
	return found(s.assign(y.form, r, s.commentTrait()))
}

// windowsCommand is the end of what is before the name, in lower case.
func (s *statement) windowsCommand() []byte {
	left, _ := s.commented()
	left = bytes.TrimRight(left, "\"'{")
	return bytes.ToLower(bytes.TrimLeft(left[max(0, len(left)-40):], " \t@"))
}
