package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/store"
)

// concurrently runs do n times at once and fails the test on any error.
func concurrently(t testing.TB, n int, do func(k int) error) {
	t.Helper()
	errs := make(chan error, n)
	for k := range n {
		go func() { errs <- do(k) }()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Errorf("concurrently: %v", err)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

func testNumbers(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("no gaps and no duplicates on both sides of new year in Stockholm", func(t *testing.T) {
		s := open(t)
		midnight := time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC) // 2027 begins in Stockholm
		const n = 60
		got := make([]string, n)
		concurrently(t, n, func(k int) error {
			i := report(fmt.Sprint("ref", k))
			i.RegisteredAt = midnight.Add(-time.Millisecond)
			if k%2 == 1 {
				i.RegisteredAt = midnight
			}
			err := s.InTx(t.Context(), func(tx *store.Tx) error {
				if k%5 == 0 { // an attempt that is undone must not use up a number
					failed := i
					_ = tx.CreateIncident(t.Context(), &failed)
					return fmt.Errorf("undone")
				}
				return tx.CreateIncident(t.Context(), &i)
			})
			if k%5 == 0 {
				err = s.InTx(t.Context(), func(tx *store.Tx) error { return tx.CreateIncident(t.Context(), &i) })
			}
			got[k] = i.Number
			return err
		})
		var want []string
		for k := range n / 2 {
			want = append(want, fmt.Sprintf("INC-2026-%04d", k+1), fmt.Sprintf("INC-2027-%04d", k+1))
		}
		slices.Sort(got)
		slices.Sort(want)
		equal(t, "numbers", got, want)
	})
	t.Run("the year is the one it was registered in", func(t *testing.T) {
		s := open(t)
		i := report("a")
		i.RegisteredAt = time.Time{} // now
		i = register(t, s, i)
		if s.Now().Sub(i.RegisteredAt).Abs() > time.Hour {
			t.Errorf("registered at %v", i.RegisteredAt)
		}
	})
}

// message returns a delivery in a lane.
func message(lane string) store.Delivery {
	return store.Delivery{Lane: lane, Surface: "chat", Channel: "C1", Kind: "card"}
}

func add(t testing.TB, s *store.Store, deliveries ...store.Delivery) (added []store.Delivery, heads []int64) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		heads, err = tx.AddDeliveries(ctx, deliveries)
		return err
	})
	return deliveries, heads
}

func finish(t testing.TB, s *store.Store, id int64, outcome store.Outcome, code string) (next int64) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		next, err = tx.FinishDelivery(ctx, id, outcome, code)
		return err
	})
	return next
}

func testDeliveries(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("what was added comes back", func(t *testing.T) {
		s := open(t)
		i := register(t, s, report("a"))
		note := store.Note{IncidentID: i.ID, Kind: "to_reporter", Text: "hej"}
		file := []store.Attachment{{Surface: "chat", FileID: "F1"}}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(tx.AddNote(ctx, &note), tx.AddAttachments(ctx, i.ID, file))
		})
		d := store.Delivery{Lane: "l", Surface: "chat", Channel: "C", UserID: "U", Email: "e@example.org", Kind: "news",
			IncidentID: &i.ID, NoteID: &note.ID, AttachmentID: &file[0].ID, Urgent: true}
		added, heads := add(t, s, d)
		equal(t, "heads", heads, []int64{added[0].ID})
		if added[0].CreatedAt.IsZero() {
			t.Error("CreatedAt is not filled in")
		}
		equal(t, "delivery", must(s.Delivery(t.Context(), added[0].ID))(t), added[0])
		_, err := s.Delivery(t.Context(), 999)
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("only the first of a lane is a head", func(t *testing.T) {
		s := open(t)
		d, heads := add(t, s, message("a"), message("b"), message("a"))
		equal(t, "heads", heads, []int64{d[0].ID, d[1].ID})
		_, heads = add(t, s, message("a"))
		equal(t, "heads while the lane is waiting", len(heads), 0)
		more, heads := add(t, s, message("c"))
		equal(t, "head of a new lane", heads, []int64{more[0].ID})
	})
	t.Run("finishing one gives the next of its lane, once", func(t *testing.T) {
		for outcome, name := range map[store.Outcome]string{store.Sent: "sent", store.Skipped: "skipped", store.Dead: "dead"} {
			t.Run(name, func(t *testing.T) {
				s := open(t)
				d, _ := add(t, s, message("a"), message("b"), message("a"))
				equal(t, "next", finish(t, s, d[0].ID, outcome, "some_code"), d[2].ID)
				equal(t, "next the second time", finish(t, s, d[0].ID, store.Sent, ""), int64(0))
				equal(t, "next of the last", finish(t, s, d[2].ID, outcome, ""), int64(0))
				got := must(s.Delivery(t.Context(), d[0].ID))(t)
				equal(t, "outcome", []bool{got.SentAt != nil, got.SkippedAt != nil, got.DeadAt != nil},
					[]bool{outcome == store.Sent, outcome == store.Skipped, outcome == store.Dead})
				equal(t, "code", got.LastError, "some_code")
			})
		}
	})
	t.Run("finishing one that waits gives no next, since the first has its job", func(t *testing.T) {
		s := open(t)
		d, _ := add(t, s, message("a"), message("a"), message("a"))
		equal(t, "next", finish(t, s, d[1].ID, store.Skipped, ""), int64(0))
		equal(t, "next of the first", finish(t, s, d[0].ID, store.Sent, ""), d[2].ID)
	})
	t.Run("a lane that was emptied has a head again", func(t *testing.T) {
		s := open(t)
		d, _ := add(t, s, message("a"))
		finish(t, s, d[0].ID, store.Sent, "")
		d, heads := add(t, s, message("a"))
		equal(t, "heads", heads, []int64{d[0].ID})
	})
	t.Run("attempts are counted until it is finished", func(t *testing.T) {
		s := open(t)
		d, _ := add(t, s, message("a"))
		id := d[0].ID
		for want := range 2 {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				got, err := tx.BeginAttempt(ctx, id)
				equal(t, "attempts", got.Attempts, want+1)
				if got.AttemptedAt == nil || !got.AttemptedAt.Equal(tx.Now) {
					t.Errorf("attempted at %v", got.AttemptedAt)
				}
				return err
			})
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.FailAttempt(ctx, id, "ratelimited") })
		}
		equal(t, "last error", must(s.Delivery(t.Context(), id))(t).LastError, "ratelimited")
		finish(t, s, id, store.Sent, "")
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.BeginAttempt(t.Context(), id)
			return err
		})
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("an unknown one cannot be finished", func(t *testing.T) {
		s := open(t)
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.FinishDelivery(t.Context(), 99, store.Sent, "")
			return err
		}), store.ErrNotFound)
	})
	t.Run("the state of the outbox", func(t *testing.T) {
		s := open(t)
		equal(t, "empty", must(s.DeliveryStats(t.Context()))(t), store.Stats{})
		d, _ := add(t, s, message("a"), message("a"), message("b"), message("b"))
		finish(t, s, d[0].ID, store.Dead, "channel_not_found")
		finish(t, s, d[2].ID, store.Sent, "")
		oldest := d[1].CreatedAt
		equal(t, "stats", must(s.DeliveryStats(t.Context()))(t), store.Stats{Pending: 2, Dead: 1, OldestPending: &oldest})
		dead := must(s.DeadLetters(t.Context(), 10))(t)
		if len(dead) != 1 || dead[0].ID != d[0].ID || dead[0].LastError != "channel_not_found" {
			t.Errorf("dead letters: %+v", dead)
		}
		later := s.Now().Add(time.Hour)
		equal(t, "stalled", must(s.StalledLanes(t.Context(), later))(t), []int64{d[1].ID, d[3].ID})
		if heads := must(s.StalledLanes(t.Context(), oldest))(t); len(heads) != 0 {
			t.Errorf("stalled though new: %v", heads)
		}
	})
	t.Run("no message is ever left without a job, in any order of doings", func(t *testing.T) {
		s := open(t)
		runs := 0
		rapid.Check(t, func(rt *rapid.T) {
			runs++
			lane := func() string { return fmt.Sprint(runs, "-", rapid.IntRange(1, 3).Draw(rt, "lane")) }
			waiting := map[string][]int64{} // by lane, in order
			jobs := map[int64]bool{}        // deliveries that somebody will try to send
			for range rapid.IntRange(1, 12).Draw(rt, "doings") {
				if rapid.Bool().Draw(rt, "add") {
					batch := make([]store.Delivery, rapid.IntRange(1, 3).Draw(rt, "messages"))
					for i := range batch {
						batch[i] = message(lane())
					}
					added, heads := add(t, s, batch...)
					for _, d := range added {
						waiting[d.Lane] = append(waiting[d.Lane], d.ID)
					}
					for _, id := range heads {
						jobs[id] = true
					}
				} else if ids := waiting[lane()]; len(ids) > 0 {
					k := rapid.IntRange(0, len(ids)-1).Draw(rt, "which")
					lane, id := must(s.Delivery(t.Context(), ids[k]))(t).Lane, ids[k]
					waiting[lane] = slices.Delete(slices.Clone(ids), k, k+1)
					delete(jobs, id)
					if next := finish(t, s, id, store.Sent, ""); next != 0 {
						jobs[next] = true
					}
				}
				want := map[int64]bool{}
				for _, ids := range waiting {
					if len(ids) > 0 {
						want[ids[0]] = true
					}
				}
				equal(rt, "deliveries with a job", jobs, want)
			}
		})
	})
	t.Run("many senders and writers at once keep every lane's order and lose nothing", func(t *testing.T) {
		s := open(t)
		Drain(t, []*store.Store{s}, 60)
	})
}

// Drain has writers add messages to a few lanes through any of the stores, while workers send whatever has a job, as the
// scheduler would. It fails the test when a message is never sent, or sent before an earlier one of its lane.
func Drain(t testing.TB, stores []*store.Store, writers int) {
	t.Helper()
	const perWriter = 3
	total := writers * perWriter
	jobs := make(chan int64, total)
	var mu sync.Mutex
	sent := map[string][]int64{}
	count := 0

	var workers sync.WaitGroup
	for k := range 8 {
		s := stores[k%len(stores)]
		workers.Go(func() {
			for id := range jobs {
				var next int64
				err := s.InTx(t.Context(), func(tx *store.Tx) error {
					d, err := tx.BeginAttempt(t.Context(), id)
					if err != nil {
						return err
					}
					mu.Lock()
					sent[d.Lane] = append(sent[d.Lane], id)
					mu.Unlock()
					next, err = tx.FinishDelivery(t.Context(), id, store.Sent, "")
					return err
				})
				if err != nil {
					t.Errorf("send %d: %v", id, err)
				}
				if next != 0 {
					jobs <- next
				}
				mu.Lock()
				if count++; count == total {
					close(jobs)
				}
				mu.Unlock()
			}
		})
	}
	concurrently(t, writers, func(k int) error {
		batch := make([]store.Delivery, perWriter)
		for i := range batch {
			batch[i] = message(fmt.Sprint("lane", rand.IntN(4)))
		}
		var heads []int64
		err := stores[k%len(stores)].InTx(t.Context(), func(tx *store.Tx) (err error) {
			if err := tx.Append(t.Context(), store.Event{Actor: "test", Action: "added"}); err != nil {
				return err
			}
			heads, err = tx.AddDeliveries(t.Context(), batch)
			return err
		})
		for _, id := range heads {
			jobs <- id
		}
		return err
	})
	workers.Wait()
	n := 0
	for lane, ids := range sent {
		n += len(ids)
		if !slices.IsSorted(ids) {
			t.Errorf("%s was sent out of order: %v", lane, ids)
		}
	}
	equal(t, "sent", n, total)
}

func testCards(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	i, other := register(t, s, report("a")), register(t, s, report("b"))
	card := store.Card{IncidentID: i.ID, Lane: "l", Surface: "chat", Channel: "C1", MessageID: "1.1", DrawnVersion: 1}
	second := card
	second.MessageID = "1.2"
	save := func(t *testing.T, c store.Card) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveCard(ctx, c) })
	}
	save(t, card)
	save(t, second)
	save(t, store.Card{IncidentID: other.ID, Lane: "l", Surface: "chat", Channel: "C1", MessageID: "1.3", DrawnVersion: 1})

	t.Run("every copy is remembered", func(t *testing.T) {
		got := must(s.Cards(t.Context(), i.ID))(t)
		if len(got) != 2 {
			t.Fatalf("%d cards", len(got))
		}
		card.ID, second.ID = got[0].ID, got[1].ID
		equal(t, "cards", got, []store.Card{card, second})
	})
	t.Run("a copy that was redrawn shows its version", func(t *testing.T) {
		card.DrawnVersion = 4
		save(t, card)
		equal(t, "cards", must(s.Cards(t.Context(), i.ID))(t), []store.Card{card, second})
	})
	t.Run("a copy that is gone is no longer told of", func(t *testing.T) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.LoseCard(ctx, card.ID) })
		equal(t, "cards", must(s.Cards(t.Context(), i.ID))(t), []store.Card{second})
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.LoseCard(t.Context(), 999) }), store.ErrNotFound)
	})
}

func testNotesAndAttachments(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("notes come back in order", func(t *testing.T) {
		s := open(t)
		i, author := register(t, s, report("a")), account(t, s, "U1")
		first := store.Note{IncidentID: i.ID, AuthorID: &author.ID, Kind: "to_reporter", Text: "Tack!"}
		second := store.Note{IncidentID: i.ID, At: noon(), Kind: "supplement", Text: "Mer"}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddNote(ctx, &first); err != nil {
				return err
			}
			if !first.At.Equal(tx.Now) {
				t.Errorf("note is from %v, want %v", first.At, tx.Now)
			}
			return tx.AddNote(ctx, &second)
		})
		equal(t, "notes", must(s.Notes(t.Context(), i.ID))(t), []store.Note{first, second})
		equal(t, "note", must(s.Note(t.Context(), second.ID))(t), second)
		_, err := s.Note(t.Context(), 99)
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("a note needs its incident", func(t *testing.T) {
		s := open(t)
		if err := s.InTx(t.Context(), func(tx *store.Tx) error { return tx.AddNote(t.Context(), &store.Note{IncidentID: 99}) }); err == nil {
			t.Error("no error")
		}
	})
	t.Run("attachments are fetched, or given up", func(t *testing.T) {
		s := open(t)
		i := register(t, s, report("a"))
		files := []store.Attachment{
			{Surface: "chat", FileID: "F1", Name: "bild.png", Type: "image/png", Size: 5},
			{Surface: "chat", FileID: "F2", Name: "tom.txt"},
			{Surface: "chat", FileID: "F3", Name: "borta.txt"},
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddAttachments(ctx, i.ID, files) })
		equal(t, "pending", must(s.PendingAttachments(t.Context()))(t), files)
		_, err := s.AttachmentContent(t.Context(), files[0].ID)
		isErr(t, err, store.ErrNotFound)

		content := []byte{0, 1, 0xff, 'x'}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.StoreAttachment(ctx, files[0].ID, []byte("first try"), "old"); err != nil {
				return err
			}
			if err := tx.StoreAttachment(ctx, files[0].ID, content, "abc"); err != nil {
				return err
			}
			if err := tx.StoreAttachment(ctx, files[1].ID, nil, "e3b0"); err != nil {
				return err
			}
			at := tx.Now
			files[0].Size, files[0].SHA256, files[0].FetchedAt = int64(len(content)), "abc", &at
			files[1].SHA256, files[1].FetchedAt = "e3b0", &at
			files[2].Failure = "file_deleted"
			return tx.FailAttachment(ctx, files[2].ID, "file_deleted")
		})
		equal(t, "attachments", must(s.Attachments(t.Context(), i.ID))(t), files)
		equal(t, "one", must(s.Attachment(t.Context(), files[2].ID))(t), files[2])
		equal(t, "content", must(s.AttachmentContent(t.Context(), files[0].ID))(t), content)
		equal(t, "empty content", len(must(s.AttachmentContent(t.Context(), files[1].ID))(t)), 0)
		equal(t, "pending", len(must(s.PendingAttachments(t.Context()))(t)), 0)
	})
	t.Run("an unknown attachment is an error", func(t *testing.T) {
		s := open(t)
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.StoreAttachment(t.Context(), 9, nil, "") }), store.ErrNotFound)
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.FailAttachment(t.Context(), 9, "x") }), store.ErrNotFound)
		_, err := s.Attachment(t.Context(), 9)
		isErr(t, err, store.ErrNotFound)
	})
}
