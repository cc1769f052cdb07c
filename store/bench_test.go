package store_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// BenchmarkReport measures what a submitted report writes, apart from the job queue's rows: the claim, the account, the
// incident with its number, two links of the audit chain, four messages, and the dropped draft, all on disk before it
// counts. The bar is 800 a second on SQLite with 16 at once, on two cores.
func BenchmarkReport(b *testing.B) {
	for _, database := range []struct {
		name string
		open func(testing.TB) *store.Store
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		for _, inFlight := range []int{1, 16, 128} {
			b.Run(fmt.Sprintf("%s/%d", database.name, inFlight), func(b *testing.B) {
				s := database.open(b)
				var n atomic.Int64
				b.ReportAllocs()
				b.SetParallelism(max(1, inFlight/2)) // times GOMAXPROCS, which is 2 where the bar was set
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := submit(b.Context(), s, n.Add(1)); err != nil {
							b.Error(err)
							return
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
			})
		}
	}
}

// submit writes the n-th report.
func submit(ctx context.Context, s *store.Store, n int64) error {
	ref := fmt.Sprint("ref-", n)
	return s.InTx(ctx, func(tx *store.Tx) error {
		if _, _, err := tx.Claim(ctx, ref, ref); err != nil {
			return err
		}
		user := fmt.Sprint("U", n%100)
		account, err := tx.EnsureAccount(ctx, "chat", user, "Anna Andersson")
		if err != nil {
			return err
		}
		i := store.Incident{Ref: ref, Status: store.New, ReporterID: &account.ID, Surface: "chat", Language: "sv",
			Text: "Jag skickade en lista med personuppgifter till fel mottagare.", DiscoveredAt: tx.Now, RegisteredAt: tx.Now, Severity: 2}
		if err := tx.CreateIncident(ctx, &i); err != nil {
			return err
		}
		if _, err := tx.AddDeliveries(ctx, []store.Delivery{
			{Lane: "chat:channel:C1", Surface: "chat", Channel: "C1", Kind: "card", IncidentID: &i.ID, Urgent: true},
			{Lane: "chat:user:U0", Surface: "chat", UserID: "U0", Kind: "card", IncidentID: &i.ID, Urgent: true},
			{Lane: "chat:user:U00", Surface: "chat", UserID: "U00", Kind: "card", IncidentID: &i.ID, Urgent: true},
			{Lane: "chat:user:" + user, Surface: "chat", UserID: user, Kind: "receipt", IncidentID: &i.ID},
		}); err != nil {
			return err
		}
		if err := tx.DeleteDraft(ctx, account.ID, "report"); err != nil {
			return err
		}
		for _, action := range []string{"incident.reported", "incident.categorised"} {
			e := store.Event{Actor: "chat:" + user, Action: action, Subject: i.Number, Detail: `{"severity":2}`}
			if err := tx.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}
