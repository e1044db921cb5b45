// Package templates turns finished strings into the portal's pages. Each page has a view struct and a
// component in files of the same name: XView is what package web fills in, X renders it.
//
// Templates loop and branch, nothing else. Amounts, days, counts and addresses arrive formatted; fixed
// words come from the catalogue of texts. Nothing is written unescaped, no page carries inline script or
// style, and every page works without JavaScript: htmx attributes only make it quicker.
package templates

import "billportal/internal/i18n"

// Page is what every page shares; every view embeds it.
type Page struct {
	Texts       *i18n.Texts
	Lang        i18n.Lang
	Title       string // what the page is, without the company's name
	Company     string // may be empty
	Support     Link   // whom to ask; no URL makes it plain text, no label hides it
	Version     string
	Assets      Assets
	Nav         []NavItem
	Person      *PersonMenu // nil for somebody who is not signed in
	Search      bool        // whether the search box can find anything for this person
	SearchQuery string
	Freshness   *Freshness
	Notice      *Notice // said once, after a POST
	CSRF        string  // token for the hidden field of every POST form
	RequestID   string
}

// Assets are the content-hashed addresses of the static files.
type Assets struct {
	CSS, Script, HTMX, Icons, Favicon string
}

// NavItem is one entry of the main navigation.
type NavItem struct {
	Label, URL string
	Current    bool
}

// PersonMenu names the person who is signed in. Detail is a line such as "Accountant, 18 accounts".
type PersonMenu struct {
	Name, Detail string
}

// Freshness says how old the copy is. DateTime is the same instant for machines (RFC 3339), or empty.
type Freshness struct {
	Text, DateTime string
	Late           bool // older than it should be
}

// NoticeKind is the weight of a notice; the zero value is plain information.
type NoticeKind string

// The kinds of notices.
const (
	NoticeInfo NoticeKind = ""
	NoticeGood NoticeKind = "good"
	NoticeWarn NoticeKind = "warn"
	NoticeBad  NoticeKind = "bad"
)

// Notice is a sentence with an icon on a tinted ground. Title, set before Text in bold, may be empty;
// Links follow Text.
type Notice struct {
	Kind        NoticeKind
	Title, Text string
	Links       []Link
}

// Link is a label and where it leads.
type Link struct {
	Label, URL string
}

// t is short for the catalogue; templates use it on every other line.
func (p Page) t(key string, args ...any) string { return p.Texts.S(key, args...) }

// documentTitle is the text of the title element: the page, then the site.
func (p Page) documentTitle() string {
	return p.Title + " – " + p.siteName()
}

func (p Page) siteName() string {
	if p.Company == "" {
		return p.t("site.name")
	}
	return p.Company + " " + p.t("site.name")
}

// icon names the sprite's symbol for a kind of notice.
func (k NoticeKind) icon() string {
	switch k {
	case NoticeGood:
		return "pass"
	case NoticeWarn, NoticeBad:
		return "alert"
	}
	return "info"
}

// role makes assistive technology read a failure at once and anything else when it is idle.
func (k NoticeKind) role() string {
	if k == NoticeBad {
		return "alert"
	}
	return "status"
}

// htmxConfig keeps htmx within the content security policy and bills out of the browser's storage. A
// refused filter (400) replaces the list with the reasons; any other failure becomes a message in
// #notices and leaves what was there.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,` +
	`"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"responseHandling":[` +
	`{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"400","swap":true,"error":true},` +
	`{"code":"[45]..","swap":true,"error":true,"target":"#notices","swapOverride":"innerHTML"}]}`
