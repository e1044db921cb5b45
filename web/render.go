package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/i18n"
	"billportal/templates"
)

// render makes a page whole before its first byte is sent, so that a failure is a
// clean error page.
func (s *Server) render(c echo.Context, status int, component templ.Component) error {
	var buffer bytes.Buffer
	if err := component.Render(c.Request().Context(), &buffer); err != nil {
		return fmt.Errorf("web: rendering: %w", err)
	}
	return c.HTMLBlob(status, buffer.Bytes())
}

// isFragment reports whether htmx asked for a part of a page. A page that the
// browser restores from its history is whole.
func isFragment(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-History-Restore-Request") != "true"
}

// pageOrFragment renders the part that htmx asked for, or the page around it.
func (s *Server) pageOrFragment(c echo.Context, status int, page, fragment func() templ.Component) error {
	if isFragment(c.Request()) {
		return s.render(c, status, fragment())
	}
	return s.render(c, status, page())
}

// texts are the words in the language of the reader's browser.
func (s *Server) texts(c echo.Context) *i18n.Texts {
	return i18n.For(i18n.Match(c.Request().Header.Get("Accept-Language"), s.settings.Lang))
}

// frame is what every page has, known without asking the database.
func (s *Server) frame(c echo.Context) templates.Page {
	t := s.texts(c)
	page := templates.Page{
		Texts: t, Lang: t.Lang(), Company: s.settings.Company, Support: supportLink(s.settings.Support), Version: s.settings.Version,
		Assets: s.assets, CSRF: s.formToken(c), RequestID: requestID(c),
	}
	v, ok := viewerOf(c)
	if !ok {
		return page
	}
	page.Person = &templates.PersonMenu{Name: visible(v.Person.DisplayName()), Detail: roleNames(t, v.Roles)}
	page.Search = v.Rights.Has(access.View)
	page.Nav = navigation(t, v.Rights, c.Request().URL.Path)
	return page
}

// keyLink keeps the state of the link for the rest of a request.
const keyLink = "link"

// link is the state of the link, asked for once in a request.
func (s *Server) link(c echo.Context) (billcache.Link, error) {
	if link, ok := c.Get(keyLink).(billcache.Link); ok {
		return link, nil
	}
	link, err := s.deps.Cache.Link(c.Request().Context())
	if err == nil {
		c.Set(keyLink, link)
	}
	return link, err
}

// page is the frame of a page with its title and the age of the copy.
func (s *Server) page(c echo.Context, title string) templates.Page {
	page := s.frame(c)
	page.Title = page.Texts.S(title)
	page.Notice = s.takeNotice(c, page.Texts)
	if v, ok := viewerOf(c); ok && v.Rights != 0 {
		link, err := s.link(c)
		if err != nil {
			s.deps.Log.ErrorContext(c.Request().Context(), "state of the link", "request_id", requestID(c), "error", err)
			return page
		}
		page.Freshness = s.freshness(page.Texts, link)
	}
	return page
}

func navigation(t *i18n.Texts, rights access.Rights, path string) []templates.NavItem {
	var nav []templates.NavItem
	add := func(right access.Right, key, url string) {
		if rights.Has(right) {
			current := path == url || url != "/" && strings.HasPrefix(path, url+"/")
			nav = append(nav, templates.NavItem{Label: t.S(key), URL: url, Current: current})
		}
	}
	if rights.Has(access.View) {
		add(access.View, "nav.overview", "/")
	} else {
		add(access.Administer, "nav.overview", "/")
	}
	add(access.View, "nav.bills", "/bills")
	add(access.View, "nav.accounts", "/accounts")
	add(access.Administer, "nav.register", "/admin/accounts")
	add(access.Administer, "nav.access", "/admin/access")
	add(access.Administer, "nav.people", "/admin/people")
	add(access.Administer, "nav.ledger", "/admin/ledger")
	return nav
}

// roleNames joins the names of roles; none has a name as well.
func roleNames(t *i18n.Texts, roles []access.Role) string {
	if len(roles) == 0 {
		return t.S("role.none")
	}
	names := make([]string, 0, len(roles))
	for _, r := range roles {
		switch r {
		case access.Employee:
			names = append(names, t.S("role.employee"))
		case access.Accountant:
			names = append(names, t.S("role.accountant"))
		case access.Admin:
			names = append(names, t.S("role.admin"))
		}
	}
	return strings.Join(slices.Compact(names), ", ")
}

// supportLink makes an address of whom to ask: an e-mail address, a web address,
// or just words.
func supportLink(support string) templates.Link {
	link := templates.Link{Label: support}
	switch {
	case strings.HasPrefix(support, "https://"):
		link.URL = support
	case strings.Contains(support, "@") && !strings.ContainsAny(support, " <>\"'?&"):
		link.URL = "mailto:" + support
	}
	return link
}

// renderLastResort makes, at start, the page that is shown when making the error
// page fails.
func (s *Server) renderLastResort() ([]byte, error) {
	t := i18n.For(s.settings.Lang)
	page := templates.Page{Texts: t, Lang: t.Lang(), Company: s.settings.Company, Version: s.settings.Version, Assets: s.assets}
	var buffer bytes.Buffer
	if err := templates.LastResort(page).Render(context.Background(), &buffer); err != nil {
		return nil, errors.Join(errors.New("web: the page of last resort cannot be made"), err)
	}
	return buffer.Bytes(), nil
}
