package testkit

import "strings"

// Hostile makes texts of about n bytes that a careless reader takes the square
// of their size for.
var Hostile = map[string]func(n int) string{
	"one line":             func(n int) string { return Repeated("x = 1; ", n) + "SECRET_KEY = 'a'" },
	"one line of names":    func(n int) string { return Repeated("SECRET_KEY=", n) },
	"one line of entries":  func(n int) string { return Repeated(`"SECRET_KEY":"`, n) },
	"one line of calls":    func(n int) string { return Repeated("f(SECRET_KEY,", n) },
	"brackets":             func(n int) string { return "SECRET_KEY = " + Repeated("(", n) },
	"names in brackets":    func(n int) string { return Repeated("SECRET_KEY=[{(", n) },
	"an open string":       func(n int) string { return "SECRET_KEY = '''" + Repeated("SECRET_KEY = x\n", n) },
	"open strings":         func(n int) string { return Repeated("SECRET_KEY = \"\"\"\nSECRET_KEY = '''", n) },
	"assignments":          func(n int) string { return Repeated("SECRET_KEY='value of it'\n", n) },
	"assignments of names": func(n int) string { return Repeated("SECRET_KEY=name\n", n/2) + Repeated("name\n", n/2) },
	"comparisons":          func(n int) string { return Repeated("if SECRET_KEY == 'value':\n  pass\n", n) },
	"concatenations":       func(n int) string { return "SECRET_KEY = " + Repeated("'a'+", n) },
	"prefixes":             func(n int) string { return Repeated("django-insecure-", n) },
	"blocks":               func(n int) string { return Repeated("    SECRET_KEY=\n", n) },
	"one word":             func(n int) string { return Repeated("secretkeysecret_key", n) },
	"negations":            func(n int) string { return "SECRET_KEY = " + Repeated("not ", n) },
	"backslashes":          func(n int) string { return "SECRET_KEY = '" + Repeated("\\\\", n) },
	"continued lines":      func(n int) string { return Repeated("SECRET_KEY = \\\n", n) },
	"carriage returns":     func(n int) string { return Repeated("SECRET_KEY = (\r", n) },
	"lines of CR":          func(n int) string { return "# x\n" + Repeated("\r", n/2) + Repeated("SECRET_KEY=\r", n/2) },
	"notebook": func(n int) string {
		return `{"cells":[{"cell_type":"code","source":[` + Repeated(`"SECRET_KEY = 'x'\n",`, n)
	},
	"patch":         func(n int) string { return "diff --git a/x b/x\n" + Repeated("+SECRET_KEY = 'value'\n", n) },
	"yaml":          func(n int) string { return "a:\n  b: c\n" + Repeated("- SECRET_KEY: value\n", n) },
	"json":          func(n int) string { return `{"a": [` + Repeated(`{"SECRET_KEY": "value"},`, n) },
	"utf-16":        func(n int) string { return string(Encode(Repeated("SECRET_KEY='value'\n", n/2), "utf-16le")) },
	"docker":        func(n int) string { return "FROM x\nRUN \\\n" + Repeated("# SECRET_KEY=value\n", n) },
	"sections":      func(n int) string { return Repeated("[section\nsecret_key = value\n", n) },
	"parents":       func(n int) string { return "a:\n" + Repeated("  secret_key: value\n", n) },
	"objects":       func(n int) string { return "{" + Repeated(`"SECRET_KEY": {"a":`, n) },
	"pairs":         func(n int) string { return "{" + Repeated(`{"name": "SECRET_KEY",`, n) },
	"tags":          func(n int) string { return "<html>" + Repeated("<SECRET_KEY=", n) },
	"fences":        func(n int) string { return "# x\n" + Repeated("```\nSECRET_KEY=value\n", n) },
	"base64":        func(n int) string { return Repeated("ZGphbmdvLWluc2VjdXJlL", n) },
	"references":    func(n int) string { return Repeated("${SECRET_KEY:-", n) },
	"flow":          func(n int) string { return "a: {" + Repeated("SECRET_KEY: value, ", n) },
	"YAML blocks":   func(n int) string { return "a:\n" + Repeated("  SECRET_KEY: |\n", n) },
	"old keys":      func(n int) string { return "a:\n" + Repeated("  SECRET_KEY_FALLBACKS: [value, ", n) },
	"long lines":    func(n int) string { return Repeated(Repeated("SECRET_KEY='a'; ", 3000)+"\n", n) },
	"crowded lines": func(n int) string { return Repeated(Repeated("secret_key: x, ", 200)+"\n", n) },
	"minified":      func(n int) string { return "!function(){" + Repeated("e.secretKey=t,", n) },
	"fixtures":      func(n int) string { return "[" + Repeated(`{"secret_key":"","a":{`, n) },
	"YAML in JSON":  func(n int) string { return `{"a":"` + Repeated(`secret_key: a\n`, n) },
	"queries":       func(n int) string { return "GET /?" + Repeated("secretkey=1&", n) },
	"binary":        func(n int) string { return "\x00\x01\x02" + Repeated("SECRET_KEY\x00zvalue", n) },
}

// Repeated repeats s to about size bytes.
func Repeated(s string, size int) string { return strings.Repeat(s, size/len(s)) }
