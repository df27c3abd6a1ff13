package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/djleaks/djleaks/internal/say"
	"github.com/djleaks/djleaks/scanner"
)

// What Django draws a key from (django/core/management/utils.py,
// get_random_secret_key): 50 draws from 50 symbols, 282 bits.
const (
	keyAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"
	keyLength   = 50
)

// Keys for .env files: 64 letters and digits, 381 bits. A key of Django's
// alphabet is changed by most readers of such files: unquoted, its #, $ and &
// mean something to shells; quoted, the quotes become a part of it in Docker's.
const (
	envSafeAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	envSafeLength   = 64
)

// maxKeyInput bounds what `key fingerprint` reads, in bytes.
const maxKeyInput = 1 << 20

func keyCommand(p process) *cli.Command {
	return &cli.Command{
		Name:  "key",
		Usage: "make a key, name one without showing it, or say which one signed a value",
		Subcommands: []*cli.Command{
			{
				Name:      "new",
				Usage:     "print a fresh key, made the way Django makes it",
				ArgsUsage: " ",
				Description: "The key has 50 characters of Django's alphabet. For .env files and for whatever\n" +
					"else a shell, Docker or a platform reads, use --env-safe: 64 letters and\n" +
					"digits, which none of them changes. --dotenv prints a whole line for a .env\n" +
					"file: djleaks key new --dotenv >> .env",
				Flags: []cli.Flag{
					&cli.BoolFlag{Name: "env-safe", Usage: "64 letters and digits, for .env files and environments"},
					&cli.BoolFlag{Name: "dotenv", Usage: "a line for a .env file, with such a key"},
					&cli.StringFlag{Name: "name", Value: "DJANGO_SECRET_KEY", Usage: "with --dotenv: `NAME` of the variable"},
				},
				Action: func(c *cli.Context) error { return p.keyNew(c) },
			},
			{
				Name:      "fingerprint",
				Usage:     "read a key from standard input and print its fingerprint",
				ArgsUsage: " ",
				Description: "One line break at the end of the input is not part of the key. The\n" +
					"fingerprint is the first 16 digits of what `printf %s \"$KEY\" | sha256sum`\n" +
					"prints.",
				Action: func(c *cli.Context) error {
					if c.Args().Present() {
						return usageError{"key fingerprint takes no argument: a key on the command line is seen by everyone on the host",
							`printf %s "$SECRET_KEY" | djleaks key fingerprint`}
					}
					key, err := readKey(p.stdin)
					if err != nil {
						return err
					}
					_, err = fmt.Fprintln(p.stdout, key.Fingerprint())
					return err
				},
			},
			matchCommand(p),
		},
	}
}

// isVariable reports whether an environment variable can have this name.
func isVariable(name string) bool {
	other := func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}
	return name != "" && (name[0] < '0' || name[0] > '9') && strings.IndexFunc(name, other) < 0
}

func (p process) keyNew(c *cli.Context) error {
	if c.Args().Present() {
		return tooManyArguments(c)
	}
	name := c.String("name")
	switch {
	case c.IsSet("name") && !c.Bool("dotenv"):
		return usageError{"key new: --name is the name in a .env file, and goes with --dotenv", "djleaks key new --dotenv --name " + say.Quote(name)}
	case !isVariable(name):
		return usageError{fmt.Sprintf("key new: %q is not the name of a variable", name), "djleaks key new --dotenv --name DJANGO_SECRET_KEY"}
	}
	alphabet, length := keyAlphabet, keyLength
	if c.Bool("env-safe") || c.Bool("dotenv") {
		alphabet, length = envSafeAlphabet, envSafeLength
	}
	key, err := drawKey(alphabet, length)
	if err != nil {
		return fmt.Errorf("key new: %w", err)
	}
	if c.Bool("dotenv") {
		key = name + "=" + key
	}
	_, err = fmt.Fprintln(p.stdout, key)
	return err
}

// drawKey draws a key from the system's secure random numbers.
func drawKey(alphabet string, length int) (string, error) {
	out := make([]byte, length)
	for i := range out {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", err
		}
		out[i] = alphabet[n.Int64()]
	}
	return string(out), nil
}

// readKey reads one key from standard input.
func readKey(r io.Reader) (scanner.Secret, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxKeyInput+1))
	if err != nil {
		return scanner.Secret{}, fmt.Errorf("key fingerprint: standard input: %w", err)
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	switch {
	case len(text) == 0:
		return scanner.Secret{}, usageError{"key fingerprint: standard input is empty", `printf %s "$SECRET_KEY" | djleaks key fingerprint`}
	case len(text) > maxKeyInput:
		return scanner.Secret{}, usageError{"key fingerprint: standard input is larger than 1 MiB, which no key is", `printf %s "$SECRET_KEY" | djleaks key fingerprint`}
	}
	return scanner.NewSecret(string(text)), nil
}

// checkWord checks that the only argument of a command is one of the words of a kind.
func checkWord(c *cli.Context, kind string, words ...string) error {
	word, all := c.Args().First(), kind+"s: "+strings.Join(words, ", ")
	switch {
	case word == "":
		return usageError{fmt.Sprintf("%s: name a %s", commandName(c), kind), all + "; djleaks " + commandName(c) + " " + words[0]}
	case !slices.Contains(words, word):
		return usageError{fmt.Sprintf("%s: unknown %s %q", commandName(c), kind, word), say.DidYouMean(word, words, all)}
	case c.NArg() > 1:
		return usageError{fmt.Sprintf("%s: one %s at a time, but %d were given", commandName(c), kind, c.NArg()), "djleaks " + commandName(c) + " " + word}
	}
	return nil
}

func tooManyArguments(c *cli.Context) error {
	return usageError{fmt.Sprintf("%s: unexpected argument %q", commandName(c), c.Args().First()), helpFor(c)}
}
