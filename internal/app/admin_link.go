package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"billportal/internal/ledger"
	"billportal/web"
)

// AdminLink prints a link that signs an admin in once, within ten minutes, for when
// nobody can sign in otherwise. It works beside a running portal.
func AdminLink(ctx context.Context, c Command) (err error) {
	cfg, err := c.load(c.logger(slog.LevelWarn))
	if err != nil {
		return err
	}
	s, err := openStore(ctx, cfg.Portal.Data, c.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	link, hash := web.NewAdminLink(portalURL(cfg))
	act := ledger.Act{Actor: "command line", Action: "adminlink.make"}
	if err := s.db.AddAdminLink(ctx, hash, c.Now().Add(-web.AdminLinkLife), act); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Stdout, link)
	return err
}
