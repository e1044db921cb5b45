package sandbox

import (
	"net/http"
	"slices"
	"time"
)

// apiVersion is the version of the interface description that is simulated.
const apiVersion = "2.4.0"

func (a *API) billingAccounts(w http.ResponseWriter, r *http.Request) *problem {
	if _, p := negotiate(r, typeJSON); p != nil {
		return p
	}
	states := splitList(r.URL.Query()["status"])
	var found []*Account
	listed := a.world.Accounts()
	for i := range listed {
		if len(states) == 0 || slices.Contains(states, listed[i].Status) || slices.Contains(states, tmfStates[listed[i].Status]) {
			found = append(found, &listed[i])
		}
	}
	if a.dialect == Hostile {
		found = hostileOrder(a.world.seed, "accounts", found)
	}
	page, p := pageOf(a, w, r, found)
	if p != nil {
		return p
	}
	return a.writeRecords(w, r, "billingAccounts", rowsOfPage(page, a.wireAccount))
}

func (a *API) billingAccount(w http.ResponseWriter, r *http.Request) *problem {
	if _, p := negotiate(r, typeJSON); p != nil {
		return p
	}
	id := r.PathValue("id")
	listed := a.world.Accounts()
	i := slices.IndexFunc(listed, func(account Account) bool { return account.ID == id || a.dialect == TMF && account.Number == id })
	if i < 0 {
		return notFound("No billing account has the id " + id + ".")
	}
	writeBytes(w, typeJSON+"; charset=UTF-8", jsonText(a.wireAccount(&listed[i])))
	return nil
}

func (a *API) status(w http.ResponseWriter, r *http.Request) *problem {
	if _, p := negotiate(r, typeJSON); p != nil {
		return p
	}
	type component struct {
		Name   string `json:"name"`
		Status string `json:"status"`
	}
	writeBytes(w, typeJSON+"; charset=UTF-8", jsonText(struct {
		Status     string      `json:"status"`
		Version    string      `json:"version"`
		Components []component `json:"components"`
		CheckedAt  string      `json:"checkedAt"`
	}{"OK", apiVersion, []component{{"bills", "OK"}, {"documents", "OK"}}, a.now().UTC().Format(time.RFC3339)}))
	return nil
}

func (a *API) version(w http.ResponseWriter, r *http.Request) *problem {
	if _, p := negotiate(r, typeJSON); p != nil {
		return p
	}
	writeBytes(w, typeJSON+"; charset=UTF-8", jsonText(struct {
		Version string `json:"version"`
	}{apiVersion}))
	return nil
}
