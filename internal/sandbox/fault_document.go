package sandbox

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
)

// documentWords spoil PDFs.
var documentWords = map[string]word{
	"pdf-other":     {onBody, pdfRoutes, noArg, "the PDF of a bill of another account", pdfOther},
	"pdf-html":      {onBody, pdfRoutes, noArg, "an HTML page that says it is a PDF", pdfIs(typePDF, func(*call, []byte) []byte { return htmlPage(http.StatusOK, "We are working on it") })},
	"pdf-zip":       {onBody, pdfRoutes, noArg, "the PDF inside a ZIP archive", pdfIs("application/zip", pdfInZip)},
	"pdf-base64":    {onBody, pdfRoutes, noArg, "the PDF in base64 inside JSON", pdfIs(typeJSON+"; charset=UTF-8", pdfInJSON)},
	"pdf-multipart": {onBody, pdfRoutes, noArg, "the PDF behind a JSON part, multipart/related", pdfIs(`multipart/related; boundary=7f3a; type="application/json"`, pdfInParts)},
	"pdf-cut":       {onBody, pdfRoutes, noArg, "60 % of the PDF, its Content-Length agreeing", pdfIs(typePDF, func(_ *call, pdf []byte) []byte { return pdf[:len(pdf)*6/10] })},
	"pdf-tail":      {onBody, pdfRoutes, noArg, "the PDF without its last line", pdfIs(typePDF, func(_ *call, pdf []byte) []byte { return bytes.TrimSuffix(bytes.TrimSpace(pdf), []byte("%%EOF")) })},
	"pdf-late-mark": {onBody, pdfRoutes, noArg, "2 KiB of spaces before the PDF", pdfIs(typePDF, func(_ *call, pdf []byte) []byte { return append(bytes.Repeat([]byte{' '}, 2048), pdf...) })},
	"pdf-noise":     {onBody, pdfRoutes, noArg, "a PDF whose middle is noise", pdfIs(typePDF, pdfNoise)},
	"pdf-again":     {onBody, pdfRoutes, noArg, "the PDF with a comment at its end: other bytes each time", pdfIs(typePDF, func(c *call, pdf []byte) []byte { return append(pdf, "%"+newUUID()+"\n%%EOF\n"...) })},
}

// pdfIs puts something else in the place of a good PDF.
func pdfIs(contentType string, change func(c *call, pdf []byte) []byte) func(*call) bool {
	return func(c *call) bool {
		if !c.out.ok() || !bytes.HasPrefix(c.out.body, []byte("%PDF-")) {
			return false
		}
		c.out.body = change(c, bytes.Clone(c.out.body))
		c.out.header.Set("Content-Type", contentType)
		return true
	}
}

// pdfOther keeps the headers of the right document: only its content tells.
func pdfOther(c *call) bool {
	right, ok := c.api.bookedBill(c.billID())
	if !ok || !c.out.ok() {
		return false
	}
	for _, b := range c.api.world.Bills() {
		if b.AccountNumber == right.AccountNumber {
			continue
		}
		pdf, err := c.api.world.PDF(b.ID)
		c.out.body = pdf
		return err == nil
	}
	return false
}

// billID is the bill a request is about.
func (c *call) billID() string {
	path, _ := strings.CutPrefix(c.r.URL.Path, apiBase+"/bills/")
	path, _ = strings.CutPrefix(path, apiBase+"/files/")
	id, _, _ := strings.Cut(path, "/")
	return id
}

func pdfInZip(c *call, pdf []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	file, err := w.Create(c.billID() + ".pdf")
	if err == nil {
		_, _ = file.Write(pdf) // a buffer takes everything
	}
	_ = w.Close()
	return b.Bytes()
}

func pdfInJSON(c *call, pdf []byte) []byte {
	return jsonText(map[string]string{
		"name": c.billID() + ".pdf", "mimeType": typePDF, "content": base64.StdEncoding.EncodeToString(pdf),
	})
}

func pdfInParts(c *call, pdf []byte) []byte {
	var b bytes.Buffer
	b.WriteString("--7f3a\r\nContent-Type: application/json\r\n\r\n")
	b.Write(jsonText(map[string]string{"id": c.billID()}))
	b.WriteString("\r\n--7f3a\r\nContent-Type: application/pdf\r\n\r\n")
	b.Write(pdf)
	b.WriteString("\r\n--7f3a--\r\n")
	return b.Bytes()
}

func pdfNoise(c *call, pdf []byte) []byte {
	d := roll(c.api.world.seed, "noise", c.billID())
	for i := len(pdf) / 3; i < len(pdf)*2/3; i++ {
		pdf[i] = byte(d.below(256)) // #nosec G115 -- below 256
	}
	return pdf
}
