package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

// MaxHeader is the largest head of a request that is answered, in bytes. The
// standard library reads a little more before it gives up, so it is held here.
const MaxHeader = 16 << 10

// The other limits of a request, in bytes.
const (
	maxPath   = 2 << 10
	maxQuery  = 8 << 10
	maxForm   = 64 << 10
	maxImport = 4 << 20 // a CSV file
	maxValue  = 4 << 10 // one parameter
)

func refused(status int, cause string) error {
	return &pageError{status: status, cause: errors.New(cause)}
}

// withinLimits refuses requests that are larger than any of the portal's own, and
// paths that could mean one thing here and another elsewhere. Bodies are cut off at
// their limit while they are read.
func withinLimits(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		switch {
		case headSize(r) > MaxHeader:
			return refused(http.StatusRequestHeaderFieldsTooLarge, "the head of the request is too long")
		case len(r.URL.EscapedPath()) > maxPath:
			return refused(http.StatusRequestURITooLong, "the path is too long")
		case len(r.URL.RawQuery) > maxQuery:
			return refused(http.StatusRequestURITooLong, "the query is too long")
		case !plainPath(r.URL.Path):
			return refused(http.StatusNotFound, "the path is not plain")
		}
		if err := checkQuery(c.Path(), r.URL.RawQuery); err != nil {
			return err
		}
		most := bodyLimit(c.Path())
		if r.ContentLength > most {
			return refused(http.StatusRequestEntityTooLarge, "the body is too long")
		}
		if r.Body != nil {
			r.Body = http.MaxBytesReader(c.Response(), r.Body, most)
		}
		return next(c)
	}
}

// headSize is about what the request line and the fields took on the wire.
func headSize(r *http.Request) int {
	size := len(r.Method) + len(r.RequestURI) + len(r.Proto) + len("Host: ") + len(r.Host) + 6
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value) + 4
		}
	}
	return size
}

// plainPath reports whether a decoded path means the same to everybody who reads
// it: from the root, without empty, "." or ".." segments, backslashes and control
// characters.
func plainPath(path string) bool {
	if !strings.HasPrefix(path, "/") || !cleanText(path) || strings.Contains(path, `\`) || strings.Contains(path, "//") {
		return false
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// withoutQuery refuses a form that is sent with a query: none of the portal's has one,
// and somebody else could have put words of theirs there.
func withoutQuery(r *http.Request) error {
	if r.Method == http.MethodPost && r.URL.RawQuery != "" {
		return badRequest("", errors.New("a form is sent with a query"))
	}
	return nil
}

// posted is a value of a form's body, never of the address.
func posted(c echo.Context, name string) string { return c.Request().PostFormValue(name) }

func bodyLimit(route string) int64 {
	switch {
	case strings.HasSuffix(route, "/import"):
		return maxImport
	case route == reportsPath:
		return maxReport
	}
	return maxForm
}

// repeatable are the parameters that may stand in a request several times.
var repeatable = map[string]bool{paramAccount: true, paramKind: true, "number": true}

// ownWords are the routes that judge the text of their parameters themselves,
// because their answer says what is wrong beside the field, or because the identity
// provider chose the words. Files are judged line by line.
func ownWords(route string) bool {
	switch route {
	case "/bills", "/admin/accounts/:number", "/admin/access":
		return true
	}
	return strings.HasSuffix(route, "/import")
}

// checkQuery refuses a query that cannot be read, or that holds what no page of the
// portal asks for. The sign-in takes whatever the identity provider sends, and
// judges it whole.
func checkQuery(route, raw string) error {
	if strings.HasPrefix(route, "/signin") {
		return nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return badRequest("", err)
	}
	return checkValues(query, ownWords(route))
}

// checkValues holds parameters to text of one line, of bounded length, once each.
func checkValues(given url.Values, ownWords bool) error {
	for name, values := range given {
		if !cleanText(name) || len(name) > maxValue {
			return badRequest("", errors.New("the name of a parameter is not plain text"))
		}
		if len(values) > 1 && !repeatable[name] || len(values) > maxChoices {
			return badRequest("", errors.New("a parameter is there too often"))
		}
		for _, value := range values {
			if !ownWords && (len(value) > maxValue || !cleanText(value)) || !utf8.ValidString(value) {
				return badRequest("", errors.New("a parameter is not plain text of bounded length"))
			}
		}
	}
	return nil
}

// readForm reads the form of a changing request within its limits. A body that is
// no form is left alone; it carries no form token and gets no further.
func readForm(c echo.Context) error {
	r := c.Request()
	if err := withoutQuery(r); err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || err != nil {
		return nil
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
	case "multipart/form-data":
		err = r.ParseMultipartForm(maxImport)
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refused(http.StatusRequestEntityTooLarge, "the body is too long")
	case err != nil:
		return badRequest("", err)
	}
	return checkValues(r.PostForm, ownWords(c.Path()))
}
