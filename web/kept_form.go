package web

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"

	"billportal/templates"
)

// keptSuffix ends the name of the hidden field that carries a file in place of the
// control that it was chosen in: browsers let no page fill in one of those.
const keptSuffix = "_kept"

// keepForm is everything that was posted, for hidden fields of a form that posts it
// again. The form token is left out; the new form has its own.
func keepForm(r *http.Request) ([]templates.HiddenField, error) {
	var fields []templates.HiddenField
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, value := range r.PostForm[name] {
			if name != "csrf" {
				fields = append(fields, templates.HiddenField{Name: name, Value: value})
			}
		}
	}
	if r.MultipartForm == nil {
		return fields, nil
	}
	for _, name := range slices.Sorted(maps.Keys(r.MultipartForm.File)) {
		for _, header := range r.MultipartForm.File[name] {
			text, err := packFile(header)
			if err != nil {
				return nil, err
			}
			fields = append(fields, templates.HiddenField{Name: name + keptSuffix, Value: text})
		}
	}
	return fields, nil
}

// packFile makes text of a file that a form carries unchanged: browsers rewrite line
// ends and bytes that are not UTF-8 in the values of a form.
func packFile(header *multipart.FileHeader) (text string, err error) {
	file, err := header.Open()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.Copy(w, file); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(packed.Bytes()), nil
}

// unpackFile is the reverse of packFile.
func unpackFile(text string) ([]byte, error) {
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("web: kept file: %w", err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("web: kept file: %w", err)
	}
	content, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	if err != nil {
		return nil, fmt.Errorf("web: kept file: %w", err)
	}
	if len(content) > maxImport {
		return nil, errors.New("web: kept file: too large")
	}
	return content, nil
}
