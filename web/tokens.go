package web

import (
	"github.com/gorilla/securecookie"
)

// providerTokens are what the identity provider gave for a session. They never
// reach the browser, and stand in the database only sealed with the session's
// reference: a copy of the database opens none of them.
type providerTokens struct {
	ID      string // handed back to the provider at sign-out
	Refresh string // asks again who the person is; "" when the provider gave none
}

// seal encrypts tokens for the session of a reference.
func (s *sessionStore) seal(tokens providerTokens, reference string) ([]byte, error) {
	text, err := s.tokenCodec(s.secrets[0], reference).Encode("tokens", tokens)
	return []byte(text), err
}

// unseal is the reverse of seal, with any secret in force. Tokens that cannot be
// opened count as none: the session goes on, and asks the provider nothing.
func (s *sessionStore) unseal(sealed []byte, reference string) providerTokens {
	for _, secret := range s.secrets {
		var tokens providerTokens
		if s.tokenCodec(secret, reference).Decode("tokens", string(sealed), &tokens) == nil {
			return tokens
		}
	}
	return providerTokens{}
}

// tokenCodec encrypts with AES-256 and signs; its age is the session's matter.
func (s *sessionStore) tokenCodec(secret []byte, reference string) *securecookie.SecureCookie {
	codec := securecookie.New(derive(secret, "token signature "+reference), derive(secret, "token encryption "+reference))
	return codec.MaxAge(0).MaxLength(0)
}
