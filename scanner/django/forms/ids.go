package forms

import "github.com/djleaks/djleaks/scanner"

// The ids of the forms. They are part of the reports' contract: docs/formats.md
// lists them.
const (
	PythonAssign     scanner.Form = "python-assign"
	PythonName       scanner.Form = "python-name"
	PythonKwarg      scanner.Form = "python-kwarg"
	PythonDict       scanner.Form = "python-dict"
	PythonSubscript  scanner.Form = "python-subscript"
	PythonEnvDefault scanner.Form = "python-env-default"
	PythonSetCall    scanner.Form = "python-set-call"
	PythonAppend     scanner.Form = "python-append"
	PythonCompare    scanner.Form = "python-compare"
	PythonText       scanner.Form = "python-text"
	Dotenv           scanner.Form = "dotenv"
	Shell            scanner.Form = "shell"
	ShellDefault     scanner.Form = "shell-default"
	Make             scanner.Form = "make"
	Batch            scanner.Form = "batch"
	PowerShell       scanner.Form = "powershell"
	Dockerfile       scanner.Form = "dockerfile"
	YAML             scanner.Form = "yaml"
	YAMLItem         scanner.Form = "yaml-item"
	KubernetesBase64 scanner.Form = "k8s-base64"
	JSON             scanner.Form = "json"
	NameValue        scanner.Form = "name-value"
	INI              scanner.Form = "ini"
	Unit             scanner.Form = "unit"
	XML              scanner.Form = "xml"
	Terraform        scanner.Form = "terraform"
	Text             scanner.Form = "text"
	Value            scanner.Form = "value"
	Base64           scanner.Form = "base64"
	Binary           scanner.Form = "binary"
	CompiledPython   scanner.Form = "pyc"
)
