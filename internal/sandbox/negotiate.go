package sandbox

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of the API.
const (
	typeJSON = "application/json"
	typeCSV  = "text/csv"
	typePDF  = "application/pdf"
)

// negotiate picks one of the offered media types, the first being the default.
// overrideAccept in the query takes the place of the Accept header; no header
// at all means the default. Nothing acceptable is 406/62.
func negotiate(r *http.Request, offers ...string) (string, *problem) {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if override := r.URL.Query().Get("overrideAccept"); override != "" {
		accept = override
	}
	if strings.TrimSpace(accept) == "" {
		return offers[0], nil
	}
	best, bestWeight := "", 0
	for _, offer := range offers {
		if weight := weigh(accept, offer); weight > bestWeight {
			best, bestWeight = offer, weight
		}
	}
	if best == "" {
		return "", notAcceptable(offers)
	}
	return best, nil
}

// weigh gives an offer the quality (RFC 9110, section 12.5.1), in thousandths,
// of the most specific range of accept that matches it; 0 when none does.
func weigh(accept, offer string) int {
	weight, specific := 0, -1
	group, _, _ := strings.Cut(offer, "/")
	for _, text := range strings.Split(accept, ",") {
		name, params, err := mime.ParseMediaType(text)
		if err != nil {
			continue
		}
		precision := -1
		switch name {
		case "*/*":
			precision = 0
		case group + "/*":
			precision = 1
		case offer:
			precision = 2
		}
		if precision > specific {
			weight, specific = quality(params["q"]), precision
		}
	}
	return weight
}

// quality reads a qvalue in thousandths; absent or unreadable is 1.
func quality(text string) int {
	if text == "" {
		return 1000
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(whole + (fraction + "000")[:3])
	if err != nil || len(fraction) > 3 || n > 1000 || n < 0 {
		return 1000
	}
	return n
}
