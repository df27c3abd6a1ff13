module github.com/djleaks/djleaks

go 1.26.0
