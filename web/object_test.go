package web_test

import (
	"testing"

	"billportal/web"
)

func TestRoutesThatForgetARuleStopTheStart_Z1_O6(t *testing.T) {
	t.Parallel()
	for forgotten, mount := range web.BareRoutes() {
		s := open(t, false, nil)
		if err := mount(s.web); err == nil {
			t.Errorf("a route that forgets %s is mounted", forgotten)
		}
	}
}
