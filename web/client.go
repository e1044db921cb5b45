package web

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"
)

// clientAddress finds the address of the client. X-Forwarded-For is believed only
// from the proxies that the company named, read from its end, where the nearest
// proxy writes. When a proxy says nothing that can be read, the address is empty
// and the client counts as outside: the proxy's own address would be inside.
func clientAddress(proxies []netip.Prefix) echo.IPExtractor {
	return func(r *http.Request) string {
		client := address(r.RemoteAddr)
		if !client.IsValid() || !contains(proxies, client) {
			return text(client)
		}
		hops := strings.Split(strings.Join(r.Header.Values(echo.HeaderXForwardedFor), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			client = address(strings.TrimSpace(hops[i]))
			if !client.IsValid() || !contains(proxies, client) {
				return text(client)
			}
		}
		return text(client)
	}
}

// address reads an IP address with or without a port; the zero Addr is none.
func address(s string) netip.Addr {
	if withPort, err := netip.ParseAddrPort(s); err == nil {
		return withPort.Addr().Unmap().WithZone("")
	}
	plain, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return plain.Unmap().WithZone("")
}

func text(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
