package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"strings"
)

// keyID names the one signing key.
const keyID = "sandbox-1"

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// sign makes a JSON Web Token with RS256 (RFC 7515, RFC 7519).
func (p *Identity) sign(typ string, claims map[string]any) string {
	head := b64(jsonText(map[string]string{"alg": "RS256", "kid": keyID, "typ": typ}))
	signed := head + "." + b64(jsonText(claims))
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, signingKey(), crypto.SHA256, sum[:])
	if err != nil {
		panic("sandbox: cannot sign: " + err.Error()) // the key is our own and long enough
	}
	return signed + "." + b64(signature)
}

var errForeignToken = errors.New("sandbox: not a token of this provider")

// verify reads a token that sign made, expired or not.
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
	if rsa.VerifyPKCS1v15(&signingKey().PublicKey, crypto.SHA256, sum[:], signature) != nil {
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

// jwks is the public key as a JSON Web Key set (RFC 7517).
func (p *Identity) jwks(w http.ResponseWriter, _ *http.Request) {
	public := signingKey().PublicKey
	writeBytes(w, typeJSON, jsonText(map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID,
		"n": b64(public.N.Bytes()), "e": b64(big.NewInt(int64(public.E)).Bytes()),
	}}}))
}
