package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// spoilt is an answer as it came, however far it came.
type spoilt struct {
	reply
	length int64
	err    error // of the call or of reading the body
}

// victim calls a sandbox over a real connection and arms faults on it.
type victim struct {
	*caller
	http *http.Client
}

func newVictim(t *testing.T, options sandbox.Options) *victim {
	t.Helper()
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true} // a kept connection that fails is tried again
	return &victim{newCaller(t, options), &http.Client{
		Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// call sends one request; headers come in pairs. What is longer than most is
// left unread.
func (v *victim) call(method, target string, most int64, wait time.Duration, headers ...string) spoilt {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), wait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	request.Header.Set("X-API-Key", v.s.APIKey)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return v.send(request, most)
}

func (v *victim) send(request *http.Request, most int64) spoilt {
	v.t.Helper()
	response, err := v.http.Do(request)
	if err != nil {
		return spoilt{err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, most))
	return spoilt{reply{response.StatusCode, response.Header, string(body)}, response.ContentLength, err}
}

const (
	whole   = 8 << 20
	patient = 20 * time.Second
)

func (v *victim) fetch(path string, headers ...string) spoilt {
	v.t.Helper()
	return v.call(http.MethodGet, v.s.BillingURL+path, whole, patient, headers...)
}

// pdf asks for the document of the bill of the spike story.
func (v *victim) pdf() spoilt {
	v.t.Helper()
	return v.fetch("/bills/"+v.s.World.Stories.Spike.ID, "Accept", "application/pdf")
}

func (v *victim) tokenAnswer() spoilt {
	v.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.s.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(v.s.ClientID, v.s.ClientSecret)
	return v.send(request, whole)
}

// under arms one fault, runs do, and checks that the sandbox served it that
// often.
func (v *victim) under(fault string, served int, do func()) {
	v.t.Helper()
	parsed, err := sandbox.ParseFault(fault)
	if err != nil {
		v.t.Fatal(err)
	}
	before := v.s.API.Served(parsed.Word)
	if _, err := v.s.API.Arm(fault); err != nil {
		v.t.Fatal(err)
	}
	do()
	v.s.API.DisarmAll()
	if got := v.s.API.Served(parsed.Word) - before; got != served {
		v.t.Errorf("%s was served %d times, want %d", fault, got, served)
	}
}
