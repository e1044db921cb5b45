package billcache

import "context"

// Once shares one call among all who ask for the same key.
func (c *Cache) Once(ctx context.Context, key string, fetch func(context.Context) error) error {
	return c.once(ctx, key, fetch)
}
