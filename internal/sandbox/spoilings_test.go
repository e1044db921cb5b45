package sandbox_test

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"billportal/internal/sandbox"
)

// spoilings holds every kind of fault but refusals and jobs, at least once.
var spoilings = []spoiling{
	{"api:html", fiveBills, bodyHas("<html>")},
	{"api:empty", fiveBills, bodyIs(func(b string) bool { return b == "" })},
	{"document:empty", onePDF, bodyIs(func(b string) bool { return b == "" })},
	{"bills:no-content", fiveBills, func(_ *victim, got spoilt) bool { return got.status == http.StatusNoContent }},
	{"bills:redirect-301", fiveBills, redirected(301, "http://elsewhere.invalid/")},
	{"bills:redirect-302,arg=http://192.0.2.1/x", fiveBills, redirected(302, "http://192.0.2.1/x")},
	{"bill:redirect-303", oneBill, redirected(303, "http://elsewhere.invalid/")},
	{"token:redirect-307,arg=https://example.com/", oneToken, redirected(307, "https://example.com/")},
	{"document:redirect-308", onePDF, redirected(308, "http://elsewhere.invalid/")},
	{"bills:huge,arg=3MiB", fiveBills, func(_ *victim, got spoilt) bool { return got.err == nil && len(got.body) == 3<<20 && got.length == -1 }},
	{"document:huge-length", func(v *victim) spoilt {
		return v.call(http.MethodGet, v.s.BillingURL+"/bills/"+v.s.World.Stories.Spike.ID, 1<<20, patient, "Accept", "application/pdf")
	}, func(_ *victim, got spoilt) bool { return got.length == 2<<30 && strings.HasPrefix(got.body, "%PDF-") }},
	{"token:huge,arg=10MiB", func(v *victim) spoilt { return v.tokenAnswer() }, func(_ *victim, got spoilt) bool { return len(got.body) == whole }},
	{"bills:zip-bomb,arg=64MiB", fiveBills, unpacksTo(64 << 20)},
	{"bills:deep,arg=5000", fiveBills, bodyHas(strings.Repeat("[", 5000))},

	{"bills:json-invalid", fiveBills, bodyIs(notJSON)},
	{"bills:json-cut", fiveBills, bodyIs(notJSON)},
	{"bills:json-trailing", fiveBills, bodyHas("<!--")},
	{"bills:json-twice", fiveBills, bodyHas("]\n[")},
	{"bills:json-duplicate-keys", fiveBills, bodyHas(`{"id":"first of two","id":"`)},
	{"bills:bom", fiveBills, bodyHas("\xef\xbb\xbf[")},
	{"bills:utf-16", fiveBills, bodyHas("\xff\xfe[\x00{\x00")},
	{"bills:utf-8-invalid", fiveBills, bodyIs(func(b string) bool { return !utf8.ValidString(b) })},
	{"bills:gzip", fiveBills, unpacksTo(0)},
	{"bill:null", oneBill, bodyIs(func(b string) bool { return b == "null" })},
	{"bill:text-instead,arg=later", oneBill, bodyIs(func(b string) bool { return b == `"later"` })},

	{"bills:count-none", fiveBills, countsAre(always(""), always(""))},
	{"bills:count-wrong", fiveBills, countsAre(totalPlus(7), always("5"))},
	{"bills:count-wrong,arg=-3", fiveBills, countsAre(totalPlus(-3), always("5"))},
	{"bills:count-below", fiveBills, countsAre(always("2"), always("5"))},
	{"bills:count-zero", fiveBills, countsAre(always("0"), always("5"))},
	{"bills:count-text", fiveBills, countsAre(always("many"), always("-1"))},
	{"bills:list-empty", fiveBills, bodyIs(func(b string) bool { return b == "[]" })},
	{"accounts:list-empty-count", listOf("/billingAccounts"), func(v *victim, got spoilt) bool {
		return got.body == "[]" && got.header.Get("X-Total-Count") == "24"
	}},
	{"bills:list-null", fiveBills, bodyIs(func(b string) bool { return b == "null" })},
	{"bills:list-wrapped", fiveBills, bodyHas(`{"bills":[{`)},
	{"bills:list-null-wrapped,arg=documents", fiveBills, bodyIs(func(b string) bool { return b == `{"documents":null}` })},
	{"bills:rows-twice", fiveBills, func(v *victim, got spoilt) bool { ids := got.ids(v.t); return len(ids) == 10 && ids[0] == ids[5] }},
	{"bills:rows-reversed", fiveBills, firstIs(4)},
	{"bills:rows-null", fiveBills, bodyHas("},null,{")},
	{"bills:rows-odd", fiveBills, bodyHas(`},"see the portal",{`)},
	{"bills:rows-foreign", fiveBills, bodyHas(sandbox.ForeignAccount)},
	{"bills:page-loop", secondPage, firstIs(0)},
	{"bills:page-shift-insert", secondPage, func(v *victim, got spoilt) bool {
		return firstIs(4)(v, got) && got.header.Get("X-Total-Count") == totalPlus(1)(v)
	}},
	{"bills:page-shift-delete", secondPage, func(v *victim, got spoilt) bool {
		return firstIs(6)(v, got) && got.header.Get("X-Total-Count") == totalPlus(-1)(v)
	}},
	{"bills:filter-ignored", listOf("/bills?limit=5&billingAccountId=BA-410072"), firstIs(0)},

	{"bills:field-added", fiveBills, bodyHas("@schemaLocation")},
	{`bill:field-added,arg=taxOffice={"code":7}`, oneBill, bodyHas(`"taxOffice":{"code":7}`)},
	{`bill:field-set,arg=billingAccount.number="0071 4420 18"`, oneBill, bodyHas(`"number":"0071 4420 18"`)},
	{"bills:field-gone,arg=billingAccount", fiveBills, bodyLacks("billingAccount")},
	{"bills:field-null,arg=period.start", fiveBills, bodyHas(`"start":null`)},
	{"bills:field-renamed,arg=dueAt>payBy", fiveBills, bodyHas(`"payBy":`)},
	{"bills:field-retyped,arg=amountDue", fiveBills, bodyHas(`"amountDue":"`)},
	{"bills:field-retyped,arg=number", fiveBills, bodyHas(`"number":{"value":"`)},
	{"bill:field-huge,arg=number", oneBill, bodyIs(func(b string) bool { return len(b) > 1<<20 })},
	{"bill:enum-unknown", oneBill, bodyHas(`"type":"quux"`)},
	{"bill:amounts-changed", oneBill, func(v *victim, got spoilt) bool {
		b, _ := v.s.World.Bill(v.s.World.Stories.Spike.ID)
		return strings.Contains(got.body, `"amountIncludingTax":1`+b.Gross)
	}},
	{"bills:amounts-4-decimals", fiveBills, bodyHas("12,\"")},
	{"items:amounts-18-digits", itemsOfSpike, bodyHas(`"amountExcludingTax":1234567890123456.78`)},
	{"bills:amounts-40-digits", fiveBills, bodyHas(strings.Repeat("9", 38))},
	{"bill:amounts-zero", oneBill, bodyHas(`"amountIncludingTax":0,`)},
	{"bill:amounts-negative", oneBill, bodyHas(`"amountIncludingTax":-`)},
	{"bill:amounts-exponent", oneBill, bodyHas(`"amountIncludingTax":1.5e3`)},
	{"bill:amounts-text", oneBill, bodyHas(`"amountIncludingTax":"`)},
	{"bill:amounts-comma", oneBill, bodyIs(func(b string) bool { return strings.Contains(b, `,00"`) || strings.Count(b, ",") > 20 })},
	{"bill:amounts-null", oneBill, bodyHas(`"amountIncludingTax":null`)},
	{"bill:currency-unknown", oneBill, bodyHas(`"currency":"XQZ"`)},
	{"bill:dates,arg=0001-01-01", oneBill, bodyHas(`"issuedAt":"0001-01-01"`)},
	{"bill:dates-epoch", oneBill, bodyHas(`"issuedAt":1788393600000`)},

	{"api:header,arg=X-RateLimit-Remaining: 0", fiveBills, headerIs("X-Ratelimit-Remaining", "0")},
	{"api:date-skew,arg=-48h", fiveBills, func(v *victim, got spoilt) bool {
		date, err := http.ParseTime(got.header.Get("Date"))
		return err == nil && time.Since(date) > 47*time.Hour
	}},
	{"api:deprecation", fiveBills, func(_ *victim, got spoilt) bool {
		_, err := http.ParseTime(got.header.Get("Sunset"))
		return err == nil && strings.HasPrefix(got.header.Get("Deprecation"), "@")
	}},
	{"api:sunset,arg=Sat, 31 Dec 2027 23:59:59 GMT", fiveBills, headerIs("Sunset", "Sat, 31 Dec 2027 23:59:59 GMT")},
	{"api:no-request-id", fiveBills, headerIs("X-Oapi-Request-Id", "")},
	{"document:wrong-type", onePDF, headerIs("Content-Type", "application/octet-stream")},

	{"document:pdf-other", onePDF, func(v *victim, got spoilt) bool {
		right, err := v.s.World.PDF(v.s.World.Stories.Spike.ID)
		return err == nil && strings.HasPrefix(got.body, "%PDF-") && got.body != string(right)
	}},
	{"document:pdf-html", onePDF, bodyHas("<html>")},
	{"document:pdf-zip", onePDF, zippedPDF},
	{"document:pdf-base64", onePDF, bodyHas(`"content":"JVBERi0`)},
	{"document:pdf-multipart", onePDF, bodyHas("--7f3a--")},
	{"document:pdf-cut", onePDF, bodyLacks("%%EOF")},
	{"document:pdf-tail", onePDF, bodyLacks("%%EOF")},
	{"document:pdf-late-mark", onePDF, bodyIs(func(b string) bool { return strings.Index(b, "%PDF-") == 2048 })},
	{"document:pdf-noise", onePDF, func(v *victim, got spoilt) bool {
		right, err := v.s.World.PDF(v.s.World.Stories.Spike.ID)
		return err == nil && len(got.body) == len(right) && got.body != string(right) && strings.HasSuffix(got.body, "%%EOF\n")
	}},
	{"document:pdf-again", onePDF, bodyIs(func(b string) bool { return strings.Count(b, "%%EOF") == 2 })},

	{"token:expires-none", oneToken, bodyLacks("expires_in")},
	{"token:expires-null", oneToken, bodyHas(`"expires_in":null`)},
	{"token:expires-zero", oneToken, bodyHas(`"expires_in":0`)},
	{"token:expires-negative", oneToken, bodyHas(`"expires_in":-3600`)},
	{"token:expires-ten-years", oneToken, bodyHas(`"expires_in":315360000`)},
	{"token:expires-absurd", oneToken, bodyHas(`"expires_in":999999999999999999999999999999`)},
	{"token:expires-text", oneToken, bodyHas(`"expires_in":"3600"`)},
	{"token:expires-words", oneToken, bodyHas(`"expires_in":"one hour"`)},
	{"token:expires-object", oneToken, bodyHas(`"expires_in":{"seconds":3600}`)},
	{"token:token-life,arg=5s", oneToken, bodyHas(`"expires_in":5,`)},
	{"token:token-dies,arg=5s", oneToken, bodyHas(`"expires_in":3600`)},
	{"token:token-missing", oneToken, bodyIs(func(b string) bool { return b == `{"expires_in":3600,"token_type":"Bearer"}` })},
	{"token:token-number", oneToken, bodyHas(`"access_token":12345`)},
	{"token:token-spaced", oneToken, bodyHas(`sim-\r\nX-Other`)},
	{"token:token-type,arg=mac", oneToken, bodyHas(`"token_type":"mac"`)},
	{"token:token-unknown", oneToken, bodyHas("sim-not-known")},

	{"bills:latency,arg=30ms", fiveBills, bodyHas("[{")},
	{"bills:drop", fiveBills, noAnswer},
	{"bills:reset", fiveBills, noAnswer},
	{"bills:hang", func(v *victim) spoilt {
		return v.call(http.MethodGet, v.s.BillingURL+"/bills", whole, 100*time.Millisecond)
	}, noAnswer},
	{"bills:stall", func(v *victim) spoilt {
		return v.call(http.MethodGet, v.s.BillingURL+"/bills", whole, 300*time.Millisecond)
	}, func(_ *victim, got spoilt) bool {
		return got.status == http.StatusOK && got.err != nil && got.body != "" && int64(len(got.body)) < got.length
	}},
	{"bill:drip,arg=20us", oneBill, bodyHas(`"updatedAt"`)},
	{"document:cut-length", onePDF, cutShort},
	{"document:cut-short-length", onePDF, bodyLacks("%%EOF")},
	{"document:cut-no-length", onePDF, func(v *victim, got spoilt) bool {
		return bodyLacks("%%EOF")(v, got) && got.length == -1
	}},
	{"document:cut-chunked", onePDF, cutShort},
	{"document:length-long", onePDF, cutShort},
	{"document:length-short", onePDF, bodyLacks("%%EOF")},
	{"bills:close-after", fiveBills, bodyHas("[{")},
}
