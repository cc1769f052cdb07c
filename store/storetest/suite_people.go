package storetest

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func testClaims(t *testing.T, open func(t *testing.T) *store.Store) {
	claim := func(t *testing.T, s *store.Store, key string) (fresh bool, outcome string) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			fresh, outcome, err = tx.Claim(ctx, key, "ref of "+key)
			return err
		})
		return fresh, outcome
	}
	t.Run("the second one hears what the first one recorded", func(t *testing.T) {
		s := open(t)
		fresh, outcome := claim(t, s, "k")
		equal(t, "first", []any{fresh, outcome}, []any{true, ""})
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			fresh, outcome, err = tx.Claim(ctx, "k", "another outcome")
			return err
		})
		equal(t, "second", []any{fresh, outcome}, []any{false, "ref of k"})
		fresh, _ = claim(t, s, "other")
		equal(t, "another key", fresh, true)
	})
	t.Run("only one of many at once is fresh", func(t *testing.T) {
		s := open(t)
		won := make(chan bool, 30)
		concurrently(t, cap(won), func(int) error {
			return s.InTx(t.Context(), func(tx *store.Tx) error {
				fresh, _, err := tx.Claim(t.Context(), "k", "")
				won <- fresh
				return err
			})
		})
		close(won)
		winners := 0
		for fresh := range won {
			if fresh {
				winners++
			}
		}
		equal(t, "winners", winners, 1)
	})
	t.Run("old ones are forgotten", func(t *testing.T) {
		s := open(t)
		claim(t, s, "k")
		expire := func(before time.Time) (n int) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = tx.ExpireClaims(ctx, before)
				return err
			})
			return n
		}
		equal(t, "expired while young", expire(s.Now().Add(-time.Hour)), 0)
		equal(t, "expired when old", expire(s.Now().Add(time.Hour)), 1)
		fresh, _ := claim(t, s, "k")
		equal(t, "fresh again", fresh, true)
	})
}

func testAccounts(t *testing.T, open func(t *testing.T) *store.Store) {
	ensure := func(t *testing.T, s *store.Store, name string) (a store.Account) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			a, err = tx.EnsureAccount(ctx, "chat", "U1", name)
			return err
		})
		return a
	}
	t.Run("known by surface and user id", func(t *testing.T) {
		s := open(t)
		a := ensure(t, s, "Anna")
		equal(t, "by user", must(s.Account(t.Context(), "chat", "U1"))(t), a)
		equal(t, "by id", must(s.AccountByID(t.Context(), a.ID))(t), a)
		_, err := s.Account(t.Context(), "other", "U1")
		isErr(t, err, store.ErrNotFound)
		_, err = s.AccountByID(t.Context(), a.ID+1)
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("a name is filled in, and a known one is kept", func(t *testing.T) {
		s := open(t)
		a := ensure(t, s, "")
		a.Name = "Anna Berg"
		equal(t, "first name", ensure(t, s, "Anna Berg"), a)
		equal(t, "no name", ensure(t, s, ""), a)
		equal(t, "another name", ensure(t, s, "anna.b"), a)
		equal(t, "stored", must(s.Account(t.Context(), "chat", "U1"))(t), a)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			equal(t, "as the transaction sees it", must(tx.AccountByID(ctx, a.ID))(t), a)
			return nil
		})
	})
	t.Run("many at once become one", func(t *testing.T) {
		s := open(t)
		concurrently(t, 20, func(int) error {
			return s.InTx(t.Context(), func(tx *store.Tx) error {
				_, err := tx.EnsureAccount(t.Context(), "chat", "U1", "Anna")
				return err
			})
		})
		equal(t, "name", must(s.Account(t.Context(), "chat", "U1"))(t).Name, "Anna")
	})
	t.Run("a profile links to the staff list in any case", func(t *testing.T) {
		s := open(t)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ImportPeople(ctx, []store.Person{{Email: "Anna@example.org", Name: "Anna", Active: true}})
			return err
		})
		person := must(s.PersonByEmail(t.Context(), "anna@EXAMPLE.org"))(t)
		a := ensure(t, s, "Anna")
		checked := s.Now()
		a.Email, a.Language, a.CheckedAt = "ANNA@example.org", "sv", &checked
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateAccount(ctx, a) })
		a.Email, a.PersonID = "anna@example.org", &person.ID
		equal(t, "by e-mail", must(s.AccountByEmail(t.Context(), "chat", "Anna@Example.org"))(t), a)
		_, err := s.AccountByEmail(t.Context(), "other", "anna@example.org")
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("a staff list that comes later links as well", func(t *testing.T) {
		s := open(t)
		a := ensure(t, s, "Anna")
		a.Email = "anna@example.org"
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateAccount(ctx, a) })
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ImportPeople(ctx, []store.Person{{Email: "anna@example.org"}})
			return err
		})
		if must(s.AccountByID(t.Context(), a.ID))(t).PersonID == nil {
			t.Error("not linked")
		}
	})
	t.Run("no address finds nobody", func(t *testing.T) {
		s := open(t)
		ensure(t, s, "Anna")
		_, err := s.AccountByEmail(t.Context(), "chat", "")
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("an unknown account cannot be changed", func(t *testing.T) {
		s := open(t)
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.UpdateAccount(t.Context(), store.Account{ID: 9}) }), store.ErrNotFound)
	})
}

func testDrafts(t *testing.T, open func(t *testing.T) *store.Store) {
	save := func(t *testing.T, s *store.Store, d store.Draft) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveDraft(ctx, d) })
	}
	draft := func(a store.Account, text string, at time.Time) store.Draft {
		return store.Draft{AccountID: a.ID, Dialog: "report", Values: map[string][]string{"text": {text}, "aspects": {"K", "T"}}, SavedAt: at}
	}
	t.Run("the newest wins in whatever order they come", func(t *testing.T) {
		s := open(t)
		users := 0
		rapid.Check(t, func(rt *rapid.T) {
			users++
			a := account(t, s, "U"+time.Duration(users).String())
			offsets := rapid.SliceOfNDistinct(rapid.IntRange(0, 1000), 1, 6, rapid.ID).Draw(rt, "milliseconds")
			newest := 0
			for _, ms := range offsets {
				save(t, s, draft(a, time.Duration(ms).String(), noon().Add(time.Duration(ms)*time.Millisecond)))
				newest = max(newest, ms)
			}
			want := draft(a, time.Duration(newest).String(), noon().Add(time.Duration(newest)*time.Millisecond))
			equal(rt, "draft", must(s.Draft(t.Context(), a.ID, "report", noon()))(t), want)
		})
	})
	t.Run("of the same moment the last wins", func(t *testing.T) {
		s := open(t)
		a := account(t, s, "U1")
		save(t, s, draft(a, "first", noon()))
		save(t, s, draft(a, "second", noon()))
		equal(t, "draft", must(s.Draft(t.Context(), a.ID, "report", noon()))(t), draft(a, "second", noon()))
	})
	t.Run("too old counts as none", func(t *testing.T) {
		s := open(t)
		a := account(t, s, "U1")
		save(t, s, draft(a, "x", noon()))
		_, err := s.Draft(t.Context(), a.ID, "report", noon().Add(time.Millisecond))
		isErr(t, err, store.ErrNotFound)
		_, found, err := s.AccountAndDraft(t.Context(), "chat", "U1", "report", noon().Add(time.Millisecond))
		if err != nil || found != nil {
			t.Errorf("found %v, %v", found, err)
		}
	})
	t.Run("comes along with the account", func(t *testing.T) {
		s := open(t)
		a := account(t, s, "U1")
		got, found, err := s.AccountAndDraft(t.Context(), "chat", "U1", "report", noon())
		if err != nil || found != nil {
			t.Errorf("found %v, %v", found, err)
		}
		equal(t, "account", got, a)
		save(t, s, draft(a, "x", noon()))
		got, found, err = s.AccountAndDraft(t.Context(), "chat", "U1", "report", noon())
		if err != nil || found == nil {
			t.Fatalf("found %v, %v", found, err)
		}
		equal(t, "account", got, a)
		equal(t, "draft", *found, draft(a, "x", noon()))
		_, found, err = s.AccountAndDraft(t.Context(), "chat", "U1", "close", noon())
		if err != nil || found != nil {
			t.Errorf("in another dialog: %v, %v", found, err)
		}
		_, _, err = s.AccountAndDraft(t.Context(), "chat", "nobody", "report", noon())
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("what was sent does not come back with a late change", func(t *testing.T) {
		s := open(t)
		a := account(t, s, "U1")
		save(t, s, draft(a, "x", s.Now()))
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteDraft(ctx, a.ID, "report") })
		save(t, s, draft(a, "late", s.Now().Add(-time.Minute)))
		_, err := s.Draft(t.Context(), a.ID, "report", noon())
		isErr(t, err, store.ErrNotFound)
		next := draft(a, "next", s.Now())
		save(t, s, next)
		equal(t, "the next one", must(s.Draft(t.Context(), a.ID, "report", time.Time{}))(t), next)
	})
	t.Run("old ones are forgotten", func(t *testing.T) {
		s := open(t)
		a := account(t, s, "U1")
		save(t, s, draft(a, "x", noon()))
		var n int
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			n, err = tx.ExpireDrafts(ctx, noon().Add(time.Hour))
			return err
		})
		equal(t, "expired", n, 1)
	})
}

func testInventory(t *testing.T, open func(t *testing.T) *store.Store) {
	people := func(t *testing.T, s *store.Store, list ...store.Person) (c store.Changes) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			c, err = tx.ImportPeople(ctx, list)
			return err
		})
		return c
	}
	systems := func(t *testing.T, s *store.Store, list ...store.System) (c store.Changes) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			c, err = tx.ImportSystems(ctx, list)
			return err
		})
		return c
	}
	anna := store.Person{Email: "anna@example.org", Name: "Anna", Unit: "IT", Kind: "employee", ManagerEmail: "bo@example.org",
		StartDate: "2024-01-02", Locale: "sv", Active: true}
	bo := store.Person{Email: "bo@example.org", Name: "Bo", Kind: "manager", Locale: "sv", Active: true}
	t.Run("importing people again changes nothing", func(t *testing.T) {
		s := open(t)
		equal(t, "first", people(t, s, anna, bo), store.Changes{Added: 2})
		equal(t, "again", people(t, s, bo, anna), store.Changes{Unchanged: 2})
		moved := anna
		moved.Email, moved.Unit = "ANNA@example.org", "HR"
		equal(t, "moved", people(t, s, moved), store.Changes{Changed: 1})
		got := must(s.People(t.Context()))(t)
		moved.ID, moved.Email, bo.ID = got[0].ID, "anna@example.org", got[1].ID
		equal(t, "people", got, []store.Person{moved, bo})
		equal(t, "by e-mail", must(s.PersonByEmail(t.Context(), "Anna@example.org"))(t), moved)
		_, err := s.PersonByEmail(t.Context(), "nobody@example.org")
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("the same person twice in a list counts once as added", func(t *testing.T) {
		s := open(t)
		again := anna
		again.Name = "Anna Berg"
		equal(t, "changes", people(t, s, anna, again), store.Changes{Added: 1, Changed: 1})
	})
	t.Run("a person without an address is refused, and all with them", func(t *testing.T) {
		s := open(t)
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ImportPeople(t.Context(), []store.Person{anna, {Name: "X"}})
			return err
		})
		if err == nil {
			t.Error("no error")
		}
		equal(t, "people", len(must(s.People(t.Context()))(t)), 0)
	})
	t.Run("importing systems again changes nothing", func(t *testing.T) {
		s := open(t)
		treserva := store.System{Key: "treserva", Name: "Treserva", OwnerEmail: "o@example.org", Unit: "SF", Supplier: "CGI",
			Levels:       &policy.Levels{Confidentiality: 3, Integrity: 2, Availability: 1, Traceability: 0},
			PersonalData: policy.Yes, ClassifiedOn: "2025-03-04", Active: true}
		plain := store.System{Key: "plain", Name: "Plain"}
		equal(t, "first", systems(t, s, treserva, plain), store.Changes{Added: 2})
		equal(t, "again", systems(t, s, treserva, plain), store.Changes{Unchanged: 2})
		treserva.Levels = &policy.Levels{Confidentiality: 3, Integrity: 3}
		equal(t, "classified anew", systems(t, s, treserva), store.Changes{Changed: 1})
		got := must(s.Systems(t.Context()))(t)
		plain.ID, treserva.ID = got[0].ID, got[1].ID
		equal(t, "systems", got, []store.System{plain, treserva})
		equal(t, "by id", must(s.SystemByID(t.Context(), plain.ID))(t), plain)
		equal(t, "by key", must(s.SystemByKey(t.Context(), "treserva"))(t), treserva)
		_, err := s.SystemByKey(t.Context(), "none")
		isErr(t, err, store.ErrNotFound)
		_, err = s.SystemByID(t.Context(), 99)
		isErr(t, err, store.ErrNotFound)
	})
}

func testSearch(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		list := []store.System{{Key: "old", Name: "Ärendearkivet"}} // no longer in use
		for _, name := range []string{"Öppna data", "Ängen", "Årsplan", "Zebra", "Medborgarportalen", "Portal", "100 % kontroll", "A_B"} {
			list = append(list, store.System{Key: "k-" + name, Name: name, Active: true})
		}
		_, err := tx.ImportSystems(ctx, list)
		return err
	})
	cases := []struct {
		name, query string
		limit       int
		want        []string
	}{
		{"nothing typed lists by the Swedish alphabet", "", 20,
			[]string{"100 % kontroll", "A_B", "Medborgarportalen", "Portal", "Zebra", "Årsplan", "Ängen", "Öppna data"}},
		{"the limit holds", " ", 2, []string{"100 % kontroll", "A_B"}},
		{"those that begin so come first", "portal", 20, []string{"Portal", "Medborgarportalen"}},
		{"the limit holds for a search", "portal", 1, []string{"Portal"}},
		{"capital Å is å", "årS", 20, []string{"Årsplan"}},
		{"Ä is not Å", "Ä", 20, []string{"Ängen"}},
		{"a decomposed ö is ö", "o\u0308pp", 20, []string{"Öppna data"}},
		{"a percent sign is itself", "0 %", 20, []string{"100 % kontroll"}},
		{"an underscore is itself", "_", 20, []string{"A_B"}},
		{"a backslash is itself", `\`, 20, []string{}},
		{"the key is searched too", "k-zeb", 20, []string{"Zebra"}},
		{"what is no longer in use is not found", "ärende", 20, []string{}},
		{"a stray byte harms nothing", "\x00zebra\xff", 20, []string{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			names := []string{}
			for _, system := range must(s.SearchSystems(t.Context(), c.query, c.limit))(t) {
				names = append(names, system.Name)
			}
			equal(t, "found", names, c.want)
		})
	}
}
