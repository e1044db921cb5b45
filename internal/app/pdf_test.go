//go:build browser

package app_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"billportal/internal/sandbox"
)

// The colours that tests look for in what is shown.
var (
	mark  = color.RGBA{R: 255, G: 121, A: 255}         // of the head of the simulated company's bills
	pink  = color.RGBA{R: 255, G: 0, B: 128, A: 255}   // of the page of pinkPDF
	paper = color.RGBA{R: 255, G: 255, B: 255, A: 255} // of any page
)

// pinkPDF is a PDF of one pink page that does something when it is opened.
func pinkPDF(action string) []byte {
	const drawing = "1 0 0.5 rg 0 0 612 792 re f"
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R/AcroForm<</Fields[6 0 R]>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Annots[6 0 R]/AA<</O 5 0 R>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(drawing), drawing),
		action,
		"<</Type/Annot/Subtype/Widget/FT/Tx/T(field)/V(text)/Rect[10 10 100 40]/P 3 0 R>>",
	}
	var b bytes.Buffer
	var at []int
	b.WriteString("%PDF-1.7\n")
	for i, object := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

// script is the action of a PDF that runs JavaScript.
func script(source string) string {
	return "<</S/JavaScript/JS(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(source) + ")>>"
}

// picture is what the browser shows of the whole window.
func (w *tab) picture() (image.Image, error) {
	shot, err := chromedp.Call(w.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(shot.Data))
}

// framed is what the browser shows inside of the frame of a bill's page.
func (w *tab) framed() (*image.RGBA, error) {
	w.read(`document.querySelector('iframe').scrollIntoView({behavior: 'instant', block: 'start'})`)
	var x, y, width, height int
	at := w.read(`(r => [r.x, r.y, r.width, r.height].map(Math.round).join(' '))(document.querySelector('iframe').getBoundingClientRect())`)
	if _, err := fmt.Sscan(at, &x, &y, &width, &height); err != nil {
		return nil, fmt.Errorf("the frame is at %s: %w", at, err)
	}
	whole, err := w.picture()
	if err != nil {
		return nil, err
	}
	inside := image.Rect(x, y, x+width, y+height).Intersect(whole.Bounds())
	if inside.Dx() < 200 || inside.Dy() < 200 {
		return nil, fmt.Errorf("%v of the frame at %s is in sight", inside, at)
	}
	part := image.NewRGBA(inside.Sub(inside.Min))
	for py := range inside.Dy() {
		for px := range inside.Dx() {
			part.Set(px, py, whole.At(inside.Min.X+px, inside.Min.Y+py))
		}
	}
	return part, nil
}

// share is how much of a picture has a colour, in percent.
func share(picture image.Image, wanted color.RGBA) float64 {
	return part(picture, func(x, y int) bool {
		got, _ := color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA)
		return near(got, wanted)
	})
}

// part is how many of a picture's points have a quality, in percent.
func part(picture image.Image, has func(x, y int) bool) float64 {
	bounds, n := picture.Bounds(), 0
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			if has(bounds.Min.X+x, bounds.Min.Y+y) {
				n++
			}
		}
	}
	return 100 * float64(n) / float64(bounds.Dx()*bounds.Dy())
}

func near(a, b color.RGBA) bool {
	const most = 12
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
		if d < -most || d > most {
			return false
		}
	}
	return true
}

// TestPDFIsSeenInTheBillsPage_F3 decides by what is painted: an element that is
// there may be blank.
func TestPDFIsSeenInTheBillsPage_F3(t *testing.T) {
	p := handWorked(t)
	w := startChromium(t).window(t, p.portal, true)
	w.signIn(sandbox.SubjectEmployee)
	bills := elenasBills(func(b *sandbox.Bill) bool { return b.Type == sandbox.TypeInvoice })
	shown, missing := bills[0], bills[1]
	p.sends(missing, []byte("this is no document"))

	w.find(shown)
	var seen *image.RGBA
	await(t, "the bill's head, on paper, is painted in the frame", func() (bool, error) {
		var err error
		if seen, err = w.framed(); err != nil {
			return false, err
		}
		return share(seen, mark) > 0.02 && share(seen, paper) > 20, fmt.Errorf("%.2f %% is its mark, %.1f %% paper", share(seen, mark), share(seen, paper))
	})

	w.refused = append(w.refused, "/document")
	w.find(missing)
	var empty *image.RGBA
	await(t, "the frame says that there is no document", func() (bool, error) {
		var err error
		empty, err = w.framed()
		w.mu.Lock()
		defer w.mu.Unlock()
		last := w.documents[len(w.documents)-1]
		return err == nil && last.Status == http.StatusBadGateway, fmt.Errorf("%s: %d, %v", last.URL, last.Status, err)
	})
	if got := share(empty, mark); got > 0.01 {
		t.Errorf("%.2f %% of a frame without document is a bill's mark", got)
	}
	differs := part(seen, func(x, y int) bool { return !near(seen.RGBAAt(x, y), empty.RGBAAt(x, y)) })
	if differs < 5 {
		t.Errorf("a frame with a document differs from one without in %.1f %% of its points", differs)
	}
}
