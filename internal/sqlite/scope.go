package sqlite

import (
	"encoding/json"
	"fmt"

	"billportal/internal/access"
)

// scoped is the WHERE clause of a scope, for a query in which the account of a
// bill is joined as "a". It is the only place that turns a scope into SQL: hidden
// accounts fall out here, bills in quarantine fall out of the join.
func scoped(scope access.Scope) clause {
	if scope.All() {
		return clause{sql: "a.status <> 'hidden'"}
	}
	if scope.Empty() {
		return clause{sql: "0"}
	}
	return clause{
		sql:  "a.status <> 'hidden' AND a.number IN (SELECT value FROM json_each(?))",
		args: []any{jsonList(scope.Accounts())},
	}
}

// clause is a condition and the values of its placeholders.
type clause struct {
	sql  string
	args []any
}

// and joins conditions.
func (c clause) and(sql string, args ...any) clause {
	joined := make([]any, 0, len(c.args)+len(args))
	return clause{sql: c.sql + " AND " + sql, args: append(append(joined, c.args...), args...)}
}

// jsonList is a list as a JSON array, so that a query takes any number of values
// in one placeholder.
func jsonList[T ~string | ~int64](values []T) string {
	if values == nil {
		values = []T{}
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(fmt.Sprintf("sqlite: strings do not fail to marshal: %v", err))
	}
	return string(text)
}
