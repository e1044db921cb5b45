package signin_test

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"billportal/internal/signin"

	"github.com/go-jose/go-jose/v4"
)

func TestADefectiveTokenIsRefused_A6_A7_case23_case33_pitfall2_pitfall5_pitfall7(t *testing.T) {
	t.Parallel()
	at := func(f *fakeProvider, seconds int64) int64 { return f.clock().Unix() + seconds }
	for _, c := range []struct {
		name   string
		defect func(f *fakeProvider)
		reason string
	}{
		{"wrong iss", func(f *fakeProvider) { f.claims = set(object{"iss": "https://evil.example.com"}) }, "issued by a different provider"},
		{"iss with a slash more", func(f *fakeProvider) { f.claims = set(object{"iss": f.URL + "/"}) }, "issued by a different provider"},
		{"iss in other letters only", func(f *fakeProvider) {
			f.claims = func(c object) { delete(c, "iss"); c["ISS"] = f.URL }
		}, "iss is another provider"},
		{"wrong aud", func(f *fakeProvider) { f.claims = set(object{"aud": "other"}) }, "audience"},
		{"missing aud", func(f *fakeProvider) { f.claims = drop("aud") }, "audience"},
		{"several aud without azp", func(f *fakeProvider) { f.claims = set(object{"aud": []string{clientID, "other"}}) }, "azp"},
		{"several aud with another azp", func(f *fakeProvider) {
			f.claims = set(object{"aud": []string{clientID, "other"}, "azp": "other"})
		}, "azp"},
		{"one aud with another azp", func(f *fakeProvider) { f.claims = set(object{"azp": "other"}) }, "azp"},
		{"missing sub", func(f *fakeProvider) { f.claims = drop("sub") }, "sub is missing"},
		{"sub that is a number", func(f *fakeProvider) { f.claims = set(object{"sub": 1}) }, "unmarshal"},
		{"sub of 2 KiB", func(f *fakeProvider) { f.claims = set(object{"sub": strings.Repeat("x", 2048)}) }, "sub is missing or unusable"},
		{"sub with a line break", func(f *fakeProvider) { f.claims = set(object{"sub": "a\nb"}) }, "sub is missing or unusable"},
		{"missing exp", func(f *fakeProvider) { f.claims = drop("exp") }, "exp is missing or past"},
		{"expired beyond the leeway", func(f *fakeProvider) { f.claims = set(object{"exp": at(f, -61)}) }, "exp is missing or past"},
		{"missing iat", func(f *fakeProvider) { f.claims = drop("iat") }, "iat is missing"},
		{"issued in the future", func(f *fakeProvider) { f.claims = set(object{"iat": at(f, 61)}) }, "iat is missing or in the future"},
		{"not yet valid", func(f *fakeProvider) { f.claims = set(object{"nbf": at(f, 61)}) }, "nbf is in the future"},
		{"missing nonce", func(f *fakeProvider) { f.claims = drop("nonce") }, "nonce is missing or differs"},
		{"another nonce", func(f *fakeProvider) { f.claims = set(object{"nonce": "other"}) }, "nonce is missing or differs"},
		{"an access token that is not its own", func(f *fakeProvider) { f.claims = set(object{"at_hash": "other"}) }, "at_hash"},
		{"more than 64 KiB", func(f *fakeProvider) { f.claims = set(object{"padding": strings.Repeat("x", 64<<10)}) }, "bytes, more than 65536"},
		{"a hundred thousand parts", func(f *fakeProvider) { f.forge = func([]byte) string { return strings.Repeat(".", 100_000) } }, "bytes, more than 65536"},
		{"sixty thousand parts", func(f *fakeProvider) {
			f.forge = func(claims []byte) string { return f.sign(claims) + strings.Repeat(".", 60_000) }
		}, ""},
		{"no token", func(f *fakeProvider) { f.forge = func([]byte) string { return "" } }, "no ID token"},
		{"not a token", func(f *fakeProvider) { f.forge = func([]byte) string { return "a.b.c" } }, "header is malformed"},
		{"alg none", func(f *fakeProvider) { f.forge = unsigned }, "signature algorithm"},
		{"HS256 with the client secret", func(f *fakeProvider) { f.forge = withHMAC(t, []byte(clientSecret)) }, "signature algorithm"},
		{"HS256 with the public key", func(f *fakeProvider) {
			der, _ := x509.MarshalPKIXPublicKey(f.key.Public())
			f.forge = withHMAC(t, der)
		}, "signature algorithm"},
		{"a signature by somebody else", func(f *fakeProvider) {
			honest := f.key
			f.keys = func(keys []jose.JSONWebKey) []jose.JSONWebKey { keys[0].Key = honest.Public(); return keys }
			f.key = newKey(t)
		}, "verify signature"},
		{"unknown kid", func(f *fakeProvider) { f.header = set(object{"kid": "other"}) }, "unknown key"},
		{"no kid although there are several keys", func(f *fakeProvider) {
			other := jose.JSONWebKey{Key: newKey(t).Public(), KeyID: "second"}
			f.keys = func(keys []jose.JSONWebKey) []jose.JSONWebKey { return append(keys, other) }
			f.header = drop("kid")
		}, "names no key"},
		{"a key for encryption", func(f *fakeProvider) {
			f.keys = func(keys []jose.JSONWebKey) []jose.JSONWebKey { keys[0].Use = "enc"; return keys }
		}, "unknown key"},
		{"a key of its own by address", func(f *fakeProvider) { f.header = set(object{"jku": "https://evil.example.com/keys"}) }, "brings its own key (jku)"},
		{"a key of its own by certificate", func(f *fakeProvider) { f.header = set(object{"x5u": "https://evil.example.com/cert"}) }, "brings its own key (x5u)"},
		{"a key of its own", func(f *fakeProvider) { f.header = set(object{"jwk": object{"kty": "oct"}}) }, "brings its own key (jwk)"},
		{"an access token in its place", func(f *fakeProvider) { f.header = set(object{"typ": "at+jwt"}) }, "another kind"},
		{"a logout token in its place", func(f *fakeProvider) { f.header = set(object{"typ": "logout+jwt"}) }, "another kind"},
		{"an unknown critical header", func(f *fakeProvider) { f.header = set(object{"crit": []string{"exp"}, "exp": 1}) }, "crit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			c.defect(f)
			id, err := f.signIn(f.portal())
			if !errors.Is(err, signin.ErrToken) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("error = %v, want ErrToken because of %q", err, c.reason)
			}
			if id.Subject != "" || err != nil && len(err.Error()) > 400 {
				t.Error("a refusal must carry no identity, and a short reason")
			}
		})
	}
}

func unsigned(payload []byte) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
}

func withHMAC(t *testing.T, key []byte) func([]byte) string {
	return func(payload []byte) string {
		padded := append(slices.Clone(key), make([]byte, 32)...)
		return serialize(t, jose.SigningKey{Algorithm: jose.HS256, Key: padded}, nil, payload)
	}
}

func TestAnUnusualTokenThatIsRightIsAccepted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		quirk func(f *fakeProvider)
	}{
		{"several aud with our azp", func(f *fakeProvider) {
			f.claims = set(object{"aud": []string{"other", clientID}, "azp": clientID})
		}},
		{"clocks that differ by a minute", func(f *fakeProvider) {
			now := f.clock().Unix()
			f.claims = set(object{"exp": now - 60, "iat": now + 60, "nbf": now + 60})
		}},
		{"no kid and a single key", func(f *fakeProvider) { f.header = drop("kid") }},
		{"no typ", func(f *fakeProvider) { f.header = drop("typ") }},
		{"sub that looks like a role", func(f *fakeProvider) { f.claims = set(object{"sub": "admin"}) }},
		{"sub beyond ASCII", func(f *fakeProvider) { f.claims = set(object{"sub": "🦉"}) }},
		{"a provider that takes the client secret both ways", func(f *fakeProvider) {
			f.discovery = set(object{"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"}})
		}},
		{"a provider that takes the client secret in the form only", func(f *fakeProvider) {
			f.discovery = set(object{"token_endpoint_auth_methods_supported": []string{"client_secret_post"}})
			f.formOnly = true
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			c.quirk(f)
			if _, err := f.signIn(f.portal()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestGroupsAreTakenExactlyOrNotAtAll_A10_pitfall9(t *testing.T) {
	t.Parallel()
	many := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint(i % 10)
		}
		return list
	}
	for _, c := range []struct {
		name     string
		claims   func(object)
		userinfo object
		groups   []string
		reason   string
	}{
		{"a list", nil, nil, []string{"Paris", "staff"}, ""},
		{"a string is one group", set(object{"groups": "a, b"}), nil, []string{"a, b"}, ""},
		{"an empty list", set(object{"groups": []string{}}), nil, []string{}, ""},
		{"ten thousand", set(object{"groups": many(10_000)}), nil, nil, "10000 entries"},
		{"blanks and case are kept", set(object{"groups": []string{"Admins", "admins "}}), nil, []string{"Admins", "admins "}, ""},
		{"twice the same", set(object{"groups": []string{"a", "a"}}), nil, []string{"a"}, ""},
		{"from userinfo when absent", drop("groups"), object{"sub": "subject-1", "groups": []string{"staff"}}, []string{"staff"}, ""},
		{"not from userinfo when present", set(object{"groups": "a", "name": ""}), object{"sub": "subject-1", "groups": []string{"staff"}}, []string{"a"}, ""},
		{"absent", drop("groups"), nil, nil, "the provider sent no groups claim"},
		{"absent in userinfo too", drop("groups"), object{"sub": "subject-1"}, nil, "the provider sent no groups claim"},
		{"userinfo fails", drop("groups"), object{}, nil, "userinfo: "},
		{"null", set(object{"groups": nil}), nil, nil, "neither a string nor a list"},
		{"an empty string", set(object{"groups": ""}), nil, nil, "neither a string nor a list"},
		{"a number", set(object{"groups": 7}), nil, nil, "neither a string nor a list"},
		{"an object", set(object{"groups": object{"staff": true}}), nil, nil, "neither a string nor a list"},
		{"nested lists", set(object{"groups": []any{"staff", []string{"admins"}}}), nil, nil, "neither a string nor a list"},
		{"a null in the list", set(object{"groups": []any{"staff", nil}}), nil, nil, "neither a string nor a list"},
		{"an empty entry", set(object{"groups": []string{"staff", ""}}), nil, nil, "has an entry that is empty"},
		{"a control character", set(object{"groups": []string{"staff\x00"}}), nil, nil, "holds a control character"},
		{"a huge entry", set(object{"groups": strings.Repeat("x", 257)}), nil, nil, "longer than 256 bytes"},
		{"too many", set(object{"groups": many(1001)}), nil, nil, "1001 entries"},
		{"a pointer", func(c object) {
			delete(c, "groups")
			c["_claim_names"], c["_claim_sources"] = object{"groups": "src1"}, object{"src1": object{"endpoint": "https://graph.example.com"}}
		}, object{"sub": "subject-1", "groups": "staff"}, nil, "a pointer in place of groups"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.claims, f.userinfo = c.claims, c.userinfo
			id, err := f.signIn(f.portal())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(id.Groups, c.groups) {
				t.Errorf("groups = %q, want %q", id.Groups, c.groups)
			}
			if (c.reason == "") != (id.NoGroups == "") || !strings.Contains(id.NoGroups, c.reason) {
				t.Errorf("reason = %q, want %q", id.NoGroups, c.reason)
			}
		})
	}
}

func TestUserinfoAboutSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.claims, f.userinfo = drop("groups"), object{"sub": "subject-2", "groups": "admins"}
	if _, err := f.signIn(f.portal()); !errors.Is(err, signin.ErrToken) {
		t.Errorf("error = %v, want ErrToken", err)
	}
}

func TestNamesAreMadeHarmlessToRead(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.claims = func(c object) {
		c["name"], c["preferred_username"] = " \n", "a\x00da\u202e "+strings.Repeat("é", 300)
		delete(c, "email")
	}
	f.userinfo = object{"sub": "subject-1", "email": "ada@example.com"}
	id, err := f.signIn(f.portal())
	if err != nil {
		t.Fatal(err)
	}
	if want := "ada " + strings.Repeat("é", 196); id.Name != want || id.Email != "ada@example.com" {
		t.Errorf("name = %q, e-mail = %q", id.Name, id.Email)
	}
}
