package sandbox

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// errNoBill is returned for a bill id the world does not hold.
var errNoBill = errors.New("sandbox: no such bill")

// The page, in millimetres.
const (
	pageWidth  = 210.0
	pageMargin = 15.0
	pageRight  = pageWidth - pageMargin
	pageFoot   = 280.0 // where the footer begins
	typeface   = "go"
)

// supplierPrinted is the name at the head of every document.
const supplierPrinted = "Orange Business (simulated)"

// ink is a colour in red, green and blue.
type ink [3]int

var (
	inkBlack = ink{20, 20, 20}
	inkGrey  = ink{110, 110, 110}
	inkLine  = ink{205, 205, 205}
	inkWash  = ink{244, 243, 240}
	inkMark  = ink{255, 121, 0}
	inkWhite = ink{255, 255, 255}
)

// PDF makes the document of a bill as the API serves it now: one to six A4
// pages, the same bytes each time. The document of Stories.CutPDF ends early.
func (w *World) PDF(id string) ([]byte, error) {
	b, ok := w.Bill(id)
	if !ok {
		return nil, fmt.Errorf("%w: %s", errNoBill, id)
	}
	return w.print(b)
}

// print makes the document of a bill of the world or of ForeignAccount.
func (w *World) print(b *Bill) ([]byte, error) {
	s := newSheet(w, b)
	s.print()
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("sandbox: make the document of bill %s: %w", b.ID, err)
	}
	if b.ID == w.Stories.CutPDF.ID {
		return out.Bytes()[:out.Len()*2/3], nil
	}
	return out.Bytes(), nil
}

// sheet is one document being printed.
type sheet struct {
	pdf     *fpdf.Fpdf
	bill    *Bill
	account *Account
	pages   [][]row
}

func newSheet(w *World, b *Bill) *sheet {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCreationDate(w.today)
	pdf.SetModificationDate(w.today)
	pdf.SetCatalogSort(true)
	pdf.SetProducer("Billing simulator", true)
	pdf.SetTitle(b.Number, true)
	pdf.SetAuthor(supplierPrinted, true)
	pdf.SetMargins(pageMargin, pageMargin, pageMargin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCellMargin(0)
	pdf.AddUTF8FontFromBytes(typeface, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(typeface, "B", gobold.TTF)
	return &sheet{pdf: pdf, bill: b, account: w.accountOf(b), pages: paginate(rowsOf(b))}
}

func (s *sheet) print() {
	for i, rows := range s.pages {
		s.pdf.AddPage()
		y := nextTop
		if i == 0 {
			s.firstHead()
			y = firstTop
		} else {
			s.nextHead()
		}
		s.columnHeads(y - tableHead)
		for _, r := range rows {
			r.print(s, y)
			y += r.height()
		}
		s.foot(i + 1)
	}
}

func (s *sheet) font(style string, size float64, colour ink) {
	s.pdf.SetFont(typeface, style, size)
	s.pdf.SetTextColor(colour[0], colour[1], colour[2])
}

// left writes text from x on, cut to width.
func (s *sheet) left(x, y, width float64, text string) {
	for s.pdf.GetStringWidth(text) > width {
		runes := []rune(text)
		text = string(runes[:len(runes)-2]) + "…"
	}
	s.pdf.SetXY(x, y)
	s.pdf.CellFormat(width, rowHeight, text, "", 0, "LM", false, 0, "")
}

// right writes text that ends at x.
func (s *sheet) right(x, y float64, text string) {
	s.pdf.SetXY(x-60, y)
	s.pdf.CellFormat(60, rowHeight, text, "", 0, "RM", false, 0, "")
}

func (s *sheet) rule(x1, x2, y, width float64, colour ink) {
	s.pdf.SetDrawColor(colour[0], colour[1], colour[2])
	s.pdf.SetLineWidth(width)
	s.pdf.Line(x1, y, x2, y)
}

func (s *sheet) box(x, y, width, height float64, colour ink) {
	s.pdf.SetFillColor(colour[0], colour[1], colour[2])
	s.pdf.Rect(x, y, width, height, "F")
}
