package radius

import (
	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/scanner"
)

// products are whole applications, which keep data of their own with the key.
func (s *survey) products() {
	for _, x := range []struct {
		name, file string
		dists      []string
		effect     scanner.Consequence
		rotation   string
	}{
		{"NetBox", "netbox/netbox/settings.py", nil, scanner.EffectLinks, "sessions and links end; API tokens of version 2 are hashed with API_TOKEN_PEPPERS, not with the key"},
		{"Nautobot", "nautobot/core/settings.py", []string{"nautobot"}, scanner.EffectData, "what Nautobot encrypts with the key becomes unreadable"},
		{"AWX", "awx/settings/defaults.py", nil, scanner.EffectData, "stored credentials become unreadable: rotate with awx-manage regenerate_secret_key"},
	} {
		at, reason := project.Site{Line: 1}, ""
		if file, ok := s.p.HasPath(x.file); ok {
			at.Path, reason = file, "this is "+x.name
		}
		for _, name := range x.dists {
			if pkg, ok := s.p.Package(name); ok && reason == "" {
				at, reason = pkg.Site, x.name+" is required"
			}
		}
		if reason == "" {
			continue
		}
		s.effect(at, scanner.Effect{
			Effect: x.effect, Feature: x.name, Certain: false, Reason: reason,
			Attack: "what " + x.name + " documents for its key", Rotation: x.rotation, Fallbacks: scanner.HelpUnknown,
		})
	}
	for _, x := range [][2]string{{"Sentry", "sentry/conf/server.py"}, {"Paperless", "paperless/settings.py"}, {"Healthchecks", "hc/settings.py"}} {
		if at, ok := s.p.HasPath(x[1]); ok {
			s.unseen(project.Site{Path: at, Line: 1}, x[0], "this is "+x[0]+": what else it does with the key is in its own manual")
		}
	}
}
