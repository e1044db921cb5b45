package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

func TestAmountsAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]billing.Decimal{
		"1250": {"1250"}, "1250.50": {"1250.50"}, "1,250.50": {"1250.50"}, "1.250,50": {"1250.50"}, "1 250,50": {"1250.50"}, "-3": {"-3"}, "−1,5": {"-1.5"},
		"1,505,418": {"1505418"}, "1.505.418": {"1505418"}, "1,505,418.20": {"1505418.20"}, "€14946.40": {"14946.40"}, "14946.40 EUR": {"14946.40"},
		"-€5": {"-5"}, "1550.866": {"1550.866"}, "0.125": {"0.125"}, "1’250.50": {"1250.50"}, "0": {"0"},
		"1,550": {"1550", "1.55"}, "1.550": {"1550", "1.55"}, "12,000": {"12000", "12"},
		"1e5": nil, "1E5": nil, "lots": nil, "1.2.3": nil, "1,50,418": nil, "1.505,418.20": nil, "12.34,5.6": nil, "1..2": nil, ".5": nil, "5.": nil,
		"12345.67891": nil, "99999999999999999999": nil, "+5": nil, "--5": nil, "EUR": nil,
	} {
		if got := amountReadings(typed); !slices.Equal(got, want) {
			t.Errorf("%q reads as %v instead of %v", typed, got, want)
		}
	}
}

// query reads a query string as the list does.
func query(t *testing.T, raw string) billQuery {
	t.Helper()
	c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/bills?"+raw, nil), httptest.NewRecorder())
	q, err := desk().parseBillQuery(c, i18n.For(i18n.En))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestAFilterSaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]map[string]string{
		"min=5&max=3":                {paramMax: "The upper bound is below the lower one."},
		"min=1%2C550":                {paramMin: "Could be 1550 or 1.55; write one of them."},
		"min=3&max=3":                {},
		"issued=between&from=2026-1": {paramFrom: "“2026-1” is not a day of the calendar."},
	} {
		q := query(t, raw)
		if len(q.errors) != len(want) {
			t.Errorf("%s: %v", raw, q.errors)
		}
		for name, sentence := range want {
			if q.errors[name] != sentence {
				t.Errorf("%s: %q instead of %q", raw, q.errors[name], sentence)
			}
		}
	}
}

func TestTwoDaysThatAreNotGivenYetAreNotAnyTime(t *testing.T) {
	t.Parallel()
	asked, usual := query(t, "issued=between"), query(t, "")
	if !asked.undated || asked.filter.Issued != usual.filter.Issued || asked.filter.Issued.IsZero() || len(asked.errors) > 0 {
		t.Errorf("%+v", asked)
	}
	if asked.address() != "/bills" {
		t.Errorf("the address is %s", asked.address())
	}
	if one := query(t, "issued=between&from=2026-01-02"); one.undated || one.filter.Issued.First.String() != "2026-01-02" {
		t.Errorf("one day: %+v", one)
	}
}

func TestOneOptionStandsForSeveralValues(t *testing.T) {
	t.Parallel()
	raw := url.Values{paramAccount: {severalPrefix + "account=1&account=group%3AFrance"}}.Encode()
	q := query(t, raw)
	if !slices.Equal(q.filter.Accounts, []billing.AccountNumber{"1"}) || !slices.Equal(q.filter.Groups, []string{"France"}) {
		t.Errorf("%+v", q.filter)
	}
}

func TestAFormShowsTheChoiceThatWasMade(t *testing.T) {
	t.Parallel()
	texts := i18n.For(i18n.En)
	groups := func() []templates.OptionGroup {
		return []templates.OptionGroup{{Options: []templates.Option{{Label: "All"}, {Value: "1", Label: "One"}}}}
	}
	for raw, want := range map[string]string{
		"": "All", "account=1": "One", "account=7": "7", "account=group%3AFrance": "France", "account=1&account=7": "2 chosen",
	} {
		var selected []string
		for _, o := range selectIn(groups(), query(t, raw).choice(texts, paramAccount))[0].Options {
			if o.Selected {
				selected = append(selected, o.Label)
			}
		}
		if !slices.Equal(selected, []string{want}) {
			t.Errorf("%s: %v instead of %q", raw, selected, want)
		}
	}
}
