package scheduler

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"tyreso.se/incidentbot/store"
)

// backlog measures what waits to be sent.
type backlog struct {
	pending, dead, oldest prometheus.Gauge
}

func newBacklog(registry prometheus.Registerer) *backlog {
	b := &backlog{
		pending: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "incidentbot_deliveries_pending", Help: "Messages waiting to be sent, measured once a minute.",
		}),
		dead: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "incidentbot_dead_letters", Help: "Messages given up, measured once a minute.",
		}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "incidentbot_oldest_pending_seconds", Help: "Age of the message that has waited longest, measured once a minute.",
		}),
	}
	registry.MustRegister(b.pending, b.dead, b.oldest)
	return b
}

func (b *backlog) measure(ctx context.Context, s *store.Store) error {
	stats, err := s.DeliveryStats(ctx)
	if err != nil {
		return fmt.Errorf("measuring the backlog: %w", err)
	}
	b.pending.Set(float64(stats.Pending))
	b.dead.Set(float64(stats.Dead))
	b.oldest.Set(0)
	if stats.OldestPending != nil {
		b.oldest.Set(s.Now().Sub(*stats.OldestPending).Seconds())
	}
	return nil
}
