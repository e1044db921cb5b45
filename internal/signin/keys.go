package signin

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/time/rate"
)

// keysLife is how long fetched keys are trusted. It bounds how long a key that
// the provider withdrew can still sign somebody in; go-oidc's own key set would
// keep it until an unknown key is seen.
const keysLife = 15 * time.Minute

// leastRSA is the least size of an RSA key in bits (RFC 7518 section 3.3).
const leastRSA = 2048

// keySet holds the provider's public keys.
type keySet struct {
	provider *Provider
	address  string

	turn turn // guards the two fields below
	keys []jose.JSONWebKey
	at   time.Time
}

func newKeySet(p *Provider, address string) *keySet {
	return &keySet{provider: p, address: address, turn: newTurn()}
}

// verify returns the payload of a token signed with one of the provider's keys.
// An unknown key name makes it look for new keys, so rotation needs no restart,
// but not more often than the limiter allows.
func (s *keySet) verify(ctx context.Context, token string, limiter *rate.Limiter) ([]byte, error) {
	allowed := make([]jose.SignatureAlgorithm, len(algorithms))
	for i, alg := range algorithms {
		allowed[i] = jose.SignatureAlgorithm(alg)
	}
	signed, err := jose.ParseSignedCompact(token, allowed)
	if err != nil {
		return nil, err
	}
	key, err := s.key(ctx, signed.Signatures[0].Header, limiter)
	if err != nil {
		return nil, err
	}
	return signed.Verify(key)
}

// key finds the one key that the token's header means.
func (s *keySet) key(ctx context.Context, header jose.Header, limiter *rate.Limiter) (jose.JSONWebKey, error) {
	if err := s.turn.take(ctx); err != nil {
		return jose.JSONWebKey{}, failure(ErrUnavailable, "waiting for keys: %v", err)
	}
	defer s.turn.give()
	now := s.provider.options.Now()
	if s.at.IsZero() || now.Sub(s.at) >= keysLife {
		if err := s.fetch(ctx, now); err != nil {
			return jose.JSONWebKey{}, err
		}
	}
	key, err := choose(s.keys, header)
	if errors.Is(err, errUnknownKey) && limiter.AllowN(now, 1) {
		if err := s.fetch(ctx, now); err != nil {
			return jose.JSONWebKey{}, err
		}
		key, err = choose(s.keys, header)
	}
	return key, err
}

var errUnknownKey = errors.New("the token is signed with an unknown key")

// choose matches by name. A token without a key name is good only when there is
// no choice.
func choose(keys []jose.JSONWebKey, header jose.Header) (jose.JSONWebKey, error) {
	var found []jose.JSONWebKey
	for _, key := range keys {
		if (header.KeyID == "" || key.KeyID == header.KeyID) && (key.Algorithm == "" || key.Algorithm == header.Algorithm) {
			found = append(found, key)
		}
	}
	switch {
	case header.KeyID == "" && len(keys) > 1:
		return jose.JSONWebKey{}, errors.New("the token names no key and the provider has several")
	case len(found) == 0:
		return jose.JSONWebKey{}, errUnknownKey
	case len(found) > 1:
		return jose.JSONWebKey{}, errors.New("the provider has several keys of the same name")
	}
	return found[0], nil
}

// fetch replaces the keys. Keys that cannot check a signature are passed over,
// as RFC 7517 section 5 wants it.
func (s *keySet) fetch(ctx context.Context, now time.Time) error {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.provider.fetchJSON(ctx, s.address, "", &set); err != nil {
		return failure(ErrUnavailable, "keys: %v", err)
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) != nil || !key.Valid() || !key.IsPublic() || key.Use == "enc" {
			continue
		}
		if public, ok := key.Key.(*rsa.PublicKey); ok && public.N.BitLen() < leastRSA {
			continue
		}
		keys = append(keys, key)
	}
	s.keys, s.at = keys, now
	return nil
}

// checkHeader refuses, before any signature is looked at, tokens that are too
// large, that bring their own key, or that are of another kind. The allowed kinds
// are compared without regard to case (RFC 7515 section 4.1.9).
func checkHeader(token string, kinds ...string) error {
	if len(token) > maxToken {
		return fmt.Errorf("the token has %d bytes, more than %d", len(token), maxToken)
	}
	encoded, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	var header claims
	if err != nil || json.Unmarshal(text, &header) != nil {
		return errors.New("the token's header is malformed")
	}
	for _, own := range []string{"jku", "x5u", "jwk"} {
		if _, present := header[own]; present {
			return fmt.Errorf("the token's header brings its own key (%s)", own)
		}
	}
	kind, err := header.text("typ")
	if err != nil || kind != "" && !slices.ContainsFunc(kinds, func(k string) bool { return strings.EqualFold(k, kind) }) {
		return errors.New("the token is of another kind (typ)")
	}
	return nil
}
