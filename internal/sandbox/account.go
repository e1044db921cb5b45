package sandbox

// The states of a billing account at the supplier.
const (
	StatusActive = "active"
	StatusClosed = "closed"
)

// Account is one billing account of the company at the supplier.
type Account struct {
	ID              string // the API's key, BA-400217
	Number          string // the billing account number, 0071 4420 18
	Name            string // as the supplier writes it
	Entity          string // the legal entity billed; not on the wire
	Status          string // StatusActive or StatusClosed
	Currency        string // ISO 4217
	Country         string // ISO 3166-1 alpha-2
	SendingFormat   string // paper, electronic or edi
	PaymentTermDays int
	AddressLine     string
	PostCode        string
	City            string

	alias      string // the company's own name, for RegisterCSV
	costCentre string
	rhythm     int    // usual day of issue
	site       string // prefix of its site codes, DE-LEJ
	sites      int
	services   int  // installed services at most
	usages     int  // usage lines a bill
	mobile     bool // a second invoice a month, for mobile
}

// The four legal entities that are billed.
const (
	entitySA   = "Meridian Foods SA"
	entityGmbH = "Meridian Foods GmbH"
	entityLtd  = "Meridian Foods Ltd"
	entityInc  = "Meridian Foods Inc."
)

// The accounts that stories are about, or that grants name.
const (
	numberLyon     = "0071 4420 26"
	numberFosOld   = "0071 4533 15"
	numberFosNew   = "0071 4533 23"
	numberNantes   = "0071 4420 34"
	numberBackbone = "0071 9001 00"
	numberHamburg  = "0049 2210 64"
	numberLeipzig  = "0049 2210 72"
	numberMunich   = "0049 2210 80"
	numberSlough   = "0044 7702 55"
	numberLeeds    = "0044 7702 71"
	numberChicago  = "0001 8834 20"
	numberNewark   = "0001 8834 38"
	numberSavannah = "0001 8834 53"
	numberLausanne = "0041 5120 15"
	numberWroclaw  = "0048 0902 11"
	numberLodz     = "0048 0902 29"
	numberUnlisted = "0071 4533 49"
)

// The renumbered account is the same place under two numbers.
const (
	fosName    = "MERIDIAN FOODS SA - ENTREPOT FROID FOS"
	fosAddress = "Route du Quai Minéralier"
)

// listedAccounts is how many of allAccounts the API lists.
const listedAccounts = 24

// allAccounts gives the 24 accounts the API lists and, last, the one it lists
// nowhere. The order is part of the truth: it numbers the bills.
func allAccounts() []Account {
	return []Account{
		{ID: "BA-400217", Number: "0071 4420 18", Name: "MERIDIAN FOODS SA - SIEGE PARIS", Entity: entitySA, Country: "FR", Currency: "EUR", SendingFormat: "electronic", AddressLine: "18 rue de Châteaudun", PostCode: "75009", City: "Paris", alias: "Paris head office", costCentre: "41100", rhythm: 5, site: "FR-PAR", sites: 3, services: 24, usages: 9, mobile: true},
		{ID: "BA-400225", Number: numberLyon, Name: "MERIDIAN FOODS SA - USINE LYON", Entity: entitySA, Country: "FR", Currency: "EUR", SendingFormat: "electronic", AddressLine: "4 quai Joseph Gillet", PostCode: "69004", City: "Lyon", alias: "Lyon plant", costCentre: "41110", rhythm: 6, site: "FR-LYS", sites: 2, services: 18, usages: 6, mobile: true},
		{ID: "BA-400233", Number: "0071 4533 07", Name: "MERIDIAN FOODS SA - TERMINAL LE HAVRE", Entity: entitySA, Country: "FR", Currency: "EUR", SendingFormat: "paper", AddressLine: "Quai de l’Île", PostCode: "76600", City: "Le Havre", alias: "Le Havre terminal", costCentre: "41120", rhythm: 7, site: "FR-LEH", sites: 2, services: 13, usages: 5, mobile: true},
		{ID: "BA-400241", Number: numberFosOld, Name: fosName, Entity: entitySA, Status: StatusClosed, Country: "FR", Currency: "EUR", SendingFormat: "paper", AddressLine: fosAddress, PostCode: "13270", City: "Fos-sur-Mer", alias: "Fos-sur-Mer cold store (old number)", costCentre: "41120", rhythm: 8, site: "FR-FOS", sites: 1, services: 9, usages: 4},
		{ID: "BA-400802", Number: numberFosNew, Name: fosName, Entity: entitySA, Country: "FR", Currency: "EUR", SendingFormat: "paper", AddressLine: fosAddress, PostCode: "13270", City: "Fos-sur-Mer", alias: "Fos-sur-Mer cold store", costCentre: "41120", rhythm: 8, site: "FR-FOS", sites: 1, services: 9, usages: 4},
		{ID: "BA-400258", Number: numberNantes, Name: "MERIDIAN FOODS SA - LAITERIE NANTES", Entity: entitySA, Country: "FR", Currency: "EUR", SendingFormat: "electronic", AddressLine: "27 boulevard de la Prairie-au-Duc", PostCode: "44200", City: "Nantes", alias: "Nantes dairy", costCentre: "41130", rhythm: 9, site: "FR-NTE", sites: 2, services: 12, usages: 5},
		{ID: "BA-400266", Number: numberBackbone, Name: "MERIDIAN FOODS SA - RESEAU GROUPE", Entity: entitySA, Country: "FR", Currency: "EUR", SendingFormat: "edi", AddressLine: "18 rue de Châteaudun", PostCode: "75009", City: "Paris", alias: "Group backbone", costCentre: "40000", rhythm: 3, site: "", sites: 32, services: 80, usages: 310, mobile: true},
		{ID: "BA-410064", Number: numberHamburg, Name: "MERIDIAN FOODS GMBH - HAMBURG", Entity: entityGmbH, Country: "DE", Currency: "EUR", SendingFormat: "electronic", AddressLine: "Großer Grasbrook 9", PostCode: "20457", City: "Hamburg", alias: "Hamburg", costCentre: "41200", rhythm: 14, site: "DE-HAM", sites: 2, services: 17, usages: 7, mobile: true},
		{ID: "BA-410072", Number: numberLeipzig, Name: "MERIDIAN FOODS GMBH - WERK LEIPZIG", Entity: entityGmbH, Country: "DE", Currency: "EUR", SendingFormat: "electronic", AddressLine: "Torgauer Straße 231", PostCode: "04347", City: "Leipzig", alias: "Leipzig plant", costCentre: "41210", rhythm: 13, site: "DE-LEJ", sites: 3, services: 15, usages: 4},
		{ID: "BA-410080", Number: numberMunich, Name: "MERIDIAN FOODS GMBH - BÜRO MÜNCHEN", Entity: entityGmbH, Country: "DE", Currency: "EUR", SendingFormat: "paper", AddressLine: "Landsberger Straße 110", PostCode: "80339", City: "München", alias: "Munich office", costCentre: "41220", rhythm: 16, site: "DE-MUC", sites: 1, services: 10, usages: 5},
		{ID: "BA-410098", Number: "0049 2210 98", Name: "MERIDIAN FOODS GMBH - LAGER KÖLN", Entity: entityGmbH, Country: "DE", Currency: "EUR", SendingFormat: "paper", AddressLine: "Niehler Hafen 2", PostCode: "50735", City: "Köln", alias: "Cologne warehouse", costCentre: "41230", rhythm: 15, site: "DE-CGN", sites: 1, services: 7, usages: 3},
		{ID: "BA-420055", Number: numberSlough, Name: "MERIDIAN FOODS LTD - SLOUGH", Entity: entityLtd, Country: "GB", Currency: "GBP", SendingFormat: "electronic", AddressLine: "225 Bath Road", PostCode: "SL1 4AA", City: "Slough", alias: "Slough", costCentre: "42100", rhythm: 22, site: "GB-SLO", sites: 2, services: 16, usages: 6},
		{ID: "BA-420063", Number: "0044 7702 63", Name: "MERIDIAN FOODS LTD - GRIMSBY", Entity: entityLtd, Country: "GB", Currency: "GBP", SendingFormat: "paper", AddressLine: "Wickham Road", PostCode: "DN31 3SW", City: "Grimsby", alias: "Grimsby cold store", costCentre: "42110", rhythm: 21, site: "GB-GSY", sites: 1, services: 8, usages: 4, mobile: true},
		{ID: "BA-420071", Number: numberLeeds, Name: "MERIDIAN FOODS LTD - LEEDS BAKERY", Entity: entityLtd, Country: "GB", Currency: "GBP", SendingFormat: "paper", AddressLine: "14 Whitehall Road", PostCode: "LS12 1AW", City: "Leeds", alias: "Leeds bakery", costCentre: "42120", rhythm: 20, site: "GB-LBA", sites: 2, services: 9, usages: 3},
		{ID: "BA-430020", Number: numberChicago, Name: "MERIDIAN FOODS INC. - CHICAGO", Entity: entityInc, Country: "US", Currency: "USD", SendingFormat: "electronic", AddressLine: "500 West Madison Street", PostCode: "IL 60661", City: "Chicago", alias: "Chicago", costCentre: "43100", rhythm: 25, site: "US-CHI", sites: 3, services: 19, usages: 7, mobile: true},
		{ID: "BA-430038", Number: numberNewark, Name: "MERIDIAN FOODS INC. - NEWARK DC", Entity: entityInc, Country: "US", Currency: "USD", SendingFormat: "electronic", AddressLine: "1180 McLester Street", PostCode: "NJ 07201", City: "Elizabeth", alias: "Newark distribution centre", costCentre: "43110", rhythm: 26, site: "US-EWR", sites: 2, services: 11, usages: 5, mobile: true},
		{ID: "BA-430046", Number: "0001 8834 46", Name: "MERIDIAN FOODS INC. - FRESNO", Entity: entityInc, Country: "US", Currency: "USD", SendingFormat: "paper", AddressLine: "2405 East Jensen Avenue", PostCode: "CA 93706", City: "Fresno", alias: "Fresno fruit", costCentre: "43120", rhythm: 24, site: "US-FAT", sites: 1, services: 8, usages: 4},
		{ID: "BA-430053", Number: numberSavannah, Name: "MERIDIAN FOODS INC. - SAVANNAH DEPOT", Entity: entityInc, Country: "US", Currency: "USD", SendingFormat: "paper", AddressLine: "7 Foundation Drive", PostCode: "GA 31408", City: "Savannah", rhythm: 23, site: "US-SAV", sites: 1, services: 6, usages: 3},
		{ID: "BA-440007", Number: "0041 5120 07", Name: "MERIDIAN FOODS SA - ZÜRICH", Entity: entitySA, Country: "CH", Currency: "CHF", SendingFormat: "electronic", AddressLine: "Hardturmstrasse 161", PostCode: "8005", City: "Zürich", alias: "Zurich", costCentre: "41400", rhythm: 11, site: "CH-ZRH", sites: 1, services: 11, usages: 5},
		{ID: "BA-440015", Number: numberLausanne, Name: "MERIDIAN FOODS SA - LAUSANNE", Entity: entitySA, Country: "CH", Currency: "CHF", SendingFormat: "electronic", AddressLine: "Avenue de la Gare 33", PostCode: "1003", City: "Lausanne", alias: "Lausanne research", costCentre: "41410", rhythm: 12, site: "CH-LAU", sites: 1, services: 8, usages: 3},
		{ID: "BA-450011", Number: numberWroclaw, Name: "MERIDIAN FOODS GMBH - ZAKŁAD WROCŁAW", Entity: entityGmbH, Country: "PL", Currency: "PLN", SendingFormat: "electronic", AddressLine: "ul. Krakowska 119", PostCode: "50-428", City: "Wrocław", alias: "Wrocław plant", costCentre: "41500", rhythm: 18, site: "PL-WRO", sites: 2, services: 12, usages: 5},
		{ID: "BA-450029", Number: numberLodz, Name: "MERIDIAN FOODS GMBH - OPAKOWANIA ŁÓDŹ", Entity: entityGmbH, Country: "PL", Currency: "PLN", SendingFormat: "paper", AddressLine: "ul. Żeligowskiego 8/10", PostCode: "90-753", City: "Łódź", alias: "Łódź packaging", costCentre: "41510", rhythm: 19, site: "PL-LCJ", sites: 1, services: 7, usages: 3},
		{ID: "BA-460061", Number: "0081 3300 61", Name: "MERIDIAN FOODS INC. - OSAKA", Entity: entityInc, Country: "JP", Currency: "JPY", SendingFormat: "paper", AddressLine: "2-4-9 Umeda, Kita-ku", PostCode: "530-0001", City: "Osaka", alias: "Osaka", costCentre: "44100", rhythm: 2, site: "JP-OSA", sites: 1, services: 8, usages: 4},
		{ID: "BA-470012", Number: "0965 2208 12", Name: "MERIDIAN FOODS LTD - KUWAIT", Entity: entityLtd, Country: "KW", Currency: "KWD", SendingFormat: "paper", AddressLine: "Al Shuhada Street, Sharq", PostCode: "15461", City: "Kuwait City", alias: "Kuwait sales office", costCentre: "45100", rhythm: 10, site: "KW-KWI", sites: 1, services: 6, usages: 4},
		{ID: "BA-400999", Number: numberUnlisted, Name: "MERIDIAN FOODS SA - TRAITEUR RENNES", Entity: entitySA, Country: "FR", Currency: "EUR", SendingFormat: "paper", AddressLine: "2 place de la Gare", PostCode: "35000", City: "Rennes", rhythm: 17, site: "FR-RNS", sites: 1, services: 6, usages: 3},
	}
}
