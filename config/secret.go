package config

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

// hidden is what is printed in place of a secret.
const hidden = "[dold]"

// Secret is a token or a key. However it is printed, logged or encoded it shows as "[dold]" (hidden), or as nothing when
// it is empty; string(s) gives what it holds.
type Secret string

// String implements fmt.Stringer without the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format implements fmt.Formatter, so that no verb prints the secret.
func (s Secret) Format(f fmt.State, _ rune) { write(f, s.String()) }

// MarshalText implements encoding.TextMarshaler without the secret, for JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements slog.LogValuer without the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// DatabaseURL is the address of a database. However it is printed, logged or encoded, the password in it and everything
// after the question mark are left out; string(u) gives all of it.
type DatabaseURL string

// String implements fmt.Stringer without the password.
func (u DatabaseURL) String() string {
	address, _, _ := strings.Cut(string(u), "?")
	parsed, err := url.Parse(address)
	if err != nil {
		return hidden // an address that cannot be read may hold a password anywhere
	}
	return parsed.Redacted()
}

// Format implements fmt.Formatter, so that no verb prints the password.
func (u DatabaseURL) Format(f fmt.State, _ rune) { write(f, u.String()) }

// MarshalText implements encoding.TextMarshaler without the password.
func (u DatabaseURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// LogValue implements slog.LogValuer without the password.
func (u DatabaseURL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// write prints to a formatter's state, which has no way to report an error.
func write(f fmt.State, text string) { _, _ = io.WriteString(f, text) }
