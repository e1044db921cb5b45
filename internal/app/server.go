package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"billportal/web"
)

// stopTime is how long requests under way may take when the portal stops.
const stopTime = 10 * time.Second

// run serves on l, syncs and keeps the identity provider known until ctx ends.
func (p *portal) run(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           p.server,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      15 * time.Second, // until the first chunk of an answer, which has deadlines of its own
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    web.MaxHeader,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),

		DisableGeneralOptionsHandler: true,
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.cache.Run(ctx) })
	group.Go(func() error {
		p.provider.Run(ctx)
		return nil
	})
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return stop(context.WithoutCancel(ctx), server, stopTime, p.log)
	})
	return group.Wait()
}

// stop lets a server answer the requests under way for a while, and breaks off those
// that take longer, which is no failure.
func stop(ctx context.Context, server *http.Server, patience time.Duration, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		log.WarnContext(ctx, "requests under way are broken off", "after", patience.String())
		return server.Close()
	}
	return err
}

// listen opens the portal's address.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", address)
}
