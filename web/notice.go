package web

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/i18n"
	"billportal/templates"
)

// notice is what a page says once after a change: a text of the catalogue and
// what goes into it. It travels in a signed cookie from the change to the page
// that the browser is sent to.
type notice struct {
	Kind    templates.NoticeKind // good when it is not said
	Key     string
	Counted bool // the text is a plural of Count
	Count   int
	Args    []string
	Warn    bool   // it asks for a second look
	Next    string // key of the link that leads on, or empty
	NextURL string // where it leads, on this site; empty for where nextSteps says
}

// nextSteps are the addresses that notices lead on to.
var nextSteps = map[string]string{"notice.next.grant": "/admin/access", "notice.next.ledger": "/admin/ledger"}

// noticeSeconds is how long a notice waits for its page.
const noticeSeconds = 60

// maxNoticeName is how much of a name a notice says, in characters: two of them fit a
// cookie.
const maxNoticeName = 100

func (s *Server) noticeCookie() string { return s.sessions.name + "-notice" }

// leaveNotice has the next page say something, and sends the browser there. The
// change has been made by now, so nothing here may fail it: names are shortened to
// fit a cookie, and what cannot be seen in them is written out.
func (s *Server) leaveNotice(c echo.Context, n notice, location string) error {
	for i := range n.Args {
		n.Args[i] = clipText(n.Args[i], maxNoticeName)
	}
	text, err := json.Marshal(n)
	if err == nil {
		err = s.setNotice(c, string(text))
	}
	if err != nil {
		s.deps.Log.ErrorContext(c.Request().Context(), "leaving a notice", "request_id", requestID(c), "error", err)
	}
	return c.Redirect(http.StatusSeeOther, location)
}

func (s *Server) setNotice(c echo.Context, text string) error {
	value, err := securecookie.EncodeMulti(s.noticeCookie(), text, s.sessions.codecs...)
	if err != nil {
		return err
	}
	options := s.sessions.options
	options.MaxAge = noticeSeconds
	http.SetCookie(c.Response(), sessions.NewCookie(s.noticeCookie(), value, &options))
	return nil
}

// takeNotice returns the notice that was left for this browser, once.
func (s *Server) takeNotice(c echo.Context, t *i18n.Texts) *templates.Notice {
	text, ok := s.sessions.reference(c.Request(), s.noticeCookie())
	if !ok {
		return nil
	}
	options := s.sessions.options
	options.MaxAge = -1
	http.SetCookie(c.Response(), sessions.NewCookie(s.noticeCookie(), "", &options))
	var n notice
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return nil
	}
	args := make([]any, 0, len(n.Args))
	for _, a := range n.Args {
		args = append(args, a)
	}
	shown := &templates.Notice{Kind: cmp.Or(n.Kind, templates.NoticeGood), Text: t.S(n.Key, args...)}
	if n.Counted {
		shown.Text = t.N(n.Key, n.Count, args...)
	}
	if n.Warn {
		shown.Kind = templates.NoticeWarn
	}
	if url := cmp.Or(n.NextURL, nextSteps[n.Next]); url != "" {
		shown.Links = []templates.Link{{Label: t.S(n.Next), URL: url}}
	}
	return shown
}
