package forms

import (
	"bytes"
	"strings"
)

// unitForm recognises the places of service managers and web servers: systemd's
// Environment=, supervisor's environment=, uwsgi's env =, nginx's uwsgi_param,
// Apache's SetEnv.
func unitForm(s statement) answer {
	if s.sep != "" && s.sep != "=" {
		return pass
	}
	left, _ := s.commented()
	left = bytes.TrimRight(left, " \t\"'")
	setting := string(bytes.ToLower(bytes.TrimSpace(left[max(0, len(left)-64):])))
	y := quoting{form: Unit, single: true, joins: true, percent: true, blank: true}
	switch {
	case s.sep == "" && s.spaced && isServerSetting(left, setting):
		y.stops, y.percent = ";", false
	case s.sep != "=" || s.inner:
		return pass
	case bytes.HasPrefix(left, []byte("Environment=")), bytes.HasPrefix(left, []byte("Environment =")):
		y.blank = s.open == 0
	case strings.HasPrefix(setting, "environment") && bytes.IndexByte(left, '=') >= 0:
		y.stops = ","
	case setting == "env =", setting == "env=", setting == "raw_env =":
		y.blank = false
	default:
		return pass
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok {
		return claimed
	}
	return found(s.assign(y.form, r, s.commentTrait()))
}

// isServerSetting recognises what takes a name and a value as two words.
func isServerSetting(left []byte, lower string) bool {
	return strings.HasSuffix(lower, "uwsgi_param") || strings.HasSuffix(lower, "fastcgi_param") || string(bytes.TrimSpace(left)) == "SetEnv"
}
