package config

import (
	"fmt"
	"log/slog"
)

const redacted = "redacted"

// Secret is text that must not be printed. Every usual way of printing it says
// "redacted"; only Reveal gives the text. The zero value is the empty secret.
//
// The text is behind a pointer because fmt does not call methods on unexported
// fields: printing a struct that holds a Secret there shows an address instead.
type Secret struct {
	text *string
}

// NewSecret hides text.
func NewSecret(text string) Secret {
	return Secret{&text}
}

// Reveal returns the text. Pass it straight to what needs it and keep no copy.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String implements fmt.Stringer with "redacted".
func (s Secret) String() string { return redacted }

// Format implements fmt.Formatter with "redacted" for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText implements encoding.TextMarshaler, and so JSON, with "redacted".
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer with "redacted".
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
