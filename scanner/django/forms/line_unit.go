package forms

import (
	"bytes"

	"github.com/djleaks/djleaks/scanner"
)

// unitReader knows the places of service managers and web servers: systemd's
// Environment=, supervisor's environment=, uwsgi's env =, nginx's uwsgi_param,
// Apache's SetEnv.
func unitReader(s statement) answer {
	left, _ := s.commented()
	left = bytes.TrimRight(left, " \t\"'")
	lower := bytes.ToLower(left[max(0, len(left)-64):])
	y := style{form: Unit, single: true, joins: true, percent: true, blank: true}
	switch {
	case s.sep == "" && s.spaced && (bytes.HasSuffix(lower, []byte("uwsgi_param")) || bytes.HasSuffix(lower, []byte("fastcgi_param")) ||
		bytes.HasSuffix(lower, []byte("setenv")) && bytes.Equal(bytes.TrimSpace(left), []byte("SetEnv"))):
		y.stops, y.percent = ";", false
	case s.sep != "=" || s.inner:
		return pass
	case bytes.HasPrefix(bytes.TrimLeft(left, " \t"), []byte("Environment=")), bytes.HasPrefix(bytes.TrimLeft(left, " \t"), []byte("Environment =")):
		if s.open != 0 {
			y.blank = false
		}
	case bytes.HasPrefix(bytes.TrimLeft(lower, " \t"), []byte("environment")) && bytes.IndexByte(left, '=') >= 0:
		y.stops = ","
	case bytes.Equal(bytes.TrimSpace(lower), []byte("env =")), bytes.Equal(bytes.TrimSpace(lower), []byte("env=")),
		bytes.Equal(bytes.TrimSpace(lower), []byte("raw_env =")):
		y.blank = false
	default:
		return pass
	}
	r, ok := y.read(s.doc.text, s.at, s.limit)
	if !ok {
		return claimed
	}
	var traits scanner.Trait
	if _, comment := s.commented(); comment {
		traits = scanner.Comment
	}
	return found(s.assign(y.form, r, traits))
}
