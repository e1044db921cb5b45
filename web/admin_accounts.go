package web

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/templates"
)

// RegisterKeeper keeps the register of accounts. It tells nothing of bills but
// that some are in quarantine, and when an account had its last one.
type RegisterKeeper interface {
	Register(ctx context.Context) ([]billing.BillingAccount, error)
	RegisterEntry(ctx context.Context, number billing.AccountNumber) (billing.BillingAccount, error)
	AccountGroups(ctx context.Context) ([]billing.AccountGroup, error)
	SetAccounts(ctx context.Context, act ledger.Act, accounts []billing.BillingAccount) error
	ReplaceRegister(ctx context.Context, act ledger.Act, accounts []billing.BillingAccount) (hidden []billing.AccountNumber, err error)
	Quarantined(ctx context.Context) ([]billing.Quarantine, error)
	LastIssues(ctx context.Context) (map[billing.AccountNumber]billing.Date, error)
}

// adminAccounts is the register: first what waits for a decision, then every
// account.
func (s *Server) adminAccounts(c echo.Context) error {
	return s.registerPage(c, http.StatusOK, templates.ImportForm{})
}

func (s *Server) registerPage(c echo.Context, status int, form templates.ImportForm) error {
	ctx := c.Request().Context()
	if err := checkRegisterFilter(c.QueryParams()); err != nil {
		return err
	}
	accounts, err := s.deps.Register.Register(ctx)
	if err != nil {
		return err
	}
	quarantined, err := s.deps.Register.Quarantined(ctx)
	if err != nil {
		return err
	}
	issues, err := s.deps.Register.LastIssues(ctx)
	if err != nil {
		return err
	}
	page := s.page(c, "register.title")
	t := page.Texts
	announceImport(&page, form)
	form.Action, form.Format = "/admin/accounts/import", export.RegisterHeader()
	view := templates.AdminAccountsView{Page: page, Lede: registerCounts(t, accounts), Import: form}
	addDecisions(t, &view, accounts, quarantined)
	addRegister(t, &view, c.QueryParams(), accounts, issues)
	return s.render(c, status, templates.AdminAccounts(view))
}

func registerCounts(t *i18n.Texts, accounts []billing.BillingAccount) string {
	counts := map[billing.AccountStatus]int{}
	for _, a := range accounts {
		counts[a.Status]++
	}
	return t.S("register.counts", t.N("count.admitted", counts[billing.Admitted]), t.N("count.hidden", counts[billing.Hidden]),
		t.N("count.closed", counts[billing.Closed]))
}

// awaitsDecision reports whether nobody has said yet if an account that the API
// lists is ours to show. Decisions, setup and the form that admits go by it alone.
func awaitsDecision(a billing.BillingAccount) bool {
	return a.Status == billing.Hidden && a.Listed && !a.Decided
}

// admitForm offers to admit every account that waits; it names the only one.
func admitForm(t *i18n.Texts, accounts []billing.BillingAccount) *templates.AdmitForm {
	form := &templates.AdmitForm{}
	for _, a := range accounts {
		if awaitsDecision(a) {
			form.Numbers = append(form.Numbers, string(a.Number))
			form.Label = t.S("register.admitone", string(a.Number), visible(a.DisplayName()))
		}
	}
	switch len(form.Numbers) {
	case 0:
		return nil
	case 1:
		return form
	}
	form.Label = t.N("register.admitall", len(form.Numbers))
	return form
}

// addDecisions lists what only an admin can decide.
func addDecisions(t *i18n.Texts, view *templates.AdminAccountsView, accounts []billing.BillingAccount, quarantined []billing.Quarantine) {
	for _, a := range accounts {
		switch {
		case awaitsDecision(a):
			view.Unadmitted = append(view.Unadmitted, templates.UnadmittedAccount{
				Number: string(a.Number), Name: visible(a.UpstreamName), Detail: t.Country(a.UpstreamCountry), EditURL: accountURL(a.Number),
			})
		case a.Status == billing.Admitted && !a.Listed:
			view.Silent = append(view.Silent, templates.SilentAccount{
				Number: string(a.Number), Name: visible(a.Name), Detail: t.S("register.silent"), EditURL: accountURL(a.Number),
			})
		}
	}
	if len(view.Unadmitted) > 1 {
		view.AdmitAll = admitForm(t, accounts)
	}
	for _, q := range quarantined {
		view.Quarantine = append(view.Quarantine, templates.QuarantineRow{
			Count: t.N("count.bills", q.Bills), Reason: t.S(quarantineKey(q.Reason), string(q.Account)),
		})
	}
	if n := len(view.Unadmitted) + len(view.Silent) + len(view.Quarantine); n > 0 {
		view.Decisions = t.N("count.decisions", n)
	}
}

func quarantineKey(reason billing.QuarantineReason) string {
	switch reason {
	case billing.UnknownAccount:
		return "register.unknownaccount"
	case billing.ContradictoryAccount:
		return "register.contradictory"
	}
	return "register.unattributed"
}

// addRegister lists the accounts that match the little filter above them.
func addRegister(t *i18n.Texts, view *templates.AdminAccountsView, given url.Values, accounts []billing.BillingAccount, issues map[billing.AccountNumber]billing.Date) {
	typed, group, status := given.Get("q"), given.Get("group"), given.Get("status")
	view.Filter.Query.Value = shorten(typed)
	view.Filter.Groups = []templates.Option{{Label: t.S("filter.allgroups")}}
	view.Filter.Statuses = []templates.Option{{Label: t.S("filter.allstatuses")}}
	for _, st := range billing.Statuses() {
		view.Filter.Statuses = append(view.Filter.Statuses, templates.Option{Value: string(st), Label: t.S("status." + string(st)), Selected: status == string(st)})
	}
	groups := map[string]bool{}
	for _, a := range accounts {
		groups[a.Group] = true
		if registerMatches(a, typed, group, status) {
			view.Rows = append(view.Rows, registerRow(t, a, issues[a.Number]))
		}
	}
	delete(groups, "")
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		view.Filter.Groups = append(view.Filter.Groups, templates.Option{Value: name, Label: visible(name), Selected: group == name})
	}
	view.Count = t.N("count.accounts", len(view.Rows))
	switch {
	case len(accounts) == 0:
		view.Empty = &templates.Empty{Kind: templates.EmptyNothing}
	case len(view.Rows) == 0:
		view.Empty = &templates.Empty{Kind: templates.EmptyNoMatch, Offers: []templates.Link{{Label: t.S("filter.clear"), URL: "/admin/accounts"}}}
	}
}

// checkRegisterFilter refuses what the filter of the register cannot mean.
func checkRegisterFilter(given url.Values) error {
	status := billing.AccountStatus(given.Get("status"))
	if status != "" && !slices.Contains(billing.Statuses(), status) || tooLongText(given.Get("q")) || tooLongText(given.Get("group")) {
		return badRequest("", errors.New("the filter of the register is wrong"))
	}
	return nil
}

func tooLongText(s string) bool { return utf8.RuneCountInString(s) > maxText }

func registerMatches(a billing.BillingAccount, typed, group, status string) bool {
	if group != "" && a.Group != group || status != "" && string(a.Status) != status {
		return false
	}
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return true
	}
	names := strings.ToLower(a.Name + "\n" + a.UpstreamName)
	key := billing.SearchKey(typed)
	return strings.Contains(names, strings.ToLower(typed)) || key != "" && strings.Contains(a.Number.SearchKey(), key)
}

func registerRow(t *i18n.Texts, a billing.BillingAccount, last billing.Date) templates.RegisterRow {
	return templates.RegisterRow{
		EditURL: accountURL(a.Number), Number: string(a.Number), Name: visible(a.Name), OrangeName: visible(a.UpstreamName), Group: visible(a.Group),
		Country: cmp.Or(a.Country, a.UpstreamCountry), CostCentre: a.CostCentre, LastBill: day(t, last, t.S("none")),
		Status: templates.AccountStatus(a.Status), OursOnly: !a.Listed,
	}
}

func accountURL(number billing.AccountNumber) string {
	return "/admin/accounts/" + url.PathEscape(string(number))
}

// registerCSV is the register as a file that can be imported again.
func (s *Server) registerCSV(c echo.Context) error {
	accounts, err := s.deps.Register.Register(c.Request().Context())
	if err != nil {
		return err
	}
	act := s.act(c, "register.export")
	act.Object = "accounts.csv"
	if err := s.deps.Ledger.Record(c.Request().Context(), act); err != nil {
		return err
	}
	attach(c, "accounts.csv")
	return s.sendWhile(c, stillHas(access.Administer), func() error { return export.Register(c.Response(), accounts) })
}

// admitAccounts opens the accounts that the form named, as far as they still wait
// for a decision: what was decided meanwhile stays decided.
func (s *Server) admitAccounts(c echo.Context) error {
	location := "/admin/accounts"
	switch posted(c, "from") {
	case "":
	case "setup":
		location = "/"
	default:
		return badRequest("", errors.New("from is not setup"))
	}
	accounts, err := s.deps.Register.Register(c.Request().Context())
	if err != nil {
		return err
	}
	named := c.Request().PostForm["number"]
	accounts = slices.DeleteFunc(accounts, func(a billing.BillingAccount) bool {
		return !awaitsDecision(a) || !slices.Contains(named, string(a.Number))
	})
	if len(accounts) == 0 {
		return billing.ErrNotFound
	}
	for i := range accounts {
		accounts[i].Status = billing.Admitted
	}
	if err := s.deps.Register.SetAccounts(c.Request().Context(), s.act(c, "account.admit"), accounts); err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.admitted", Counted: true, Count: len(accounts), Next: "notice.next.grant"}, location)
}

// hideAccount records the decision to leave an account hidden.
func (s *Server) hideAccount(c echo.Context) error {
	a, err := s.deps.Register.RegisterEntry(c.Request().Context(), billing.AccountNumber(posted(c, "number")))
	if err != nil {
		return err
	}
	a.Status = billing.Hidden
	if err := s.deps.Register.SetAccounts(c.Request().Context(), s.act(c, "account.hide"), []billing.BillingAccount{a}); err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.hidden", Args: []string{string(a.Number)}}, "/admin/accounts")
}
