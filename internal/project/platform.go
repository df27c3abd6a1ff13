package project

// isPlatform reports whether a file says where or how the project runs.
func isPlatform(file string) bool { return false }
