package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// setup is an admin's first page: the four steps from an empty portal to people
// who read bills, as far as they are done.
func (s *Server) setup(c echo.Context) error {
	page := s.page(c, "setup.title")
	link, err := s.link(c)
	if err != nil {
		return err
	}
	steps, err := s.setupSteps(c, page.Texts, link)
	if err != nil {
		return err
	}
	if steps.Done() {
		page.Title = page.Texts.S("setup.opentitle")
	}
	return s.render(c, http.StatusOK, templates.Setup(templates.SetupView{Page: page, Steps: steps}))
}

// setupProgress is the list of steps alone, which the page asks for while the
// first copy runs.
func (s *Server) setupProgress(c echo.Context) error {
	if !isFragment(c.Request()) {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	link, err := s.link(c)
	if err != nil {
		return err
	}
	page := s.frame(c)
	steps, err := s.setupSteps(c, page.Texts, link)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, templates.SetupList(page, steps))
}

func (s *Server) setupSteps(c echo.Context, t *i18n.Texts, link billcache.Link) (templates.SetupSteps, error) {
	register, err := s.deps.Register.Register(c.Request().Context())
	if err != nil {
		return templates.SetupSteps{}, err
	}
	grants, err := s.deps.Grants.Grants(c.Request().Context())
	if err != nil {
		return templates.SetupSteps{}, err
	}
	people, err := s.deps.Grants.People(c.Request().Context())
	if err != nil {
		return templates.SetupSteps{}, err
	}
	var admitted, waiting int
	for _, a := range register {
		switch {
		case awaitsDecision(a):
			waiting++
		case a.Status != billing.Hidden:
			admitted++
		}
	}
	steps := templates.SetupSteps{Connect: s.connectStep(t, link), Sync: syncStep(t, link)}
	if !link.FirstSyncDone() {
		steps.RefreshURL = "/setup"
		if link.API.LastSuccess.After(link.API.LastFailure) {
			progress := firstSync(t, viewer(c), link)
			progress.RefreshURL = ""
			steps.Progress = &progress
		}
	}
	steps.Admit = admitStep(t, admitted, waiting)
	steps.AdmitForm = admitForm(t, register)
	steps.Grant = templates.SetupStep{Why: t.S("setup.grantwhy")}
	switch {
	case slices.ContainsFunc(grants, func(g access.Grant) bool { return s.opensBills(g, people) }):
		steps.Grant = templates.SetupStep{State: templates.StepDone, Why: t.N("count.grants", len(grants)) + "."}
	case admitted > 0:
		steps.Grant.State = templates.StepNow
	}
	if steps.Done() {
		steps.Summary = t.S("setup.open", t.N("count.accounts", admitted), t.N("count.grants", len(grants)))
	}
	return steps, nil
}

func (s *Server) connectStep(t *i18n.Texts, link billcache.Link) templates.SetupStep {
	step := templates.SetupStep{State: templates.StepNow, Why: t.S("setup.connecting"), Facts: []templates.Fact{
		{Label: t.S("setup.address"), Value: s.settings.BillingURL},
		{Label: t.S("setup.calls"), Value: t.S("setup.callsof", t.Number(itoa(link.API.CallsLastMinute), 0), t.Number(itoa(link.API.PerMinute), 0))},
	}}
	if !link.API.LastSuccess.IsZero() {
		step.Facts = append(step.Facts, templates.Fact{Label: t.S("setup.lastanswer"), Value: s.instant(t, link.API.LastSuccess)})
	}
	switch {
	case link.API.LastFailure.After(link.API.LastSuccess):
		step.State, step.Why = templates.StepFailed, t.S("setup.notconnected", failureText(link))
	case !link.API.LastSuccess.IsZero() || link.FirstSyncDone():
		step.State, step.Why = templates.StepDone, t.S("setup.connected")
	}
	return step
}

// failureText is why the API does not answer, in a form fit for admins: status,
// code and the request id that Orange asks for.
func failureText(link billcache.Link) string {
	failure := link.API.LastError
	parts := []string{failure.Kind}
	if failure.Status != 0 {
		parts = append(parts, "HTTP "+itoa(failure.Status))
	}
	if failure.Code != "" {
		parts = append(parts, "code "+failure.Code)
	}
	if failure.RequestID != "" {
		parts = append(parts, failure.RequestID)
	}
	return strings.Join(parts, ", ")
}

func syncStep(t *i18n.Texts, link billcache.Link) templates.SetupStep {
	switch {
	case link.FirstSyncDone():
		return templates.SetupStep{State: templates.StepDone, Why: t.S("setup.synced")}
	case link.API.LastSuccess.IsZero():
		return templates.SetupStep{}
	case link.Failure != "" && !link.Syncing:
		return templates.SetupStep{State: templates.StepFailed, Why: t.S("sync.failed")}
	}
	return templates.SetupStep{State: templates.StepNow, Why: t.S("sync.partial")}
}

func admitStep(t *i18n.Texts, admitted, waiting int) templates.SetupStep {
	switch {
	case waiting > 0:
		return templates.SetupStep{State: templates.StepNow, Why: t.S("setup.admitwhy")}
	case admitted > 0:
		return templates.SetupStep{State: templates.StepDone, Why: t.S("setup.admitted")}
	}
	return templates.SetupStep{Why: t.S("setup.admitwhy")}
}
