package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/templates"
)

var errNoFile = errors.New("no file was sent")

// importFile parses the file of an import form, or the one that was kept while the
// person proved who they are.
func importFile[T any](c echo.Context, replace bool, parse func(io.Reader) ([]T, error)) ([]T, error) {
	file, err := formFile(c, "file")
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	lines, err := parse(file)
	if err == nil && replace {
		err = export.RefuseEmpty(lines)
	}
	return lines, err
}

// formFile opens a file of a form.
func formFile(c echo.Context, name string) (io.ReadCloser, error) {
	if kept := posted(c, name+keptSuffix); kept != "" {
		content, err := unpackFile(kept)
		if err != nil {
			return nil, badRequest("", err)
		}
		return io.NopCloser(bytes.NewReader(content)), nil
	}
	header, err := c.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) {
		return nil, errNoFile
	}
	if err != nil {
		return nil, badRequest("", err)
	}
	return header.Open()
}

// announceImport says at the top of the page that a file was refused; the form
// below names the lines.
func announceImport(page *templates.Page, form templates.ImportForm) {
	if form.Summary != "" {
		page.Notice = &templates.Notice{
			Kind: templates.NoticeBad, Text: form.Summary, Links: []templates.Link{{Label: page.Texts.S("import.details"), URL: "#import"}},
		}
	}
}

// importErrors is the import form with every bad line named, for errors that the
// person can mend.
func importErrors(t *i18n.Texts, err error, replace bool) (templates.ImportForm, bool) {
	form := templates.ImportForm{Replace: replace}
	if errors.Is(err, errNoFile) {
		form.Summary = t.S("import.nofile")
		return form, true
	}
	var lines export.LineErrors
	if !errors.As(err, &lines) {
		return form, false
	}
	form.Summary = t.N("import.failed", len(lines))
	for _, l := range lines {
		form.Errors = append(form.Errors, templates.LineError{Line: t.S("import.line", itoa(l.Line)), Text: l.Reason})
	}
	return form, true
}
