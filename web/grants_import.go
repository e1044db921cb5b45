package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/templates"
)

// importGrants takes a grants file, all or nothing. One that is to be the whole
// truth is shown before it counts.
func (s *Server) importGrants(c echo.Context) error {
	asked, err := importAsked(c)
	if err != nil {
		return err
	}
	t := s.texts(c)
	parsed, err := importFile(c, asked.replace, export.ParseGrants)
	var plan importPlan
	if err == nil {
		plan, err = s.planGrants(c.Request().Context(), t, parsed, asked.replace)
	}
	if err != nil {
		form, ok := importErrors(t, err, asked.replace)
		if !ok {
			return err
		}
		return s.accessPage(c, http.StatusBadRequest, newGrantForm(), form)
	}
	if asked.toShow(plan) {
		return s.previewImport(c, asked, plan, templates.ImportPreviewView{
			Page: s.page(c, "preview.title"), BackURL: "/admin/access", Who: t.S("access.grantee"), What: t.S("access.target"),
		})
	}
	added, removed, err := s.deps.Grants.AddGrants(c.Request().Context(), s.act(c, "grant.add"), export.GrantsOf(parsed), asked.replace)
	if err != nil {
		return err
	}
	said := notice{Key: "notice.grantsimported", Args: []string{t.N("count.added", len(added)), t.N("count.kept", plan.kept)}, Next: "notice.next.ledger"}
	if asked.replace {
		said.Key, said.Args = "notice.grantsreplaced", append(said.Args, t.N("count.removed", len(removed)))
	}
	return s.leaveNotice(c, said, "/admin/access")
}

// planGrants is what a grants file does to the grants in force.
func (s *Server) planGrants(ctx context.Context, t *i18n.Texts, parsed []export.ParsedGrant, replace bool) (importPlan, error) {
	register, err := s.deps.Register.Register(ctx)
	if err != nil {
		return importPlan{}, err
	}
	groups, err := s.deps.Register.AccountGroups(ctx)
	if err != nil {
		return importPlan{}, err
	}
	people, err := s.deps.Grants.People(ctx)
	if err != nil {
		return importPlan{}, err
	}
	known := export.Known{Register: register, Groups: groups, People: people, Issuer: s.deps.SignIn.Issuer()}
	if err := export.CheckGrants(parsed, known); err != nil {
		return importPlan{}, err
	}
	inForce, err := s.deps.Grants.Grants(ctx)
	if err != nil {
		return importPlan{}, err
	}
	changes := export.ChangesOfGrants(export.GrantsOf(parsed), inForce, replace)
	plan := importPlan{kept: changes.Kept}
	row := func(g access.Grant) (who, what string) {
		return granteeText(g, people), targetName(t, named(g, register))
	}
	for _, g := range changes.Removed {
		who, what := row(g)
		plan.remove(t, who, what)
	}
	for _, g := range changes.Added {
		who, what := row(g)
		plan.add(t, who, what)
	}
	return plan, nil
}
