package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// problem is an error as the gateway words it: the HTTP status and the code
// inside the body decide together.
type problem struct {
	status      int
	code        int
	message     string
	description string
}

// Error makes a problem usable as an error.
func (p *problem) Error() string {
	return fmt.Sprintf("%d/%d %s: %s", p.status, p.code, p.message, p.description)
}

// body is the JSON object of the Orange error catalogue.
func (p *problem) body() []byte {
	return jsonText(struct {
		Code        int    `json:"code"`
		Message     string `json:"message"`
		Description string `json:"description"`
		InfoURL     string `json:"infoURL"`
	}{p.code, p.message, p.description, "https://developer.orange.com/common-errors"})
}

// write sends it in one of Shapes; none is the gateway's own.
func (p *problem) write(w http.ResponseWriter, shape string) {
	contentType, body := p.shaped(shape)
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(body) // the client may have gone
}

func missingBody() *problem {
	return &problem{http.StatusBadRequest, 21, "Missing body", "The request needs a JSON body."}
}

func invalidBody(why string) *problem {
	return &problem{http.StatusBadRequest, 22, "Invalid body", why}
}

func invalidField(name, why string) *problem {
	return &problem{http.StatusBadRequest, 24, "Invalid body field", name + ": " + why}
}

func missingHeader(name string) *problem {
	return &problem{http.StatusBadRequest, 25, "Missing header", "The header " + name + " is missing."}
}

func invalidQuery(name, why string) *problem {
	return &problem{http.StatusBadRequest, 28, "Invalid query-string parameter value", name + ": " + why}
}

func missingCredentials() *problem {
	return &problem{http.StatusUnauthorized, 40, "Missing credentials", "The request carries no bearer token."}
}

func invalidCredentials(what string) *problem {
	return &problem{http.StatusUnauthorized, 41, "Invalid credentials", "The " + what + " is not known."}
}

func expiredCredentials() *problem {
	return &problem{http.StatusUnauthorized, 42, "Expired credentials", "The access token has expired."}
}

func accessDenied() *problem {
	return &problem{http.StatusForbidden, 50, "Access denied", "The API key has expired or was revoked."}
}

func tooManyRequests(status int, limit string) *problem {
	return &problem{status, 53, "Too many requests", "The " + limit + " has been reached."}
}

func notFound(what string) *problem {
	return &problem{http.StatusNotFound, 60, "Resource not found", what}
}

func methodNotAllowed(allowed ...string) *problem {
	return &problem{http.StatusMethodNotAllowed, 61, "Method not allowed", "Allowed: " + strings.Join(allowed, ", ") + "."}
}

func notAcceptable(offers []string) *problem {
	return &problem{http.StatusNotAcceptable, 62, "Not acceptable", "Available: " + strings.Join(offers, ", ") + "."}
}

func unsupportedMediaType() *problem {
	return &problem{http.StatusUnsupportedMediaType, 68, "Unsupported media type", "The body must be " + typeJSON + "."}
}
