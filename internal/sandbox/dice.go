package sandbox

// dice is a small deterministic generator: SplitMix64 (Steele, Lea, Flood,
// "Fast splittable pseudorandom number generators", 2014), started from an
// FNV-1a hash of the seed and of the names of what is being drawn. Every bill,
// service and price has its own dice, so that none depends on the order in
// which others were made. It is no source of secrets.
type dice struct{ state uint64 }

// roll starts the dice that belong to names under seed.
func roll(seed uint64, names ...string) *dice {
	const offset, prime = 14695981039346656037, 1099511628211
	hash := uint64(offset)
	for range 8 {
		hash = (hash ^ (seed & 0xff)) * prime
		seed >>= 8
	}
	for _, name := range names {
		for i := range len(name) {
			hash = (hash ^ uint64(name[i])) * prime
		}
		hash = (hash ^ 0xff) * prime // the end of a name, so that "a","bc" is not "ab","c"
	}
	return &dice{hash}
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// below draws a whole number from 0 to n-1; n must be positive.
func (d *dice) below(n int) int {
	return int(d.next() % uint64(n)) // #nosec G115 -- n is positive and the remainder is below n
}

// between draws a whole number from low to high, both included.
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }
