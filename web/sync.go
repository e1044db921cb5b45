package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/i18n"
	"billportal/templates"
)

// firstSync is the progress of the first copy. How many bills the company has is
// told to those who may see all of them or run the portal, and to nobody else.
func firstSync(t *i18n.Texts, v access.Viewer, link billcache.Link) templates.FirstSyncView {
	view := templates.FirstSyncView{Text: t.S("sync.arriving")}
	if v.Scope().All() || v.Rights.Has(access.Administer) {
		view = templates.FirstSyncView{Done: link.Bills, Of: max(link.BillsTotal, 0), Text: t.N("sync.count", link.Bills)}
	}
	if view.Of > 0 {
		view.Text = t.S("sync.progress", t.Number(itoa(link.Bills), 0), t.Number(itoa(link.BillsTotal), 0))
	}
	switch {
	case link.FirstSyncDone():
		view.State = templates.SyncDone
	case link.Syncing || link.Failure == "":
		view.RefreshURL = "/sync"
	default:
		view.State = templates.SyncFailed
		view.RefreshURL = "/sync"
	}
	return view
}

// syncProgress is the progress of the first copy, which pages ask for again and
// again until it has ended. It is a part of a page and no page of its own.
func (s *Server) syncProgress(c echo.Context) error {
	if !isFragment(c.Request()) {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	link, err := s.link(c)
	if err != nil {
		return err
	}
	page := s.frame(c)
	return s.render(c, http.StatusOK, templates.FirstSync(page, firstSync(page.Texts, viewer(c), link)))
}
