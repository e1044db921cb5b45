package templates_test

import (
	"bytes"
	"context"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/a-h/templ"

	"billportal/internal/i18n"
	"billportal/static"
	"billportal/templates"
)

var (
	galleryDir  = flag.String("gallery", "", "write every specimen into this directory as HTML")
	galleryAddr = flag.String("gallery-addr", "", "serve the specimens and the static files at this address until interrupted")
)

// policy is the portal's content security policy; a specimen that needs more is broken.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

// specimen is a page or a component in one state. A component that is not a page of its own has no
// document around it.
type specimen struct {
	name string
	view templ.Component
	part bool
}

// specimens are every page and component in every state, in one language.
func specimens(lang i18n.Lang) []specimen {
	d := desk{i18n.For(lang)}
	late := d.billsView()
	late.Page.Freshness = &templates.Freshness{Text: d.texts.S("fresh.late", "29 Nov 2026, 18:02"), DateTime: "2026-11-29T18:02:00+01:00", Late: true}
	late.Page.Notice = &templates.Notice{Kind: templates.NoticeGood, Text: d.texts.S("notice.granted", "MF-Staff", "France")}
	late.Page.SearchQuery = hostile
	one := d.billsView()
	one.List = d.list(d.bills()[:1])
	one.List.Pager = &templates.Pager{NewerURL: "/bills?before=b1", OlderURL: "/bills?after=b1"}
	odd := d.billsView()
	odd.List = d.list(d.oddBills())
	odd.Page.Company, odd.Page.Person.Name = longName, rightToLeft
	quiet := d.overview()
	quiet.New.Bills, quiet.Month.Heroes = nil, quiet.Month.Heroes[:1]
	nothing := d.overview()
	nothing.Lede, nothing.Empty = "", &templates.Empty{Kind: templates.EmptyNothing}
	adminOverview := d.overview()
	steps := d.setup().Steps
	adminOverview.Setup, adminOverview.New = &steps, nil
	failedItems := templates.BillItemsView{Failed: d.texts.S("items.error.budget"), RetryURL: "/bills/x/items"}
	noAccounts := templates.AccountsView{Page: d.page(d.texts.S("accounts.title"), "accounts"), Empty: &templates.Empty{Kind: templates.EmptyNoGrants}}
	signInNotice := d.anonymous(d.texts.S("signin.title"))
	signInNotice.Notice = &templates.Notice{Kind: templates.NoticeBad, Text: d.texts.S("notice.signinfailed", "req-7K2M-91QX")}
	list := []specimen{
		{"signin", templates.SignIn(templates.SignInView{Page: d.anonymous(d.texts.S("signin.title")), StartURL: "/signin/start?return=%2Fbills"}), false},
		{"signin-failed", templates.SignIn(templates.SignInView{Page: signInNotice, StartURL: "/signin/start"}), false},
		{"signedout", templates.SignedOut(templates.SignedOutView{Page: d.anonymous(d.texts.S("signedout.title")), ProviderURL: "https://id.meridian.example/logout"}), false},
		{"confirm-first", templates.ConfirmFirst(templates.ConfirmFirstView{
			Page: d.page(d.texts.S("confirm.title"), "access"), ConfirmURL: "/signin/confirm", Action: "/admin/access", Fields: []templates.HiddenField{{Name: "group", Value: hostile}},
		}), false},
		{"confirmed", templates.Confirmed(templates.ConfirmedView{Page: d.page(d.texts.S("confirmed.title"), ""), ContinueURL: "/bills.csv"}), false},
		{"confirmed-tab", templates.Confirmed(templates.ConfirmedView{Page: d.page(d.texts.S("confirmed.title"), "")}), false},
		{"adminlink", templates.AdminLink(templates.AdminLinkView{Page: d.anonymous(d.texts.S("adminlink.title")), Token: hostile}), false},
		{"norole", templates.NoRole(templates.NoRoleView{Page: d.anonymous(d.texts.S("norole.title")), Name: "Tomás Ribeiro", Groups: []string{"MF-Staff-ES", "MF-Everyone"}}), false},
		{"noaccounts", templates.NoAccounts(templates.NoAccountsView{Page: d.anonymous(d.texts.S("noaccounts.title")), Name: hostile, Role: d.texts.S("role.employee")}), false},
		{"overview", templates.Overview(d.overview()), false},
		{"overview-quiet", templates.Overview(quiet), false},
		{"overview-empty", templates.Overview(nothing), false},
		{"overview-setup", templates.Overview(adminOverview), false},
		{"setup", templates.Setup(d.setup()), false},
		{"setup-done", templates.Setup(d.setupDone()), false},
		{"setup-failed", templates.Setup(d.setupFailed()), false},
		{"bills", templates.Bills(d.billsView()), false},
		{"bills-one", templates.Bills(one), false},
		{"bills-late", templates.Bills(late), false},
		{"bills-odd", templates.Bills(odd), false},
		{"bills-refused", templates.Bills(d.billsRefused()), false},
		{"bills-nomatch", templates.Bills(d.billsEmpty(templates.EmptyNoMatch)), false},
		{"bills-nogrants", templates.Bills(d.billsEmpty(templates.EmptyNoGrants)), false},
		{"bills-syncing", templates.Bills(d.billsSyncing(templates.SyncRunning)), false},
		{"bills-syncfailed", templates.Bills(d.billsSyncing(templates.SyncFailed)), false},
		{"bills-synced", templates.Bills(d.billsSyncing(templates.SyncDone)), false},
		{"bills-partial", templates.BillListPartial(d.page("x", ""), d.list(d.bills())), true},
		{"bill", templates.Bill(d.billView()), false},
		{"bill-creditnote", templates.Bill(d.creditNote()), false},
		{"bill-items", templates.BillItemsPage(templates.BillItemsPageView{Page: d.page(d.texts.S("items.of", "DE26-0113633"), "bills"), BackURL: "/bills/x", Kind: d.texts.S("kind.invoice"), Number: "DE26-0113633", Items: d.items()}), false},
		{"bill-items-failed", templates.BillItems(d.page("x", ""), failedItems), true},
		{"bill-items-none", templates.BillItems(d.page("x", ""), templates.BillItemsView{}), true},
		{"accounts", templates.Accounts(d.accounts()), false},
		{"accounts-none", templates.Accounts(noAccounts), false},
		{"admin-accounts", templates.AdminAccounts(d.register()), false},
		{"admin-accounts-refused", templates.AdminAccounts(d.registerRefused()), false},
		{"admin-account", templates.AdminAccount(d.account()), false},
		{"admin-access", templates.AdminAccess(d.access()), false},
		{"import-preview", templates.ImportPreview(d.preview()), false},
		{"admin-access-refused", templates.AdminAccess(d.accessRefused()), false},
		{"profile", templates.Profile(d.profile()), false},
		{"profile-nothing", templates.Profile(d.profileNothing()), false},
		{"admin-people", templates.AdminPeople(d.people()), false},
		{"admin-people-none", templates.AdminPeople(d.peopleNone()), false},
		{"admin-person", templates.AdminPerson(d.person()), false},
		{"admin-person-disabled", templates.AdminPerson(d.personDisabled()), false},
		{"admin-explain", templates.Explain(d.explain()), false},
		{"admin-explain-hidden", templates.Explain(d.explainHidden()), false},
		{"admin-explain-group", templates.Explain(d.explainGroup()), false},
		{"admin-explain-group-nothing", templates.Explain(d.explainGroupNothing()), false},
		{"admin-ledger", templates.AdminLedger(d.ledger()), false},
		{"admin-ledger-broken", templates.AdminLedger(d.ledgerBroken()), false},
		{"admin-ledger-refused", templates.AdminLedger(d.ledgerRefused()), false},
		{"admin-ledger-list", templates.LedgerList(d.page("x", ""), d.ledger().List), true},
		{"error-fragment", templates.ErrorFragment(templates.ErrorView{Page: d.page("x", ""), Code: "503"}), true},
		{"last-resort", templates.LastResort(d.anonymous("x")), false},
	}
	for _, code := range []templates.ErrorCode{"400", "403", "404", "405", "413", "429", "500", "502", "503", "418"} {
		view := templates.ErrorView{Page: d.page("", ""), Code: code, When: "30 Nov 2026, 09:14:22"}
		if code == "500" {
			view.RetryURL = "/bills"
		}
		list = append(list, specimen{"error-" + string(code), templates.ErrorPage(view), false})
	}
	return list
}

func render(t *testing.T, view templ.Component) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := view.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGallery renders every specimen. With -gallery it leaves them as files, with -gallery-addr it then
// serves them, so that somebody can look at them.
func TestGallery(t *testing.T) {
	for _, lang := range []i18n.Lang{i18n.En, i18n.Fr} {
		for _, s := range specimens(lang) {
			content := render(t, s.view)
			if *galleryDir == "" {
				continue
			}
			file := filepath.Join(*galleryDir, s.name+"-"+string(lang)+".html")
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if *galleryAddr == "" {
		return
	}
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	pages := http.FileServer(http.Dir(*galleryDir))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		pages.ServeHTTP(w, r)
	})
	t.Log("serving", *galleryAddr)
	t.Fatal(http.ListenAndServe(*galleryAddr, mux))
}
