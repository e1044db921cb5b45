package sandbox

// product is something the supplier bills. Prices are in euro and become the
// account's currency by exchange.
type product struct {
	label    string
	unit     string
	price    decimal
	low      int // least and greatest usual quantity
	high     int
	decimals int // digits behind the point of a quantity
}

// recurringProducts are billed each month for what is installed.
var recurringProducts = []product{
	{"Business VPN port 100 Mbit/s", "month", decimal{124000, 2}, 1, 1, 0},
	{"Business Internet 500 Mbit/s", "month", decimal{89000, 2}, 1, 1, 0},
	{"SIP trunk, per channel", "channel", decimal{1450, 2}, 10, 90, 0},
	{"Managed SD-WAN, gold", "site", decimal{64000, 2}, 1, 2, 0},
	{"Operator Connect, per person", "person", decimal{320, 2}, 20, 260, 0},
	{"Flexible Security Platform, M", "month", decimal{115000, 2}, 1, 1, 0},
	{"Business VPN port 1 Gbit/s", "month", decimal{465000, 2}, 1, 1, 0},
	{"Backup line 4G", "month", decimal{18500, 2}, 1, 1, 0},
	{"Managed LAN switch", "device", decimal{4800, 2}, 2, 18, 0},
	{"Wi-Fi access point, managed", "device", decimal{1260, 2}, 6, 60, 0},
	{"Business Internet 200 Mbit/s", "month", decimal{56000, 2}, 1, 1, 0},
	{"Managed SD-WAN, silver", "site", decimal{31000, 2}, 1, 2, 0},
	{"Business VPN port 200 Mbit/s", "month", decimal{198000, 2}, 1, 1, 0},
	{"DDoS protection", "month", decimal{27500, 2}, 1, 1, 0},
	{"Contact centre seat", "seat", decimal{7400, 2}, 4, 40, 0},
	{"Flexible Security Platform, S", "month", decimal{64000, 2}, 1, 1, 0},
	{"Evolution Platform virtual node", "node", decimal{24000, 2}, 1, 3, 0},
	{"Business Internet 100 Mbit/s", "month", decimal{39000, 2}, 1, 1, 0},
	{"Video meeting room, licence", "room", decimal{5490, 2}, 2, 14, 0},
}

// mobileProducts are the recurring part of a mobile invoice.
var mobileProducts = []product{
	{"Business Mobile plan 20 GB", "line", decimal{1890, 2}, 12, 140, 0},
	{"Business Mobile plan 100 GB", "line", decimal{2990, 2}, 8, 60, 0},
	{"Business Mobile plan unlimited", "line", decimal{4490, 2}, 2, 24, 0},
	{"Roaming option Europe and US", "line", decimal{650, 2}, 5, 40, 0},
	{"Mobile device management", "device", decimal{390, 2}, 20, 200, 0},
	{"Internet of Things SIM", "SIM", decimal{145, 2}, 30, 600, 0},
}

// usageProducts are billed by what was used.
var usageProducts = []product{
	{"Calls to international mobiles", "minute", decimal{870, 4}, 3800, 7200, 0},
	{"Calls, national", "minute", decimal{120, 4}, 9000, 21000, 0},
	{"Mobile data over allowance", "GB", decimal{19000, 4}, 40, 240, 1},
	{"Calls to mobiles, national", "minute", decimal{540, 4}, 2000, 9000, 0},
	{"Audio conferencing", "minute", decimal{390, 4}, 1500, 8000, 0},
	{"Roaming data, rest of world", "MB", decimal{345, 4}, 400, 4200, 3},
	{"Freephone, inbound", "minute", decimal{660, 4}, 500, 5200, 0},
	{"Internet burst traffic, 95th percentile", "Mbit/s", decimal{24500, 4}, 5, 90, 2},
	{"Roaming calls", "minute", decimal{2100, 4}, 60, 900, 0},
	{"Text messages", "message", decimal{450, 4}, 300, 3600, 0},
}

// currencyDigits is the number of digits behind the point (ISO 4217).
func currencyDigits(code string) int {
	switch code {
	case "JPY":
		return 0
	case "KWD":
		return 3
	}
	return 2
}

// exchange is the price of one euro, fixed: the world's price lists do not
// follow the market.
func exchange(code string) decimal {
	switch code {
	case "USD":
		return decimal{110, 2}
	case "GBP":
		return decimal{85, 2}
	case "CHF":
		return decimal{96, 2}
	case "PLN":
		return decimal{430, 2}
	case "JPY":
		return decimal{160, 0}
	case "KWD":
		return decimal{334, 3}
	}
	return decimal{1, 0}
}

// taxOf gives the name and the percentage of tax in a country on a period that
// begins in the given month.
func taxOf(country string, m month) (category string, rate decimal) {
	switch country {
	case "FR", "GB":
		return "VAT", decimal{200, 1}
	case "DE":
		return "VAT", decimal{190, 1}
	case "PL":
		return "VAT", decimal{230, 1}
	case "CH":
		if m < month(2024*12) { // the Swiss rate rose on 1 January 2024
			return "VAT", decimal{77, 1}
		}
		return "VAT", decimal{81, 1}
	case "JP":
		return "Consumption tax", decimal{100, 1}
	case "US":
		return "Sales tax", decimal{6625, 3}
	}
	return "VAT", decimal{0, 1}
}
