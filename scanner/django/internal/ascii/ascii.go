// Package ascii classifies the bytes of texts whose encoding is not known: a byte from
// 0x80 on is taken for a part of some letter.
package ascii

// IsLower reports whether c is a lower-case letter.
func IsLower(c byte) bool { return c >= 'a' && c <= 'z' }

// IsUpper reports whether c is an upper-case letter.
func IsUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// IsLetter reports whether c is a letter.
func IsLetter(c byte) bool { return IsLower(c | 32) }

// IsDigit reports whether c is a decimal digit.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

// IsAlnum reports whether c is a letter or a decimal digit.
func IsAlnum(c byte) bool { return IsLetter(c) || IsDigit(c) }

// IsHex reports whether c is a hexadecimal digit.
func IsHex(c byte) bool { return IsDigit(c) || c|32 >= 'a' && c|32 <= 'f' }

// HexDigit returns the value of a hexadecimal digit, or -1.
func HexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|32 && c|32 <= 'f':
		return int(c|32-'a') + 10
	}
	return -1
}

// IsBase64 reports whether c is in one of base64's two alphabets. The sign that
// fills the last group is not.
func IsBase64(c byte) bool {
	return c|32 >= 'a' && c|32 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

// IsWord reports whether c can be a part of an identifier.
func IsWord(c byte) bool {
	return c|32 >= 'a' && c|32 <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

// IsSpace reports whether c is white space within a line.
func IsSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\f' || c == '\v' }

// IsBreak reports whether c is a part of a line break.
func IsBreak(c byte) bool { return c == '\n' || c == '\r' }

// IsQuote reports whether c is a quotation mark: ", ' or `.
func IsQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// IsText reports whether c is printable or divides words and lines.
func IsText(c byte) bool { return c >= ' ' && c <= '~' || c == '\n' || c == '\r' || c == '\t' }
