package storetest

import (
	"context"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func testTraining(t *testing.T, open func(t *testing.T) *store.Store) {
	anna := store.Person{Email: "anna@example.org", Name: "Anna", Unit: "IT", Kind: "employee", ManagerEmail: "bo@example.org",
		StartDate: "2020-01-02", Locale: "sv", Active: true}
	bo := store.Person{Email: "bo@example.org", Name: "Bo", Unit: "IT", Kind: "manager", StartDate: "2019-01-02", Locale: "sv", Active: true}
	staff := func(t *testing.T, s *store.Store, people ...store.Person) (c store.Changes) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			c, err = tx.ImportStaff(ctx, people, nil)
			return err
		})
		return c
	}
	id := func(t *testing.T, s *store.Store, p store.Person) int64 {
		t.Helper()
		return must(s.PersonByEmail(t.Context(), p.Email))(t).ID
	}
	today := func(s *store.Store) string {
		stockholm, _ := time.LoadLocation("Europe/Stockholm")
		return s.Now().In(stockholm).Format(time.DateOnly)
	}
	t.Run("who is not in the staff list has left, and who is again has been away until yesterday", func(t *testing.T) {
		s := open(t)
		equal(t, "first", staff(t, s, anna, bo), store.Changes{Added: 2})
		plan := must(s.PlanPeople(t.Context(), []store.Person{bo}))(t)
		equal(t, "plan", []int{len(plan.Added), len(plan.Changed), len(plan.Left), plan.Unchanged, plan.Active}, []int{0, 0, 1, 1, 2})
		equal(t, "Anna leaves", staff(t, s, bo), store.Changes{Unchanged: 1, Left: 1})
		equal(t, "again", staff(t, s, bo), store.Changes{Unchanged: 1})
		if p := must(s.PersonByEmail(t.Context(), anna.Email))(t); p.Active {
			t.Error("who left is in use")
		}
		equal(t, "Anna is back", staff(t, s, anna, bo), store.Changes{Changed: 1, Unchanged: 1})
		p := must(s.PersonByEmail(t.Context(), anna.Email))(t)
		if !p.Active || p.AbsentUntil == "" || p.AbsentUntil >= today(s) {
			t.Errorf("who is back is %+v", p)
		}
		equal(t, "once more", staff(t, s, anna, bo), store.Changes{Unchanged: 2})
	})
	t.Run("units follow the line of managers", func(t *testing.T) {
		s := open(t)
		staff(t, s, anna, bo)
		equal(t, "units", must(s.Units(t.Context()))(t), []policy.Unit{{Name: "IT", Manager: bo.Email}})
	})
	t.Run("a completion counts once", func(t *testing.T) {
		s := open(t)
		staff(t, s, anna, bo)
		add := func(days ...string) (n int) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				var all []store.Completion
				for _, day := range days {
					all = append(all, store.Completion{PersonID: id(t, s, anna), Course: "a", CompletedOn: day, Source: "manager"})
				}
				n, err = tx.AddCompletions(ctx, all)
				return err
			})
			return n
		}
		equal(t, "added", []int{add("2025-01-02", "2025-01-02", "2026-01-02"), add("2025-01-02"), add()}, []int{2, 0, 0})
		got := must(s.Trainee(t.Context(), id(t, s, anna)))(t)
		equal(t, "the latest", got.Completed, []store.Latest{{PersonID: got.ID, Course: "a", Day: "2026-01-02"}})
	})
	t.Run("one notice a person and day", func(t *testing.T) {
		s := open(t)
		staff(t, s, anna, bo)
		keep := func(kind string, people ...store.Person) (n int) {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				var notices []store.Notice
				for _, p := range people {
					notices = append(notices, store.Notice{PersonID: id(t, s, p), Day: "2026-11-23", Kind: kind, Courses: []string{"a", "b"}})
				}
				kept, err := tx.AddNotices(ctx, notices)
				n = len(kept)
				return err
			})
			return n
		}
		equal(t, "kept", []int{keep("digest", bo), keep("reminder", anna, bo), keep("reminder", anna, bo)}, []int{1, 1, 0})
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			noticed, err := tx.NoticedOn(ctx, "2026-11-23", 0, 99)
			equal(t, "noticed", noticed, map[int64]bool{id(t, s, anna): true, id(t, s, bo): true})
			return err
		})
	})
	t.Run("old notices are forgotten with their messages", func(t *testing.T) {
		s := open(t)
		staff(t, s, anna, bo)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			kept, err := tx.AddNotices(ctx, []store.Notice{
				{PersonID: id(t, s, anna), Day: "2026-01-02", Kind: "reminder"}, {PersonID: id(t, s, anna), Day: "2026-06-02", Kind: "reminder"},
			})
			if err != nil {
				return err
			}
			var deliveries []store.Delivery
			for i := range kept {
				deliveries = append(deliveries, store.Delivery{Lane: "l", Surface: "chat", UserID: "U1", Kind: "reminder", NoticeID: &kept[i].ID})
			}
			_, err = tx.AddDeliveries(ctx, deliveries)
			return err
		})
		equal(t, "waiting", must(s.CountWaitingNotices(t.Context(), "chat"))(t), 2)
		expire := func() (n int) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = tx.ExpireNotices(ctx, "2026-06-01")
				return err
			})
			return n
		}
		equal(t, "forgotten", []int{expire(), expire()}, []int{1, 0})
		equal(t, "waiting then", must(s.CountWaitingNotices(t.Context(), "chat"))(t), 1)
	})
	t.Run("trainees come with what is theirs", func(t *testing.T) {
		s := open(t)
		staff(t, s, anna, bo)
		a, b := id(t, s, anna), id(t, s, bo)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			account, err := tx.EnsureAccount(ctx, "chat", "U1", "Bo")
			if err != nil {
				return err
			}
			if err := tx.LinkAccount(ctx, account.ID, b); err != nil {
				return err
			}
			return tx.SaveProgress(ctx, store.Progress{PersonID: b, Course: "a", Deadline: "2026-12-01", Reminders: 1, RemindedOn: "2026-11-02"},
				store.Progress{PersonID: a, Course: "b", Deadline: "2026-12-01"})
		})
		got := must(s.Trainees(t.Context(), 0, 10))(t)
		equal(t, "who", []int64{got[0].ID, got[1].ID}, []int64{a, b})
		equal(t, "progress", []store.Progress{got[0].Progress[0], got[1].Progress[0]}, []store.Progress{
			{PersonID: a, Course: "b", Deadline: "2026-12-01"},
			{PersonID: b, Course: "a", Deadline: "2026-12-01", Reminders: 1, RemindedOn: "2026-11-02"},
		})
		equal(t, "accounts", []int{len(got[0].Accounts), len(got[1].Accounts)}, []int{0, 1})
		equal(t, "one at a time", len(must(s.Trainees(t.Context(), a, 1))(t)), 1)
	})
	t.Run("how it stood on a day is kept", func(t *testing.T) {
		s := open(t)
		staff(t, s, anna, bo)
		moved := anna
		moved.Unit = "HR"
		staff(t, s, moved)
		units := func(day string) (all []string) {
			if err := s.StandingsOn(t.Context(), day, func(st store.Standing) { all = append(all, st.Unit) }); err != nil {
				t.Fatal(err)
			}
			return all
		}
		equal(t, "before they began", len(units("2018-01-01")), 0)
		equal(t, "before the move", units("2020-06-01"), []string{"IT", "IT"})
		equal(t, "today", units(today(s)), []string{"HR"})
	})
	t.Run("a round never goes back", func(t *testing.T) {
		s := open(t)
		save := func(through int64, ended bool) {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveRound(ctx, store.Round{Kind: "reminder", Day: "2026-11-23", Through: through, Ended: ended})
			})
		}
		save(7, true)
		save(3, false)
		equal(t, "round", must(s.Round(t.Context(), "reminder", "2026-11-23"))(t),
			store.Round{Kind: "reminder", Day: "2026-11-23", Through: 7, Ended: true})
		equal(t, "another", must(s.Round(t.Context(), "reminder", "2026-11-24"))(t), store.Round{Kind: "reminder", Day: "2026-11-24"})
	})
}
