package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"billportal/internal/sandbox"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

func TestTokenIsGiven(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{TokenLifetime: 5 * time.Minute, ClientSecret: "with: + % and ü"})
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		config := clientcredentials.Config{ClientID: c.s.ClientID, ClientSecret: c.s.ClientSecret, TokenURL: c.s.TokenURL, AuthStyle: style}
		token, err := config.Token(context.Background())
		if err != nil || token.TokenType != "Bearer" || token.Extra("expires_in") != 300.0 {
			t.Errorf("style %d: %+v, %v", style, token, err)
			continue
		}
		if r := c.get("/version", "Authorization", "Bearer "+token.AccessToken); r.status != http.StatusOK {
			t.Errorf("style %d: the token is refused: %s", style, r.body)
		}
	}
}

func TestTokenIsRefused(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	good := url.Values{"grant_type": {"client_credentials"}}
	for name, test := range map[string]struct {
		form   url.Values
		change func(*http.Request)
		status int
		word   string
	}{
		"no grant type":    {url.Values{"scope": {"x"}}, nil, 400, "invalid_request"},
		"other grant type": {url.Values{"grant_type": {"password"}}, nil, 400, "unsupported_grant_type"},
		"wrong secret":     {good, func(r *http.Request) { r.SetBasicAuth(c.s.ClientID, "wrong") }, 401, "invalid_client"},
		"unknown client":   {good, func(r *http.Request) { r.SetBasicAuth("wrong", c.s.ClientSecret) }, 401, "invalid_client"},
		"no client":        {good, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "invalid_client"},
		"content type":     {good, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 415, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.askToken(test.form, test.change)
			var body struct {
				Error       string `json:"error"`
				Description string `json:"error_description"`
			}
			if err := json.Unmarshal([]byte(r.body), &body); err != nil || r.status != test.status || body.Error != test.word || body.Description == "" {
				t.Errorf("%d %s, want %d %s", r.status, r.body, test.status, test.word)
			}
		})
	}
	if r := send(t, c.request(http.MethodGet, c.s.TokenURL, "")); r.status != http.StatusMethodNotAllowed || r.code() != 61 {
		t.Errorf("GET: %d %s", r.status, r.body)
	}
}

func TestTokenLimit(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{TokenCallsPerMinute: 3, Now: now.Now})
	good := url.Values{"grant_type": {"client_credentials"}}
	for range 2 {
		c.askToken(good, nil)
	}
	refused(t, "fourth in a minute", c.askToken(good, nil), http.StatusTooManyRequests, 53)
	now.advance(time.Minute)
	if r := c.askToken(good, nil); r.status != http.StatusOK {
		t.Errorf("a minute later: %d %s", r.status, r.body)
	}
	if n := c.s.API.TokenCalls(); n != 5 {
		t.Errorf("%d token calls counted, want 5", n)
	}
}
