package value

import (
	"strings"

	"github.com/djleaks/djleaks/scanner/django/internal/ascii"
)

// A tokenPrefix is how the keys of another product begin, and how long they are
// with it at least. Short prefixes have a length that no generator of secret
// keys gives by default.
type tokenPrefix struct {
	text  string
	least int // bytes
	exact bool
}

// tokenPrefixes are those that the products' documentation gives, so that such a
// value is never Django's.
var tokenPrefixes = [...]tokenPrefix{
	// Hosts of code and packages.
	{"ghp_", 20, false},
	{"gho_", 20, false},
	{"ghu_", 20, false},
	{"ghs_", 20, false},
	{"ghr_", 20, false},
	{"github_pat_", 20, false},
	{"glpat-", 16, false},
	{"gldt-", 16, false},
	{"glrt-", 16, false},
	{"glptt-", 16, false},
	{"glcbt-", 16, false},
	{"gloas-", 16, false},
	{"glsoat-", 16, false},
	{"glft-", 16, false},
	{"glagent-", 16, false},
	{"npm_", 30, false},
	{"pypi-", 40, false},
	{"rubygems_", 40, false},
	{"dckr_pat_", 20, false},
	{"ATATT3", 60, false},
	{"ATBB", 30, false},
	{"ATCTT3", 60, false},
	// Clouds.
	{"AKIA", 20, true},
	{"ASIA", 20, true},
	{"AROA", 20, false},
	{"ABIA", 20, true},
	{"ACCA", 20, true},
	{"AIza", 39, true},
	{"ya29.", 40, false},
	{"GOCSPX-", 20, false},
	{"LTAI", 20, false},
	{"AKID", 36, true},
	{"dop_v1_", 40, false},
	{"doo_v1_", 40, false},
	{"dor_v1_", 40, false},
	{"DO00", 20, true},
	{"dapi", 36, true},
	{"hvs.", 24, false},
	{"hvb.", 24, false},
	{"hvr.", 24, false},
	{"tskey-", 20, false},
	{"pul-", 44, true},
	{"pscale_tkn_", 30, false},
	{"pscale_pw_", 30, false},
	{"pscale_oauth_", 30, false},
	{"fo1_", 40, false},
	{"FlyV1 ", 40, false},
	{"rnd_", 30, false},
	{"HRKU-", 40, false},
	{"hetzner_", 20, false},
	{"sbp_", 40, false},
	{"sb_secret_", 20, false},
	{"sb_publishable_", 20, false},
	// Payment.
	{"sk_live_", 12, false},
	{"sk_test_", 12, false},
	{"pk_live_", 12, false},
	{"pk_test_", 12, false},
	{"rk_live_", 12, false},
	{"rk_test_", 12, false},
	{"whsec_", 16, false},
	{"sq0atp-", 20, false},
	{"sq0csp-", 20, false},
	{"EAAAE", 60, false},
	{"rzp_live_", 12, false},
	{"rzp_test_", 12, false},
	{"FLWSECK", 20, false},
	{"FLWPUBK", 20, false},
	{"shppa_", 20, false},
	{"shpat_", 20, false},
	{"shpss_", 20, false},
	{"shpca_", 20, false},
	{"test_sk_", 20, false},
	{"live_sk_", 20, false},
	{"access_token$production$", 30, false},
	{"access_token$sandbox$", 30, false},
	{"xnd_", 20, false},
	{"sk_sandbox_", 12, false},
	{"APP_USR-", 20, false},
	{"SB-Mid-", 16, false},
	{"Mid-server-", 16, false},
	{"CHASECK", 16, false},
	{"bskey_", 16, false},
	// Services.
	{"xoxb-", 16, false},
	{"xoxp-", 16, false},
	{"xoxa-", 16, false},
	{"xoxr-", 16, false},
	{"xoxs-", 16, false},
	{"xoxe", 16, false},
	{"xapp-", 16, false},
	{"SG.", 40, false},
	{"xkeysib-", 20, false},
	{"xsmtpsib-", 20, false},
	{"key-", 36, true},
	{"re_", 36, true},
	{"PMAK-", 40, false},
	{"lin_api_", 20, false},
	{"ntn_", 40, false},
	{"secret_", 50, true},
	{"hf_", 37, true},
	{"sk-proj-", 20, false},
	{"sk-ant-", 20, false},
	{"sk-or-", 20, false},
	{"sk-lf-", 20, false},
	{"pk-lf-", 20, false},
	{"sk-svcacct-", 20, false},
	{"sk-", 51, true},
	{"gsk_", 56, true},
	{"r8_", 40, true},
	{"xai-", 40, false},
	{"nvapi-", 40, false},
	{"pplx-", 40, false},
	{"figd_", 30, false},
	{"NRAK-", 30, false},
	{"NRJS-", 20, false},
	{"glsa_", 30, false},
	{"glc_ey", 30, false},
	{"sntrys_", 30, false},
	{"sntryu_", 30, false},
	{"phc_", 30, false},
	{"phx_", 30, false},
	{"dp.pt.", 30, false},
	{"dp.st.", 30, false},
	{"dp.ct.", 30, false},
	{"ops_ey", 40, false},
	{"CFPAT-", 30, false},
	{"EZAK", 40, false},
	{"EZTK", 40, false},
	{"shippo_", 30, false},
	{"squ_", 40, false},
	{"sqp_", 40, false},
	{"sqa_", 40, false},
	{"sgp_", 40, false},
	{"AGE-SECRET-KEY-", 20, false},
	{"0x4AAAAAA", 20, false},
	{"1x0000000", 20, false},
	{"2x0000000", 20, false},
	{"ES_", 35, true},
	{"pat.", 30, false},
	{"eyJ", 60, false},
	{"sk.ey", 40, false},
	{"pk.ey", 40, false},
	{"tfp_", 40, false},
	{"ATTA", 60, false},
	{"mfa.", 40, false},
	{"Bearer ", 20, false},
	{"Basic ", 20, false},
}

// isToken recognises the key of another product by how it begins.
func isToken(v string) bool {
	if isHexNumber(v) || len(v) == 40 && v[:2] == "6L" && strings.Contains(v, "AAAA") { // Ethereum, reCAPTCHA
		return true
	}
	for i := range tokenPrefixes {
		p := &tokenPrefixes[i]
		if len(v) >= p.least && (!p.exact || len(v) == p.least) && strings.HasPrefix(v, p.text) && !strings.Contains(v, " ") || p.text[len(p.text)-1] == ' ' && strings.HasPrefix(v, p.text) {
			return p.text != "eyJ" || strings.Contains(v, ".eyJ") // a JSON Web Token
		}
	}
	return false
}

// isHexNumber recognises 0x and 40 or 64 hexadecimal digits: the keys and
// addresses of a blockchain.
func isHexNumber(v string) bool {
	if len(v) != 42 && len(v) != 66 || v[:2] != "0x" {
		return false
	}
	for i := 2; i < len(v); i++ {
		if !ascii.IsHex(v[i]) {
			return false
		}
	}
	return true
}
