package web_test

import (
	"go/ast"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// TestFormsAreReadFromTheirBodyAlone reads the sources for what would take a
// form's value from the address.
func TestFormsAreReadFromTheirBodyAlone(t *testing.T) {
	t.Parallel()
	body := 0
	for name, f := range functionsOf(t) {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if s.Sel.Name == "Form" {
				if of, ok := s.X.(*ast.Ident); !ok || of.Name != "r" {
					return true // of a page, not of a request
				}
			}
			switch s.Sel.Name {
			case "FormValue", "FormParams", "Form", "Bind":
				t.Errorf("%s reads %s, which is of the address too", name, s.Sel.Name)
			case "PostFormValue", "PostForm", "MultipartForm":
				body++
			}
			return true
		})
	}
	if body < 5 {
		t.Errorf("only %d places read forms", body)
	}
}

// TestAFormWithAQueryIsRefused posts to every route that changes something with words
// in the address.
func TestAFormWithAQueryIsRefused(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	ada := s.as(t, sandbox.SubjectAdmin)
	token := s.token(t, ada)
	tried := 0
	for _, r := range s.web.Routes() {
		if r.Method != http.MethodPost || r.Path == "/signin/backchannel-logout" || !strings.HasPrefix(r.Path, "/admin") && !strings.HasPrefix(r.Path, "/profile") && !strings.HasPrefix(r.Path, "/sign") {
			continue
		}
		tried++
		path := strings.NewReplacer(":number", string(s.someBills(t, 1)[0].Account), ":id", "1").Replace(r.Path)
		for _, query := range []string{"?reason=left", "?x", "?csrf=" + token} {
			if a := s.post(t, ada, (&url.URL{Path: path}).EscapedPath()+query, url.Values{"csrf": {token}, "reason": {"left"}}, nil); a.StatusCode != http.StatusBadRequest {
				t.Errorf("%s%s: status %d", r.Path, query, a.StatusCode)
			}
		}
	}
	if tried < 15 || !s.signedIn(t, ada) {
		t.Errorf("%d routes tried, and still signed in: %v", tried, s.signedIn(t, ada))
	}
}
