package templates

import (
	"math"
	"strconv"
	"testing"
)

func months(values ...int64) []ChartMonth {
	list := make([]ChartMonth, len(values))
	for i, value := range values {
		list[i] = ChartMonth{Value: value, Known: true, Now: i == len(values)-1}
	}
	return list
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestChartBarsStandOnTheZeroLineInProportion(t *testing.T) {
	chart := NewChart("", months(100, 50, 0), nil)
	if chart.Axis != "M0 108.0H360" {
		t.Errorf("axis %q", chart.Axis)
	}
	for i, want := range []struct{ y, h string }{{"12.0", "96.0"}, {"60.0", "48.0"}, {"108.0", "0.0"}} {
		if bar := chart.Bars[i]; bar.Y != want.y || bar.H != want.h {
			t.Errorf("bar %d at %s, %s high; want %s, %s", i, bar.Y, bar.H, want.y, want.h)
		}
	}
	if chart.Bars[2].Class != "now" || chart.Bars[0].Class != "" {
		t.Error("the running month is not marked alone")
	}
}

func TestChartHangsNegativeMonthsBelowTheZeroLine(t *testing.T) {
	chart := NewChart("", months(100, -100), nil)
	if chart.Axis != "M0 60.0H360" {
		t.Errorf("axis %q", chart.Axis)
	}
	if bar := chart.Bars[1]; bar.Y != "60.0" || bar.H != "48.0" {
		t.Errorf("negative bar at %s, %s high", bar.Y, bar.H)
	}
}

func TestChartDrawsUnknownMonthsAsSlots(t *testing.T) {
	chart := NewChart("", []ChartMonth{{}, {Value: 5, Known: true}}, nil)
	if bar := chart.Bars[0]; bar.Class != "none" || bar.H != "14.0" {
		t.Errorf("unknown month is %q, %s high", bar.Class, bar.H)
	}
}

func TestChartStaysInsideItsBoxForAnyAmount(t *testing.T) {
	mean := int64(math.MinInt64 / 2)
	for name, list := range map[string][]ChartMonth{
		"none": nil, "zeros": months(0, 0), "tiny": months(1, 1_000_000_000), "tiny negative": months(-1, 1_000_000_000),
		"largest": months(math.MaxInt64, math.MinInt64+1, 0), "all negative": months(-3, -2),
	} {
		for _, mean := range []*int64{nil, &mean} {
			for _, bar := range NewChart("", list, mean).Bars {
				top, height := number(t, bar.Y), number(t, bar.H)
				if top < chartTop-1 || height < 0 || top+height > chartBottom+1 || number(t, bar.X)+number(t, bar.W) > chartWidth {
					t.Errorf("%s: bar %+v leaves the box", name, bar)
				}
			}
		}
	}
}
