package sandbox

import "strconv"

// decimal is the exact number coef × 10^-scale. All arithmetic of the world is
// done on it, in integers; it becomes text once and is never read back.
type decimal struct {
	coef  int64
	scale int
}

// String writes exactly d.scale digits behind the point, so trailing zeros stay.
func (d decimal) String() string {
	var digits [20]byte
	coef := strconv.AppendInt(digits[:0], max(d.coef, -d.coef), 10)
	out := make([]byte, 0, 24)
	if d.coef < 0 {
		out = append(out, '-')
	}
	for i := range max(len(coef), d.scale+1) {
		place := max(len(coef), d.scale+1) - i // counted from the right
		if place == d.scale {
			out = append(out, '.')
		}
		if place > len(coef) {
			out = append(out, '0')
			continue
		}
		out = append(out, coef[len(coef)-place])
	}
	return string(out)
}

// times multiplies and rounds, half away from zero, to scale digits.
func (d decimal) times(other decimal, scale int) decimal {
	product := decimal{d.coef * other.coef, d.scale + other.scale}
	return product.round(scale)
}

// round brings d to scale digits, half away from zero.
func (d decimal) round(scale int) decimal {
	if d.scale <= scale {
		return decimal{d.coef * pow10(scale-d.scale), scale}
	}
	unit := pow10(d.scale - scale)
	coef, rest := d.coef/unit, d.coef%unit
	switch {
	case 2*rest >= unit:
		coef++
	case -2*rest >= unit:
		coef--
	}
	return decimal{coef, scale}
}

// percent reads d as a percentage and gives the fraction: 20.0 becomes 0.200.
func (d decimal) percent() decimal { return decimal{d.coef, d.scale + 2} }

func (d decimal) negative() decimal { return decimal{-d.coef, d.scale} }

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
