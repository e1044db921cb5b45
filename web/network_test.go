package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"billportal/web"
)

func TestPortalIsOpenInsideTheCompanysNetworksOnly(t *testing.T) {
	t.Parallel()
	networks := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	proxied := func(s *web.Settings) {
		s.InternalNetworks, s.TrustedProxies = networks, []netip.Prefix{netip.MustParsePrefix("192.0.2.7/32")}
	}
	direct := func(s *web.Settings) { s.InternalNetworks = networks }
	for _, client := range []struct {
		name, from, forwarded string
		settings              func(*web.Settings)
		want                  int
	}{
		{"from inside", "10.1.2.3:5555", "", direct, 200},
		{"from inside, IPv6", "[fd00::1]:5555", "", direct, 200},
		{"from inside, IPv4 written as IPv6", "[::ffff:10.1.2.3]:5555", "", direct, 200},
		{"from outside", "203.0.113.9:5555", "", direct, 403},
		{"from loopback, which is not among the networks", "127.0.0.1:5555", "", direct, 403},
		{"from outside, claiming to be inside", "203.0.113.9:5555", "10.1.2.3", direct, 403},
		{"from inside, said to be outside by nobody we trust", "10.1.2.3:5555", "203.0.113.9", direct, 200},
		{"through the proxy from inside", "192.0.2.7:5555", "10.1.2.3", proxied, 200},
		{"through the proxy from outside", "192.0.2.7:5555", "203.0.113.9", proxied, 403},
		{"through the proxy from outside, claiming to be inside", "192.0.2.7:5555", "10.1.2.3, 203.0.113.9", proxied, 403},
		{"past the proxy, claiming to be inside", "203.0.113.9:5555", "10.1.2.3", proxied, 403},
		{"the proxy itself", "192.0.2.7:5555", "", proxied, 403},
		{"from nowhere", "", "", direct, 403},
	} {
		t.Run(client.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, false, client.settings)
			r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
			r.RemoteAddr = client.from
			if client.forwarded != "" {
				r.Header.Set("X-Forwarded-For", client.forwarded)
				r.Header.Set("X-Real-Ip", client.forwarded)
			}
			w := httptest.NewRecorder()
			s.web.ServeHTTP(w, r)
			if w.Code != client.want {
				t.Errorf("status %d instead of %d", w.Code, client.want)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" && client.want == http.StatusOK {
				t.Error("the headers are missing")
			}
		})
	}
}
