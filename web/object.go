package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
)

// object says what of whose a route touches. Where the path names one thing, find
// looks it up among what the viewer may touch before the handler runs, so that no
// handler can forget to: what is not there and what is not theirs are the same
// billing.ErrNotFound. The zero object is none at all, and a route that has it
// stops the start.
type object struct {
	name  string
	param string // the parameter of the path that names it, "" for none
	find  func(*Server, echo.Context) error
}

var (
	nothing      = object{name: "nothing of anybody"}
	own          = object{name: "what is the viewer's own"}
	ownSession   = object{name: "one session of the viewer's own", param: "id", find: (*Server).findOwnSession}
	billsInScope = object{name: "bills of the viewer's scope, which every query takes"}
	oneBill      = object{name: "one bill of the viewer's scope", param: "id", find: (*Server).findBill}
	register     = object{name: "the register of accounts, which shows no bill"}
	oneAccount   = object{name: "one account of the register", param: "number", find: (*Server).findAccount}
	people       = object{name: "people who have signed in, and no bill"}
	onePerson    = object{name: "one person who has signed in", param: "id", find: (*Server).findPerson}
	entries      = object{name: "the ledger, which holds no bill's content"}
	grants       = object{name: "grants, which show no bill"}
)

// check refuses an object that does not fit the path it stands beside.
func (o object) check(path string) error {
	var params []string
	for part := range strings.SplitSeq(path, "/") {
		if name, found := strings.CutPrefix(part, ":"); found {
			params = append(params, name)
		}
	}
	switch {
	case o.name == "":
		return errors.New("it has no object rule")
	case (o.param == "") != (o.find == nil):
		return fmt.Errorf("the object rule %q does not look up what it names", o.name)
	case o.param == "" && len(params) > 0, o.param != "" && !slices.Equal(params, []string{o.param}):
		return fmt.Errorf("the object rule %q does not cover its parameters %q", o.name, params)
	}
	return nil
}

const keyObject = "object"

// found is what the object rule of a route has looked up.
func found[T any](c echo.Context) T {
	v, ok := c.Get(keyObject).(T)
	if !ok {
		panic(fmt.Sprintf("web: %s looks up no %T", c.Path(), v))
	}
	return v
}

func (s *Server) findBill(c echo.Context) error {
	b, err := s.deps.Cache.Bill(c.Request().Context(), viewer(c).Scope(), billing.BillID(c.Param("id")))
	if err != nil {
		return err
	}
	c.Set(keyObject, b)
	return s.countOpening(c, b.ID)
}

func (s *Server) findAccount(c echo.Context) error {
	number, err := pathParam(c, "number")
	if err != nil {
		return err
	}
	a, err := s.deps.Register.RegisterEntry(c.Request().Context(), billing.AccountNumber(number))
	c.Set(keyObject, a)
	return err
}

// pathParam is a parameter of the path as it was meant. Echo routes by the raw
// path where there is one, and its parameters are raw too.
func pathParam(c echo.Context, name string) (string, error) {
	value := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return value, nil
	}
	plain, err := url.PathUnescape(value)
	if err != nil {
		return "", errors.Join(billing.ErrNotFound, err)
	}
	return plain, nil
}
