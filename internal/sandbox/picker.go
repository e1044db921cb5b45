package sandbox

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed picker.html
var pickerHTML string

//go:embed picker.css
var pickerCSS []byte

// pages holds the provider's three pages: "picker", "signed-out", "problem".
var pages = template.Must(template.New("").Funcs(template.FuncMap{"initials": initials}).Parse(pickerHTML))

// initials is what stands for a picture: the first letters of a name.
func initials(name string) string {
	var out strings.Builder
	for part := range strings.FieldsSeq(name) {
		for _, letter := range part {
			out.WriteRune(letter)
			break
		}
	}
	return out.String()
}

func show(w http.ResponseWriter, status int, page string, data any) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, page, data); err != nil {
		http.Error(w, "The page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the client may have gone
}

// showPicker is the sign-in page. Its choices are links, not forms: a browser
// would apply form-action to the redirect that follows a form.
func showPicker(w http.ResponseWriter, interaction string, personas []Persona) {
	show(w, http.StatusOK, "picker", struct {
		Company     string
		Interaction string
		Personas    []Persona
	}{"Meridian Foods", interaction, personas})
}

func showSignedOut(w http.ResponseWriter, back string) {
	show(w, http.StatusOK, "signed-out", struct{ Company, Back string }{"Meridian Foods", back})
}

func showProblem(w http.ResponseWriter, status int, why string) {
	show(w, status, "problem", struct{ Company, Why string }{"Meridian Foods", why})
}

func (p *Identity) stylesheet(w http.ResponseWriter, _ *http.Request) {
	writeBytes(w, "text/css; charset=UTF-8", pickerCSS)
}
