package sandbox

import (
	"fmt"
	"strconv"
)

// service is one thing installed at a site, or one kind of use billed there.
type service struct {
	product product
	offer   string
	site    string
	country string
	base    decimal // usual quantity
	price   decimal // list price in the account's currency, before indexation
	start   int     // where in its life of lifeMonths it stood in month 0
	steady  bool    // never installed or taken away inside the world
}

// A service that is not steady lives for lifeMonths, of which it is installed
// for the first installedMonths; then the same is ordered again.
const (
	lifeMonths      = 52
	installedMonths = 44
)

// hubs are the sites of an account that spans countries.
var hubs = []string{"FR-PAR", "DE-FRA", "GB-LON", "US-NYC", "CH-GVA", "PL-WAW", "JP-TYO", "KW-KWI"}

func (a *Account) siteCode(i int) string {
	if a.site == "" {
		return fmt.Sprintf("%s-%02d", hubs[i%len(hubs)], i/len(hubs)+1)
	}
	return fmt.Sprintf("%s-%02d", a.site, i+1)
}

// install gives an account count services out of products, beginning with the
// product at offset: each pair of product and site at most once.
func install(seed uint64, a *Account, products []product, offset, count int) []service {
	count = min(count, a.sites*len(products))
	services := make([]service, 0, count)
	for i := range count {
		p := products[(offset+i/a.sites)%len(products)]
		services = append(services, newService(seed, a, p, i))
	}
	return services
}

func newService(seed uint64, a *Account, p product, i int) service {
	site := a.siteCode(i % a.sites)
	d := roll(seed, "service", a.Number, p.label, site)
	base := decimal{int64(d.between(p.low, p.high)), 0}.round(p.decimals)
	if p.decimals > 0 {
		base.coef += int64(d.below(int(pow10(p.decimals))))
	}
	digits := currencyDigits(a.Currency)
	if p.price.scale > 2 {
		digits += 2
	}
	return service{
		product: p,
		offer:   "OFR-" + strconv.Itoa(1000000+d.below(9000000)),
		site:    site,
		country: site[:2],
		base:    base,
		price:   p.price.times(exchange(a.Currency), digits),
		start:   d.below(lifeMonths),
		steady:  i < 4 || d.below(10) < 6,
	}
}

// age is the number of months since s was installed; negative when it is not.
func (s *service) age(m month) int {
	if s.steady {
		return lifeMonths
	}
	age := (int(m) + s.start) % lifeMonths
	if age >= installedMonths {
		return -1
	}
	return age
}

// priceIn is the price in month m: the list price, indexed by 2 % of it each
// January, and raised where a story raises it.
func (s *service) priceIn(m month, raised bool) decimal {
	thousandths := int64(1000 + 20*(m.year()-2023))
	if raised {
		thousandths = thousandths * (1000 + priceRiseThousandths) / 1000
	}
	return s.price.times(decimal{thousandths, 3}, s.price.scale)
}

// installedQuantity moves by a few per cent every half year.
func (s *service) installedQuantity(m month) decimal {
	if s.product.low == s.product.high {
		return s.base
	}
	steps := int64((int(m) + s.start) / 6 % 7)
	return s.base.times(decimal{100 + 3*steps, 2}, s.product.decimals)
}

// seasons is how much is used in each month of a year, in per cent.
var seasons = [12]int64{98, 97, 103, 101, 100, 102, 92, 84, 104, 106, 107, 96}

// usedQuantity is the season times a little chance.
func (s *service) usedQuantity(seed uint64, a *Account, c *cycle) decimal {
	d := roll(seed, "use", a.Number, s.product.label, s.site, c.first)
	perMille := seasons[int(c.period)%12] * int64(930+d.below(140))
	return s.base.times(decimal{perMille, 5}, s.product.decimals)
}
