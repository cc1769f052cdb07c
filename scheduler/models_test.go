package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func TestWhatWasDecidedIsLearntAndUsed(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		err := h.app.Store.InTx(t.Context(), func(tx *store.Tx) error {
			for n := range 20 {
				c := store.Incident{
					Ref: fmt.Sprint("decided-", n), Status: store.Closed, Text: fmt.Sprintf("En gulpåse kom till enhet %d.", n), DiscoveredAt: tx.Now,
					Category: policy.Misdelivery, ConfirmedAt: &tx.Now, Severity: policy.Low,
				}
				if err := tx.CreateIncident(t.Context(), &c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		h.start()
		n := 0
		h.until("a report is categorised by what was learnt", func() bool {
			n++
			_, err := h.app.Handle(t.Context(), bot.Request{
				Kind: bot.Submit, Key: h.app.NewRef(), Name: handlers.ReportDialog, At: time.Now(), Actor: bot.Actor{Surface: "chat", ID: "U1", Name: "U1"},
				Values: bot.Values{"stop": {"no"}, "text": {"Hej, en gulpåse står här."}},
			})
			if err != nil {
				t.Fatal(err)
			}
			c, err := h.app.Store.IncidentByNumber(t.Context(), policy.IncidentNumber(h.app.Store.Now().Year(), 20+n))
			return err == nil && c.Suggested == policy.Misdelivery
		})
		latest, err := h.app.Store.LatestModel(t.Context())
		if err != nil || latest.Version != 1 || latest.Examples != 20 {
			t.Errorf("the latest model is %+v, %v", latest, err)
		}
	})
}
