package surface

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tyreso.se/incidentbot/bot"
)

// How a request ended, as the label outcome.
const (
	Answered      = "answered"
	Mend          = "mend" // the person is asked to mend something in the dialog
	Failed        = "failed"
	Late          = "late"
	NotUnderstood = "not_understood"
	Ignored       = "ignored"
)

// Metrics are the metrics of requests. Their names and labels are shared by the chat surfaces, which differ in the constant
// label surface. No label holds anything about a person or a case.
type Metrics struct {
	ack      *prometheus.HistogramVec
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
}

// NewMetrics makes the metrics of the surface name. With a nil registerer they are kept and not shown.
func NewMetrics(name string, r prometheus.Registerer) (*Metrics, error) {
	surface := prometheus.Labels{"surface": name}
	m := &Metrics{
		ack: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "incidentbot_ack_seconds", Help: "Time from a request's arrival to its acknowledgement.", ConstLabels: surface,
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 3},
		}, []string{"kind"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "incidentbot_requests_total", Help: "Requests by kind and how they ended.", ConstLabels: surface,
		}, []string{"kind", "outcome"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "incidentbot_refused_requests_total", Help: "Requests that were not let in, by reason.", ConstLabels: surface,
		}, []string{"reason"}),
	}
	if r == nil {
		return m, nil
	}
	return m, errors.Join(r.Register(m.ack), r.Register(m.requests), r.Register(m.refused))
}

// Acknowledged records how long a request waited for its acknowledgement.
func (m *Metrics) Acknowledged(k bot.Kind, took time.Duration) {
	m.ack.WithLabelValues(Label(k)).Observe(took.Seconds())
}

// Ended counts a request by how it ended: Answered, Mend, Failed, Late, NotUnderstood or Ignored.
func (m *Metrics) Ended(k bot.Kind, outcome string) {
	m.requests.WithLabelValues(Label(k), outcome).Inc()
}

// Refused counts a request that was not let in.
func (m *Metrics) Refused(reason string) { m.refused.WithLabelValues(reason).Inc() }

// Label is a kind of request as a label, and as it is named in logs.
func Label(k bot.Kind) string {
	switch k {
	case bot.Command:
		return "command"
	case bot.Shortcut:
		return "shortcut"
	case bot.Change:
		return "change"
	case bot.Submit:
		return "submit"
	case bot.Cancel:
		return "cancel"
	case bot.Press:
		return "press"
	case bot.Search:
		return "search"
	case bot.Home:
		return "home"
	}
	return "other"
}
