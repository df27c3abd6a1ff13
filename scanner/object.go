package scanner

import "encoding/hex"

// ObjectID is the name of a Git object as raw bytes: 20 with SHA-1, 32 with
// SHA-256. The empty ObjectID stands for a text that is not a Git object.
type ObjectID string

// ParseObjectID reads the hexadecimal form of an object name; ok is false for
// anything that is not 40 or 64 hexadecimal digits.
func ParseObjectID(s string) (id ObjectID, ok bool) {
	if len(s) != 40 && len(s) != 64 {
		return "", false
	}
	raw, err := hex.DecodeString(s)
	return ObjectID(raw), err == nil
}

// String returns the hexadecimal form.
func (id ObjectID) String() string { return hex.EncodeToString([]byte(id)) }

// IsZero reports whether id is empty or the all-zero name with which Git says
// "no object".
func (id ObjectID) IsZero() bool {
	for i := 0; i < len(id); i++ {
		if id[i] != 0 {
			return false
		}
	}
	return true
}

// MarshalText returns the hexadecimal form, as JSON shows it.
func (id ObjectID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the hexadecimal form; the empty text is the empty id.
func (id *ObjectID) UnmarshalText(text []byte) error {
	raw := make([]byte, hex.DecodedLen(len(text)))
	if _, err := hex.Decode(raw, text); err != nil {
		return err
	}
	*id = ObjectID(raw)
	return nil
}
