package templates

import "strconv"

// Chart is a row of bars, one a month, laid out and ready to be drawn.
type Chart struct {
	Summary string // the chart in words, for people who cannot see it
	ViewBox string
	Axis    string // path of the zero line
	Mean    string // path of the mean line, or empty
	Bars    []ChartBar
}

// ChartBar is one bar. Numbers are in units of the view box.
type ChartBar struct {
	X, Y, W, H     string
	LabelX, LabelY string
	Label          string // under the axis
	Title          string // month and amount, shown on hover
	Class          string // "now", "none" or empty
}

// ChartMonth is one month of a chart before it is laid out. Value is in any unit, the same for all
// months; Known is false where there was no bill to count, which is not the same as zero.
type ChartMonth struct {
	Label, Title string
	Value        int64
	Known, Now   bool
}

// Sizes of a chart in units of its view box; positions of bars are counted in tenths of a unit.
const (
	chartWidth   = 360
	chartHeight  = 132
	chartTop     = 12
	chartBottom  = 108
	chartLabelAt = 123
	barShare     = 64 // percent of a month's slot that its bar fills
	emptyBar     = 14 // height of the dashed slot of an unknown month
)

// NewChart lays out the months from left to right on a common scale that holds zero, every value and
// the mean. mean may be nil. The picture rounds to tenths of a unit; the figures beside it do not.
func NewChart(summary string, months []ChartMonth, mean *int64) Chart {
	chart := Chart{Summary: summary, ViewBox: "0 0 " + strconv.Itoa(chartWidth) + " " + strconv.Itoa(chartHeight)}
	scale := newChartScale(months, mean)
	zero := scale.y(0)
	chart.Axis = horizontal(zero)
	if mean != nil {
		chart.Mean = horizontal(scale.y(*mean))
	}
	for i, month := range months {
		slot := chartWidth * 10 / len(months)
		left := i*slot + slot*(100-barShare)/200
		bar := ChartBar{
			X: tenths(left), W: tenths(slot * barShare / 100),
			LabelX: tenths(i*slot + slot/2), LabelY: strconv.Itoa(chartLabelAt),
			Label: month.Label, Title: month.Title,
		}
		top, height := span(zero, scale.y(month.Value))
		switch {
		case !month.Known:
			top, height, bar.Class = zero-emptyBar*10, emptyBar*10, "none"
		case month.Now:
			bar.Class = "now"
		}
		bar.Y, bar.H = tenths(top), tenths(height)
		chart.Bars = append(chart.Bars, bar)
	}
	return chart
}

// chartScale maps values to tenths of a unit from the top.
type chartScale struct {
	high, low int64 // in steps
	step      int64 // value of one step; keeps products far below the limits of int64
}

func newChartScale(months []ChartMonth, mean *int64) chartScale {
	var high, low int64
	if mean != nil {
		high, low = max(0, *mean), min(0, *mean)
	}
	for _, month := range months {
		if month.Known {
			high, low = max(high, month.Value), min(low, month.Value)
		}
	}
	step := max(1, high/100_000, -(low / 100_000))
	return chartScale{high: max(high/step, 1), low: low / step, step: step}
}

func (s chartScale) y(value int64) int {
	const room = (chartBottom - chartTop) * 10
	return chartTop*10 + int((s.high-value/s.step)*room/(s.high-s.low))
}

// span orders two heights into a top and a height of at least one unit, so that a small month is seen.
func span(zero, value int) (top, height int) {
	if value == zero {
		return zero, 0
	}
	top, height = min(zero, value), max(zero-value, value-zero)
	if height < 10 && value < zero {
		top = zero - 10
	}
	return top, max(height, 10)
}

func horizontal(y int) string {
	return "M0 " + tenths(y) + "H" + strconv.Itoa(chartWidth)
}

func tenths(n int) string {
	return strconv.Itoa(n/10) + "." + strconv.Itoa(n%10)
}
