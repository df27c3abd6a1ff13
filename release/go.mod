module github.com/djleaks/djleaks/release

go 1.24.0

require github.com/BurntSushi/toml v1.6.0
