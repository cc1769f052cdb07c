package handlers

import "github.com/prometheus/client_golang/prometheus"

// Metrics count what the use cases do. Labels hold coded values only.
type Metrics struct {
	reports    *prometheus.CounterVec
	refusals   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	delay      prometheus.Histogram
	retries    prometheus.Counter

	confirmations *prometheus.CounterVec
	model         prometheus.Gauge
}

// NewMetrics registers the use cases' metrics.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		reports: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "incidentbot_reports_total", Help: "Incidents reported, by suggested category.",
		}, []string{"category"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "incidentbot_refusals_total", Help: "Actions refused for lack of role, by action.",
		}, []string{"action"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "incidentbot_deliveries_total", Help: "Messages that reached their end, by kind and outcome (sent, skipped, unreached, dead).",
		}, []string{"kind", "outcome"}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "incidentbot_delivery_delay_seconds", Help: "From the commit of a message to its delivery.",
			Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600},
		}),
		retries: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "incidentbot_delivery_retries_total", Help: "Attempts to deliver a message that were refused and will be made again.",
		}),
	}
	m.confirmations = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "incidentbot_categories_confirmed_total",
		Help: "Categories confirmed by a person, by what became of the suggestion (kept, changed).",
	}, []string{"outcome"})
	m.model = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "incidentbot_model_version", Help: "The model of decisions that reports are categorised by; 0: the program's own alone.",
	})
	registry.MustRegister(m.reports, m.refusals, m.deliveries, m.delay, m.retries, m.confirmations, m.model)
	return m
}
