package export_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"billportal/internal/billing"
	"billportal/internal/export"
)

const register = "number,name,group,cost_centre,country,status\n"

// lineErrors are the bad lines of a refused file, as text.
func lineErrors(t *testing.T, err error) []string {
	t.Helper()
	var bad export.LineErrors
	if err == nil {
		return nil
	}
	if !errors.As(err, &bad) {
		t.Fatalf("%T: %v", err, err)
	}
	lines := make([]string, 0, len(bad))
	for _, l := range bad {
		lines = append(lines, fmt.Sprintf("%d: %s", l.Line, l.Reason))
	}
	if text := err.Error(); !strings.HasPrefix(text, "line ") || strings.Count(text, "\n") != len(bad)-1 {
		t.Errorf("text of the error: %q", text)
	}
	return lines
}

func TestParseRegisterReadsWhatSpreadsheetsWrite(t *testing.T) {
	t.Parallel()
	want := []billing.BillingAccount{
		{Number: "0071 4420 18", Name: "Paris, head office", Group: "France", CostCentre: "41100", Country: "FR", Status: billing.Admitted},
		{Number: "0049", Name: "Hamburg \"alt\"", Country: "DE", Status: billing.Closed},
	}
	const rows = "0071 4420 18,\"Paris, head office\",France,41100,FR,admitted\n0049,\"Hamburg \"\"alt\"\"\",,,DE,closed\n"
	semicolons := strings.ReplaceAll(register, ",", ";") + "0071 4420 18;Paris, head office;France;41100;FR;admitted\n0049;\"Hamburg \"\"alt\"\"\";;;DE;closed\n"
	for about, content := range map[string]string{
		"commas":               register + rows,
		"no line feed at end":  strings.TrimSuffix(register+rows, "\n"),
		"a byte order mark":    "\ufeff" + register + rows,
		"carriage returns":     strings.ReplaceAll(register+rows, "\n", "\r\n"),
		"semicolons":           semicolons,
		"semicolons and a BOM": "\ufeff" + strings.ReplaceAll(semicolons, "\n", "\r\n"),
		"empty lines between":  register + "\n" + strings.Replace(rows, "\n0049", "\n\n0049", 1) + "\n\n",
		"blanks around cells":  strings.ReplaceAll(register, ",", " , ") + strings.Replace(strings.Replace(rows, "0049,", " 0049 ,", 1), "DE", " de ", 1),
		"another order of columns": "status,country,number,name,group,cost_centre\n" +
			"admitted,FR,0071 4420 18,\"Paris, head office\",France,41100\nclosed,DE,0049,\"Hamburg \"\"alt\"\"\",,\n",
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			got, err := export.ParseRegister(strings.NewReader(content), nil)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	if got, err := export.ParseRegister(strings.NewReader(register), nil); err != nil || len(got) != 0 {
		t.Errorf("a header alone: %v, %v", got, err)
	}
	if export.RegisterHeader()+"\n" != register {
		t.Errorf("header %q", export.RegisterHeader())
	}
}

func TestParseRegisterNamesEveryBadLine(t *testing.T) {
	t.Parallel()
	const (
		noHeader = "1: the file must begin with the line number,name,group,cost_centre,country,status"
		tooLong  = "a text is longer than 200 characters or holds a control character"
		country  = "the country must be two letters, such as FR"
		status   = "the status must be admitted, hidden or closed"
	)
	for _, c := range []struct {
		about, content string
		want           []string
	}{
		{"an empty file", "", []string{noHeader}},
		{"no header", "1,a,b,c,FR,admitted\n", []string{noHeader}},
		{"a column too few in the header", "number,name,group,cost_centre,country\n", []string{noHeader}},
		{"a column too many in the header", "number,name,group,cost_centre,country,status,more\n", []string{noHeader}},
		{"a column twice in the header", "number,number,name,group,cost_centre,country\n", []string{noHeader}},
		{"other case in the header", strings.ToUpper(register), []string{noHeader}},
		{"a quote in the header", "num\"ber,name\n", []string{noHeader}},
		{"not UTF-8", register + "1,Z\xfcrich,,,CH,admitted\n", []string{`1: the file is not UTF-8 text; save it as "CSV UTF-8"`}},
		{"UTF-16", "\xff\xfen\x00u\x00", []string{`1: the file is not UTF-8 text; save it as "CSV UTF-8"`}},
		{"columns", register + "1,a,,,FR,admitted\n2,a,,,FR,admitted,more\n3\n", []string{"3: 7 columns instead of 6", "4: 1 columns instead of 6"}},
		{"no number", register + ",a,,,FR,admitted\n", []string{"2: the number is missing"}},
		{"no status", register + "1,a,,,FR,\n2,a,,,FR,Admitted\n", []string{"2: " + status, "3: " + status}},
		{"country", register + "1,a,,,FRA,admitted\n2,a,,,F1,hidden\n3,a,,,,hidden\n", []string{"2: " + country, "3: " + country}},
		{"long text", register + "1," + strings.Repeat("é", 201) + ",,,FR,admitted\n2," + strings.Repeat("é", 200) + ",,,FR,admitted\n", []string{"2: " + tooLong}},
		{"control characters", register + "1,\"a\nb\",,,FR,admitted\n2,a\x00,,,FR,admitted\n3,a\x7f,,,FR,admitted\n", []string{"2: " + tooLong, "4: " + tooLong, "5: " + tooLong}},
		{"the same number twice", register + "1,a,,,FR,admitted\n2,a,,,FR,hidden\n1,b,,,FR,hidden\n", []string{`4: account "1" stands in line 2 already`}},
		{"several faults in one line", register + ",,,,XXX,open\n", []string{"2: the number is missing", "2: " + country, "2: " + status}},
		{"a quote inside a cell", register + "1,a\"b,,,FR,admitted\n2,a,,,FR,open\n", []string{"2: the quotes of this line do not match", "3: " + status}},
		{"a quote inside the first cell", register + "1\"1,a,,,FR,admitted\n2,a,,,FR,open\n", []string{"2: the quotes of this line do not match", "3: " + status}},
		{"text behind a quoted cell", register + "1,\"a\"b,,,FR,admitted\n,a,,,FR,admitted\n", []string{"2: the quotes of this line do not match", "3: the number is missing"}},
		{"a quote that never ends", register + "1,a,,,FR,open\n2,\"a,,,FR,admitted\n3,a,,,FR,open\n", []string{"2: " + status, "3: the quotes of this line do not match"}},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			accounts, err := export.ParseRegister(strings.NewReader(c.content), nil)
			if got := lineErrors(t, err); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if accounts != nil {
				t.Errorf("accounts of a refused file: %v", accounts)
			}
		})
	}
}

func TestANumberThatIsWrittenInTwoWaysIsRefused(t *testing.T) {
	t.Parallel()
	known := []billing.BillingAccount{{Number: "0044 7702 63"}, {Number: "7-7"}, {Number: "77"}, {Number: "--"}}
	_, err := export.ParseRegister(strings.NewReader(register+
		"0044770263,,,,,admitted\n77,,,,,admitted\n7-7,,,,,admitted\n1 2,,,,,admitted\n1-2,,,,,admitted\n..,,,,,hidden\n0044 7702 63,,,,,admitted\n"), known)
	want := []string{`2: account "0044770263" is written "0044 7702 63" elsewhere`, `6: account "1-2" is written "1 2" elsewhere`}
	if got := lineErrors(t, err); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestFilesThatAreTooLongOrBreakOffAreRefused(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	long.WriteString(register)
	for i := range export.MaxLines {
		fmt.Fprintf(&long, "%d,,,,,hidden\n", i)
	}
	if accounts, err := export.ParseRegister(strings.NewReader(long.String()), nil); err != nil || len(accounts) != export.MaxLines {
		t.Errorf("%d accounts, %v", len(accounts), err)
	}
	long.WriteString("one more,,,,,hidden\nand another,,,,,hidden\n")
	_, err := export.ParseRegister(strings.NewReader(long.String()), nil)
	if got := lineErrors(t, err); !slices.Equal(got, []string{"20002: the file has more than 20000 lines"}) {
		t.Errorf("%v", got)
	}
	_, err = export.ParseRegister(iotest.ErrReader(errors.New("gone")), nil)
	if got := lineErrors(t, err); !slices.Equal(got, []string{"1: the file cannot be read"}) {
		t.Errorf("%v", got)
	}
}

// hostile is a text made of what spreadsheets and CSV trip over, without control
// characters and without blanks at its ends, which no file keeps.
func hostile(random *rand.Rand) string {
	alphabet := []string{"a", "0", " ", ",", ";", ";", "\"", "'", "=", "+", "-", "@", "=", "é", "日", "\u00a0", "\ufeff", "\\", "|", "%", "/"}
	var text strings.Builder
	for range random.IntN(8) {
		text.WriteString(alphabet[random.IntN(len(alphabet))])
	}
	return strings.TrimSpace(text.String())
}

func TestTheRegisterComesBackAsItWent(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var accounts []billing.BillingAccount
		for i := range random.IntN(20) {
			accounts = append(accounts, billing.BillingAccount{
				Number: billing.AccountNumber(hostile(random) + fmt.Sprint(i)), Name: hostile(random), Group: hostile(random),
				CostCentre: hostile(random), Country: []string{"", "FR"}[random.IntN(2)], Status: billing.Statuses()[random.IntN(3)],
			})
		}
		var out strings.Builder
		if err := export.Register(&out, accounts); err != nil {
			t.Fatal(err)
		}
		back, err := export.ParseRegister(strings.NewReader(out.String()), nil)
		if err != nil || !slices.Equal(back, accounts) {
			t.Fatalf("%+v\ncame back as\n%+v\nfrom\n%s\n%v", accounts, back, out.String(), err)
		}
	}
}
