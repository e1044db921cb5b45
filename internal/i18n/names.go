package i18n

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

var regionNames = map[Lang]display.Namer{
	En: display.English.Regions(),
	Fr: display.French.Regions(),
}

// Country returns the name of a country by its ISO 3166-1 alpha-2 code, and the code itself when it
// names none. Names come from CLDR through golang.org/x/text.
func (t *Texts) Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := regionNames[t.lang].Name(region); name != "" {
		return name
	}
	return code
}

// Currency returns the name of a currency by its ISO 4217 code, and the code itself when the portal
// has no name for it.
func (t *Texts) Currency(code string) string {
	names, ok := currencyNames[code]
	if !ok {
		return code
	}
	if t.lang == Fr {
		return names[1]
	}
	return names[0]
}

// currencyNames are CLDR's display names, English then French, of the currencies that Orange Business
// is likeliest to bill in. golang.org/x/text carries symbols of currencies but no names.
var currencyNames = map[string][2]string{
	"AED": {"UAE dirham", "Dirham des Émirats arabes unis"},
	"AUD": {"Australian dollar", "Dollar australien"},
	"BRL": {"Brazilian real", "Réal brésilien"},
	"CAD": {"Canadian dollar", "Dollar canadien"},
	"CHF": {"Swiss franc", "Franc suisse"},
	"CNY": {"Chinese yuan", "Yuan renminbi chinois"},
	"CZK": {"Czech koruna", "Couronne tchèque"},
	"DKK": {"Danish krone", "Couronne danoise"},
	"EGP": {"Egyptian pound", "Livre égyptienne"},
	"EUR": {"Euro", "Euro"},
	"GBP": {"Pound sterling", "Livre sterling"},
	"HKD": {"Hong Kong dollar", "Dollar de Hong Kong"},
	"HUF": {"Hungarian forint", "Forint hongrois"},
	"INR": {"Indian rupee", "Roupie indienne"},
	"JPY": {"Japanese yen", "Yen japonais"},
	"KRW": {"South Korean won", "Won sud-coréen"},
	"KWD": {"Kuwaiti dinar", "Dinar koweïtien"},
	"MAD": {"Moroccan dirham", "Dirham marocain"},
	"MUR": {"Mauritian rupee", "Roupie mauricienne"},
	"MXN": {"Mexican peso", "Peso mexicain"},
	"NOK": {"Norwegian krone", "Couronne norvégienne"},
	"PLN": {"Polish zloty", "Zloty polonais"},
	"RON": {"Romanian leu", "Leu roumain"},
	"SAR": {"Saudi riyal", "Riyal saoudien"},
	"SEK": {"Swedish krona", "Couronne suédoise"},
	"SGD": {"Singapore dollar", "Dollar de Singapour"},
	"THB": {"Thai baht", "Baht thaïlandais"},
	"TND": {"Tunisian dinar", "Dinar tunisien"},
	"TRY": {"Turkish lira", "Livre turque"},
	"USD": {"US dollar", "Dollar des États-Unis"},
	"XAF": {"Central African CFA franc", "Franc CFA (BEAC)"},
	"XOF": {"West African CFA franc", "Franc CFA (BCEAO)"},
	"ZAR": {"South African rand", "Rand sud-africain"},
}
