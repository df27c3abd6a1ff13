package forms

import "bytes"

// blockReader knows the blocks of Terraform whose label is the name:
// variable "secret_key" { default = "x" }.
func blockReader(s *statement, emit func(Assignment)) bool {
	if !s.inner || s.sep != "" || byteAt(s.doc.text, s.at) != '{' {
		return false
	}
	left := bytes.TrimSpace(s.left)
	if len(left) == 0 || left[len(left)-1] == ',' || left[len(left)-1] == '(' {
		return false
	}
	y := style{form: "terraform", stops: ",}"}
	s.valueIn(s.at+1, s.objectEnd(s.at), y, s.commentTrait(), emit)
	return true
}
