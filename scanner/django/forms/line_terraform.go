package forms

import "bytes"

// blockForm recognises the blocks of Terraform whose label is the name:
// variable "secret_key" { default = "x" }.
func blockForm(s statement) answer {
	if !s.inner || s.sep != "" || byteAt(s.doc.text, s.at) != '{' {
		return pass
	}
	left := bytes.TrimSpace(s.left)
	if len(left) == 0 || left[len(left)-1] == ',' || left[len(left)-1] == '(' {
		return pass
	}
	y := quoting{form: Terraform, stops: ",}"}
	return s.valueIn(s.at+1, s.objectEnd(s.at), y, s.commentTrait())
}
