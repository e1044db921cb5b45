package web

import (
	"fmt"
	"math/rand/v2"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"billportal/internal/billing"
)

// pieces are what names are made of here: what people write, and what harms.
var pieces = []string{
	"FR26-0091745", "0071 4420 18", "C", "é", "Société", "Łódź", "日本", "..", ".", "/", "\\", ":", "\"", ";", "'", "%2f", "%00", "\r\n", "\n", "\x00", "\x1b[31m",
	"\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\u2044", "CON", "nul", "~", "$HOME", "`id`", "|", "*", "?", "<script>", "filename*=UTF-8''evil.exe",
	"; filename=evil.exe", "=?utf-8?q?evil?=", " ", "\t", "_", "-", strings.Repeat("x", 200), "\xff", "😀",
}

// oddName joins up to five of them.
func oddName(dice *rand.Rand) string {
	var b strings.Builder
	for range dice.IntN(6) {
		b.WriteString(pieces[dice.IntN(len(pieces))])
	}
	return b.String()
}

// header is a plain reading of RFC 6266: a token, then parameters with token or
// quoted values.
var header = regexp.MustCompile(`^(inline|attachment); filename=(?:"((?:[^"\\]|\\.)*)"|([!#$&+\-.^_|~0-9A-Za-z]+))$`)

var harmless = regexp.MustCompile(`^[0-9A-Za-z_-][0-9A-Za-z_.-]*\.pdf$`)

func TestNamesOfFilesAreMadeHereAndParseBack_F1_V6(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(6, 266))
	for range 5000 {
		b := billing.Bill{
			UpstreamID: billing.UpstreamID("u" + oddName(dice)), Number: billing.BillNumber(oddName(dice)), Account: billing.AccountNumber(oddName(dice)),
		}
		if dice.IntN(3) > 0 {
			b.IssuedOn = billing.NewDate(2026, time.Month(1+dice.IntN(12)), 1+dice.IntN(28))
		}
		name := documentName(b)
		if !harmless.MatchString(name) || len(name) > 150 {
			t.Fatalf("%q, %q of %q is named %q", b.Number, b.UpstreamID, b.Account, name)
		}
		value := contentDisposition("attachment", name)
		kind, params, err := mime.ParseMediaType(value)
		if err != nil || kind != "attachment" || len(params) != 1 || params["filename"] != name {
			t.Fatalf("%q reads as %s %v, %v", value, kind, params, err)
		}
		read := header.FindStringSubmatch(value)
		if len(read) != 4 || read[1] != "attachment" || strings.ReplaceAll(read[2], `\`, "")+read[3] != name {
			t.Fatalf("%q reads as %q", value, read)
		}
	}
}

func TestANameOfNothingIsAName_F1(t *testing.T) {
	t.Parallel()
	if name := documentName(billing.Bill{}); !harmless.MatchString(name) {
		t.Errorf("a bill that says nothing is named %q", name)
	}
}

// TestNoHeaderTakesWhatIsOdd_V6 puts odd text where texts of bills reach headers.
func TestNoHeaderTakesWhatIsOdd_V6(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(16, 4))
	for range 1000 {
		h := http.Header{}
		h.Set("Content-Disposition", contentDisposition("inline", documentName(billing.Bill{UpstreamID: "u", Number: billing.BillNumber(oddName(dice))})))
		h.Set("Repr-Digest", reprDigest(oddName(dice)))
		for name, values := range h {
			for _, r := range fmt.Sprint(values) {
				if r < ' ' || r > '~' {
					t.Fatalf("%s: %q", name, values)
				}
			}
		}
	}
}
