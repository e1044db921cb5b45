package sqlite_test

import (
	"fmt"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/ledger"
)

// BenchmarkSignIn signs in beside 10,000 people whose sessions hold 6 KB of tokens
// each; BenchmarkSessionCounts counts them.
func BenchmarkSignIn(b *testing.B) {
	p := crowded(b)
	for n := 0; b.Loop(); n++ {
		id := fmt.Sprintf("x%07d", n)
		_, err := p.SignIn(b.Context(), access.Person{Issuer: issuer, Subject: "u-1"}, access.Session{ID: id}, wide(id), limits, ledger.Act{Action: "session.open"})
		must(b, err)
	}
}

func BenchmarkSessionCounts(b *testing.B) {
	p := crowded(b)
	for b.Loop() {
		counts, err := p.SessionCounts(b.Context(), limits)
		if err != nil || len(counts) != 10_000 {
			b.Fatal(len(counts), err)
		}
	}
}

func wide(id string) []byte { return []byte(strings.Repeat("0", 32-len(id)) + id) }

func crowded(b *testing.B) *portal {
	b.Helper()
	p := newPortal(b)
	p.exec(b, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		INSERT INTO people (id, issuer, subject, name, email, groups, first_seen, last_sign_in) SELECT i, ?, 'u-' || i, '', '', '[]', 0, 0 FROM n`, issuer)
	p.exec(b, `INSERT INTO sessions (id, hash, person, created_at, seen_at, proved_at, asked_at, rights, provider_session, tokens, browser, address)
		SELECT 's' || id, randomblob(32), id, ?1, ?1, 0, 0, 0, '', zeroblob(6000), '', '' FROM people`, p.clock().UnixMilli())
	return p
}
