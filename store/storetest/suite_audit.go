package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tyreso.se/incidentbot/store"
)

// chain writes n events.
func chain(t testing.TB, s *store.Store, n int) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for k := range n {
			e := store.Event{Actor: "chat:U1", Action: "incident.reported", Subject: fmt.Sprint("INC-", k%3), Detail: `{"severity":2}`}
			if err := tx.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func testAudit(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("an empty chain is whole", func(t *testing.T) {
		equal(t, "verified", must(open(t).VerifyChain(t.Context()))(t), int64(0))
	})
	t.Run("events are linked and come back", func(t *testing.T) {
		s := open(t)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Append(ctx, store.Event{Seq: 9, Actor: "a\x00b", Action: "x", Subject: "s", Detail: `{"å":"ö"}`, Hash: "h"}); err != nil {
				return err
			}
			return tx.Append(ctx, store.Event{Actor: "system", Action: "y"})
		})
		var events []store.Event
		if err := s.Events(t.Context(), func(e store.Event) error { events = append(events, e); return nil }); err != nil {
			t.Fatal(err)
		}
		if len(events) != 2 {
			t.Fatalf("%d events", len(events))
		}
		first, second := events[0], events[1]
		equal(t, "first", []any{first.Seq, first.Actor, first.Action, first.Subject, first.Detail, first.PrevHash},
			[]any{int64(1), "ab", "x", "s", `{"å":"ö"}`, ""})
		equal(t, "first hash", first.Hash, first.Digest())
		equal(t, "link", second.PrevHash, first.Hash)
		equal(t, "verified", must(s.VerifyChain(t.Context()))(t), int64(2))
		equal(t, "by subject", must(s.EventsBySubject(t.Context(), "s"))(t), []store.Event{first})
	})
	t.Run("many at once make one chain, longer than a page", func(t *testing.T) {
		s := open(t)
		chain(t, s, 480)
		concurrently(t, 50, func(k int) error {
			return s.InTx(t.Context(), func(tx *store.Tx) error {
				if err := tx.Append(t.Context(), store.Event{Actor: "system", Action: "x"}); err != nil || k%10 != 0 {
					return err
				}
				return nil
			})
		})
		equal(t, "verified", must(s.VerifyChain(t.Context()))(t), int64(530))
	})
	t.Run("an event that was undone leaves no trace", func(t *testing.T) {
		s := open(t)
		chain(t, s, 2)
		_ = s.InTx(t.Context(), func(tx *store.Tx) error {
			_ = tx.Append(t.Context(), store.Event{Actor: "system", Action: "x"})
			return errors.New("undone")
		})
		chain(t, s, 1)
		equal(t, "verified", must(s.VerifyChain(t.Context()))(t), int64(3))
	})
	t.Run("the database refuses changes", func(t *testing.T) {
		s := open(t)
		chain(t, s, 3)
		statements := []string{
			`UPDATE audit_events SET actor = 'x' WHERE seq = 2`, `DELETE FROM audit_events WHERE seq = 3`, `DELETE FROM audit_events`,
		}
		switch s.Dialect() {
		case "sqlite":
			statements = append(statements,
				`INSERT OR REPLACE INTO audit_events (seq, at, actor, action, subject, detail, prev_hash, hash) VALUES (2, 0, '', '', '', '', '', '')`)
		case "postgres":
			statements = append(statements, `TRUNCATE audit_events`)
		}
		for _, statement := range statements {
			if _, err := s.Writer().ExecContext(t.Context(), statement); err == nil {
				t.Errorf("allowed: %s", statement)
			}
		}
		equal(t, "verified", must(s.VerifyChain(t.Context()))(t), int64(3))
	})
	t.Run("tampering is told by the first event it broke", func(t *testing.T) {
		cases := []struct {
			name, tamper string
			seq          int64
		}{
			{"an actor was altered", `UPDATE audit_events SET actor = 'chat:U2' WHERE seq = 3`, 3},
			{"a time was altered", `UPDATE audit_events SET at = at + 1 WHERE seq = 1`, 1},
			{"text was moved between columns", `UPDATE audit_events SET actor = 'chat:U1i', action = 'ncident.reported' WHERE seq = 2`, 2},
			{"a detail was altered", `UPDATE audit_events SET detail = '{"severity":1}' WHERE seq = 5`, 5},
			{"an event was removed", `DELETE FROM audit_events WHERE seq = 2`, 2},
			{"the first event was removed", `DELETE FROM audit_events WHERE seq = 1`, 1},
			{"the tail was cut off", `DELETE FROM audit_events WHERE seq >= 4`, 4},
			{"all were removed", `DELETE FROM audit_events`, 1},
			{"an event was added at the end", `INSERT INTO audit_events (seq, at, actor, action, subject, detail, prev_hash, hash) ` +
				`SELECT 6, at, actor, action, subject, detail, hash, hash FROM audit_events WHERE seq = 5`, 6},
			{"two events changed places", `UPDATE audit_events SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3);` +
				`UPDATE audit_events SET seq = -seq WHERE seq < 0`, 2},
			{"the end was moved back", `UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_events WHERE seq = 4)`, 5},
			{"the end's hash was altered", `UPDATE audit_head SET hash = 'x'`, 5},
			{"the record of the end was removed", `DELETE FROM audit_head`, 1},
		}
		// What somebody does who knows how the hash is made.
		forged := []struct {
			name  string
			forge func(t *testing.T, s *store.Store, last store.Event)
			seq   int64
		}{
			{"an event was altered and given a new hash", func(t *testing.T, s *store.Store, _ store.Event) {
				third := must(s.EventsBySubject(t.Context(), "INC-2"))(t)[0]
				third.Actor = "chat:U2"
				raw(t, s, fmt.Sprintf(`UPDATE audit_events SET actor = '%s', hash = '%s' WHERE seq = 3`, third.Actor, third.Digest()))
			}, 4},
			{"two events were added with the right hashes", func(t *testing.T, s *store.Store, last store.Event) {
				for range 2 {
					last.Seq, last.PrevHash = last.Seq+1, last.Hash
					last.Hash = last.Digest()
					raw(t, s, fmt.Sprintf(`INSERT INTO audit_events (seq, at, actor, action, subject, detail, prev_hash, hash) `+
						`VALUES (%d, %d, '%s', '%s', '%s', '%s', '%s', '%s')`, last.Seq, last.At.UnixMilli(), last.Actor, last.Action,
						last.Subject, last.Detail, last.PrevHash, last.Hash))
				}
			}, 6},
		}
		for _, c := range forged {
			t.Run(c.name, func(t *testing.T) {
				s := open(t)
				chain(t, s, 5)
				disarm(t, s)
				var last store.Event
				if err := s.Events(t.Context(), func(e store.Event) error { last = e; return nil }); err != nil {
					t.Fatal(err)
				}
				c.forge(t, s, last)
				brokenAt(t, s, c.seq)
			})
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s := open(t)
				chain(t, s, 5)
				disarm(t, s)
				raw(t, s, c.tamper)
				brokenAt(t, s, c.seq)
			})
		}
	})
}

// brokenAt fails the test unless the chain is told to be broken first at event seq.
func brokenAt(t testing.TB, s *store.Store, seq int64) {
	t.Helper()
	verified, err := s.VerifyChain(t.Context())
	broken, ok := errors.AsType[*store.BrokenChainError](err)
	if !ok {
		t.Fatalf("verified %d, error %v", verified, err)
	}
	equal(t, "first broken event", broken.Seq, seq)
	if verified > seq || broken.Reason == "" {
		t.Errorf("verified %d, reason %q", verified, broken.Reason)
	}
}

// raw runs a statement behind the store's back.
func raw(t testing.TB, s *store.Store, statement string) {
	t.Helper()
	if _, err := s.Writer().ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// disarm drops the triggers, as somebody with power over the database could.
func disarm(t testing.TB, s *store.Store) {
	t.Helper()
	statements := []string{`DROP TRIGGER audit_events_no_change ON audit_events`}
	if s.Dialect() == "sqlite" {
		statements = []string{
			`DROP TRIGGER audit_events_no_update`, `DROP TRIGGER audit_events_no_delete`, `DROP TRIGGER audit_events_no_replace`,
		}
	}
	for _, statement := range statements {
		raw(t, s, statement)
	}
}
