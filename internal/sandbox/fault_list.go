package sandbox

import (
	"net/url"
	"slices"
	"strconv"
)

// listWords spoil lists: their counts, their shape, which rows are on a page.
var listWords = map[string]word{
	"count-none":  {onBody, listRoutes, noArg, "no counts at all", counts(func(c *call, _ int) { c.out.header.Del("X-Total-Count"); c.out.header.Del("X-Result-Count") })},
	"count-wrong": {onBody, listRoutes, maybeNumber, "a total that is wrong by arg, else by 7", counts(func(c *call, _ int) { c.addTotal(numberOr(c.fault.Arg, 7)) })},
	"count-below": {onBody, listRoutes, noArg, "a total below the number of rows on the page", counts(func(c *call, n int) { c.out.header.Set("X-Total-Count", strconv.Itoa(n/2)) })},
	"count-zero":  {onBody, listRoutes, noArg, "a total of 0 beside rows", counts(func(c *call, _ int) { c.out.header.Set("X-Total-Count", "0") })},
	"count-text": {onBody, listRoutes, noArg, "counts that are no numbers", counts(func(c *call, _ int) {
		c.out.header.Set("X-Total-Count", "many")
		c.out.header.Set("X-Result-Count", "-1")
	})},
	"list-empty":       {onBody, listRoutes, noArg, "[] where there were many, counts of 0", func(c *call) bool { return emptied(c, true) }},
	"list-empty-count": {onBody, listRoutes, noArg, "[] where there were many, counts as they were", func(c *call) bool { return emptied(c, false) }},
	"list-null":        {onBody, listRoutes, noArg, "null instead of the array", func(c *call) bool { return relisted(c, func([]any) any { return nil }) }},
	"list-wrapped": {onBody, listRoutes, maybeText, "the array inside an object, under arg or bills", func(c *call) bool {
		return relisted(c, func(rows []any) any { return map[string]any{orText(c.fault.Arg, "bills"): rows} })
	}},
	"list-null-wrapped": {onBody, listRoutes, maybeText, "null inside an object, under arg or bills", func(c *call) bool {
		return relisted(c, func([]any) any { return map[string]any{orText(c.fault.Arg, "bills"): nil} })
	}},
	"rows-twice": {onBody, listRoutes, noArg, "every row of a page two times", func(c *call) bool {
		return rerowed(c, func(rows []any) []any { return append(slices.Clone(rows), rows...) })
	}},
	"rows-reversed": {onBody, listRoutes, noArg, "the rows of a page in the other order", func(c *call) bool { return rerowed(c, func(rows []any) []any { slices.Reverse(rows); return rows }) }},
	"rows-null":     {onBody, listRoutes, noArg, "every third row is null", func(c *call) bool { return rerowed(c, everyThird(nil)) }},
	"rows-odd":      {onBody, listRoutes, noArg, "every third row is a text", func(c *call) bool { return rerowed(c, everyThird("see the portal")) }},
	"rows-foreign": {onBody, []string{RouteBills, RouteSearch}, noArg, "a bill of ForeignAccount behind the page's rows", func(c *call) bool {
		return rerowed(c, func(rows []any) []any { return append(rows, generic(c.api.wireBill(c.api.world.ForeignBill(c.turn)))) })
	}},
	"page-loop":         {onRequest, listRoutes, noArg, "every page is the first page", pageLoop},
	"page-shift-insert": {onRequest, listRoutes, noArg, "a row came in before the page: it begins one row early", func(c *call) bool { return shifted(c, -1) }},
	"page-shift-delete": {onRequest, listRoutes, noArg, "a row went away before the page: it begins one row late, and the total agrees", func(c *call) bool { return shifted(c, 1) }},
	"filter-ignored":    {onRequest, []string{RouteBills, RouteSearch, RouteReports}, maybeText, "the filter arg, else billingAccountId, does nothing", unfiltered},
}

// counts changes the counts of a list of n rows.
func counts(change func(c *call, n int)) func(*call) bool {
	return func(c *call) bool {
		n, err := strconv.Atoi(c.out.header.Get("X-Result-Count"))
		if !c.out.ok() || err != nil {
			return false
		}
		change(c, n)
		return true
	}
}

func (c *call) addTotal(n int) {
	if total, err := strconv.Atoi(c.out.header.Get("X-Total-Count")); err == nil {
		c.out.header.Set("X-Total-Count", strconv.Itoa(max(0, total+n)))
	}
}

func emptied(c *call, counted bool) bool {
	if !rerowed(c, func([]any) []any { return []any{} }) {
		return false
	}
	if counted {
		c.out.header.Set("X-Total-Count", "0")
		c.out.header.Set("X-Result-Count", "0")
	}
	return true
}

// relisted puts another value in the place of a list.
func relisted(c *call, change func(rows []any) any) bool {
	return editValue(c, func(v any) (any, bool) {
		rows, _, ok := rowsOfList(v)
		if !ok {
			return v, false
		}
		return change(rows), true
	})
}

// rerowed puts other rows in the place of those of a list that has some.
func rerowed(c *call, change func(rows []any) []any) bool {
	return editValue(c, func(v any) (any, bool) {
		rows, put, ok := rowsOfList(v)
		if !ok || len(rows) == 0 {
			return v, false
		}
		return put(change(rows)), true
	})
}

func everyThird(value any) func([]any) []any {
	return func(rows []any) []any {
		for i := 2; i < len(rows); i += 3 {
			rows[i] = value
		}
		return rows
	}
}

// editQuery changes the query of the request; edit says whether it did.
func editQuery(c *call, edit func(url.Values) bool) bool {
	query := c.r.URL.Query()
	if !edit(query) {
		return false
	}
	c.r = c.r.Clone(c.r.Context())
	c.r.URL.RawQuery = query.Encode()
	return true
}

func pageLoop(c *call) bool {
	return editQuery(c, func(query url.Values) bool {
		if numberOr(query.Get("offset"), 0) <= 0 {
			return false
		}
		query.Del("offset")
		return true
	})
}

// shifted serves a page behind the first as if one row before it had come or
// gone since.
func shifted(c *call, by int) bool {
	return editQuery(c, func(query url.Values) bool {
		offset := numberOr(query.Get("offset"), 0)
		if offset <= 0 {
			return false
		}
		query.Set("offset", strconv.Itoa(offset+by))
		c.total -= by
		return true
	})
}

func unfiltered(c *call) bool {
	name := orText(c.fault.Arg, "billingAccountId")
	if c.route == RouteSearch {
		c.ignored = append(c.ignored, name)
		return true
	}
	return editQuery(c, func(query url.Values) bool {
		had := query.Has(name)
		query.Del(name)
		return had
	})
}
