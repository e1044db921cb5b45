package app

import (
	"context"
	"errors"
	"log/slog"
)

// Serve runs the portal until ctx ends.
func Serve(ctx context.Context, c Command) (err error) {
	log := c.logger(slog.LevelInfo)
	cfg, err := c.load(log)
	if err != nil {
		return err
	}
	p, err := openPortal(ctx, cfg, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	l, err := listen(ctx, cfg.Portal.Addr)
	if err != nil {
		return err
	}
	log.Info("portal serves", "address", l.Addr().String(), "url", cfg.Portal.URL, "version", c.Version)
	return p.run(ctx, l)
}
