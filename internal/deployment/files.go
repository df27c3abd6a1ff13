package deployment

import "strings"

// The base names are compared as they are: callers that want "Dockerfile" to be
// recognised give them in lower case.

// IsYAML reports whether a file of this name is YAML.
func IsYAML(name string) bool {
	return strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml")
}

// IsCompose reports whether a file of this base name is one of Docker Compose.
func IsCompose(base string) bool { return IsYAML(base) && strings.Contains(base, "compose") }

// IsContainerfile reports whether a file of this base name says how to build an
// image.
func IsContainerfile(base string) bool {
	return strings.HasPrefix(base, "dockerfile") || strings.HasPrefix(base, "containerfile") || strings.HasSuffix(base, ".dockerfile")
}

// IsWorkflow reports whether a path, from the top of the repository, is that of a
// workflow. GitHub runs none from other folders.
func IsWorkflow(file string) bool {
	return strings.HasPrefix(file, ".github/workflows/") && IsYAML(file)
}
