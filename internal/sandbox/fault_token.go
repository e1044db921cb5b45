package sandbox

import (
	"encoding/json"
	"strconv"
	"time"
)

// tokenWords spoil good answers of the token endpoint. The token in them is
// real, and lives as long as without the fault where nothing else is said.
var tokenWords = map[string]word{
	"expires-none":      {onBody, tokenRoutes, noArg, "no expires_in", tokenEdit(func(m map[string]any) { delete(m, "expires_in") })},
	"expires-null":      {onBody, tokenRoutes, noArg, "expires_in is null", expires(nil)},
	"expires-zero":      {onBody, tokenRoutes, noArg, "expires_in is 0", expires(json.Number("0"))},
	"expires-negative":  {onBody, tokenRoutes, noArg, "expires_in is -3600", expires(json.Number("-3600"))},
	"expires-ten-years": {onBody, tokenRoutes, noArg, "expires_in is 315360000", expires(json.Number("315360000"))},
	"expires-absurd":    {onBody, tokenRoutes, noArg, "expires_in has 30 digits", expires(json.Number("999999999999999999999999999999"))},
	"expires-text": {onBody, tokenRoutes, noArg, "expires_in is a string of digits", tokenEdit(func(m map[string]any) {
		if n, ok := m["expires_in"].(json.Number); ok {
			m["expires_in"] = n.String()
		}
	})},
	"expires-words":  {onBody, tokenRoutes, noArg, `expires_in is "one hour"`, expires("one hour")},
	"expires-object": {onBody, tokenRoutes, noArg, "expires_in is an object", expires(map[string]any{"seconds": 3600})},
	"token-life":     {onBody, tokenRoutes, duration, "the token lives that long, and expires_in says so", func(c *call) bool { return tokenLife(c, true) }},
	"token-dies":     {onBody, tokenRoutes, duration, "the token lives that long, and expires_in says more", func(c *call) bool { return tokenLife(c, false) }},
	"token-missing":  {onBody, tokenRoutes, noArg, "no access_token", tokenEdit(func(m map[string]any) { delete(m, "access_token") })},
	"token-number":   {onBody, tokenRoutes, noArg, "access_token is a number", tokenEdit(func(m map[string]any) { m["access_token"] = json.Number("12345") })},
	"token-spaced":   {onBody, tokenRoutes, noArg, "access_token holds a line break", tokenEdit(func(m map[string]any) { m["access_token"] = "sim-\r\nX-Other: 1" })},
	"token-type": {onBody, tokenRoutes, someText, "token_type is arg, as in mac or bearer", func(c *call) bool {
		return tokenEdit(func(m map[string]any) { m["token_type"] = c.fault.Arg })(c)
	}},
	"token-unknown": {onBody, tokenRoutes, noArg, "the token is good for nothing", tokenEdit(func(m map[string]any) { m["access_token"] = "sim-not-known-to-the-api" })},
}

// tokenEdit changes a good token answer.
func tokenEdit(edit func(m map[string]any)) func(*call) bool {
	return func(c *call) bool {
		return editValue(c, func(v any) (any, bool) {
			m, ok := v.(map[string]any)
			if ok {
				edit(m)
			}
			return v, ok
		})
	}
}

func expires(value any) func(*call) bool {
	return tokenEdit(func(m map[string]any) { m["expires_in"] = value })
}

// tokenLife ends the token that was just given out earlier.
func tokenLife(c *call, told bool) bool {
	life, err := time.ParseDuration(c.fault.Arg)
	if err != nil {
		return false
	}
	return tokenEdit(func(m map[string]any) {
		token, _ := m["access_token"].(string)
		c.api.tokens.shorten(token, c.api.now().Add(life))
		if told {
			m["expires_in"] = json.Number(strconv.Itoa(int(life / time.Second)))
		}
	})(c)
}

// shorten ends a known token at end.
func (t *tokens) shorten(token string, end time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.ends[token]; known {
		t.ends[token] = end
	}
}
