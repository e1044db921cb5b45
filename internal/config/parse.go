package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// longestSession is the longest a session may be set to last.
const longestSession = 7 * 24 * time.Hour

var errControl = errors.New("contains a control character or bytes that are not UTF-8")

// The parsers below write their result only when the text is good. Their errors
// complete the sentence that begins with the variable's name.

func parseText(to *string, text string) error {
	if !printable(text) {
		return errControl
	}
	*to = text
	return nil
}

func printable(text string) bool {
	return strings.ToValidUTF8(text, "") == text && !strings.ContainsFunc(text, unicode.IsControl)
}

func parseAddr(to *string, text string) error {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("must be host:port or :port, not %q", text)
	}
	*to = text
	return nil
}

// parseURL takes an absolute URL without user, query or fragment: https, or http
// on this machine. The text is kept byte for byte.
func parseURL(to *string, text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || !printable(text) || u.Hostname() == "" || u.Opaque != "":
		return fmt.Errorf("must be a URL such as https://example.com/path, not %q", text)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return errors.New("must be a URL without user, query or fragment")
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		*to = text
		return nil
	case u.Scheme == "http":
		return fmt.Errorf("must begin with https://, because %s is not this machine", u.Hostname())
	}
	return fmt.Errorf("must begin with https://, not %s://", u.Scheme)
}

func parseOrigin(to *string, text string) error {
	origin := strings.TrimSuffix(text, "/")
	if u, err := url.Parse(origin); err == nil && u.Path != "" {
		return errors.New("must be scheme and host only: the portal lives at the root of its host")
	}
	return parseURL(to, origin)
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// parseProxyURL names no part of the text in its error: it may hold a password.
func parseProxyURL(to *Secret, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
		return errors.New("must be the URL of an http, https or socks5 proxy")
	}
	*to = NewSecret(text)
	return nil
}

// parseSecret takes what can stand in an HTTP header.
func parseSecret(to *Secret, text string) error {
	if !printable(text) || strings.TrimSpace(text) != text {
		return errors.New("contains a control character, or blanks at an end")
	}
	*to = NewSecret(text)
	return nil
}

// parseNetworks takes prefixes and single addresses. A prefix with host bits set
// is refused, because one of its two halves is a mistake.
func parseNetworks(to *[]netip.Prefix, text string) error {
	var items []string
	if err := parseList(&items, text); err != nil {
		return err
	}
	var prefixes []netip.Prefix
	for _, item := range items {
		prefix, err := netip.ParsePrefix(item)
		if addr, addrErr := netip.ParseAddr(item); addrErr == nil && addr.Zone() == "" {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("must list networks such as 10.0.0.0/8, not %q", item)
		}
		if prefix != prefix.Masked() {
			return fmt.Errorf("names %s, which has bits set beyond its length; write %s", item, prefix.Masked())
		}
		prefixes = append(prefixes, prefix)
	}
	*to = prefixes
	return nil
}

// parseProxies refuses to trust everybody: a forged X-Forwarded-For would then
// pass for an internal address.
func parseProxies(to *[]netip.Prefix, text string) error {
	var prefixes []netip.Prefix
	if err := parseNetworks(&prefixes, text); err != nil {
		return err
	}
	for _, prefix := range prefixes {
		if prefix.Bits() == 0 {
			return fmt.Errorf("must name the proxies, not everybody (%s)", prefix)
		}
	}
	*to = prefixes
	return nil
}

func parseDuration(to *time.Duration, text string, longest time.Duration) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > longest {
		return fmt.Errorf("must be a time such as 30m or 10h, up to %gh, not %q", longest.Hours(), text)
	}
	*to = d
	return nil
}

// leastMaxAge is the shortest OIDC_MAX_AGE: the provider's clock may differ from ours
// by as much.
const leastMaxAge = time.Minute

// parseMaxAge takes a time, or 0 for never asking.
func parseMaxAge(to *time.Duration, text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d != 0 && (d < leastMaxAge || d > longestSession) {
		return fmt.Errorf("must be a time such as 15m, from %gm to %gh, or 0, not %q", leastMaxAge.Minutes(), longestSession.Hours(), text)
	}
	*to = d
	return nil
}

func parseCount(to *int, text string) error {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return fmt.Errorf("must be a whole number of at least 1, not %q", text)
	}
	*to = int(n)
	return nil
}

func parseBool(to *bool, text string) error {
	if text != "true" && text != "false" {
		return fmt.Errorf("must be true or false, not %q", text)
	}
	*to = text == "true"
	return nil
}

func parseChoice(to *string, text string, choices ...string) error {
	if !slices.Contains(choices, text) {
		return fmt.Errorf("must be %s, not %q", strings.Join(choices, " or "), text)
	}
	*to = text
	return nil
}

// parseZone refuses "Local": the answer must not depend on the machine.
func parseZone(to **time.Location, text string) error {
	zone, err := time.LoadLocation(text)
	if err != nil || text == "Local" {
		return fmt.Errorf("must be a time zone such as Europe/Paris, not %q", text)
	}
	*to = zone
	return nil
}

func parseMonth(to *time.Month, text string) error {
	month, err := time.Parse("01", text)
	if err != nil {
		return fmt.Errorf("must be a month from 01 to 12, not %q", text)
	}
	*to = month.Month()
	return nil
}

func parseDay(to *time.Time, text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("must be a date as YYYY-MM-DD, not %q", text)
	}
	*to = day
	return nil
}

// parseList splits at commas. Blanks around an entry are dropped, all else is
// kept byte for byte.
func parseList(to *[]string, text string) error {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		switch {
		case item == "":
			return errors.New("has an empty entry between its commas")
		case !printable(item):
			return errControl
		case slices.Contains(items, item):
			return fmt.Errorf("names %q twice", item)
		}
		items = append(items, item)
	}
	*to = items
	return nil
}

func parseScopes(to *[]string, text string) error {
	scopes := strings.Fields(text)
	if !slices.Contains(scopes, "openid") {
		return errors.New("must contain openid, with blanks between scopes")
	}
	if !printable(text) {
		return errControl
	}
	*to = scopes
	return nil
}

// parseCertificates makes sure that the file holds certificates: a wrong path
// should stop the start, not the first call.
func parseCertificates(to *string, path string) error {
	pem, err := os.ReadFile(path) //nolint:gosec // The administrator names the file; that is the point.
	if err != nil {
		return fmt.Errorf("cannot be read from %s: %w", path, reason(err))
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return fmt.Errorf("names %s, which holds no PEM certificate", path)
	}
	*to = path
	return nil
}
