// Package fix plans the smallest change that takes keys out of a work tree so
// that the project runs on.
//
//	leaks ─python, compose, dotenv, …→ edits of files that hold a key
//	      ─variables→ a fresh key in .env, .gitignore, .dockerignore, .env.example
//	      ─notes→ what loads .env, what starts Django without the variable
//
// A literal becomes a read of the environment, through the getter that the
// project has; a default that holds a key loses the default; what only tests
// run with becomes a dummy. What cannot be changed without guessing is refused,
// and then nothing is changed at all: a refusal costs a minute, a project that
// no longer starts costs trust.
//
// The package reads a Tree and returns a Plan; it writes nothing. Neither the
// old keys nor the new one are in any string for people.
package fix
