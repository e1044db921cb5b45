package sandbox

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// signer is a signing key and its name.
type signer struct {
	id  string
	key *rsa.PrivateKey
}

// firstKey is made once in a process, because making it takes longer than
// anything else here and tests start many sandboxes.
var firstKey = sync.OnceValue(newKey)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("sandbox: no RSA key: " + err.Error()) // crypto/rand does not fail since Go 1.24
	}
	return key
}

// signers returns every key so far, the one in use last.
func (p *Identity) signers() []signer {
	first := firstKey()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys) == 0 {
		p.keys = []signer{{"sandbox-1", first}}
	}
	return slices.Clone(p.keys)
}

// RotateKey signs with a new key from now on. The old one leaves the key set at
// once, as it does when a provider fears that it was stolen.
func (p *Identity) RotateKey() {
	count := len(p.signers())
	next := signer{fmt.Sprintf("sandbox-%d", count+1), newKey()}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append(p.keys, next)
}

// Tamper has change spoil the header and the claims of every ID token before it
// is signed, for tests of whoever must notice; nil ends that. An alg of "none"
// leaves out the signature, and HS256 signs with the client secret.
func (p *Identity) Tamper(change func(header, claims map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tamper = change
}

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// sign makes a JSON Web Token (RFC 7515, RFC 7519).
func (p *Identity) sign(typ string, claims map[string]any, changes ...func(header, claims map[string]any)) string {
	keys := p.signers()
	in := keys[len(keys)-1]
	header := map[string]any{"alg": "RS256", "kid": in.id, "typ": typ}
	for _, change := range changes {
		change(header, claims)
	}
	signed := b64(jsonText(header)) + "." + b64(jsonText(claims))
	sum := sha256.Sum256([]byte(signed))
	switch header["alg"] {
	case "none":
		return signed + "."
	case "HS256":
		mac := hmac.New(sha256.New, []byte(p.clientSecret))
		mac.Write([]byte(signed))
		return signed + "." + b64(mac.Sum(nil))
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, in.key, crypto.SHA256, sum[:])
	if err != nil {
		panic("sandbox: cannot sign: " + err.Error()) // the key is our own and long enough
	}
	return signed + "." + b64(signature)
}

var errForeignToken = errors.New("sandbox: not a token of this provider")

// verify reads a token that sign made with any key, expired or not.
func (p *Identity) verify(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errForeignToken
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, errForeignToken
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !slices.ContainsFunc(p.signers(), func(s signer) bool {
		return rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, sum[:], signature) == nil
	}) {
		return nil, errForeignToken
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, errForeignToken
	}
	var claims map[string]any
	if json.Unmarshal(payload, &claims) != nil {
		return nil, errForeignToken
	}
	return claims, nil
}

// jwks is the public key in use as a JSON Web Key set (RFC 7517).
func (p *Identity) jwks(w http.ResponseWriter, _ *http.Request) {
	keys := p.signers()
	in := keys[len(keys)-1]
	writeBytes(w, typeJSON, jsonText(map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": in.id,
		"n": b64(in.key.N.Bytes()), "e": b64(big.NewInt(int64(in.key.E)).Bytes()),
	}}}))
}
